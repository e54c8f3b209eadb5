"""Page words and the catalogues: what is written in the code is what people can read in their language."""

import json
import re
from pathlib import Path

import pytest
import reflex as rx
from babel.messages.pofile import read_po

from portal import catalogue
from portal.catalogue import NotASentence, collect
from portal.design.words import operation, t, t_n
from portal.kit.i18n import FOLDER


class _Person(rx.State):
    name: str = ""


def test_a_sentence_on_a_page_asks_the_hook_and_carries_its_vars() -> None:
    said = t("{name} is here", name=_Person.name)
    assert str(said).startswith('words("{name} is here", ')
    data = said._get_all_var_data()
    assert data is not None
    assert "const words = useWords()" in data.hooks
    assert data.state


def test_plural_forms_and_operations_are_vars_too() -> None:
    assert str(t_n("{n} goal", "{n} goals", 3)) == 'counted("{n} goal", "{n} goals", 3)'
    assert str(operation()) == "operation()"


def test_a_place_cannot_change_the_form_of_a_sentence_by_accident() -> None:
    with pytest.raises(ValueError, match="count"):
        t("{count} goals", count=3)


def _written(folder: Path, **files: str) -> list[catalogue.Sentence]:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    return collect(folder)


def test_every_way_to_say_something_is_found(tmp_path: Path) -> None:
    found = _written(
        tmp_path,
        room__py=(
            'class Gone(Refusal):\n    sentence = "It is gone."\n'
            'class Later(Gone):\n    sentence = N_("Later.")\n'
            'x = t("On the page {a}", a=1), t_n("{n} goal", "{n} goals", 2), say(lang, "On the server"), say_n(lang, "{n} day", "{n} days", 2)\n'
            'y = self._say("By the state"), _say("Not for people"), N_("Marked")\n'
            'raise Gone("Gone for another reason.")\n'
        ),
        part__jsx='const a = words("In a part"); const b = words("With \\"quotes\\"", { n }); counted("{n} key", "{n} keys", n);',
    )
    assert {s.one: (s.many, s.on_page) for s in found} == {
        "It is gone.": ("", False), "Later.": ("", False), "On the page {a}": ("", True), "{n} goal": ("{n} goals", True),
        "On the server": ("", False), "{n} day": ("{n} days", False), "By the state": ("", False), "Marked": ("", False),
        "Gone for another reason.": ("", False), "In a part": ("", True), 'With "quotes"': ("", True), "{n} key": ("{n} keys", True),
    }


def test_a_sentence_that_is_put_together_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotASentence):
        _written(tmp_path, room__py='t(f"Hello {name}")\n')


def test_the_catalogues_are_in_step_with_the_code() -> None:
    """`python -m portal words` has been run since the last sentence was written."""
    assert [path.name for path in catalogue.update(write=False).changed] == []


def test_every_sentence_has_its_english_and_its_german() -> None:
    assert catalogue.update(write=False).missing == {"en": (), "de": ()}


def test_pages_load_no_words_that_only_the_server_says() -> None:
    on_page = {s.one for s in collect() if s.on_page}
    for path in catalogue.PAGES.glob("*.json"):
        assert {key.split("|")[0] for key in json.loads(path.read_text("utf-8"))} <= on_page


def test_translations_keep_every_place_of_their_sentence() -> None:
    for path in FOLDER.glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.id and message.string:
                    assert _places(message.id) == _places(message.string), message.id


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))
