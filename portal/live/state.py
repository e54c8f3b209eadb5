"""The states under every page: who is here, and how a page asks, changes and is shown again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import reflex as rx
from reflex.istate.manager.token import BaseStateToken

from portal import design, routes
from portal.access.gate import Caller
from portal.access.identity import Identity, choose_language, identify, members_of
from portal.access.permissions import CaseRole
from portal.design.seen import Choice, Contact, Present, Receipt
from portal.kit import clock
from portal.kit.i18n import best_language, clock_time, direction, is_language, languages, say
from portal.kit.refusal import AlreadyDone, BadInput, ChangedMeanwhile, DatabaseGone, NotFound, NotShown, NotSignedIn, Refusal, TooMuchText
from portal.live.bell import Listener, bell
from portal.live.policy import anyone, server_only
from portal.settings import settings

Args = ParamSpec("Args")
Result = TypeVar("Result")

_RECEIPTS_KEPT = 8


class Here(rx.State):
    """Who is here. Nothing in it decides anything: every verb asks the gate again."""

    authorised: bool = False
    shown_at: dict[str, str] = {}
    """The address that each page's state stands for, by its route: until it is the present one, the page shows nothing."""
    missing: bool = False
    signed_in: bool = False
    lang: str = ""
    dir: str = ""
    theme: str = ""
    languages: list[Choice] = []
    contacts: list[Contact] = []
    my_name: str = ""
    role: str = ""
    is_admin: bool = False
    has_pin: bool = False
    case_path: str = ""
    case_name: str = ""
    present: list[Present] = []
    refusal: str = ""
    unshown: str = ""
    receipts: list[Receipt] = []
    hides_private: bool = False
    """Somebody else looks at this screen too: what only its person may see is not shown on it."""

    _person_id: str = ""
    _time_zone: str = "UTC"
    _chosen_language: str = ""

    @property
    def _caller(self) -> Caller:
        # The outer gate put the session row's id there; what the browser sent under that name it took away.
        return Caller(self.router.headers.raw_headers.get("authorization") or None)

    def _from_address(self, name: str) -> str:
        """A part of the address by its name in the route ("/c/[case]/goals"); never trusted, the gate decides."""
        pattern = self.router.route_id.strip("/").split("/")
        parts = self.router.url.path.strip("/").split("/")
        return next((part for key, part in zip(pattern, parts, strict=False) if key == f"[{name}]"), "")

    def _stands_for_its_address(self) -> None:
        """Say that what the page's state holds now belongs to the address at which it was opened."""
        address = "/" + self.router.url.path.strip("/")
        self._set(shown_at={**self.shown_at, self.router.route_id: address})

    @property
    def _tab(self) -> str:
        return self.router.session.client_token

    def _set(self, **values: Any) -> None:
        """Assign what differs: an equal value would be sent to the browser all the same."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    async def _recognise(self) -> Identity | None:
        """Learn who calls; on nobody, what the page showed of somebody is cleared."""
        self._set(
            languages=[Choice(one.code, one.name, one.direction) for one in languages()],
            contacts=[
                Contact(one.name, one.number, f"tel:{''.join(one.number.split())}", one.hours)
                for one in settings().crisis_contacts
            ],
        )
        try:
            identity = await asyncio.to_thread(identify, self._caller)
        except NotSignedIn:
            self._forget_person()
            self._speak(self._chosen_language)
            return None
        self._person_id = identity.person_id
        self._time_zone = identity.time_zone
        self._speak(identity.language)
        self._set(
            signed_in=True,
            theme=identity.theme,
            my_name=identity.name,
            role=_account_role(identity),
            is_admin=identity.is_admin,
            has_pin=identity.has_pin,
            case_path=routes.in_case(routes.CASE, identity.case_id) if identity.case_id else "",
            case_name="",
            refusal="",
        )
        return identity

    def _forget_person(self) -> None:
        self._person_id = ""
        self._set(
            authorised=False,
            shown_at={},
            signed_in=False,
            my_name="",
            role="",
            is_admin=False,
            has_pin=False,
            case_path="",
            case_name="",
            present=[],
            receipts=[],
            unshown="",
            hides_private=False,
        )

    def _speak(self, chosen: str) -> None:
        lang = chosen if is_language(chosen) else best_language(self.router.headers.accept_language)
        self._set(lang=lang, dir=direction(lang))

    async def _ask(
        self, verb: Callable[Concatenate[Caller, Args], Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result:
        """Run a verb in a thread, so that nobody else waits for its database. Raises its Refusal."""
        return await asyncio.to_thread(verb, self._caller, *args, **kwargs)

    def _say(self, sentence: str, **places: object) -> str:
        return say(self.lang, sentence, **places)

    def _refuse(self, refusal: Refusal, op: str = "") -> None:
        """Tell the page why something was not done: where it was typed if there is an operation, else above the page."""
        words = self._say(refusal.sentence, **refusal.params)
        if isinstance(refusal, ChangedMeanwhile):
            theirs, version = str(refusal.params.get("theirs", "")), int(refusal.params.get("version", 0))
            self._answer(Receipt(op, "changed", version=version, words=words, theirs=theirs))
        elif op:
            # Storage that is out of reach for a moment: the page keeps the text and asks again by itself.
            self._answer(Receipt(op, "later" if isinstance(refusal, DatabaseGone) else "refused", words=words))
        self._set(refusal=words)

    def _confirm(self, op: str, version: int = 0) -> None:
        """Tell the page that the operation is stored; only ever called after the commit."""
        self._set(refusal="")
        self._answer(Receipt(op, "saved", at=clock_time(self.lang, self._time_zone, clock.now()), version=version))

    def _answer(self, receipt: Receipt) -> None:
        self.receipts = [*self.receipts[1 - _RECEIPTS_KEPT :], receipt]

    def _to_the_task(self, identity: Identity | None) -> Any:
        """The way to the one page of a device that was handed over; None for everybody else."""
        return rx.redirect(routes.HANDED, replace=True) if identity is not None and identity.handed else None

    @anyone
    async def entrance_opened(self) -> Any:
        """A page that needs no sign-in was opened."""
        await bell.leave(self._tab)
        return self._to_the_task(await self._recognise())

    @anyone
    async def refusal_read(self) -> None:
        """The person has read why something was not done."""
        self._set(refusal="")

    @server_only
    async def turned_away(self, op: str, too_long: bool) -> None:
        """The outer gate did not take what the page sent for an operation."""
        self._refuse(TooMuchText() if too_long else BadInput(), op)

    @anyone(longest=12)
    async def language_chosen(self, code: str) -> None:
        """Another language, kept with the account of whoever is signed in."""
        if not is_language(code):
            return
        self._chosen_language = code
        if self._person_id:
            try:
                await self._ask(choose_language, code)
            except Refusal as refusal:
                self._refuse(refusal)
                return
        self._speak(code)


design.bind(Here)


def _account_role(identity: Identity) -> str:
    if identity.kind == "client":
        return "client"
    # In a small practice whoever runs it also works with clients, and needs the way to them.
    return "admin" if identity.is_admin and not identity.has_cases else "therapist"


class SignedInPage(rx.State, mixin=True):
    """A page for people who are signed in. Concrete states are `class HomeState(SignedInPage, Here)`."""

    async def _show(self) -> None:
        """Rebuild what the page shows, for this person. Rooms override it."""
        raise TypeError(f"{type(self).__name__} does not say what it shows")

    async def _listens_to(self) -> tuple[str, ...]:
        """The cases whose bell this page hears; none unless a page says otherwise."""
        return ()

    @anyone
    async def page_opened(self) -> Any:
        """The page was opened, reloaded or came back after a lost connection: everything anew from the database."""
        self.reset()
        try:
            identity = await self._recognise()
            if identity is None:
                await bell.leave(self._tab)
                return rx.redirect(routes.SIGN_IN)
            if identity.handed:
                await bell.leave(self._tab)
                return self._to_the_task(identity)
            if (instead := await self._open(identity)) is not None:
                return instead
        except NotSignedIn:
            return rx.redirect(routes.SIGN_IN)
        except NotFound:
            await bell.leave(self._tab)
            self._set(authorised=True, missing=True, unshown="")
            self._stands_for_its_address()
            return None
        except DatabaseGone:
            # An empty page would be a false one. The skeleton stays, says why, and opens the page again after a while.
            self._speak(self.lang)
            self._set(authorised=False, unshown=self._say(NotShown.sentence))
            return None
        except Refusal as refusal:
            self._refuse(refusal)
        self._set(authorised=True, missing=False, unshown="")
        self._stands_for_its_address()
        return None

    async def _open(self, identity: Identity) -> Any:
        """Show the page and hear its cases; or an event that leads elsewhere, for whom the page is not meant."""
        await self._show()
        await self._hear(await self._listens_to(), counts_as_present=False)

    async def _hear(self, cases: tuple[str, ...], *, counts_as_present: bool) -> None:
        if cases:
            await bell.listen(Listener(self._tab, cases, self._person_id, _shower(type(self)), counts_as_present))
        else:
            await bell.leave(self._tab)

    async def _rung(self) -> None:
        """The bell: the same view once more, with the rights of this page's person as they are now."""
        try:
            await self._show_whole()
        except (NotSignedIn, NotFound):
            self.reset()
            self._set(authorised=False, present=[])
            await bell.leave(self._tab)
        except DatabaseGone:
            self._show_later()
        except Refusal as refusal:
            self._refuse(refusal)
        else:
            self._is_shown()

    async def _show_all(self, *, opening: bool = False) -> None:
        """The page, and what other rooms put on it."""
        await self._show()

    async def _show_whole(self) -> None:
        await self._show_all()

    def _show_later(self) -> None:
        """What stands on the page may be old: say so, unless something weightier is being said, and look again soon."""
        if not self.refusal:
            self._set(refusal=self._say(NotShown.sentence))
        bell.wake_later(self._tab)

    def _is_shown(self) -> None:
        if self.refusal == self._say(NotShown.sentence):
            self._set(refusal="")

    async def _change(
        self, verb: Callable[Concatenate[Caller, Args], Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        """Carry out a change outside any case and show the page again; None if it was refused (said above the page)."""
        return await self._store("", verb, *args, **kwargs)

    async def _store(
        self, op: str, verb: Callable[Concatenate[Caller, Args], Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result | None:
        """As `_change`, for a field that waits for the answer to its operation; the verb must be safe to call twice."""
        result: Result | None = None
        try:
            result = await self._ask(verb, *args, **kwargs)
        except AlreadyDone:
            pass
        except Refusal as refusal:
            self._refuse(refusal, op)
            return None
        if op:
            self._confirm(op)
        await self._show_or_say()
        return result

    async def _show_or_say(self) -> None:
        try:
            await self._show_all()
        except DatabaseGone:
            self._show_later()
        except Refusal as refusal:
            self._refuse(refusal)
        else:
            self._is_shown()


Companion = Callable[["CasePage", bool], Awaitable[None]]
"""Shows something beside every page of a case; told whether the page is being opened, or only shown again."""

_companions: list[Companion] = []


def beside_every_case(companion: Companion) -> None:
    """Let a room above show something on every page of a case, before the page itself is shown."""
    if companion not in _companions:
        _companions.append(companion)


class CasePage(SignedInPage, mixin=True):
    """A page of one case: opened by its address, changed by verbs, shown again on every ring of the bell."""

    case_id: str = ""

    async def _show_beside(self, *, opening: bool) -> None:
        for companion in _companions:
            await companion(self, opening)

    async def _which_case(self, identity: Identity) -> str:
        """The case that the page is about: the address says so; the gate decides."""
        return self._from_address(routes.CASE_PARAM)

    async def _open(self, identity: Identity) -> Any:
        self.case_id = await self._which_case(identity)
        await self._ask(members_of, self.case_id)
        # Listening before reading: what changes in between rings, and is shown.
        await self._hear((self.case_id,), counts_as_present=True)
        await self._show_beside(opening=True)
        await self._show_all(opening=True)
        await self._show_people()

    async def _show_all(self, *, opening: bool = False) -> None:
        await self._show()
        for part in _parts.get(type(self), ()):
            state = await self.get_state(part)
            await state._show_on(self, opening=opening)

    async def _show_people(self) -> None:
        members = await self._ask(members_of, self.case_id)
        here = await bell.here(self.case_id, tuple(member.person_id for member in members))
        me = next(member for member in members if member.person_id == self._person_id)
        clients = [member.name for member in members if member.role is CaseRole.CLIENT]
        self._set(
            role=me.role.value,
            case_path=routes.in_case(routes.CASE, self.case_id),
            case_name=" · ".join(name.split()[0] for name in clients),
            present=[
                Present(member.name.split()[0], member.role.value, member is me)
                for member in members
                if member.person_id in here
            ],
        )

    async def _show_whole(self) -> None:
        await self._show_beside(opening=False)
        await self._show_all()
        await self._show_people()

    async def _do(
        self, verb: Callable[..., Result], *args: Any, op: str, **kwargs: Any
    ) -> Result | None:
        """Carry out a change of this case, once per operation id: verb(caller, case_id, *args, op=op).

        Only after the commit is the operation confirmed to the page and the bell rung. None if it was refused or had been
        done before; `receipts` says which. A result with a `version` (or a whole number) tells the page the row's new version.
        """
        result: Result | None = None
        try:
            result = await asyncio.to_thread(verb, self._caller, self.case_id, *args, op=op, **kwargs)
        except AlreadyDone:
            pass
        except NotSignedIn as refusal:
            self._refuse(refusal, op)
            return None
        except Refusal as refusal:
            self._refuse(refusal, op)
            await self._show_or_say()
            return None
        await bell.ring(self.case_id, but=self._tab)
        version = result if isinstance(result, int) else getattr(result, "version", 0)
        self._confirm(op, version)
        await self._show_or_say()
        return result


class CasePart(CasePage, mixin=True):
    """A part of a case's page that belongs to another room than the page: shown with it, changed by its own verbs.

    Concrete ones are `class RatingState(CasePart, Here)`; the module of the page puts them there.
    """

    async def _show_on(self, page: CasePage, *, opening: bool) -> None:
        if opening or page.missing:  # type: ignore[attr-defined]
            self.reset()
        self.case_id = page.case_id
        if not page.missing:  # type: ignore[attr-defined]
            await self._show()


_parts: dict[type[rx.State], tuple[type[CasePart], ...]] = {}


def put_on(page: type[CasePage], *parts: type[CasePart]) -> None:
    """Let parts of other rooms be shown on a page whenever it is shown, in this order."""
    _parts[page] = (*_parts.get(page, ()), *(part for part in parts if part not in _parts.get(page, ())))


def _shower(state: type[rx.State]) -> Callable[[str], Any]:
    async def show(token: str) -> None:
        async with _app[0].modify_state(BaseStateToken(ident=token, cls=state)) as root:
            page = await root.get_state(state)
            await page._rung()  # type: ignore[attr-defined]

    return show


_app: list[rx.App] = []


def attach(app: rx.App) -> None:
    """Let the bell reach the app's states, hear which tabs close, and keep its wire while the server runs."""
    _app[:] = [app]
    app.register_lifespan_task(bell.running)
    namespace = app.event_namespace
    if namespace is None:
        raise RuntimeError("the app has no socket to listen to")
    disconnected = namespace.on_disconnect
    departures: set[asyncio.Task[None]] = set()

    def on_disconnect(sid: str, *reason: object) -> asyncio.Task[None] | None:
        tab = namespace.sid_to_token.get(sid)
        if tab is not None:
            leaving = asyncio.create_task(bell.leave(tab))
            departures.add(leaving)
            leaving.add_done_callback(departures.discard)
        return disconnected(sid)

    namespace.on_disconnect = on_disconnect  # type: ignore[method-assign]
