"""The portal's own React components, named once for Python; what they do is written in the .jsx files beside this one."""

from typing import Any

import reflex as rx

from portal.design.seen import Receipt

I18NEXT = "i18next@27.1.2"
REACT_I18NEXT = "react-i18next@18.0.1"

# All of them are linked, because they import one another.
WORDS = rx.asset("words.jsx", shared=True).importable_path
SAVING = rx.asset("saving.jsx", shared=True).importable_path
_SAVED_FIELD = rx.asset("saved_field.jsx", shared=True).importable_path
_RATING_KEYS = rx.asset("rating_keys.jsx", shared=True).importable_path
_STEPS = rx.asset("steps.jsx", shared=True).importable_path
_LOCK = rx.asset("lock.jsx", shared=True).importable_path
_LAYERS = rx.asset("layers.jsx", shared=True).importable_path
_POSTS = rx.asset("posts.jsx", shared=True).importable_path
_SELF_ACTING = rx.asset("self_acting.jsx", shared=True).importable_path
SURROUNDINGS = rx.asset("surroundings.jsx", shared=True).importable_path


def _on_save(op: rx.Var[str], version: rx.Var[int], text: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[int], rx.Var[str]]:
    return (op, version, text)


def _on_pick(value: rx.Var[int], op: rx.Var[str]) -> tuple[rx.Var[int], rx.Var[str]]:
    return (value, op)


def _on_choose(value: rx.Var[str], op: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (value, op)


def _on_text(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (value,)


class _Part(rx.Component):
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT]


class SavedField(_Part):
    """See `controls.saved_field`."""

    library = _SAVED_FIELD
    tag = "SavedField"

    name: rx.Var[str]
    label: rx.Var[str]
    label_shown: rx.Var[bool]
    value: rx.Var[str]
    version: rx.Var[int]
    lines: rx.Var[int]
    most: rx.Var[int]
    hint: rx.Var[str]
    placeholder: rx.Var[str]
    people: rx.Var[bool]
    plain: rx.Var[bool]
    title: rx.Var[bool]
    other: rx.Var[str]
    save_when: rx.Var[str]
    take_focus: rx.Var[bool]
    disabled: rx.Var[bool]
    required: rx.Var[bool]
    on_save: rx.EventHandler[_on_save]


class RatingKeys(_Part):
    """See `controls.rating_keys`."""

    library = _RATING_KEYS
    tag = "RatingKeys"

    name: rx.Var[str]
    label: rx.Var[str]
    label_shown: rx.Var[bool]
    value: rx.Var[int | None]
    low: rx.Var[str]
    high: rx.Var[str]
    keep: rx.Var[str]
    take_focus: rx.Var[bool]
    disabled: rx.Var[bool]
    on_pick: rx.EventHandler[_on_pick]


class Steps(_Part):
    """See `controls.steps`."""

    library = _STEPS
    tag = "Steps"

    last: rx.Var[str]
    begin: rx.Var[int]


class Lock(_Part):
    """See `frame.locked_frame`."""

    library = _LOCK
    tag = "Lock"

    asking: rx.Var[bool]
    seconds: rx.Var[int]


class LockedTask(_Part):
    """The task: drawn only while somebody is at it."""

    library = _LOCK
    tag = "LockedTask"


class LockedPanel(_Part):
    """What the lender types to have the device back: drawn in place of the task."""

    library = _LOCK
    tag = "LockedPanel"


class LockedOpener(_Part):
    """The button that puts the panel in place of the task."""

    library = _LOCK
    tag = "LockedOpener"


class DialogRoot(_Part):
    """Holds an opener and the dialog that it opens."""

    library = _LAYERS
    tag = "DialogRoot"


class DialogOpener(_Part):
    """The button that opens the dialog of its root."""

    library = _LAYERS
    tag = "DialogOpener"

    label: rx.Var[str]
    disabled: rx.Var[bool]


class DialogBody(_Part):
    """The dialog of its root: drawn only while it is open."""

    library = _LAYERS
    tag = "DialogBody"

    title: rx.Var[str]


class Dialog(_Part):
    """A dialog that the server opens and closes."""

    library = _LAYERS
    tag = "Dialog"

    open: rx.Var[bool]
    title: rx.Var[str]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


class Menu(_Part):
    """See `controls.menu`."""

    library = _LAYERS
    tag = "Menu"

    label: rx.Var[str]
    label_shown: rx.Var[bool]
    items: rx.Var[list[Any]]
    disabled: rx.Var[bool]
    on_choose: rx.EventHandler[_on_choose]


class UndoBar(_Part):
    """See `controls.undo_bar`."""

    library = _LAYERS
    tag = "UndoBar"

    shown: rx.Var[str]
    words: rx.Var[str]
    seconds: rx.Var[int]
    on_undo: rx.EventHandler[_on_text]


class Surroundings(_Part):
    """Language, theme, receipts and connection, once per page."""

    library = SURROUNDINGS
    tag = "Surroundings"

    lang: rx.Var[str]
    dir: rx.Var[str]
    theme: rx.Var[str]
    signed_in: rx.Var[bool]
    receipts: rx.Var[list[Receipt]]
    on_language: rx.EventHandler[_on_text]


class Refusal(_Part):
    """Why something was not done, where no field says so."""

    library = SURROUNDINGS
    tag = "Refusal"

    words: rx.Var[str]
    receipts: rx.Var[list[Receipt]]
    on_read: rx.EventHandler[rx.event.no_args_event_spec]


class AtItsAddress(_Part):
    """Its first child while the present address is one of those that the pages' states stand for; else its second."""

    library = SURROUNDINGS
    tag = "AtItsAddress"

    addresses: rx.Var[dict[str, str]]


class Unshown(_Part):
    """Why a page is not there yet; it asks for it again by itself."""

    library = SURROUNDINGS
    tag = "Unshown"

    words: rx.Var[str]


class Boundary(_Part):
    """What is shown when a page falls over."""

    library = SURROUNDINGS
    tag = "Boundary"


class SkipLink(_Part):
    """Past the navigation, for who goes by keyboard."""

    library = SURROUNDINGS
    tag = "SkipLink"


class LeaveButton(_Part):
    """Blanks the page at once and replaces it by a neutral one."""

    library = SURROUNDINGS
    tag = "LeaveButton"

    hint: rx.Var[str]


class ConnectionBanner(_Part):
    """One calm line while the connection is lost."""

    library = SURROUNDINGS
    tag = "ConnectionBanner"


class SavedLine(_Part):
    """"Saved 14:02" or "Not saved yet", for the whole page."""

    library = SURROUNDINGS
    tag = "SavedLine"


class LanguageChooser(_Part):
    """The languages of the portal, for who is not signed in."""

    library = SURROUNDINGS
    tag = "LanguageChooser"

    languages: rx.Var[list[dict[str, str]]]
    on_choose: rx.EventHandler[_on_text]


def _on_flag(value: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    return (value,)


class PostForm(_Part):
    """See `controls.post_form`."""

    library = _POSTS
    tag = "PostForm"

    action: rx.Var[str]
    with_key: rx.Var[bool]
    wrong: rx.Var[str]


class PasswordField(_Part):
    """See `controls.password_field`."""

    library = _POSTS
    tag = "PasswordField"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    auto_complete: rx.Var[str]


class LinkKey(_Part):
    """Tells the page whether a link with a key opened it."""

    library = _POSTS
    tag = "LinkKey"

    on_found: rx.EventHandler[_on_flag]


class OpenLink(_Part):
    """The button that sends the key of a link."""

    library = _POSTS
    tag = "OpenLink"

    on_open: rx.EventHandler[_on_text]


class LooksAgain(_Part):
    """See `controls.looks_again`."""

    library = _SELF_ACTING
    tag = "LooksAgain"

    after: rx.Var[int]
    turn: rx.Var[int]
    on_due: rx.EventHandler[rx.event.no_args_event_spec]
