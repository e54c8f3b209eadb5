"""A text that several people write at once: what arrives is examined, what is kept is squashed; no word of the domain in here.

The text is a sequence of plain paragraphs, as Tiptap keeps it in Yjs: an XML fragment of `paragraph` elements that hold text and
nothing else. Updates are those of Yjs in their first encoding (docs of yjs, INTERNALS.md). They come from browsers, so every
byte of them is read here before the library sees it: what is not a piece of plain text in a paragraph is refused.
"""

import random
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from pycrdt._pycrdt import XmlElement as _Element
from pycrdt._pycrdt import XmlText as _Text

from portal.kit.merge import splices

ROOT = "text"
_PARAGRAPH = "paragraph"
NOTHING = b"\x00\x00"
"""An update that changes nothing."""

_GC, _DELETED, _STRING, _TYPE, _SKIP = 0, 1, 4, 7, 10
_XML_ELEMENT, _XML_TEXT = 3, 6
_HAS_LEFT, _HAS_RIGHT, _HAS_KEY, _KIND = 0x80, 0x40, 0x20, 0x1F
_LARGEST = 2**53 - 1
_MOST_CLIENTS = 4_096
_LONGEST_GAP = 10_000_000


class Malformed(Exception):
    """What arrived is no update of a plain text. It was not applied."""


class OutOfShape(Exception):
    """After an update the document is more than paragraphs of text: it must not be used any further."""


class Missing(Exception):
    """The update builds on something that is not here (yet): the sender has to send everything it has."""


class Reader:
    """Reads Yjs' variable-length numbers and texts. Raises Malformed at the first byte that does not fit."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def rest(self) -> int:
        """How many bytes were not read yet."""
        return len(self._data) - self._at

    def byte(self) -> int:
        """One byte."""
        if self._at >= len(self._data):
            raise Malformed
        self._at += 1
        return self._data[self._at - 1]

    def number(self, most: int = _LARGEST) -> int:
        """A number from 0 to `most`."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if value > most or shift > 56:
                raise Malformed
            if byte < 0x80:
                return value
            shift += 7

    def block(self) -> bytes:
        """Bytes with their length before them."""
        length = self.number()
        if length > self.rest:
            raise Malformed
        self._at += length
        return self._data[self._at - length : self._at]

    def text(self) -> str:
        """Text with its length in bytes before it."""
        try:
            return self.block().decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed from None


def number(value: int) -> bytes:
    """`value` in Yjs' variable length."""
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | (value & 0x7F))
        value >>= 7
    out.append(value)
    return bytes(out)


def block(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return number(len(data)) + data


State = dict[int, int]
"""How far each writer (a number that an editor gives itself) is known: the next count of theirs that would be new."""


def read_state(data: bytes) -> State:
    """A state vector. Raises Malformed."""
    reader = Reader(data)
    found = {reader.number(): reader.number() for _ in range(reader.number(_MOST_CLIENTS))}
    if reader.rest:
        raise Malformed
    return found


def write_state(state: State) -> bytes:
    """A state vector in bytes."""
    return number(len(state)) + b"".join(number(writer) + number(count) for writer, count in state.items())


@dataclass
class Contents:
    """What an update brings. `spans` are the new counts of each writer, from and to; `typed` is how much text, in UTF-16 units."""

    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    typed: int = 0
    _leans_on: list[tuple[int, int, int, int]] = field(default_factory=list)
    _deleted: dict[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing anywhere."""
        return not self.spans and not self._deleted

    def new_writers(self, state: State) -> set[int]:
        """Who wrote something in it that `state` does not know."""
        return {writer for writer, (_, end) in self.spans.items() if end > state.get(writer, 0)}

    def need(self, state: State) -> None:
        """Raises Missing if it builds on something that is neither in `state` nor in itself, so that it could not take effect at once."""
        for writer, (begin, _) in self.spans.items():
            if begin > state.get(writer, 0):
                raise Missing
        for writer, count, own, at in self._leans_on:
            begin, end = self.spans.get(writer, (0, 0))
            within = begin <= count < end and (writer != own or count < at)
            if not within and count >= state.get(writer, 0):
                raise Missing
        for writer, end in self._deleted.items():
            if end > max(state.get(writer, 0), self.spans.get(writer, (0, 0))[1]):
                raise Missing


def examine(update: bytes) -> Contents:
    """What an update brings, if it brings plain text in paragraphs and nothing else. Raises Malformed."""
    reader, found = Reader(update), Contents()
    for _ in range(reader.number(_MOST_CLIENTS)):
        structs = reader.number(len(update))
        writer, count = reader.number(), reader.number()
        if writer in found.spans:
            raise Malformed
        begin = count
        for _ in range(structs):
            count += _struct(reader, found, writer, count)
            if count > _LARGEST:
                raise Malformed
        found.spans[writer] = (begin, count)
    for _ in range(reader.number(_MOST_CLIENTS)):
        writer, end = reader.number(), 0
        for _ in range(reader.number(len(update))):
            at, length = reader.number(), reader.number()
            end = max(end, at + length)
        found._deleted[writer] = max(end, found._deleted.get(writer, 0))
    if reader.rest:
        raise Malformed
    found._deleted = {writer: end for writer, end in found._deleted.items() if end}
    return found


def _struct(reader: Reader, found: Contents, writer: int, count: int) -> int:
    """One struct of an update; how many counts it takes."""
    info = reader.byte()
    kind = info & _KIND
    if kind == _GC and info == _GC:
        return reader.number(_LONGEST_GAP)
    if kind == _SKIP:
        # A hole: something would have to arrive later to fill it.
        raise Missing
    if info & _HAS_KEY:
        raise Malformed
    under_root = False
    for flag in (_HAS_LEFT, _HAS_RIGHT):
        if info & flag:
            found._leans_on.append((reader.number(), reader.number(), writer, count))
    if not info & (_HAS_LEFT | _HAS_RIGHT):
        under_root = reader.number(1) == 1
        if under_root:
            if reader.text() != ROOT:
                raise Malformed
        else:
            found._leans_on.append((reader.number(), reader.number(), writer, count))
    if kind == _DELETED:
        length = reader.number(_LONGEST_GAP)
    elif kind == _STRING and not under_root:
        text = reader.text()
        # A line end stands between paragraphs, never inside of one: lines and paragraphs are counted as the same.
        if any(unicodedata.category(one) in {"Cc", "Cs"} and one != "\t" for one in text):
            raise Malformed
        length = len(text.encode("utf-16-le")) // 2
        found.typed += length
    elif kind == _TYPE:
        _type(reader, under_root)
        length = 1
    else:
        raise Malformed
    if not length:
        raise Malformed
    return length


def _type(reader: Reader, under_root: bool) -> None:
    kind = reader.number(_XML_TEXT)
    if kind == _XML_ELEMENT and reader.text() == _PARAGRAPH:
        return
    if kind != _XML_TEXT or under_root:
        raise Malformed


class SharedText:
    """A document of plain paragraphs. It belongs to the thread that made it."""

    def __init__(self, state: bytes = NOTHING) -> None:
        """From a state that `squashed` gave. Raises OutOfShape when it holds anything else."""
        self._doc: Doc[XmlFragment] = Doc(client_id=random.randrange(1, 2**32))  # noqa: S311  a writer's number, no secret
        self._root = self._doc.get(ROOT, type=XmlFragment)
        if state != NOTHING:
            self._doc.apply_update(state)
        self._text = self._read()

    @classmethod
    def of(cls, text: str) -> "SharedText":
        """A new document with this text, a paragraph per line. There is always one, so that two who begin at once write into the same."""
        made = cls()
        with made._doc.transaction():
            for line in text.split("\n"):
                made._add(len(made._root.children), line)
        made._text = made._read()
        return made

    @property
    def text(self) -> str:
        """The paragraphs, joined by newlines."""
        return self._text

    @property
    def known(self) -> State:
        """How far each writer is known here."""
        return read_state(self._doc.get_state())

    def squashed(self) -> bytes:
        """The whole document as one update. Of what was deleted only lengths are in it."""
        return self._doc.get_update()

    def since(self, state: State) -> bytes:
        """What somebody lacks who knows `state`."""
        return self._doc.get_update(write_state(state))

    def apply(self, update: bytes, contents: Contents | None = None) -> None:
        """Take an update that was examined. Raises OutOfShape if the document is not plain paragraphs any more; then it must be thrown away."""
        try:
            self._doc.apply_update(update)
        except ValueError:
            raise Malformed from None
        # Only texts of several writers can lean on each other in a ring, and so wait, unseen, for ever.
        if contents is not None and len(contents.spans) > 1 and contents.new_writers(self.known):
            raise OutOfShape
        self._text = self._read()

    def become(self, text: str) -> bytes:
        """Turn the text into another one by the smallest changes of words; the update that does it elsewhere, NOTHING if it is the same."""
        if text == self._text:
            return NOTHING
        before = self._doc.get_state()
        with self._doc.transaction():
            if not len(self._root.children):
                self._add(0, "")
            self._rewrite(text.split("\n"))
        self._text = self._read()
        return self._doc.get_update(before)

    def _rewrite(self, wanted: list[str]) -> None:
        present = self._text.split("\n")
        head = 0
        while head < min(len(present), len(wanted)) and present[head] == wanted[head]:
            head += 1
        tail = 0
        while tail < min(len(present), len(wanted)) - head and present[-1 - tail] == wanted[-1 - tail]:
            tail += 1
        old, new = len(present) - tail, len(wanted) - tail
        for index in range(head, min(old, new)):
            self._reline(self._root.children[index], present[index], wanted[index])  # type: ignore[arg-type]
        for index in range(min(old, new), new):
            self._add(index, wanted[index])
        if old > new:
            first = max(new, head)
            del self._root.children[first : first + old - new]

    def _add(self, index: int, line: str) -> None:
        element = XmlElement(_PARAGRAPH)
        self._root.children.insert(index, element)
        element.children.append(XmlText(line))

    def _reline(self, element: XmlElement, present: str, wanted: str) -> None:
        parts = list(element.children)
        if not parts:
            element.children.append(XmlText(wanted))
            return
        text: XmlText = parts[0]  # type: ignore[assignment]
        if len(parts) > 1:
            present = str(text)
            del element.children[1 : len(parts)]
        for change in reversed(splices(present, wanted)):
            gone, new, begin = present[change.at : change.end], change.new, 0
            # Of a word only the letters that differ: somebody may be writing in it.
            while begin < min(len(gone), len(new)) and gone[begin] == new[begin]:
                begin += 1
            end = 0
            while end < min(len(gone), len(new)) - begin and gone[-1 - end] == new[-1 - end]:
                end += 1
            # The library counts in bytes of UTF-8.
            at = len(present[: change.at + begin].encode())
            if gone := gone[begin : len(gone) - end]:
                del text[at : at + len(gone.encode())]
            if new := new[begin : len(new) - end]:
                text.insert(at, new)

    def _read(self) -> str:
        # By the library's inner objects: the outer ones cost ten times as much, and this runs at every keystroke.
        lines = []
        with self._doc.transaction() as transaction:
            inside: Any = transaction._txn
            for element in _only(self._root.integrated, inside):
                if not isinstance(element, _Element) or _tag(element) != _PARAGRAPH:
                    raise OutOfShape
                parts = _only(element, inside)
                if not all(isinstance(part, _Text) for part in parts):
                    raise OutOfShape
                lines.append("".join([part.get_string(inside) for part in parts]))
        return "\n".join(lines)


def _tag(element: Any) -> Any:
    return element.tag()


def _only(element: Any, inside: Any) -> list[Any]:
    found = list(element.children(inside))
    # Text that hangs directly in an element is counted, but not listed.
    if element.len(inside) != len(found):
        raise OutOfShape
    return found
