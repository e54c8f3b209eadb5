"""/practice: the people of the practice, their invitations, and who works with whom. No content of any case comes here."""

from typing import Any

import reflex as rx

from portal.access.models import PersonKind
from portal.accounts import service as accounts
from portal.accounts.components import email_field
from portal.accounts.domain import PersonStatus
from portal.accounts.schemas import MOST_NAME, Handed, InviteForm, Pairing, PairLine, PersonLine, PracticeView, Somebody
from portal.cases import service as cases
from portal.design import (
    button,
    checkbox,
    chip,
    closes,
    confirm_button,
    dialog_shown,
    empty_state,
    muted,
    notice,
    page_frame,
    radio_list,
    row,
    saved_field,
    section,
    select,
    sheet,
    small,
    spread,
    stack,
    t,
    text_field,
    who,
)
from portal.design.seen import Choice
from portal.kit.i18n import N_, day, languages, moment
from portal.kit.refusal import NotSignedIn, Refusal
from portal.live.bell import bell
from portal.live.policy import signed_in
from portal.live.state import Here, SignedInPage

_KINDS = {PersonKind.CLIENT: N_("Client"), PersonKind.STAFF: N_("Team")}
_STATUS = {
    PersonStatus.INVITED: N_("Invited, until {until}"),
    PersonStatus.INVITATION_OVER: N_("The invitation has run out"),
    PersonStatus.ACTIVE: N_("Has an account"),
    PersonStatus.LEFT: N_("Account closed"),
}
_GONE = N_("Nobody now")


def _in_order(one: Somebody) -> tuple[bool, str]:
    return one.kind is PersonKind.CLIENT, one.name.casefold()


class PracticeState(SignedInPage, Here):
    """The practice as an admin sees and changes it."""

    practice_name: str = ""
    people: list[PersonLine] = []
    left: list[PersonLine] = []
    pairs: list[PairLine] = []
    past_pairs: list[PairLine] = []
    clients: list[Choice] = []
    staff: list[Choice] = []
    companions: list[Choice] = []
    inviting: bool = False
    invite_wrong: str = ""
    pairing: bool = False
    pair_wrong: str = ""
    handed_name: str = ""
    handed_email: str = ""
    handed_link: str = ""
    handed_code: str = ""
    handed_until: str = ""

    async def _show(self) -> None:
        view = await self._ask(accounts.practice)
        lines = [self._person(one, view) for one in sorted(view.people, key=_in_order)]
        pairs = [self._pair(one, view) for one in view.pairings]
        here = [one for one in view.people if one.status is not PersonStatus.LEFT]
        staff = [Choice(one.person_id, one.name) for one in here if one.kind is PersonKind.STAFF]
        self._set(
            practice_name=view.name,
            people=[line for line in lines if line.status != PersonStatus.LEFT],
            left=[line for line in lines if line.status == PersonStatus.LEFT],
            pairs=[line for line in pairs if not line.ended],
            past_pairs=[line for line in pairs if line.ended],
            clients=[Choice(one.person_id, one.name) for one in here if one.kind is PersonKind.CLIENT],
            staff=staff,
            companions=[Choice("", self._say(N_("Nobody yet"))), *staff],
        )

    def _person(self, one: Somebody, view: PracticeView) -> PersonLine:
        until = "" if one.invited_until is None else moment(self.lang, view.time_zone, one.invited_until)
        return PersonLine(
            person_id=one.person_id,
            name=one.name,
            email=one.email,
            kind=self._say(_KINDS[one.kind]),
            mark="client" if one.kind is PersonKind.CLIENT else "therapist",
            status=one.status.value,
            status_words=self._say(_STATUS[one.status], until=until),
            runs_practice=one.is_admin,
            is_staff=one.kind is PersonKind.STAFF,
            me=one.me,
        )

    def _pair(self, one: Pairing, view: PracticeView) -> PairLine:
        return PairLine(
            case_id=one.case_id,
            clients=", ".join(one.clients) or self._say(_GONE),
            staff=", ".join(one.staff) or self._say(_GONE),
            since=self._say(N_("since {day}"), day=day(self.lang, view.time_zone, one.since)),
            ended=one.ended,
        )

    @signed_in
    async def invite_asked(self) -> None:
        """The dialog for an invitation."""
        self._set(inviting=True, invite_wrong="", handed_name="")

    @signed_in
    async def invite_left(self) -> None:
        """The dialog is closed without inviting anybody."""
        self._set(inviting=False, invite_wrong="")

    @signed_in(longest=400)
    async def invitation_sent(self, form: dict[str, str]) -> None:
        """Somebody is invited and, if so chosen, put together with a therapist."""
        self._set(invite_wrong="")
        wanted = InviteForm(
            form.get("name", ""), form.get("email", ""), form.get("kind", ""), bool(form.get("runs_practice")), form.get("language", "")
        )
        try:
            handed = await self._ask(accounts.invite, wanted)
        except Refusal as refusal:
            self._set(invite_wrong=self._say(refusal.sentence, **refusal.params))
            return
        self._hand_over(handed)
        self._set(inviting=False)
        if form.get("therapist") and wanted.kind == PersonKind.CLIENT:
            await self._change(cases.pair, handed.person_id, form["therapist"])
        else:
            await self._show_or_say()

    @signed_in(longest=36)
    async def invited_again(self, person_id: str) -> None:
        """A fresh invitation."""
        handed = await self._change(accounts.invite_again, person_id)
        if handed is not None:
            self._hand_over(handed)

    def _hand_over(self, handed: Handed) -> None:
        self._set(
            handed_name=handed.name,
            handed_email=handed.email,
            handed_link=handed.link,
            handed_code=handed.code,
            handed_until=moment(self.lang, self._time_zone, handed.until),
        )

    @signed_in
    async def handed_over(self) -> None:
        """Link and code were passed on; they are not shown again."""
        self._set(handed_name="", handed_email="", handed_link="", handed_code="", handed_until="")

    @signed_in(longest=36)
    async def invitation_withdrawn(self, person_id: str) -> None:
        """An invitation is taken back."""
        await self._change(accounts.withdraw_invitation, person_id)

    @signed_in(longest=36)
    async def account_closed(self, person_id: str) -> None:
        """Somebody leaves the practice."""
        await self._with_cases(await self._change(accounts.deactivate, person_id))

    @signed_in(longest=36)
    async def account_opened(self, person_id: str) -> None:
        """Somebody comes back."""
        await self._with_cases(await self._change(accounts.reactivate, person_id))

    async def _with_cases(self, case_ids: tuple[str, ...] | None) -> None:
        for case_id in case_ids or ():
            await bell.ring(case_id)

    @signed_in(longest=36)
    async def right_given(self, person_id: str) -> None:
        """Somebody else may run the practice too."""
        await self._change(accounts.let_run_practice, person_id, True)

    @signed_in(longest=36)
    async def right_taken(self, person_id: str) -> None:
        """Somebody no longer runs the practice."""
        await self._change(accounts.let_run_practice, person_id, False)

    @signed_in
    async def pair_asked(self) -> None:
        """The dialog for putting two people together."""
        self._set(pairing=True, pair_wrong="")

    @signed_in
    async def pair_left(self) -> None:
        """The dialog is closed without putting anybody together."""
        self._set(pairing=False, pair_wrong="")

    @signed_in(longest=36)
    async def paired(self, form: dict[str, str]) -> None:
        """A client and a therapist are put together."""
        try:
            case_id = await self._ask(cases.pair, form.get("client", ""), form.get("therapist", ""))
        except Refusal as refusal:
            self._set(pair_wrong=self._say(refusal.sentence, **refusal.params))
            return
        self._set(pairing=False, pair_wrong="")
        await bell.ring(case_id)
        await self._show_or_say()

    @signed_in(longest=36)
    async def pairing_ended(self, case_id: str) -> None:
        """The work of a pair is over."""
        try:
            await self._ask(cases.end_pairing, case_id)
        except NotSignedIn as refusal:
            self._refuse(refusal)
            return
        except Refusal as refusal:
            self._refuse(refusal)
        await bell.ring(case_id)
        await self._show_or_say()

    @signed_in(longest=400)
    async def practice_renamed(self, text: str, version: int, op: str) -> None:
        """The practice gets another name."""
        await self._store(op, accounts.rename_practice, text)


def practice_page() -> rx.Component:
    """The practice."""
    return page_frame(
        t("The practice"),
        _handed(),
        _people(),
        _pairings(),
        _past(),
        section(
            t("Name"),
            sheet(
                saved_field(
                    t("Name of the practice"), name="practice-name", value=PracticeState.practice_name, most=120, people=False, save_when="asked",
                    on_save=lambda op, version, text: PracticeState.practice_renamed(text, version, op),
                ),
            ),
        ),
        _invite_dialog(),
        _pair_dialog(),
        nav="practice",
        lead=t("People, invitations and pairings. What is said between two people is not shown here."),
        actions=button(t("Invite somebody"), on_click=PracticeState.invite_asked, icon_name="plus"),
    )  # fmt: skip


def _handed() -> rx.Component:
    by_hand = rx.fragment(
        rx.el.p(t("There is no mail server, so please pass this on yourself. It is shown only now.")),
        rx.el.dl(
            rx.el.dt(t("Link")), rx.el.dd(rx.el.code(PracticeState.handed_link, dir="ltr")),
            rx.el.dt(t("Code")), rx.el.dd(rx.el.code(PracticeState.handed_code, dir="ltr")),
            class_name="facts",
        ),
    )  # fmt: skip
    by_letter = rx.el.p(t("A letter is on its way to {address}.", address=PracticeState.handed_email))
    return rx.el.div(
        rx.cond(
            PracticeState.handed_name != "",
            notice(
                stack(
                    rx.el.h2(t("Invited: {name}", name=PracticeState.handed_name)),
                    rx.cond(PracticeState.handed_link != "", by_hand, by_letter),
                    small(t("Link and code work once, until {until}.", until=PracticeState.handed_until)),
                    row(button(t("Done"), "secondary", on_click=PracticeState.handed_over)),
                ),
                tone="good",
            ),
        ),
        role="status",
    )


def _people() -> rx.Component:
    return section(
        t("People"),
        rx.cond(
            PracticeState.people.length() > 1,
            rx.fragment(),
            empty_state(t("Nobody but you yet. Invite the first therapist, then the first client.")),
        ),
        rx.el.ul(rx.foreach(PracticeState.people, _person), class_name="stack gap-3 bare"),
    )


def _person(one: rx.Var[PersonLine]) -> rx.Component:
    return rx.el.li(
        sheet(
            spread(
                stack(
                    rx.el.h3(who(one.name, one.mark)),
                    small(rx.el.span(one.email, dir="ltr")),
                    gap=1,
                ),
                row(
                    chip(one.kind),
                    rx.cond(one.runs_practice, chip(t("Runs the practice"), "accent")),
                    rx.cond(one.me, chip(t("You"))),
                    rx.cond(one.status != PersonStatus.ACTIVE, chip(one.status_words, "notice")),
                    gap=2,
                ),
            ),
            rx.cond(one.me, rx.fragment(), rx.cond(one.status == PersonStatus.ACTIVE, _of_active(one), _of_invited(one))),
            class_name="stack gap-3",
        ),
        key=one.person_id,
    )


def _of_active(one: rx.Var[PersonLine]) -> rx.Component:
    return row(
        rx.cond(
            one.is_staff,
            rx.cond(
                one.runs_practice,
                confirm_button(
                    t("Take the right to run the practice"), t("Take the right to run the practice?"),
                    muted(t("{name} keeps the account and their clients, and is signed out everywhere.", name=one.name)),
                    yes=t("Yes, take it"), on_yes=PracticeState.right_taken(one.person_id), little=True,
                ),
                confirm_button(
                    t("Let run the practice"), t("Let {name} run the practice?", name=one.name),
                    muted(t("They can then invite people, put them together and close accounts. They see no more of any case than before.")),
                    yes=t("Yes, let them"), on_yes=PracticeState.right_given(one.person_id), little=True,
                ),
            ),
        ),
        confirm_button(
            t("Close the account"), t("Close the account of {name}?", name=one.name),
            muted(t("They are signed out everywhere and cannot sign in. Nothing is deleted, and the people they work with see it in their access log.")),
            yes=t("Yes, close it"), on_yes=PracticeState.account_closed(one.person_id), little=True,
        ),
        gap=2,
        class_name="flush",
    )  # fmt: skip


def _of_invited(one: rx.Var[PersonLine]) -> rx.Component:
    return row(
        button(t("Invite again"), "secondary", little=True, on_click=PracticeState.invited_again(one.person_id), aria_label=t("Invite {name} again", name=one.name)),
        confirm_button(
            t("Withdraw the invitation"), t("Withdraw the invitation of {name}?", name=one.name),
            muted(t("Link and code stop working at once.")),
            yes=t("Yes, withdraw it"), on_yes=PracticeState.invitation_withdrawn(one.person_id), little=True,
        ),
        gap=2,
        class_name="flush",
    )  # fmt: skip


def _pairings() -> rx.Component:
    return section(
        t("Who works with whom"),
        rx.cond(
            PracticeState.pairs.length() > 0,
            rx.el.ul(rx.foreach(PracticeState.pairs, _pair), class_name="stack gap-3 bare"),
            empty_state(t("Nobody works together here yet. Put a client and a therapist together, and both find each other on their home page.")),
        ),
        note=button(t("Put two people together"), "secondary", on_click=PracticeState.pair_asked),
    )


def _pair(one: rx.Var[PairLine]) -> rx.Component:
    return rx.el.li(
        sheet(
            spread(
                stack(row(who(one.clients, "client"), who(one.staff, "therapist")), small(one.since), gap=1),
                confirm_button(
                    t("End their work"), t("End the work of {client} and {therapist}?", client=one.clients, therapist=one.staff),
                    muted(t("{therapist} can no longer open anything of it. {client} can go on reading, and sees this in the access log.", client=one.clients, therapist=one.staff)),
                    yes=t("Yes, end it"), on_yes=PracticeState.pairing_ended(one.case_id), little=True,
                ),
            ),
        ),
        key=one.case_id,
    )  # fmt: skip


def _past() -> rx.Component:
    closed = section(t("Closed accounts"), rx.el.ul(rx.foreach(PracticeState.left, _left), class_name="stack gap-3 bare"))
    ended = section(
        t("Ended"),
        rx.el.ul(
            rx.foreach(
                PracticeState.past_pairs,
                lambda one: rx.el.li(sheet(stack(row(who(one.clients, "client"), who(one.staff, "therapist")), small(one.since), gap=1)), key=one.case_id),
            ),
            class_name="stack gap-3 bare",
        ),
    )
    return rx.fragment(rx.cond(PracticeState.past_pairs.length() > 0, ended), rx.cond(PracticeState.left.length() > 0, closed))


def _left(one: rx.Var[PersonLine]) -> rx.Component:
    return rx.el.li(
        sheet(
            spread(
                stack(who(one.name, one.mark), small(rx.el.span(one.email, dir="ltr")), gap=1),
                confirm_button(
                    t("Open it again"), t("Open the account of {name} again?", name=one.name),
                    muted(t("They can sign in with their own password, and the people they work with see it in their access log.")),
                    yes=t("Yes, open it"), on_yes=PracticeState.account_opened(one.person_id), little=True,
                ),
            ),
        ),
        key=one.person_id,
    )  # fmt: skip


def _said(words: Any) -> rx.Component:
    return rx.el.div(rx.cond(words != "", rx.el.p(words, class_name="notice-box")), role="alert")


def _invite_dialog() -> rx.Component:
    return dialog_shown(
        rx.el.form(
            _said(PracticeState.invite_wrong),
            text_field(t("Name"), name="name", most=MOST_NAME, required=True, auto_complete="off"),
            email_field(autocomplete="off"),
            radio_list(
                t("Comes as"), name="kind",
                options=[("client", t("Client")), ("staff", t("Member of the team"), t("Therapist, supervisor or office"))],
                required=True,
            ),
            select(
                t("Works with"), name="therapist", hint=t("For a client. It can be chosen later too."),
                options=PracticeState.companions,
            ),
            checkbox(t("Runs the practice too"), name="runs_practice", hint=t("Invites people, puts them together and closes accounts. Not for clients.")),
            select(t("Language of the letter"), name="language", options=[(one.code, one.name) for one in languages()], default_value=Here.lang),
            rx.el.div(button(t("Invite"), type="submit"), closes(t("Back"), "secondary"), class_name="buttons"),
            on_submit=PracticeState.invitation_sent,
            no_validate=True,
            class_name="stack gap-5",
        ),
        shown=PracticeState.inviting,
        on_close=PracticeState.invite_left,
        title=t("Invite somebody"),
    )  # fmt: skip


def _pair_dialog() -> rx.Component:
    return dialog_shown(
        rx.el.form(
            _said(PracticeState.pair_wrong),
            select(t("Client"), name="client", options=PracticeState.clients),
            select(t("Therapist"), name="therapist", options=PracticeState.staff),
            muted(t("Both see this in the access log of their work.")),
            rx.el.div(button(t("Put them together"), type="submit"), closes(t("Back"), "secondary"), class_name="buttons"),
            on_submit=PracticeState.paired,
            class_name="stack gap-5",
        ),
        shown=PracticeState.pairing,
        on_close=PracticeState.pair_left,
        title=t("Put two people together"),
    )


