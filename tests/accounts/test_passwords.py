"""Which passwords are taken, and how they are kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.domain import (
    LEAST_CHARACTERS,
    MOST_CHARACTERS,
    PasswordNamesYou,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    check_password,
    own_words,
)
from portal.kit import passwords
from portal.kit.refusal import BadInput
from tests.accounts.conftest import GOOD

NOBODY: frozenset[str] = frozenset()
MIKA = own_words("Mika Vane", "mika.vane@posteo.example")


@given(st.text(max_size=LEAST_CHARACTERS - 1))
def test_short_ones_are_refused(password: str) -> None:
    with pytest.raises(PasswordTooShort):
        check_password(password, own_words=NOBODY, is_common=False)


@given(st.text(min_size=MOST_CHARACTERS + 1, max_size=MOST_CHARACTERS + 40))
def test_endless_ones_are_refused(password: str) -> None:
    with pytest.raises(PasswordTooLong):
        check_password(password, own_words=NOBODY, is_common=False)


@given(st.text(alphabet="bcdfghjlopqrstuwxyz ", min_size=LEAST_CHARACTERS, max_size=80).filter(lambda text: len(set(text)) > 3))
def test_no_kind_of_character_is_demanded(password: str) -> None:
    check_password(password, own_words=NOBODY, is_common=False)


@pytest.mark.parametrize(
    "password",
    ["mika walks by the sea", "I am VANE and I am tall", "MIKA.VANE rides bicycles", "posteo holds my letters", "mìka walks by the sea"],
)
def test_own_names_are_refused(password: str) -> None:
    with pytest.raises(PasswordNamesYou):
        check_password(password, own_words=MIKA, is_common=False)


@pytest.mark.parametrize("password", ["Rapport-Rapport", "rapport2026!!", "my.RAPPORT.123"])
def test_little_more_than_the_portals_name_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooCommon):
        check_password(password, own_words=NOBODY, is_common=False)
    check_password("a good rapport takes two", own_words=NOBODY, is_common=False)


def test_a_short_name_may_be_part_of_a_longer_word() -> None:
    check_password("a lighthouse in the fog", own_words=own_words("Li Ng", "li@ex.example"), is_common=False)


def test_a_short_name_is_not_enough_with_digits() -> None:
    with pytest.raises(PasswordNamesYou):
        check_password("liliang-li-99", own_words=own_words("Li Ang", "li@a.example"), is_common=False)


@given(st.text(min_size=LEAST_CHARACTERS, max_size=60))
def test_a_refusal_is_always_one_of_the_four(password: str) -> None:
    try:
        check_password(password, own_words=MIKA, is_common=False)
    except BadInput as refused:
        assert refused.field == "password"
        assert refused.sentence


@pytest.mark.parametrize("password", ["passwordpassword", "123456789012", "qwertyuiop12", "iloveyou1234", "Password1234!", "liverpoolfc1", "aaaaaaaaaaaaaaa"])
def test_what_everybody_tries_is_common(password: str) -> None:
    assert passwords.is_common(password, NOBODY)


@pytest.mark.parametrize("password", [GOOD, "correct horse battery staple", "drei stille Reiher waten"])
def test_a_few_words_are_not_common(password: str) -> None:
    assert not passwords.is_common(password, NOBODY)


def test_the_whole_password_counts_though_only_its_start_is_scored() -> None:
    long = GOOD * 6
    stored = passwords.hashed(long)
    assert passwords.verified(long, stored)
    assert not passwords.verified(long[:-1], stored)


def test_repetition_is_seen() -> None:
    with pytest.raises(PasswordTooCommon):
        check_password("ababababababab", own_words=NOBODY, is_common=False)


def test_hashes_are_argon2id() -> None:
    assert passwords.hashed(GOOD).startswith("$argon2id$")


def test_every_keyboard_types_the_same() -> None:
    stored = passwords.hashed(unicodedata.normalize("NFD", "schöne grüne Wiese"))
    assert passwords.verified(unicodedata.normalize("NFC", "schöne grüne Wiese"), stored)


def test_nobody_has_no_password() -> None:
    assert not passwords.verified(GOOD, None)
