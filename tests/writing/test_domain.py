"""The bursts of two who write at once: each one's difference is one's own, in whatever order it was stored."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.kit.merge import merged, spliced, splices
from portal.writing.domain import Burst, is_worn

WORDS = [f"word{number}" for number in range(12)]
EDITS = st.lists(st.tuples(st.booleans(), st.integers(0, 11), st.sampled_from(["mika", "theo", "sea", "wind"])), min_size=1, max_size=12)


@given(st.lists(st.text(alphabet="ab \n", max_size=8), min_size=1, max_size=8))
def test_one_person_alone_is_told_from_the_first_text_to_the_last(texts: list[str]) -> None:
    burst = Burst(texts[0], texts[0])
    for before, after in pairwise(texts):
        burst = burst.goes_on(before, after, merged)
    assert (burst.before, burst.after) == (texts[0], texts[-1])


@given(EDITS)
def test_each_ones_difference_is_ones_own(edits: list[tuple[bool, int, str]]) -> None:
    """Two write in different words (the even ones and the odd ones) in any order; no difference shows a word of the other."""
    text = " ".join(WORDS)
    bursts: dict[bool, Burst] = {}
    touched: dict[bool, set[int]] = {True: set(), False: set()}
    for mika, place, word in edits:
        place = place // 2 * 2 + (0 if mika else 1)
        words = text.split(" ")
        words[place] = f"{word}{place}"
        after = " ".join(words)
        burst = bursts.get(mika)
        bursts[mika] = burst.goes_on(text, after, merged) if burst else Burst(text, after)
        touched[mika].add(place)
        text = after
    for mika, burst in bursts.items():
        changed = {burst.before[: change.at].count(" ") for change in splices(burst.before, burst.after)}
        assert changed <= touched[mika]
    last = bursts[edits[-1][0]]
    assert last.after == text
    assert spliced(last.before, splices(last.before, last.after)) == text


def test_what_the_other_wrote_before_and_after_is_not_in_my_difference() -> None:
    mine = Burst("we walk on monday", "we walk together on monday")
    mine = mine.goes_on("we walk together on friday", "we often walk together on friday", merged)
    assert mine == Burst("we walk on friday", "we often walk together on friday")


def test_what_was_taken_back_is_nothing() -> None:
    assert Burst("a", "ab").goes_on("ab", "a", merged).is_nothing
    assert Burst("a", "ab").goes_on("ab!", "a!", merged).is_nothing


def test_a_document_is_worn_by_traces_not_by_words() -> None:
    assert not is_worn(5_000, 0)
    assert not is_worn(60_000, 8_000)
    assert is_worn(60_000, 100)
    assert is_worn(500_000, 400_000)
