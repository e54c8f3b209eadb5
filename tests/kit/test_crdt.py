"""The text of several people: what is taken, what is refused, and that nothing of what was deleted is kept."""

import random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from portal.kit import crdt
from portal.kit.crdt import Malformed, Missing, OutOfShape, SharedText, block, examine, number

WORDS = ["one", "two", " ", " ", "sea", "\n", "é", "😀", "<b>", "שלום", "."]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=25).map("".join)


def one_struct(writer: int, count: int, struct: bytes, deletes: bytes = b"\0") -> bytes:
    """An update with a single struct."""
    return number(1) + number(1) + number(writer) + number(count) + struct + deletes


def take(text: SharedText, update: bytes) -> None:
    """As a server does: examined, complete, applied."""
    contents = examine(update)
    contents.need(text.known)
    text.apply(update, contents)


@given(TEXTS)
def test_a_text_comes_back_as_it_went_in(text: str) -> None:
    made = SharedText.of(text)
    assert made.text == text
    assert SharedText(made.squashed()).text == text
    assert examine(made.squashed()).typed == len(text.replace("\n", "").encode("utf-16-le")) // 2


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_text_becomes_another_one_here_and_elsewhere(texts: list[str]) -> None:
    here = SharedText.of(texts[0])
    there = SharedText(here.squashed())
    for text in texts[1:]:
        update = here.become(text)
        assert (update == crdt.NOTHING) == (text == there.text)
        if update != crdt.NOTHING:
            take(there, update)
        assert here.text == there.text == text


@given(TEXTS, st.lists(st.tuples(st.booleans(), TEXTS), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_two_who_write_apart_come_to_the_same_text(start: str, edits: list[tuple[bool, str]], chance: random.Random) -> None:
    first = SharedText.of(start)
    second = SharedText(first.squashed())
    for mine, text in edits:
        (first if mine else second).become(text)
        if chance.random() < 0.3:
            take(second, first.since(second.known))
    for_first, for_second = second.since(first.known), first.since(second.known)
    take(first, for_first)
    take(second, for_second)
    assert first.text == second.text
    assert first.known == second.known


@given(st.text(alphabet="ab", max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_two_letters_put_in_one_word_at_once_are_two_letters(word: str, here: int, there: int) -> None:
    first = SharedText.of(word)
    second = SharedText(first.squashed())
    first.become(f"{word[:here]}x{word[here:]}")
    second.become(f"{word[:there]}y{word[there:]}")
    take(first, second.since(first.known))
    assert sorted(first.text) == sorted(word + "xy")


@given(TEXTS, TEXTS)
def test_deleted_text_is_not_in_what_is_kept(before: str, after: str) -> None:
    secret = "Kanarienquitte"
    text = SharedText.of(f"{before}{secret}\n{secret}{before}")
    assert secret.encode() in text.squashed()
    text.become(after)
    assert secret.encode() not in text.squashed()
    again = SharedText(text.squashed())
    assert (again.text, secret.encode() in again.squashed()) == (after, False)


def test_text_deleted_by_another_writer_is_not_kept_either() -> None:
    first = SharedText.of("keep Kanarienquitte and keep")
    second = SharedText(first.squashed())
    take(first, second.become("keep and keep"))
    assert b"Kanarien" not in first.squashed()


def test_typed_and_deleted_in_one_go_is_not_kept() -> None:
    there = SharedText.of("")
    editor = SharedText(there.squashed())
    state = there.known
    editor.become("Kanarienquitte")
    editor.become("quiet")
    take(there, editor.since(state))
    assert (there.text, b"Kanarien" in there.squashed()) == ("quiet", False)


@given(TEXTS, TEXTS, st.data())
@example("one", "two", None)
def test_a_broken_update_is_refused_and_leaves_no_trace(before: str, after: str, data: st.DataObject | None) -> None:
    """Whatever was done to its bytes: either it is refused, or what it leaves is still plain paragraphs."""
    here = SharedText.of(before)
    there = SharedText(here.squashed())
    update = bytearray(here.become(after))
    assume(len(update) > 2)
    if data is not None:
        for _ in range(data.draw(st.integers(1, 4))):
            how, at = data.draw(st.sampled_from(["byte", "cut", "twice"])), data.draw(st.integers(0, len(update) - 1))
            if how == "byte":
                update[at] = data.draw(st.integers(0, 255))
            elif how == "cut":
                del update[at]
            else:
                update[at:at] = update[at : at + 4]
            assume(update)
    try:
        take(there, bytes(update))
    except (Malformed, Missing):
        assert there.text == before
    except OutOfShape:
        pass
    else:
        assert SharedText(there.squashed()).text == there.text


@given(st.binary(max_size=60))
def test_noise_is_refused(noise: bytes) -> None:
    there = SharedText.of("calm")
    try:
        take(there, noise)
    except (Malformed, Missing, OutOfShape):
        pass
    assert there.text == "calm" or examine(noise)


HUGE = b"\xff\xff\xff\xff\xff\xff\xff\x0f"


@pytest.mark.parametrize(
    "update",
    [
        b"", b"\x00", HUGE, b"\x01" + HUGE + b"\x05\x00", b"\x00" + HUGE, b"\x00\x01\x05" + HUGE, b"\x00\x00\x00", b"\xff" * 40,
        one_struct(1, 0, bytes([crdt._STRING]) + b"\x01" + block(b"text") + block(b"words under the root")),
        one_struct(1, 0, bytes([crdt._TYPE]) + b"\x01" + block(b"hidden") + b"\x03" + block(b"paragraph")),
        one_struct(1, 0, bytes([crdt._TYPE]) + b"\x01" + block(b"text") + b"\x03" + block(b"script")),
        one_struct(1, 0, bytes([crdt._TYPE]) + b"\x01" + block(b"text") + b"\x06"),
        one_struct(1, 0, bytes([crdt._TYPE]) + b"\x01" + block(b"text") + b"\x00"),
        one_struct(1, 0, bytes([crdt._STRING | crdt._HAS_KEY]) + b"\x01" + block(b"text") + block(b"key") + block(b"x")),
        one_struct(1, 0, bytes([crdt._STRING | crdt._HAS_LEFT]) + b"\x01\x00" + block(b"\xff\xfe")),
        one_struct(1, 0, bytes([crdt._STRING | crdt._HAS_LEFT]) + b"\x01\x00" + block(b"a\x00b")),
        one_struct(1, 0, bytes([crdt._STRING | crdt._HAS_LEFT]) + b"\x01\x00" + block(b"a\nb")),
        one_struct(1, 0, bytes([crdt._STRING | crdt._HAS_LEFT]) + b"\x01\x00" + block(b"")),
        *(one_struct(1, 0, bytes([kind | crdt._HAS_LEFT]) + b"\x01\x00" + b"\x01" + block(b"1") * 3) for kind in (2, 3, 5, 6, 8, 9, 11, 31)),
    ],
)  # fmt: skip
def test_what_is_no_plain_text_is_malformed(update: bytes) -> None:
    with pytest.raises(Malformed):
        examine(update)


@pytest.mark.parametrize("kind", [Map({"a": 1}), Array([1, 2]), Text("plain"), XmlFragment([XmlElement("paragraph", {"class": "x"}, [XmlText("a")])])])
def test_other_kinds_of_documents_are_malformed(kind: object) -> None:
    doc = Doc()
    doc["text"] = kind  # type: ignore[index]
    with pytest.raises(Malformed):
        examine(doc.get_update())


def test_formatted_text_is_malformed() -> None:
    doc: Doc = Doc()
    doc["text"] = XmlFragment([XmlElement("paragraph", {}, [XmlText("plain")])])
    doc["text"].children[0].children[0].format(0, 3, {"bold": True})
    with pytest.raises(Malformed):
        examine(doc.get_update())


@pytest.mark.parametrize(
    "struct",
    [
        bytes([crdt._STRING | crdt._HAS_LEFT]) + b"\x07\x00" + block(b"beside a paragraph"),
        bytes([crdt._STRING]) + b"\x00\x07\x00" + block(b"in a paragraph without its text"),
        bytes([crdt._TYPE]) + b"\x00\x07\x00" + b"\x03" + block(b"paragraph"),
        bytes([crdt._TYPE | crdt._HAS_LEFT]) + b"\x07\x00" + b"\x06",
    ],
)
def test_what_stands_where_it_must_not_is_out_of_shape(struct: bytes) -> None:
    doc = Doc(client_id=7)
    root = doc.get("text", type=XmlFragment)
    element = XmlElement("paragraph")
    root.children.append(element)
    element.children.append(XmlText("words"))
    text = SharedText(doc.get_update())
    with pytest.raises(OutOfShape):
        take(text, one_struct(9, 0, struct))


def test_what_builds_on_something_unknown_is_missing_it() -> None:
    here = SharedText.of("one")
    there, third = SharedText(here.squashed()), SharedText(here.squashed())
    here.become("one two")
    late = here.become("one two three")
    with pytest.raises(Missing):
        take(there, late)
    assert there.text == "one"
    take(there, here.since(there.known))
    assert there.text == "one two three"
    deletes = number(0) + number(1) + number(424242) + number(1) + number(0) + number(50)
    with pytest.raises(Missing):
        take(third, deletes)


def test_two_texts_that_lean_on_each_other_never_take_effect() -> None:
    """A ring of structs would wait for itself for ever, hidden in what is kept."""
    text = SharedText.of("calm")
    state = text.known
    ring = one_struct(5, 0, bytes([crdt._STRING | crdt._HAS_LEFT]) + b"\x05\x00" + block(b"x"))
    with pytest.raises(Missing):
        examine(ring).need(state)
    of_two = number(2) + b"".join(
        number(1) + number(writer) + number(0) + bytes([crdt._STRING | crdt._HAS_LEFT]) + number(other) + b"\x00" + block(b"hidden")
        for writer, other in ((5, 6), (6, 5))
    )
    with pytest.raises(OutOfShape):
        take(text, of_two + b"\x00")


def test_who_wrote_something_new_is_known_from_the_update() -> None:
    here = SharedText.of("one")
    there = SharedText(here.squashed())
    update = there.become("one two")
    writer = next(iter(there.known.keys() - here.known.keys()))
    assert examine(update).new_writers(here.known) == {writer}
    assert examine(update).new_writers(there.known) == set()
    assert examine(here.squashed()).new_writers(here.known) == set()


def test_a_state_can_be_read_and_written() -> None:
    state = {1: 5, 2**32 - 1: 300}
    assert crdt.read_state(crdt.write_state(state)) == state
    for broken in (b"", b"\x01", HUGE, b"\x01\x02\x03\x04"):
        with pytest.raises(Malformed):
            crdt.read_state(broken)
