"""What the browser may see of changes, as ready-made text, and what it may send."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from portal.access.gate import OpenCase
from portal.access.permissions import CaseRole, Permission, may
from portal.adjustments.domain import (
    USUAL_REVIEW,
    AdjustmentStatus,
    Doer,
    Helped,
    OriginKind,
    Outcome,
    Side,
    Standing,
    TermsStatus,
    as_of,
    is_due,
)
from portal.adjustments.models import Adjustment, AdjustmentReview, AdjustmentTerms
from portal.cases.domain import Waiting
from portal.kit.i18n import N_, ago, day_near, say
from portal.kit.refusal import BadInput, NotFound
from portal.kit.text import clean

LONGEST = 300
"""Characters of what shall change: one sentence that both can remember."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Terms:
    """A wording as it can be stored."""

    what: str
    doer: Doer
    starts_on: date
    review_on: date


@dataclass(frozen=True)
class TermsForm:
    """A wording as it was typed. Empty dates mean today, and three weeks after the first day."""

    what: str
    doer: str
    starts_on: str = ""
    review_on: str = ""

    def parse(self, today: date) -> Terms:
        """The wording. Raises BadInput with the field."""
        what = clean(self.what, field="what", most=LONGEST)
        starts_on = _day_of(self.starts_on, "starts_on") or today
        review_on = _day_of(self.review_on, "review_on") or max(starts_on, today) + USUAL_REVIEW
        return Terms(what, doer_of(self.doer), starts_on, review_on)


@dataclass(frozen=True)
class Origin:
    """What a change came out of."""

    kind: OriginKind = OriginKind.NONE
    id: str | None = None

    @classmethod
    def parse(cls, kind: str, row_id: str) -> "Origin":
        """From what the browser sent. Raises BadInput for an unknown kind and NotFound for what cannot be an id."""
        try:
            found = OriginKind(kind or OriginKind.NONE)
        except ValueError:
            raise BadInput(field="origin") from None
        if found is OriginKind.NONE:
            return cls()
        if not _ID.fullmatch(row_id):
            raise NotFound
        return cls(found, row_id)


def doer_of(value: str) -> Doer:
    """Who was chosen. Raises BadInput."""
    try:
        return Doer(value)
    except ValueError:
        raise BadInput("Please choose who does it.", field="doer") from None


def helped_of(value: str) -> Helped:
    """The chosen answer. Raises BadInput."""
    try:
        return Helped(value)
    except ValueError:
        raise BadInput(field="helped") from None


def outcome_of(value: str) -> Outcome:
    """The chosen outcome. Raises BadInput."""
    try:
        return Outcome(value)
    except ValueError:
        raise BadInput(field="outcome") from None


def _day_of(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("Please give a day.", field=field) from None


@dataclass(frozen=True)
class TermsCard:
    """One wording; `starts_on` and `review_on` are ready-made, the `…_day` ones ISO for a form."""

    number: int
    owner: str
    head: str
    what: str
    doer: str
    doer_words: str
    starts_on: str
    review_on: str
    starts_day: str
    review_day: str


@dataclass(frozen=True)
class ReviewLine:
    """One side's answer to "did it help?", shown once both have given theirs."""

    owner: str
    words: str


@dataclass(frozen=True)
class AdjustmentCard:
    """A change as one person sees it; `may_…` is what they can do now."""

    id: str
    version: int
    status: str
    head: str
    origin: str
    origin_id: str
    has_now: bool
    now: TermsCard
    has_offer: bool
    offer: TermsCard
    offer_waits: str
    due: bool
    looks_again: str
    my_answer: str
    their_answer: str
    reviews: list[ReviewLine]
    my_wish: str
    their_wish: str
    may_agree: bool
    may_take_back: bool
    may_reword: bool
    may_answer: bool
    may_choose: bool
    earlier: list[TermsCard]


@dataclass(frozen=True)
class DoerChoice:
    """Somebody who can do what is agreed."""

    value: str
    words: str


@dataclass(frozen=True)
class AdjustmentDesk:
    """Every change of a case: those that are alive, and those that are settled."""

    living: list[AdjustmentCard]
    settled: list[AdjustmentCard]
    doers: list[DoerChoice]
    today: str
    usual_review: str
    may_propose: bool

    def of_origin(self, row_id: str) -> list[AdjustmentCard]:
        """The living changes that came out of one share or check-in."""
        return [card for card in self.living if card.origin_id == row_id]


@dataclass(frozen=True)
class RunningChange:
    """A change that both are trying at the moment."""

    id: str
    what: str
    doer: Doer
    starts_on: date
    review_on: date
    due: bool
    i_answered: bool
    origin: OriginKind
    origin_id: str


@dataclass(frozen=True)
class AdjustmentsPart:
    """What a home page shows of this room."""

    waiting: tuple[Waiting, ...]
    running: tuple[RunningChange, ...]


NO_TERMS = TermsCard(0, "", "", "", "", "", "", "", "", "")

_HELPED = {Helped.YES: N_("{name}: it helped"), Helped.PARTLY: N_("{name}: it helped a little"), Helped.NO: N_("{name}: it did not help")}
_WISHES = {Outcome.KEPT: N_("{name} would keep it."), Outcome.DROPPED: N_("{name} would let it go.")}


@dataclass(frozen=True)
class View:
    """The rows of an open case as its person may see them, in the language of their page."""

    case: OpenCase
    lang: str
    today: date

    @property
    def _side(self) -> Side | None:
        return Side(self.case.role.value) if self._writes else None

    @property
    def _writes(self) -> bool:
        return may(self.case.role, Permission.WRITE_ADJUSTMENTS)

    def doers(self) -> list[DoerChoice]:
        """Who can do something, the reader first."""
        sides = sorted(Side, key=lambda side: side is not self._side)
        both = DoerChoice(Doer.BOTH.value, say(self.lang, N_("Both of us")))
        return [*(DoerChoice(side.value, self._name(side)) for side in sides), both]

    def card(self, row: Adjustment, terms: list[AdjustmentTerms], reviews: list[AdjustmentReview], standing: Standing) -> AdjustmentCard:
        """A change with its wordings, the question that is open, and what this person can do."""
        now = next((one for one in terms if one.status == TermsStatus.IN_FORCE), None)
        offers = [one for one in terms if one.status == TermsStatus.OFFERED]
        offer = offers[-1] if offers else None
        shown_last = offer or now or terms[-1]
        status = as_of(standing.status, now.starts_on if now else None, self.today)
        mine = self._side
        theirs = mine.other if mine else None
        counting = {one.side: one for one in reviews if now is not None and one.number == now.number}
        both_answered = all(side in counting for side in Side)
        their_wish = counting[theirs].wish if theirs in counting else None
        return AdjustmentCard(
            id=row.id,
            version=row.version,
            status=status,
            head=self._head(row, status, now),
            origin=row.origin,
            origin_id=row.origin_id or "",
            has_now=now is not None or offer is None,
            now=self._terms(now or shown_last) if now is not None or offer is None else NO_TERMS,
            has_offer=offer is not None,
            offer=self._terms(offer) if offer else NO_TERMS,
            offer_waits=self._offer_waits(standing),
            due=bool(now) and is_due(standing.status, now.starts_on if now else None, now.review_on if now else None, self.today) and not offers,
            looks_again=self._looks_again(status, now),
            my_answer=counting[mine].helped if mine in counting else "",
            their_answer=say(self.lang, N_("{name} has answered. You see it once you have answered too."), name=self._name(theirs))
            if theirs in counting and not both_answered and mine is not None
            else "",
            reviews=[
                ReviewLine(side.value, say(self.lang, _HELPED[Helped(counting[side].helped)], name=self._name(side))) for side in Side
            ]
            if both_answered
            else [],
            my_wish=counting[mine].wish or "" if mine in counting else "",
            their_wish=say(self.lang, _WISHES[Outcome(their_wish)], name=self._name(theirs)) if their_wish else "",
            may_agree=self._writes and mine is not None and standing.waits_for is mine,
            may_take_back=self._writes and offer is not None and standing.waits_for is not mine,
            may_reword=self._writes and status in {AdjustmentStatus.PROPOSED, AdjustmentStatus.AGREED, AdjustmentStatus.RUNNING},
            may_answer=self._writes and status is AdjustmentStatus.RUNNING and not offers,
            may_choose=self._writes and status is AdjustmentStatus.REVIEWED,
            earlier=[self._terms(one) for one in terms if one.status == TermsStatus.PAST and one is not shown_last],
        )

    def running(self, row: Adjustment, now: AdjustmentTerms, reviews: list[AdjustmentReview]) -> RunningChange:
        """A change that runs, for pages of other rooms."""
        return RunningChange(
            id=row.id,
            what=self._what(now),
            doer=Doer(now.doer),
            starts_on=now.starts_on,
            review_on=now.review_on,
            due=is_due(AdjustmentStatus(row.status), now.starts_on, now.review_on, self.today),
            i_answered=any(one.number == now.number and one.side == self._side for one in reviews),
            origin=OriginKind(row.origin),
            origin_id=row.origin_id or "",
        )

    def news(self, row: Adjustment, now: AdjustmentTerms | None, since: datetime) -> str:
        """What was agreed or settled about a change since a moment, as one line; empty for nothing."""
        if now is None:
            return ""
        if row.ended_at is not None and row.ended_at >= since:
            sentence = N_("We keep doing this: {what}") if row.status == AdjustmentStatus.KEPT else N_("We let this go: {what}")
            return say(self.lang, sentence, what=self._what(now))
        if now.agreed_at is None or now.agreed_at < since:
            return ""
        who = say(self.lang, N_("Both of us")) if now.doer == Doer.BOTH else self._name(Side(now.doer))
        return say(
            self.lang, N_("We change this: {what} – {who}, look again on {day}"), what=self._what(now), who=who, day=self._day(now.review_on)
        )

    def _terms(self, row: AdjustmentTerms) -> TermsCard:
        return TermsCard(
            number=row.number,
            owner=row.side,
            head=say(
                self.lang,
                N_("{name} proposed this: {when}"),
                name=self._author(row),
                when=ago(self.lang, self.case.time_zone, row.offered_at, self.case.now),
            ),
            what=self._what(row),
            doer=row.doer,
            doer_words=say(self.lang, N_("Both of us")) if row.doer == Doer.BOTH else self._name(Side(row.doer)),
            starts_on=self._day(row.starts_on),
            review_on=self._day(row.review_on),
            starts_day=row.starts_on.isoformat(),
            review_day=row.review_on.isoformat(),
        )

    def _what(self, row: AdjustmentTerms) -> str:
        return self.case.unseal(row.id, "adjustment_terms.what", row.what)

    def _head(self, row: Adjustment, status: AdjustmentStatus, now: AdjustmentTerms | None) -> str:
        sentence = _STATUS_WORDS[status]
        settled = ago(self.lang, self.case.time_zone, row.ended_at or row.touched_at, self.case.now)
        return say(self.lang, sentence, day=self._day(now.starts_on) if now else "", when=settled)

    def _looks_again(self, status: AdjustmentStatus, now: AdjustmentTerms | None) -> str:
        if now is None or status not in {AdjustmentStatus.AGREED, AdjustmentStatus.RUNNING}:
            return ""
        if now.review_on <= self.today:
            return say(self.lang, N_("It is time to look at it again: did it help?"))
        return say(self.lang, N_("Look again together on {day}: did it help?"), day=self._day(now.review_on))

    def _offer_waits(self, standing: Standing) -> str:
        waits_for = standing.waits_for
        if waits_for is None:
            return ""
        if waits_for is self._side:
            return say(self.lang, N_("Your yes is needed."))
        return say(self.lang, N_("{name} has not answered yet."), name=self._name(waits_for))

    def _author(self, row: AdjustmentTerms) -> str:
        member = self.case.member(row.author_id)
        return member.name.split()[0] if member else self._name(Side(row.side))

    def _name(self, side: Side | None) -> str:
        if side is None:
            return ""
        people = self.case.with_role(CaseRole(side.value))
        gone = N_("The therapist") if side is Side.THERAPIST else N_("The client")
        return ", ".join(one.name.split()[0] for one in people) or say(self.lang, gone)

    def _day(self, day: date) -> str:
        # A plain day has no zone: it is read in the one that it is written in, or it would be another day elsewhere.
        return day_near(self.lang, "UTC", datetime.combine(day, time(12), UTC), datetime.combine(self.today, time(12), UTC))


_STATUS_WORDS = {
    AdjustmentStatus.PROPOSED: N_("A change is proposed"),
    AdjustmentStatus.AGREED: N_("Agreed change · starts on {day}"),
    AdjustmentStatus.RUNNING: N_("Agreed change · running since {day}"),
    AdjustmentStatus.REVIEWED: N_("Agreed change · both have looked at it"),
    AdjustmentStatus.KEPT: N_("Kept · {when}"),
    AdjustmentStatus.DROPPED: N_("Let go · {when}"),
    AdjustmentStatus.TAKEN_BACK: N_("Taken back · {when}"),
    AdjustmentStatus.DECLINED: N_("Not taken up · {when}"),
}
