"""What the entrance pages and the account page show, and what people do there."""

import asyncio
from typing import Any

import reflex as rx

from portal import routes
from portal.access.identity import Identity
from portal.accounts import service
from portal.accounts.domain import (
    LEAST_CHARACTERS,
    LEAST_DIGITS,
    MOST_CHARACTERS,
    MOST_DIGITS,
    AlreadySetUp,
    BadAddress,
    BadPin,
    NotValid,
    PasswordNamesYou,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    PinsDiffer,
    PinTooObvious,
    PleaseWait,
    TicketPurpose,
    WrongPassword,
    WrongSignIn,
)
from portal.accounts.schemas import Device, DeviceLine, ProfileForm
from portal.kit.i18n import N_, ago, moment
from portal.kit.refusal import BadInput, DatabaseGone, NotSignedIn, Refusal, TooBusy
from portal.live.bell import bell
from portal.live.policy import anyone, signed_in
from portal.live.state import Here, SignedInPage

# What an address may say after a form that the browser posted by itself.
_REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (
        AlreadySetUp, BadAddress, BadInput, DatabaseGone, NotSignedIn, NotValid, PasswordNamesYou, PasswordTooCommon, PasswordTooLong,
        PasswordTooShort, PleaseWait, TooBusy, WrongPassword, WrongSignIn,
    )
}  # fmt: skip
_OF_PIN: dict[str, type[Refusal]] = {kind.__name__: kind for kind in (BadPin, PinsDiffer, PinTooObvious)}
_LIMITS = {"least": LEAST_CHARACTERS, "most": MOST_CHARACTERS}
_PIN_LIMITS = {"least": LEAST_DIGITS, "most": MOST_DIGITS}

ASKED = N_("Thank you. If there is an account with this address, a letter is on its way. It can take a few minutes.")
CHANGED = N_("Your password was changed. Every other device has been signed out.")
PIN_KEPT = N_("Your PIN is kept. It takes back a device that you have handed over, and opens nothing else.")
_TOLD = {
    "asked": ASKED,
    "changed": CHANGED,
    "out": N_("You are signed out."),
    "everywhere": N_("You are signed out on every device."),
    "pin": PIN_KEPT,
    "sent": N_("A letter with a code is on its way to the new address."),
}


class _Told(rx.State, mixin=True):
    """What the address says after a posted form: a name out of the lists above, never words of its own."""

    wrong: str = ""
    told: str = ""

    def _read_address(self) -> None:
        query = self.router.url.query_parameters
        refusal, told = _REFUSALS.get(query.get("why", "")), _TOLD.get(query.get("done", ""))
        self._set(
            wrong="" if refusal is None else self._say(refusal.sentence, **_LIMITS),
            told="" if told is None else self._say(told),
        )


class EntranceState(_Told, Here):
    """The pages for those who have no session yet."""

    by_link: bool = False
    opened_name: str = ""
    opened_email: str = ""
    opened_until: str = ""

    async def _arrive(self) -> Identity | None:
        """Who is signed in, if anybody is."""
        await bell.leave(self._tab)
        identity = await self._recognise()
        self._read_address()
        return identity

    @anyone
    async def entered(self) -> Any:
        """Somebody typed the portal's bare address."""
        if await self._arrive():
            return rx.redirect(routes.HOME, replace=True)
        try:
            ready = await asyncio.to_thread(service.is_set_up)
        except Refusal:
            ready = True
        return rx.redirect(routes.SIGN_IN if ready else routes.SET_UP, replace=True)

    @anyone
    async def sign_in_opened(self) -> Any:
        """The sign-in page; who is signed in already goes on."""
        return rx.redirect(routes.HOME, replace=True) if await self._arrive() else None

    @anyone
    async def entrance_page_opened(self) -> Any:
        """A page that is for everybody, also for who is signed in as somebody else."""
        return self._to_the_task(await self._arrive())

    @anyone
    async def link_found(self, found: bool) -> None:
        """Whether the page was opened by a link with a key in it; the key stays in the browser until the button is pressed."""
        # Here and not when the page is opened: the two events come in either order.
        self._set(by_link=found, opened_name="", opened_email="", opened_until="")

    @anyone(longest=100)
    async def invitation_opened(self, key: str) -> None:
        """The button of an invitation."""
        await self._open_link(TicketPurpose.INVITATION, key)

    @anyone(longest=100)
    async def reset_opened(self, key: str) -> None:
        """The button of the way to a new password."""
        await self._open_link(TicketPurpose.PASSWORD, key)

    @anyone
    async def code_preferred(self) -> None:
        """The link does not work, or there is only the code."""
        self._set(by_link=False, opened_name="", opened_email="", opened_until="")

    async def _open_link(self, purpose: TicketPurpose, key: str) -> None:
        try:
            opened = await asyncio.to_thread(service.open_link, purpose, key)
        except Refusal as refusal:
            self._refuse(refusal)
            self._set(by_link=False)
            return
        self._set(
            refusal="",
            opened_name=opened.name,
            opened_email=opened.email,
            opened_until=moment(self.lang, self._time_zone, opened.until),
        )


class AccountState(_Told, SignedInPage, Here):
    """One's own account."""

    name: str = ""
    pronouns: str = ""
    email: str = ""
    new_email: str = ""
    time_zone: str = ""
    devices: list[DeviceLine] = []
    may_keep_pin: bool = False
    pin_wrong: str = ""
    code_wrong: str = ""

    def _read_address(self) -> None:
        super()._read_address()
        refusal = _OF_PIN.get(self.router.url.query_parameters.get("why", ""))
        self._set(pin_wrong="" if refusal is None else self._say(refusal.sentence, **_PIN_LIMITS))

    async def _show(self) -> None:
        account = await self._ask(service.account)
        self._read_address()
        self._set(
            my_name=account.name,
            name=account.name,
            pronouns=account.pronouns,
            email=account.email,
            new_email=account.new_email,
            time_zone=account.time_zone,
            theme=account.theme,
            may_keep_pin=account.may_keep_pin,
            has_pin=account.has_pin,
            devices=[self._device(one, account.time_zone, account) for one in account.devices],
        )

    def _device(self, one: Device, zone: str, account: Any) -> DeviceLine:
        seen = self._say(N_("here, now")) if one.here else ago(self.lang, zone, one.seen, account.now)
        return DeviceLine(
            session_id=one.session_id,
            name=one.name or self._say(N_("An unknown browser")),
            seen=seen,
            since=self._say(N_("signed in {when}"), when=ago(self.lang, zone, one.since, account.now)),
            here=one.here,
            lent=self._lent(one),
        )

    def _lent(self, one: Device) -> str:
        if one.lent_to:
            return self._say(N_("Handed over to {name}"), name=one.lent_to)
        return self._say(N_("The device of {name}, handed over to you"), name=one.lent_by) if one.lent_by else ""

    @signed_in
    async def name_typed(self, text: str, version: int, op: str) -> None:
        """Another name."""
        await self._store(op, service.change_profile, ProfileForm(name=text))

    @signed_in
    async def pronouns_typed(self, text: str, version: int, op: str) -> None:
        """Other pronouns, or none."""
        await self._store(op, service.change_profile, ProfileForm(pronouns=text))

    @signed_in(longest=64)
    async def zone_chosen(self, zone: str, op: str) -> None:
        """Another time zone."""
        await self._store(op, service.change_profile, ProfileForm(time_zone=zone))
        self._time_zone = self.time_zone or self._time_zone

    @signed_in(longest=64)
    async def theme_chosen(self, theme: str, op: str) -> None:
        """Light, dark, or as the device says."""
        await self._store(op, service.change_profile, ProfileForm(theme=theme))

    @signed_in(longest=36)
    async def device_ended(self, session_id: str) -> None:
        """Another of one's browsers is to be signed out."""
        await self._change(service.end_device, session_id)

    @signed_in(longest=100)
    async def address_confirmed(self, form: dict[str, str]) -> None:
        """The code that went to the new address."""
        try:
            await self._ask(service.confirm_address, form.get("code", ""))
        except Refusal as refusal:
            self._set(code_wrong=self._say(refusal.sentence, **refusal.params))
            return
        self._set(code_wrong="")
        await self._show_or_say()

    @signed_in
    async def address_kept(self) -> None:
        """The old address after all."""
        self._set(code_wrong="")
        await self._change(service.forget_new_address)
