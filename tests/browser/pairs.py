"""Two people with a case of their own in a served practice, so that no test meets what another one left."""

from datetime import timedelta

from playwright.sync_api import BrowserContext, Page

from portal.access import cookies
from portal.access.gate import Caller
from portal.access.models import PersonKind
from portal.checkins import service
from portal.checkins.domain import Item
from portal.checkins.models import CheckInRow
from portal.kit import clock
from portal.kit.db import transaction
from tests.makers import make_case, make_person, op, sign_in


class Pair:
    """A fresh client and therapist with a case of their own in the served practice."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ids = {"client": make_person("Mika Vane", PersonKind.CLIENT), "therapist": make_person("Theo Sand", PersonKind.STAFF)}
        self.case = make_case(**self.ids)
        signed = {role: sign_in(person_id) for role, person_id in self.ids.items()}
        self.callers: dict[str, Caller] = {role: caller for role, (caller, _) in signed.items()}
        self._tokens = {role: token for role, (_, token) in signed.items()}

    def enter(self, browser: BrowserContext, role: str, token: str = "") -> Page:
        """A page of one of the two, signed in; or of whose session's `token` is given."""
        # Handed over as from a TLS address: on this machine's own name browsers take such cookies over plain HTTP as well.
        address = self.url.replace("http://", "https://")
        browser.add_cookies(
            [{"name": cookies.session_cookie(), "value": token or self._tokens[role], "url": address, "secure": True, "httpOnly": True, "sameSite": "Strict"}]
        )
        return browser.new_page()

    def start(self) -> str:
        """An open check-in."""
        return service.start(self.callers["client"], self.case, op=op())

    def address(self, checkin_id: str = "") -> str:
        """The address of a check-in, or of their list."""
        return f"{self.url}/c/{self.case}/check-ins" + (f"/{checkin_id}" if checkin_id else "")

    def let_time_run_out(self, checkin_id: str) -> None:
        """The check-in's time is over, as if it had been opened two weeks ago and more."""
        past = clock.now() - timedelta(days=15)
        with transaction(writes=True) as db:
            row = db.get_one(CheckInRow, checkin_id)
            row.opened_at, row.expires_at = past, past + timedelta(days=14)
            db.add(row)
        service.keep_time(self.case)

    def answer(self, role: str, checkin_id: str, *values: int) -> None:
        """Hand in without a browser."""
        for item, value in zip(Item, values, strict=True):
            service.rate(self.callers[role], self.case, checkin_id, item, value, op=op())
        service.submit(self.callers[role], self.case, checkin_id, op=op())
