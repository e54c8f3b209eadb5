"""Three versions made one: nothing of either change is lost unless both changed the same words."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from portal.kit.merge import Splice, merged, spliced, splices

TEXTS = st.lists(st.sampled_from(["one", "two", "sea", "wind", " ", " ", "\n", ".", "é", "😀", "a"]), max_size=30).map("".join)


@given(TEXTS, TEXTS)
def test_splices_make_the_new_text_of_the_old(old: str, new: str) -> None:
    changes = splices(old, new)
    assert spliced(old, changes) == new
    assert all(one.end <= other.at for one, other in itertools.pairwise(changes))
    assert (changes == []) == (old == new)


@given(TEXTS, TEXTS)
def test_one_change_alone_stands_as_it_is(origin: str, other: str) -> None:
    assert merged(origin, other, origin) == other
    assert merged(origin, origin, other) == other
    assert merged(origin, other, other) == other


@given(st.lists(st.sampled_from(["oak", "elm", "ash"]), min_size=8, max_size=8), st.data())
def test_changes_of_different_words_both_land(words: list[str], data: st.DataObject) -> None:
    first, second = sorted(data.draw(st.lists(st.integers(0, 7), min_size=2, max_size=2, unique=True)))
    mine, theirs, both = list(words), list(words), list(words)
    mine[first] = both[first] = "mine"
    theirs[second] = both[second] = "theirs"
    assert merged(" ".join(words), " ".join(mine), " ".join(theirs)) == " ".join(both)


@given(TEXTS, TEXTS, TEXTS)
def test_what_mine_put_in_is_in_the_joined_text(origin: str, mine: str, theirs: str) -> None:
    """Also where the other took the words around it away."""
    joined = merged(origin, mine, theirs)
    for change in splices(origin, mine):
        assert change.new in joined


def test_where_both_changed_the_same_words_mine_stand() -> None:
    assert merged("we walk on monday", "we walk on friday", "we walk on sunday") == "we walk on friday"
    assert merged("we walk", "we walk slowly", "we run") == "we run slowly"
    assert merged("we walk", "we walk.", "we walk.") == "we walk."
    assert merged("", "mine", "theirs") == "minetheirs"


def test_a_long_text_is_not_compared_for_ever() -> None:
    old, new = " ".join(f"a{number}" for number in range(1_000)), " ".join(f"b{number}" for number in range(1_000))
    assert splices(old, new) == [Splice(0, len(old), new)]
