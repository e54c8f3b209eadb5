"""A text that two people write at once, letter by letter."""

from typing import Any

import reflex as rx

from portal.design.controls import Words
from portal.design.parts import I18NEXT, REACT_I18NEXT

_TIPTAP = "3.31.3"
_PACKAGES = [
    "yjs@13.6.33",
    "y-protocols@1.0.7",
    "y-websocket@3.1.0",
    "lib0@0.2.120",
    "@tiptap/y-tiptap@3.0.9",
    *(
        f"@tiptap/{name}@{_TIPTAP}"
        for name in ("core", "pm", "extension-document", "extension-paragraph", "extension-text", "extension-collaboration", "extension-collaboration-caret")
    ),
]

_SHARED_TEXT = rx.asset("shared_text.jsx", shared=True).importable_path
# Only linked: the page loads them when somebody may write.
_LATER = [rx.asset(name, shared=True) for name in ("shared_text_line.jsx", "shared_text_editor.jsx")]


class SharedText(rx.Component):
    """See `shared_text`."""

    library = _SHARED_TEXT
    tag = "SharedText"
    lib_dependencies: list[str] = [I18NEXT, REACT_I18NEXT, *_PACKAGES]

    text: rx.Var[str]
    label: rx.Var[str]
    label_shown: rx.Var[bool]
    value: rx.Var[str]
    most: rx.Var[int]
    lines: rx.Var[int]
    title: rx.Var[bool]
    many: rx.Var[bool]
    hint: rx.Var[str]
    disabled: rx.Var[bool]


def shared_text(
    label: Words, *, case: Any, kind: str, about: Any, value: Any, most: int, lines: int = 3, many: bool = True, title: bool = False,
    label_shown: bool = True, hint: Words | None = None, disabled: Any = False, **props: Any,
) -> rx.Component:  # fmt: skip
    """A text that everybody in the case who may writes in at once; it stores itself and says how that fares.

    `kind` is the name under which its room put it into `writing.service.KINDS` ("goal.why"), `about` the id of what it belongs
    to, `value` the words as the page knows them: they stand there until the editor is ready, and where one may not write
    (`disabled`). `lines` is its least height; with `many` off there is only one paragraph. The server decides who may.
    """
    given = {} if hint is None else {"hint": hint}
    return SharedText.create(
        text=rx.Var.create(case) + f"/{kind}/" + rx.Var.create(about), label=label, label_shown=label_shown, value=value, most=most,
        lines=lines, many=many, title=title, disabled=disabled, **given, **props,
    )  # fmt: skip
