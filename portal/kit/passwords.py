"""Passwords: hashed with argon2id, checked in the same time whether or not there is one, and compared with what people try first."""

import threading
import unicodedata
from functools import lru_cache

from passlib.context import CryptContext
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.kit.ids import secret

# RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes.
_hashing = CryptContext(schemes=["argon2"], argon2__type="ID", argon2__memory_cost=65_536, argon2__time_cost=3, argon2__parallelism=4)

# Each hash takes 64 MiB: a flood of sign-ins waits its turn instead of filling the memory.
_turns = threading.BoundedSemaphore(2)

SCORED_CHARACTERS = 72
"""zxcvbn's time grows faster than the length; what is hashed is always the whole."""

_EASILY_GUESSED = 2


def hashed(password: str) -> str:
    """The argon2id hash of a password (NFC, so that every keyboard types the same)."""
    with _turns:
        return str(_hashing.hash(_normal(password)))


def verified(password: str, stored: str | None) -> bool:
    """Whether the password is the hashed one. Without a hash the work is the same, and the answer no."""
    decoy = _decoy()
    with _turns:
        right = bool(_hashing.verify(_normal(password), stored or decoy))
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return bool(_hashing.needs_update(stored))


def is_common(password: str, own_words: frozenset[str]) -> bool:
    """Whether it is on zxcvbn's list of common passwords, or as easily guessed (fewer than 10^6 guesses)."""
    plain = _normal(password).casefold()
    if plain in _common() or plain.rstrip("0123456789!?.") in _common():
        return True
    found = zxcvbn(password[:SCORED_CHARACTERS], user_inputs=sorted(own_words))
    return int(found["score"]) < _EASILY_GUESSED


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=1)
def _decoy() -> str:
    return hashed(secret())


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
