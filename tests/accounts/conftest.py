"""Cheap hashes, visits and people with passwords for the tests of accounts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from passlib.context import CryptContext

from portal.access.models import PersonKind
from portal.accounts.schemas import Visit
from portal.kit import passwords
from tests.makers import make_person

GOOD = "seven quiet herons wade"
OTHER = "plum jam on old bread"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Hashes:
    """Counts the work that hashing makes."""

    verified: list[str] = field(default_factory=list)

    def take(self) -> int:
        """How many verifications since the last call."""
        count = len(self.verified)
        self.verified.clear()
        return count


class _Counting(CryptContext):
    counted: Hashes

    def verify(self, secret: str, hash: str, **more: object) -> bool:  # noqa: A002
        """Verify, and count."""
        self.counted.verified.append(hash)
        return bool(super().verify(secret, hash, **more))


@pytest.fixture(autouse=True)
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hashes]:
    """Argon2id with the least cost, counted: what the tests are about is how often, not how long."""
    cheap = _Counting(schemes=["argon2"], argon2__type="ID", argon2__memory_cost=8, argon2__time_cost=1, argon2__parallelism=1)
    cheap.counted = Hashes()
    monkeypatch.setattr(passwords, "_hashing", cheap)
    passwords._decoy.cache_clear()
    yield cheap.counted
    passwords._decoy.cache_clear()


@pytest.fixture
def person() -> Callable[..., str]:
    """Makes somebody with a password: person("Nora Bell", "nora@example.org")."""

    def make(name: str, email: str, *, kind: PersonKind = PersonKind.CLIENT, password: str = GOOD, is_admin: bool = False) -> str:
        return make_person(name, kind, email=email, is_admin=is_admin, password_hash=passwords.hashed(password))

    return make


def visit(address: str = "192.0.2.7", **more: str) -> Visit:
    """Where a form came from."""
    return Visit(address, user_agent=more.pop("user_agent", FIREFOX), **more)
