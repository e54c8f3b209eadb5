"""The catalogues: sentences taken out of the code into .po files, and out of those into what the page loads."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from portal.kit.i18n import FOLDER, PSEUDO, SOURCE, languages, plural_index
from portal.kit.pseudo import pseudo

CODE = Path(__file__).resolve().parent
ROOT = CODE.parent
PAGES = ROOT / "assets" / "words"

# Which argument of a call is a sentence; a pair is singular and plural.
_PAGE_CALLS: dict[str, tuple[int, ...]] = {"t": (0,), "t_n": (0, 1)}
_SERVER_CALLS: dict[str, tuple[int, ...]] = {"N_": (0,), "say": (1,), "say_n": (1, 2)}
_STATE_CALLS: dict[str, tuple[int, ...]] = {"_say": (0,), "_say_n": (0, 1)}
_SCRIPT_CALL = re.compile(r'\b(words|counted)\(\s*"((?:[^"\\]|\\.)*)"(?:\s*,\s*"((?:[^"\\]|\\.)*)")?')
_DATED = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By", "Report-Msgid-Bugs-To")


@dataclass(slots=True)
class Sentence:
    """One sentence of the portal, where it stands, and whether a page says it by itself."""

    one: str
    many: str = ""
    places: set[str] = field(default_factory=set)
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run changed and what is still missing."""

    sentences: int
    changed: tuple[Path, ...]
    missing: dict[str, tuple[str, ...]]


class NotASentence(Exception):
    """A call of the translation function without a written-out sentence: no catalogue could hold it."""


def update(*, fragments: tuple[Path, ...] = (), write: bool = True) -> Outcome:
    """Bring every catalogue up to date with the code, taking translations from fragments first.

    Sentences that are gone from the code leave the catalogues. With `write` off nothing is written, only told.
    """
    sentences = collect()
    files: dict[Path, bytes] = {FOLDER / "messages.pot": _po(_catalogue(sentences, None, {}))}
    missing: dict[str, tuple[str, ...]] = {}
    for language in languages():
        known = _known(language.code, fragments)
        catalogue = _catalogue(sentences, language.code, known)
        files[FOLDER / f"{language.code}.po"] = _po(catalogue)
        missing[language.code] = tuple(s.one for s in sentences if not _whole(catalogue.get(s.one)))
        if language.code != SOURCE:
            files[PAGES / f"{language.code}.json"] = _json(_page_words(catalogue, sentences))
    files[PAGES / f"{PSEUDO}.json"] = _json({key: pseudo(text) for s in sentences if s.on_page for key, text in _plain_keys(s)})
    changed = tuple(path for path, content in files.items() if not path.exists() or path.read_bytes() != content)
    if write:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    return Outcome(len(sentences), changed, missing)


def collect(folder: Path = CODE) -> list[Sentence]:
    """Every sentence of the code, in the order of the alphabet."""
    found: dict[str, Sentence] = {}
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))}
    refusals = _refusals(list(trees.values()))
    for path, tree in trees.items():
        for one, many, on_page in _in_python(tree, refusals, path):
            _note(found, one, many, on_page, path, folder)
    for path in sorted(folder.rglob("*.jsx")):
        for match in _SCRIPT_CALL.finditer(path.read_text("utf-8")):
            many = _unescaped(match[3]) if match[1] == "counted" and match[3] else ""
            _note(found, _unescaped(match[2]), many, True, path, folder)
    return [found[one] for one in sorted(found)]


def _note(found: dict[str, Sentence], one: str, many: str, on_page: bool, path: Path, folder: Path) -> None:
    sentence = found.setdefault(one, Sentence(one))
    sentence.many = sentence.many or many
    sentence.on_page = sentence.on_page or on_page
    sentence.places.add(path.relative_to(folder.parent).as_posix())


def _in_python(tree: ast.AST, refusals: set[str], path: Path) -> Iterator[tuple[str, str, bool]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            wanted = _PAGE_CALLS.get(name) or _SERVER_CALLS.get(name) or (_STATE_CALLS.get(name) if isinstance(node.func, ast.Attribute) else None)
            if wanted:
                texts = _texts(node, wanted, path)
                if texts:
                    yield texts[0], texts[1] if len(texts) > 1 else "", name in _PAGE_CALLS
            elif name in refusals and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield node.args[0].value, "", False
        elif isinstance(node, ast.ClassDef) and (node.name in refusals or node.name == "Refusal"):
            for line in node.body:
                if isinstance(line, ast.Assign) and _name(line.targets[0]) == "sentence":
                    value = line.value.args[0] if isinstance(line.value, ast.Call) and line.value.args else line.value
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield value.value, "", False


def _texts(node: ast.Call, wanted: tuple[int, ...], path: Path) -> list[str]:
    texts = []
    for index in wanted:
        if index >= len(node.args):
            return []
        given = node.args[index]
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            texts.append(given.value)
        elif isinstance(given, ast.JoinedStr | ast.BinOp):
            raise NotASentence(f"{path.name}:{node.lineno}: a sentence is written out, never put together")
    return texts if len(texts) == len(wanted) else []


def _refusals(trees: list[ast.Module]) -> set[str]:
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    known = {"Refusal"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _unescaped(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _known(code: str, fragments: tuple[Path, ...]) -> dict[str, str | tuple[str, ...]]:
    own = FOLDER / f"{code}.po"
    sources = [*([own] if own.exists() else []), *(path for path in fragments if code != SOURCE)]
    known: dict[str, str | tuple[str, ...]] = {}
    for path in sources:
        with path.open("rb") as file:
            for message in read_po(file, locale=code.replace("-", "_")):
                if message.id and _whole(message):
                    known[_key(message)] = message.string if isinstance(message.string, str) else tuple(message.string or ())
    return known


def _catalogue(sentences: list[Sentence], code: str | None, known: dict[str, str | tuple[str, ...]]) -> Catalog:
    catalogue = Catalog(locale=code.replace("-", "_") if code else None, project="Rapport", version="1", fuzzy=False, header_comment="# The sentences of the portal.")
    for s in sentences:
        string = (s.one if not s.many else (s.one, s.many)) if code == SOURCE else known.get(s.one)
        if isinstance(string, str) == bool(s.many):
            string = None
        catalogue.add((s.one, s.many) if s.many else s.one, string, locations=[(place, 0) for place in sorted(s.places)])
    return catalogue


def _page_words(catalogue: Catalog, sentences: list[Sentence]) -> dict[str, str]:
    words: dict[str, str] = {}
    for s in sentences:
        message = catalogue.get(s.one)
        if not s.on_page or message is None or not _whole(message):
            continue
        if isinstance(message.string, str):
            words[s.one] = message.string
        elif message.string:
            words |= {f"{s.one}|{form}": message.string[index] for form, index in _forms(catalogue).items()}
    return words


def _forms(catalogue: Catalog) -> dict[str, int]:
    # Intl.PluralRules names the forms, gettext numbers them; the first numbers show which is which.
    rule = Locale.parse(str(catalogue.locale)).plural_form
    return {rule(n): plural_index(catalogue, n) for n in range(200, -1, -1)}


def _plain_keys(s: Sentence) -> list[tuple[str, str]]:
    return [(f"{s.one}|one", s.one), (f"{s.one}|other", s.many)] if s.many else [(s.one, s.one)]


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _whole(message: Message | None) -> bool:
    if message is None or message.fuzzy or not message.string:
        return False
    return isinstance(message.string, str) or all(message.string)


def _po(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines()
    # Dates and names in the header would make two equal catalogues differ.
    return ("\n".join(line for line in lines if not any(line.startswith(f'"{key}') for key in _DATED)).rstrip() + "\n").encode()


def _json(words: dict[str, str]) -> bytes:
    return (json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
