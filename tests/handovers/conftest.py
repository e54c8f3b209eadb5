"""Cheap hashes, as in the tests of accounts, and a therapist who can take a device back."""

from collections.abc import Callable

import pytest

from portal.access.gate import Caller
from portal.access.models import Person
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.domain import Lent
from portal.accounts.schemas import PinForm
from portal.handovers import service
from portal.handovers.schemas import HandOverForm
from portal.kit import passwords
from portal.kit.db import transaction
from tests.accounts.conftest import GOOD, hashes  # noqa: F401
from tests.cast import Cast
from tests.makers import op

PIN, OTHER_PIN = "4821", "7305"

Lend = Callable[[Task, str], tuple[Caller, Lent]]


@pytest.fixture
def lend(cast: Cast) -> Lend:
    """Hands the therapist's device over: lend(Task.CHECKIN, checkin_id) is the caller on it and what was lent."""
    with transaction(writes=True) as db:
        person = db.get(Person, cast.ids["therapist"])
        assert person is not None
        person.password_hash = passwords.hashed(GOOD)
        db.add(person)
    accounts.keep_pin(cast.therapist, PinForm(PIN, PIN))

    def lending(task: Task, about: str, caller: Caller | None = None, came_from: str = "") -> tuple[Caller, Lent]:
        lent = service.hand_over(caller or cast.therapist, cast.case, HandOverForm(task, about, came_from), op=op())
        return Caller(lent.session_id), lent

    return lending
