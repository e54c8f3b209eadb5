"""Controls: what people press, type into and read on every page; each is one native element or one of our own parts, dressed by a class."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.react_router.dom import ReactRouterLink

from portal.design import parts
from portal.design.icons import icon
from portal.design.seen import Choice
from portal.design.words import t

Words = str | rx.Var[str]
Kind = Literal["primary", "secondary", "quiet", "link"]
"""One primary button per view; a quiet one for what is seldom wanted."""


def classes(*names: Any) -> Any:
    """Class names joined; vars among them are kept."""
    kept = [name for name in names if name is not None and not (isinstance(name, str) and not name)]
    if all(isinstance(name, str) for name in kept):
        return " ".join(kept)
    joined = rx.Var.create("")
    for name in kept:
        joined = joined + name + " "
    return joined


# Buttons and links


def button(text: Words, kind: Kind = "primary", *, icon_name: str | None = None, wide: bool = False, little: bool = False, **props: Any) -> rx.Component:
    """A button that says what happens. Takes `on_click`, `type`, `disabled` and any attribute."""
    props.setdefault("type", "button")
    props["class_name"] = classes("btn", kind, "wide" if wide else "", "little" if little else "", props.pop("class_name", ""))
    return rx.el.button(*([icon(icon_name)] if icon_name else []), text, **props)


def icon_button(icon_name: str, label: Words, *, little: bool = False, **props: Any) -> rx.Component:
    """A button whose icon is enough for the eye; `label` says it in words."""
    props.setdefault("type", "button")
    props["class_name"] = classes("btn icon", "little" if little else "", props.pop("class_name", ""))
    return rx.el.button(icon(icon_name), aria_label=label, title=label, **props)


def link_to(text: Any, href: Words, kind: Literal["text", "primary", "secondary", "quiet", "card"] = "text", *, icon_name: str | None = None, **props: Any) -> rx.Component:
    """A step inside the portal without loading the page again."""
    dress = {"text": "", "card": "card"}.get(kind, f"btn {kind}")
    props["class_name"] = classes(dress, props.pop("class_name", ""))
    return client_link(*([icon(icon_name)] if icon_name else []), text, to=href, **props)


def client_link(*children: Any, to: Any, **props: Any) -> rx.Component:
    """A link that stays inside the loaded page, without any dress."""
    return ReactRouterLink.create(*children, to=to, **props)


def download_link(text: Words, href: Words, kind: Kind = "primary", *, little: bool = False, **props: Any) -> rx.Component:
    """A file to be downloaded. It stays with the page: to follow it like a page would hang up on the server first."""
    props["class_name"] = classes("btn", kind, "little" if little else "", props.pop("class_name", ""))
    return client_link(text, to=href, reload_document=True, download="", **props)


# Fields


class _PlainForm(BaseHTML):
    # Reflex's own form always prevents the browser from posting it.
    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]
    auto_complete: rx.Var[str]
    no_validate: rx.Var[bool]


def form(*children: Any, action: Words, method: str = "post", **props: Any) -> rx.Component:
    """A native form: the browser posts it, the answer is a new page."""
    props.setdefault("class_name", "stack gap-5")
    return _PlainForm.create(*children, action=action, method=method, **props)


def post_form(*children: Any, action: Words, with_key: bool = False, wrong: Any = "", **props: Any) -> rx.Component:
    """A native form whose answer is a new page, or a sentence at its head with what was typed still there.

    `with_key` adds the key of the link that opened the page; `wrong` is a sentence that the address brought along.
    """
    props["class_name"] = classes("stack gap-5", props.pop("class_name", ""))
    return parts.PostForm.create(*children, action=action, with_key=with_key, wrong=wrong, **props)


def password_field(label: Words, *, name: str, autocomplete: Literal["current-password", "new-password", "one-time-code"], hint: Words | None = None, **props: Any) -> rx.Component:
    """A password in a native form, with a button that shows it."""
    said = {"hint": hint} if hint is not None else {}
    return parts.PasswordField.create(id=props.pop("id", f"field-{name}"), name=name, label=label, auto_complete=autocomplete, **said, **props)


def pin_field(label: Words, *, name: str, hint: Words | None = None, **props: Any) -> rx.Component:
    """A PIN in a native form: digits that nobody reads over a shoulder, on a phone with the keys for numbers.

    "one-time-code" keeps password managers away: one that fills a PIN in opens the lock for whoever holds the device.
    """
    return text_field(label, name=name, kind="password", hint=hint, input_mode="numeric", auto_complete="one-time-code", most=24, required=True, class_name="pin", **props)


def _field(label: Words, control_id: str, control: rx.Component, hint: Words | None, error: Any, class_name: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=control_id),
        *([rx.el.span(hint, id=f"{control_id}-hint", class_name="hint")] if hint is not None else []),
        control,
        *([_wrong(error, control_id)] if error is not None else []),
        class_name=classes("field", class_name),
    )


def _wrong(error: Any, control_id: str) -> rx.Component:
    return rx.el.div(rx.cond(error != "", rx.el.p(error, class_name="wrong")), id=f"{control_id}-wrong", role="alert")


def _described(control_id: str, hint: Words | None, error: Any) -> dict[str, Any]:
    by = " ".join([*([f"{control_id}-hint"] if hint is not None else []), *([f"{control_id}-wrong"] if error is not None else [])])
    said: dict[str, Any] = {"aria_describedby": by} if by else {}
    if error is not None:
        said["aria_invalid"] = rx.cond(error != "", "true", "false")
    return said


def text_field(label: Words, *, name: str, kind: str = "text", hint: Words | None = None, error: Any = None, most: int | None = None, class_name: Any = "", **props: Any) -> rx.Component:
    """One line of a native form. What a person writes into the product goes into a `saved_field` instead."""
    control_id = props.pop("id", f"field-{name}")
    if most is not None:
        props["max_length"] = most
    own = rx.el.input(id=control_id, name=name, type=props.pop("type", kind), dir="auto" if kind == "text" else "ltr", class_name="input", **_described(control_id, hint, error), **props)
    return _field(label, control_id, own, hint, error, class_name)


def text_area(label: Words, *, name: str, hint: Words | None = None, error: Any = None, most: int | None = None, lines: int = 3, class_name: Any = "", **props: Any) -> rx.Component:
    """Several lines of a native form."""
    control_id = props.pop("id", f"field-{name}")
    if most is not None:
        props["max_length"] = most
    own = rx.el.textarea(id=control_id, name=name, rows=str(lines), dir="auto", class_name="input", **_described(control_id, hint, error), **props)
    return _field(label, control_id, own, hint, error, class_name)


def select(label: Words, *, name: str, options: Sequence[tuple[Any, Words]] | rx.Var[list[Choice]], hint: Words | None = None, error: Any = None, label_shown: bool = True, class_name: Any = "", **props: Any) -> rx.Component:
    """A native select. `options` are (value, words), or a var of `Choice`."""
    control_id = props.pop("id", f"field-{name}")
    if isinstance(options, rx.Var):
        inside: list[Any] = [rx.foreach(options, lambda o: rx.el.option(o.words, value=o.value, disabled=o.disabled))]
    else:
        inside = [rx.el.option(words, value=value) for value, words in options]
    if not label_shown:
        return rx.el.select(*inside, id=control_id, name=name, aria_label=label, class_name=classes("input", class_name), **props)
    own = rx.el.select(*inside, id=control_id, name=name, class_name="input", **_described(control_id, hint, error), **props)
    return _field(label, control_id, own, hint, error, class_name)


def date_field(label: Words, *, name: str, hint: Words | None = None, error: Any = None, class_name: Any = "", **props: Any) -> rx.Component:
    """A day, by the browser's own calendar; the value is ISO 8601 ("2026-11-23")."""
    control_id = props.pop("id", f"field-{name}")
    own = rx.el.input(id=control_id, name=name, type="date", class_name="input", **_described(control_id, hint, error), **props)
    return _field(label, control_id, own, hint, error, class_name)


def checkbox(label: Any, *, hint: Words | None = None, class_name: Any = "", **props: Any) -> rx.Component:
    """A tick with its words; takes `checked`, `on_change`, `name`, `disabled`."""
    return rx.el.label(
        rx.el.input(type="checkbox", **props),
        rx.el.span(label, *([rx.el.small(hint)] if hint is not None else [])),
        class_name=classes("tick", class_name),
    )


def radio_list(label: Words, *, name: str, options: Sequence[tuple[Any, ...]], value: Any = None, on_change: Any = None, class_name: Any = "", **props: Any) -> rx.Component:
    """One of a few, all of them to be seen: `options` are (value, words) or (value, words, hint). `on_change` gets the value."""

    def one(choice: tuple[Any, ...]) -> rx.Component:
        own: dict[str, Any] = {"checked": value == choice[0]} if value is not None else {}
        if on_change is not None:
            own["on_change"] = on_change
        return rx.el.label(
            rx.el.input(type="radio", name=name, value=choice[0], **own, **props),
            rx.el.span(choice[1], *([rx.el.small(choice[2])] if len(choice) > 2 else [])),
            class_name="pick",
        )

    return rx.el.fieldset(
        rx.el.legend(label, class_name="field-label"),
        rx.el.div(*(one(choice) for choice in options), class_name="stack gap-2"),
        class_name=classes("field", class_name),
    )


def saved_field(
    label: Words,
    *,
    name: Any,
    value: Any,
    on_save: Any,
    version: Any = 0,
    label_shown: bool = True,
    lines: int = 1,
    most: int = 0,
    hint: Words | None = None,
    placeholder: Words | None = None,
    people: bool = True,
    plain: bool = False,
    title: bool = False,
    other: Any = None,
    save_when: Literal["typing", "asked"] = "typing",
    take_focus: bool = False,
    disabled: Any = False,
    **props: Any,
) -> rx.Component:
    """A text that saves itself while it is written, and says so only when the server has confirmed it.

    `name` is unique on the page (field and row); it keeps unsaved text when the element leaves the page and returns.
    `on_save` is `lambda op, version, text: State.handler(row_id, text, version, op)`; the service is idempotent by op and
    raises ChangedMeanwhile with the other text, then both are shown and the person chooses. `most` counts characters; too
    long a text is kept and not sent. `people` sets it in the serif; `plain` draws no box until it is touched; `title` is
    larger. `save_when="asked"` saves on Enter and on leaving only. `other` names the other person in the choice.
    """
    given: dict[str, Any] = {"hint": hint, "placeholder": placeholder, "other": other}
    return parts.SavedField.create(
        name=name, label=label, label_shown=label_shown, value=value, version=version, lines=lines, most=most, people=people,
        plain=plain, title=title, save_when=save_when, take_focus=take_focus, disabled=disabled, on_save=on_save,
        **{key: item for key, item in given.items() if item is not None}, **props,
    )


def rating_keys(label: Words, *, name: Any, value: Any, on_pick: Any, low: Words, high: Words, keep: Words | None = None, label_shown: bool = True, take_focus: Any = False, **props: Any) -> rx.Component:
    """The answer keys 0 to 10: one row on a phone, number keys while it has the focus ("1" then "0" is ten, Delete clears).

    `value` is the stored answer or None; `on_pick` is `lambda value, op: State.handler(…, value, op)`, with -1 for "no
    answer". `take_focus` puts the focus on the row when `name` changes, so that six statements need six keys. With `keep` a number
    is chosen first and sent by a button of that name: where each answer is kept beside the ones before it.
    """
    if keep is not None:
        props["keep"] = keep
    return parts.RatingKeys.create(name=name, label=label, value=value, on_pick=on_pick, low=low, high=high, label_shown=label_shown, take_focus=take_focus, **props)


def steps(*children: Any, last: Words, begin: Any = 0, **props: Any) -> rx.Component:
    """One step at a time on a narrow page, with Next and Back; all of them below one another on a broad one.

    It begins with the step number `begin`, from 0. A step is an element with `data-step` and `tab_index=-1`, at any depth; the last one is the end, headed by `last`. A
    pressed element with `data-next` goes on too.
    """
    return parts.Steps.create(*children, last=last, begin=begin, **props)


# Paper and words


def stack(*children: Any, gap: int = 4, **props: Any) -> rx.Component:
    """One below the other; `gap` in steps of four pixels."""
    props["class_name"] = classes("stack", f"gap-{gap}", props.pop("class_name", ""))
    return rx.el.div(*children, **props)


def row(*children: Any, gap: int = 3, **props: Any) -> rx.Component:
    """Side by side, wrapping."""
    props["class_name"] = classes("row", f"gap-{gap}", props.pop("class_name", ""))
    return rx.el.div(*children, **props)


def spread(*children: Any, **props: Any) -> rx.Component:
    """Side by side, pushed apart."""
    props["class_name"] = classes("spread", props.pop("class_name", ""))
    return rx.el.div(*children, **props)


def sheet(*children: Any, **props: Any) -> rx.Component:
    """A sheet of paper: the unit of a page."""
    props["class_name"] = classes("sheet", props.pop("class_name", ""))
    return rx.el.section(*children, **props)


def card(*children: Any, owner: Any = None, private: bool = False, small: bool = False, **props: Any) -> rx.Component:
    """A card; `owner` ("client" or "therapist", or a var) marks whose words it holds, `private` that only its author sees it."""
    whose = "" if owner is None else f"of-{owner}" if isinstance(owner, str) else rx.Var.create("of-") + owner
    props["class_name"] = classes("card", whose, "private" if private else "", "small-card" if small else "", props.pop("class_name", ""))
    return rx.el.article(*children, **props)


def well(*children: Any, **props: Any) -> rx.Component:
    """A sunken place that holds cards."""
    props["class_name"] = classes("well", props.pop("class_name", ""))
    return rx.el.div(*children, **props)


def agreed_box(*children: Any, **props: Any) -> rx.Component:
    """Something both have agreed on."""
    props["class_name"] = classes("agreed", props.pop("class_name", ""))
    return rx.el.section(*children, **props)


def section(heading: Words, *children: Any, note: Any = None, **props: Any) -> rx.Component:
    """A part of a page with its h2."""
    props["class_name"] = classes("section stack gap-3", props.pop("class_name", ""))
    return rx.el.section(rx.el.div(rx.el.h2(heading), *([note] if note is not None else []), class_name="spread"), *children, **props)


def said(text: Any, **props: Any) -> rx.Component:
    """What somebody wrote."""
    props["class_name"] = classes("said", props.pop("class_name", ""))
    return rx.el.p(text, dir="auto", **props)


def quote(text: Any, **props: Any) -> rx.Component:
    """What somebody said, quoted."""
    props["class_name"] = classes("quote", props.pop("class_name", ""))
    return rx.el.blockquote(text, dir="auto", **props)


def small(*children: Any, **props: Any) -> rx.Component:
    """A line of secondary text."""
    props["class_name"] = classes("small", props.pop("class_name", ""))
    return rx.el.p(*children, **props)


def muted(*children: Any, **props: Any) -> rx.Component:
    """Text of body size that steps back."""
    props["class_name"] = classes("muted", props.pop("class_name", ""))
    return rx.el.p(*children, **props)


def chip(text: Any, tone: str = "plain-tone", **props: Any) -> rx.Component:
    """A small fact: tones accent, notice, good, client, therapist."""
    props["class_name"] = classes("chip", tone, props.pop("class_name", ""))
    return rx.el.span(text, **props)


def toggle_chip(text: Any, *, pressed: Any, **props: Any) -> rx.Component:
    """A chip that is on or off: filters, kinds."""
    props["class_name"] = classes("chip", props.pop("class_name", ""))
    return rx.el.button(text, type="button", aria_pressed=rx.cond(pressed, "true", "false"), **props)


def who_mark(role: Any, label: Words | None = None) -> rx.Component:
    """The clay circle of the client, the blue diamond of the therapist; `label` says it when no name stands beside it."""
    named: dict[str, Any] = {"role": "img", "aria_label": label} if label is not None else {"aria_hidden": "true"}
    return rx.el.span(class_name=classes("mark", role), **named)


def who(name: Any, role: Any, **props: Any) -> rx.Component:
    """A person: mark and name."""
    props["class_name"] = classes("who", props.pop("class_name", ""))
    return rx.el.span(who_mark(role), rx.el.bdi(name), **props)


def notice(*children: Any, title: Words | None = None, tone: Literal["", "good", "plain"] = "", **props: Any) -> rx.Component:
    """Something to know before going on: amber with words, never red."""
    props["class_name"] = classes("notice-box", tone, props.pop("class_name", ""))
    return rx.el.div(*([rx.el.strong(title), " "] if title is not None else []), *children, **props)


def empty_state(sentence: Words, action: rx.Component | None = None) -> rx.Component:
    """One inviting sentence and one action."""
    return rx.el.div(rx.el.p(sentence), *([action] if action is not None else []), class_name="empty")


def progress(done: Any, of: Any, label: Words) -> rx.Component:
    """How far something is."""
    return rx.el.progress(value=done, max=of, aria_label=label, class_name="progress")


def facts(*pairs: tuple[Any, Any]) -> rx.Component:
    """Terms and what they are."""
    return rx.el.dl(*(cell for term, value in pairs for cell in (rx.el.dt(term), rx.el.dd(value))), class_name="facts")


def fold(summary: Any, *children: Any, opened: Any = None, **props: Any) -> rx.Component:
    """What not everybody needs at once."""
    props["class_name"] = classes("fold", props.pop("class_name", ""))
    if opened is not None:
        props["open"] = opened
    return rx.el.details(rx.el.summary(summary), rx.el.div(*children), **props)


def tabs(label: Words, entries: Sequence[tuple[Words, Words, Any]]) -> rx.Component:
    """Views of the same thing, each with its own address: (words, href, whether current)."""

    def one(words: Words, href: Words, current: Any) -> rx.Component:
        return rx.el.li(client_link(words, to=href, aria_current=rx.cond(current, "page", "false") if isinstance(current, rx.Var) else ("page" if current else "false")))

    return rx.el.nav(rx.el.ul(*(one(*entry) for entry in entries)), aria_label=label, class_name="tabs")


def bones(sheets: int = 2) -> rx.Component:
    """A page's skeleton: it neither blinks nor jumps."""
    return rx.el.div(rx.el.div(class_name="bone line"), *(rx.el.div(class_name="bone") for _ in range(sheets)), class_name="bones", aria_hidden="true")


# Layers


def dialog(trigger: Words, title: Words, *children: Any, kind: Kind = "secondary", icon_name: str | None = None, icon_only: bool = False, little: bool = False, wide: bool = False, disabled: Any = False, class_name: Any = "", trigger_class: Any = "") -> rx.Component:
    """A dialog behind its own button; opening it asks nobody. A child with `data_close=""` closes it after its own handler."""
    dress = classes("btn icon" if icon_only else f"btn {kind}", "little" if little else "", "wide" if wide else "", trigger_class)
    label = {"label": trigger} if icon_only else {}
    opener = parts.DialogOpener.create(*([icon(icon_name)] if icon_name else []), *([] if icon_only else [trigger]), class_name=dress, disabled=disabled, **label)
    return parts.DialogRoot.create(opener, parts.DialogBody.create(*children, title=title, class_name=class_name))


def dialog_shown(*children: Any, shown: Any, on_close: Any, title: Words, class_name: Any = "") -> rx.Component:
    """A dialog that the server opens and closes."""
    return parts.Dialog.create(*children, open=shown, on_close=on_close, title=title, class_name=class_name)


def closes(text: Words, kind: Kind = "quiet", **props: Any) -> rx.Component:
    """A button that closes the dialog it stands in, after its own handler."""
    return button(text, kind, custom_attrs={"data-close": ""}, **props)


def confirm_button(text: Words, question: Words, *explanation: Any, yes: Words, on_yes: Any, no: Words | None = None, kind: Kind = "quiet", icon_name: str | None = None, little: bool = False, **props: Any) -> rx.Component:
    """A button that asks first. `yes` says what happens then."""
    return dialog(
        text, question, *explanation,
        rx.el.div(closes(yes, "primary", on_click=on_yes), closes(no if no is not None else t("Back"), "secondary"), class_name="buttons"),
        kind=kind, icon_name=icon_name, little=little, **props,
    )


def menu(label: Words, *, items: Any, on_choose: Any, kind: Kind = "quiet", icon_name: str | None = None, icon_only: bool = False, little: bool = False, class_name: Any = "", **props: Any) -> rx.Component:
    """A menu button. `items` is a var of `Choice` or a list of (value, words); `on_choose` is `lambda value, op: …`."""
    if not isinstance(items, rx.Var):
        items = [{"value": value, "words": words} for value, words in items]
    dress = classes("btn icon" if icon_only else f"btn {kind}", "little" if little else "", class_name)
    return parts.Menu.create(*([icon(icon_name)] if icon_name else []), label=label, label_shown=not icon_only, items=items, on_choose=on_choose, class_name=dress, **props)


def undo_bar(*, shown: Any, words: Any, on_undo: Any, seconds: int = 10) -> rx.Component:
    """Ten seconds to take a change back. `shown` is the id of that change ("" hides the bar, a new one starts it afresh)."""
    return parts.UndoBar.create(shown=shown, words=words, on_undo=on_undo, seconds=seconds)


def looks_again(*, after: Any, turn: Any, on_due: Any) -> rx.Component:
    """Nothing to see: calls `on_due` once, `after` milliseconds from now (0: never); a new `turn` sets the clock anew."""
    return parts.LooksAgain.create(after=after, turn=turn, on_due=on_due)
