"""Page words: what the portal says on a page, in the language that the page speaks at that moment."""

import json
from typing import Any

import reflex as rx
from reflex_base.vars.base import LiteralVar, VarData

from portal.design.parts import I18NEXT, REACT_I18NEXT, SAVING, WORDS

# i18next reads these two names as plural and context; a sentence must not change its form by accident.
_RESERVED = {"count", "context", "ns", "lng", "lngs", "nest", "defaultValue", "postProcess", "replace"}


def t(sentence: str, **places: Any) -> rx.Var[str]:
    """The sentence in the language of the page, with its {places} filled by text, numbers or vars.

    The English sentence is the key of the catalogue, so it is written out where it is used, never put together.
    """
    return _call("words", "useWords", [sentence], places)


def t_n(one: str, many: str, n: Any, **places: Any) -> rx.Var[str]:
    """As `t`, in the plural form that the language has for n; `{n}` stands for the number."""
    return _call("counted", "useCounted", [one, many, n], places)


def operation() -> rx.Var[str]:
    """A fresh operation id each time an event is sent; the page's saved line waits for its receipt."""
    return rx.Var(
        "operation()",
        _var_type=str,
        _var_data=VarData(imports={SAVING: [rx.ImportVar(tag="operation")]}),
    ).to(str)


def typed(field_id: str | rx.Var[str]) -> rx.Var[str]:
    """What stands in the field with this id at the moment of an event: saved or not, it is what the person sees."""
    named = LiteralVar.create(field_id)
    return rx.Var(
        f'(document.getElementById({named!s})?.value ?? "")', _var_type=str, _var_data=named._get_all_var_data()
    ).to(str)


def ticked(field_id: str) -> rx.Var[bool]:
    """Whether the box with this id is ticked at the moment of an event."""
    return rx.Var(f"(document.getElementById({json.dumps(field_id)})?.checked ?? false)", _var_type=bool).to(bool)


def _call(name: str, hook: str, arguments: list[Any], places: dict[str, Any]) -> rx.Var[str]:
    if taken := _RESERVED & places.keys():
        raise ValueError(f"places of a sentence cannot be called {', '.join(sorted(taken))}")
    given = [json.dumps(a, ensure_ascii=False) if isinstance(a, str) else LiteralVar.create(a) for a in arguments]
    values = LiteralVar.create(places)
    parts = [*map(str, given), *([str(values)] if places else [])]
    uses = [v._get_all_var_data() for v in (*given, values) if isinstance(v, rx.Var)]
    own = VarData(
        imports={WORDS: [rx.ImportVar(tag=hook)], I18NEXT: [rx.ImportVar(tag=None, render=False)], REACT_I18NEXT: [rx.ImportVar(tag=None, render=False)]},
        hooks={f"const {name} = {hook}()": None},
    )
    return rx.Var(f"{name}({', '.join(parts)})", _var_type=str, _var_data=VarData.merge(*uses, own)).to(str)
