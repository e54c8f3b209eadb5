"""What is sealed can be read with the right key in the right place, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.crypto import DataKey, MasterKey, Unreadable, new_key

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=400)
places = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)


@given(texts, places)
def test_sealed_text_is_read_back_in_its_own_place(text: str, place: str) -> None:
    key = DataKey(1, new_key())
    assert key.unseal(key.seal(text, place), place) == text


@given(texts, places, places)
def test_sealed_text_cannot_be_moved_to_another_place(text: str, place: str, other: str) -> None:
    key = DataKey(1, new_key())
    if place != other:
        with pytest.raises(Unreadable):
            key.unseal(key.seal(text, place), other)


@given(texts.filter(lambda text: len(text) > 3), st.integers(0, 10_000))
def test_an_altered_byte_is_noticed(text: str, at: int) -> None:
    key = DataKey(7, new_key())
    sealed = bytearray(key.seal(text, "goal.title:1"))
    sealed[at % len(sealed)] ^= 1
    with pytest.raises(Unreadable):
        key.unseal(bytes(sealed), "goal.title:1")


def test_the_same_words_never_look_the_same() -> None:
    key = DataKey(1, new_key())
    assert key.seal("again", "a") != key.seal("again", "a")


def test_another_key_reads_nothing() -> None:
    sealed = DataKey(1, new_key()).seal("words", "a")
    for other in (DataKey(1, new_key()), DataKey(2, new_key())):
        with pytest.raises(Unreadable):
            other.unseal(sealed, "a")


def test_a_data_key_is_bound_to_its_owner_and_master_key() -> None:
    master, other = MasterKey(new_key()), MasterKey(new_key())
    key = new_key()
    wrapped = master.wrap(key, "case-1")
    assert master.unwrap(wrapped, "case-1") == key
    assert key not in wrapped
    for keyring, owner in ((master, "case-2"), (other, "case-1")):
        with pytest.raises(Unreadable):
            keyring.unwrap(wrapped, owner)


def test_purposes_have_keys_of_their_own() -> None:
    master = MasterKey(new_key())
    assert len({master.derived(purpose) for purpose in ("wrap", "email", "bell", "access log")}) == 4
    assert master.mac("email", "a") != master.mac("bell", "a")


@pytest.mark.parametrize("encoded", ["", "c2hvcnQ=", "A" * 60])
def test_a_master_key_of_another_length_is_refused(encoded: str) -> None:
    with pytest.raises(ValueError):
        MasterKey.parse(encoded)
