"""The verbs of proposing, agreeing and reviewing changes; each opens the gate once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from portal import routes
from portal.access.gate import Caller, OpenCase, open_account, open_case
from portal.access.permissions import Permission, may
from portal.adjustments import domain
from portal.adjustments.domain import (
    ENDED,
    AdjustmentStatus,
    Helped,
    Outcome,
    Side,
    Standing,
    TermsStatus,
    as_of,
    is_due,
)
from portal.adjustments.models import Adjustment, AdjustmentReview, AdjustmentTerms
from portal.adjustments.repository import Adjustments, of_therapist
from portal.adjustments.schemas import (
    AdjustmentDesk,
    AdjustmentsPart,
    Origin,
    RunningChange,
    Terms,
    TermsForm,
    View,
    helped_of,
    outcome_of,
)
from portal.cases.domain import Waiting
from portal.kit.i18n import N_
from portal.kit.ids import new_id
from portal.kit.refusal import ChangedMeanwhile, NotFound
from portal.settings import settings

Row = TypeVar("Row", AdjustmentTerms, AdjustmentReview)


def propose(
    caller: Caller, case_id: str, form: TermsForm, origin: Origin | None = None, *, known: Collection[str] = (), op: str
) -> str:
    """Nothing → proposed: offer a change to the other. Returns its id.

    `known` are the shares and check-ins of this case that the person may see: an origin is one of them. Raises BadInput,
    NotFound for any other origin, and what `check_terms` raises.
    """
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op) as case:
        terms = _checked(case, form)
        come_from = origin or Origin()
        if come_from.id is not None and come_from.id not in known:
            raise NotFound
        row = Adjustment(
            id=new_id(),
            case_id=case.id,
            status=AdjustmentStatus.PROPOSED,
            origin=come_from.kind,
            origin_id=come_from.id,
            created_at=case.now,
            touched_at=case.now,
        )
        case.about = row.id
        rows = Adjustments(case)
        rows.add(row)
        case.db.flush()
        rows.add(_offer(case, row, terms, 1))
        return row.id


def reword(caller: Caller, case_id: str, adjustment_id: str, form: TermsForm, seen: int, *, op: str) -> int:
    """Offer other words, which need the other's yes anew; what is in force stays so until then. Returns the new version.

    Raises ChangedMeanwhile (`seen` is not the change's version), OutOfTurn, BadInput and what `check_terms` raises.
    """
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op, about=adjustment_id) as case:
        rows = Adjustments(case)
        row, terms = rows.adjustment(adjustment_id)
        domain.after_rewording(_standing(row, terms, ()), _side(case))
        if row.version != seen:
            raise ChangedMeanwhile(theirs=_what(case, terms[-1]), version=row.version)
        rows.add(_offer(case, row, _checked(case, form), len(terms) + 1))
        return _touch(case, row)


def agree(caller: Caller, case_id: str, adjustment_id: str, number: int, *, op: str) -> int:
    """The other's yes to wording `number`: it is in force. Raises ChangedMeanwhile when newer words have been offered."""
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op, about=adjustment_id) as case:
        rows = Adjustments(case)
        row, terms = rows.adjustment(adjustment_id)
        after = domain.after_agreeing(_standing(row, terms, ()), _side(case))
        newest = _newest_offer(case, row, terms, number)
        for one in terms:
            if one.status != TermsStatus.PAST:
                one.status = TermsStatus.PAST
                rows.add(one)
        newest.status, newest.agreed_at = TermsStatus.IN_FORCE, case.now
        row.agreed_at = case.now
        return _become(case, row, after)


def decline(caller: Caller, case_id: str, adjustment_id: str, number: int, *, op: str) -> int:
    """The other's no to wording `number`; what is in force stays so."""
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op, about=adjustment_id) as case:
        rows = Adjustments(case)
        row, terms = rows.adjustment(adjustment_id)
        after = domain.after_declining(_standing(row, terms, ()), _side(case))
        _newest_offer(case, row, terms, number)
        _keep_offers(rows, terms, len(after.offers))
        return _become(case, row, after)


def take_back(caller: Caller, case_id: str, adjustment_id: str, *, op: str) -> int:
    """The proposer takes their newest words back; what lay below stands again."""
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op, about=adjustment_id) as case:
        rows = Adjustments(case)
        row, terms = rows.adjustment(adjustment_id)
        after = domain.after_taking_back(_standing(row, terms, ()), _side(case))
        _keep_offers(rows, terms, len(after.offers))
        return _become(case, row, after)


def answer(caller: Caller, case_id: str, adjustment_id: str, helped: str, *, op: str) -> int:
    """One side says whether the running change helped; the other reads it once both have said so. Raises NotStartedYet."""
    chosen = helped_of(helped)
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op, about=adjustment_id) as case:
        rows = Adjustments(case)
        row, terms = rows.adjustment(adjustment_id)
        reviews = rows.reviews(row.id)
        now = _in_force(terms)
        started = now is not None and now.starts_on <= _today(case)
        after = domain.after_answering(_standing(row, terms, reviews), _side(case), chosen, started=started)
        number = now.number if now else 0
        own = _own_review(case, reviews, number) or AdjustmentReview(
            id=new_id(),
            case_id=case.id,
            adjustment_id=row.id,
            number=number,
            side=_side(case),
            person_id=case.me.person_id,
            helped=chosen,
            at=case.now,
        )
        own.helped, own.at, own.person_id = chosen, case.now, case.me.person_id
        rows.add(own)
        if after.status is AdjustmentStatus.REVIEWED:
            row.reviewed_at = case.now
        return _become(case, row, after)


def choose(caller: Caller, case_id: str, adjustment_id: str, outcome: str, *, op: str) -> int:
    """One side would keep or drop what both have reviewed; when both say the same, that is it."""
    chosen = outcome_of(outcome)
    with open_case(caller, case_id, Permission.WRITE_ADJUSTMENTS, op=op, about=adjustment_id) as case:
        rows = Adjustments(case)
        row, terms = rows.adjustment(adjustment_id)
        reviews = rows.reviews(row.id)
        after = domain.after_choosing(_standing(row, terms, reviews), _side(case), chosen)
        now = _in_force(terms)
        own = _own_review(case, reviews, now.number if now else 0)
        if own is not None:
            own.wish = chosen
            rows.add(own)
        return _become(case, row, after)


def desk(caller: Caller, case_id: str, lang: str = "en") -> AdjustmentDesk:
    """Every change of the case as this person sees it."""
    with open_case(caller, case_id, Permission.READ_ADJUSTMENTS) as case:
        rows = Adjustments(case)
        terms, reviews = _by_adjustment(rows.terms()), _by_adjustment(rows.reviews())
        today = _today(case)
        view = View(case, lang, today)
        every = rows.all()
        cards = [
            view.card(row, terms[row.id], reviews[row.id], _standing(row, terms[row.id], reviews[row.id])) for row in every
        ]
        return AdjustmentDesk(
            living=[card for row, card in zip(every, cards, strict=True) if row.status not in ENDED],
            settled=[card for row, card in zip(every, cards, strict=True) if row.status in ENDED],
            doers=view.doers(),
            today=today.isoformat(),
            usual_review=(today + domain.USUAL_REVIEW).isoformat(),
            may_propose=may(case.role, Permission.WRITE_ADJUSTMENTS),
        )


def running(caller: Caller, case_id: str) -> tuple[RunningChange, ...]:
    """What both are trying at the moment, oldest first: for the next check-in."""
    with open_case(caller, case_id, Permission.READ_ADJUSTMENTS) as case:
        return _running(case)


def home_part(caller: Caller, case_id: str) -> AdjustmentsPart:
    """What waits for this person in the case, and what both are trying."""
    with open_case(caller, case_id, Permission.READ_ADJUSTMENTS) as case:
        rows = Adjustments(case)
        every = rows.all(living=True)
        terms, reviews = _by_adjustment(rows.terms()), _by_adjustment(rows.reviews())
        today = _today(case)
        view = View(case, "en", today)
        side = Side(case.role.value) if case.role.value in set(Side) else None
        return AdjustmentsPart(
            waiting=tuple(
                one for row in every if side and (one := _waits(row, terms[row.id], reviews[row.id], side, today)) is not None
            ),
            running=_running_of(view, every, terms, reviews, today),
        )


def changed_since(caller: Caller, case_id: str, since: datetime, lang: str = "en") -> tuple[str, ...]:
    """What the two have agreed to change, or settled, since a moment: a line each."""
    with open_case(caller, case_id, Permission.READ_ADJUSTMENTS) as case:
        rows = Adjustments(case)
        every, terms = rows.all(), _by_adjustment(rows.terms())
        view = View(case, lang, _today(case))
        told = (view.news(row, _in_force(terms[row.id]), since) for row in reversed(every))
        return tuple(filter(None, told))


def waiting(caller: Caller) -> dict[str, tuple[Waiting, ...]]:
    """What waits for the therapist in each of their cases: no content, at most five statements."""
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        today = account.now.astimezone(ZoneInfo(account.me.time_zone or settings().time_zone)).date()
        rows, some_terms, some_reviews = of_therapist(account.db, account.me.id)
        terms, reviews = _by_adjustment(some_terms), _by_adjustment(some_reviews)
        found: dict[str, list[Waiting]] = defaultdict(list)
        for row in rows:
            one = _waits(row, terms[row.id], reviews[row.id], Side.THERAPIST, today)
            if one is not None:
                found[row.case_id].append(one)
        return {case_id: tuple(some) for case_id, some in found.items()}


def _waits(
    row: Adjustment, terms: list[AdjustmentTerms], reviews: list[AdjustmentReview], side: Side, today: date
) -> Waiting | None:
    standing = _standing(row, terms, reviews)
    now = _in_force(terms)
    if standing.waits_for is side:
        offer = [one for one in terms if one.status == TermsStatus.OFFERED][-1]
        return Waiting(N_("a proposed change"), offer.offered_at, routes.FEEDBACK, row.id)
    if standing.status is AdjustmentStatus.REVIEWED and side not in standing.wishes:
        return Waiting(N_("a change to keep or to let go"), row.reviewed_at or row.touched_at, routes.FEEDBACK, row.id)
    if now and not standing.offers and side not in standing.answers and is_due(standing.status, now.starts_on, now.review_on, today):
        since = datetime.combine(now.review_on, time(0), UTC)
        return Waiting(N_("a change to look at again"), since, routes.FEEDBACK, row.id)
    return None


def _running(case: OpenCase) -> tuple[RunningChange, ...]:
    rows = Adjustments(case)
    today = _today(case)
    terms, reviews = _by_adjustment(rows.terms()), _by_adjustment(rows.reviews())
    return _running_of(View(case, "en", today), rows.all(living=True), terms, reviews, today)


def _running_of(
    view: View,
    rows: list[Adjustment],
    terms: dict[str, list[AdjustmentTerms]],
    reviews: dict[str, list[AdjustmentReview]],
    today: date,
) -> tuple[RunningChange, ...]:
    found = []
    for row in reversed(rows):
        now = _in_force(terms[row.id])
        if now and as_of(AdjustmentStatus(row.status), now.starts_on, today) is AdjustmentStatus.RUNNING:
            found.append(view.running(row, now, reviews[row.id]))
    return tuple(found)


def _today(case: OpenCase) -> date:
    return case.now.astimezone(ZoneInfo(case.time_zone)).date()


def _side(case: OpenCase) -> Side:
    return Side(case.role.value)


def _standing(row: Adjustment, terms: Iterable[AdjustmentTerms], reviews: Iterable[AdjustmentReview]) -> Standing:
    every = list(terms)
    now = _in_force(every)
    counting = [one for one in reviews if now is not None and one.number == now.number]
    return Standing(
        status=AdjustmentStatus(row.status),
        offers=tuple(Side(one.side) for one in every if one.status == TermsStatus.OFFERED),
        in_force=now is not None,
        answers={Side(one.side): Helped(one.helped) for one in counting},
        wishes={Side(one.side): Outcome(one.wish) for one in counting if one.wish},
    )


def _in_force(terms: Iterable[AdjustmentTerms]) -> AdjustmentTerms | None:
    return next((one for one in terms if one.status == TermsStatus.IN_FORCE), None)


def _newest_offer(case: OpenCase, row: Adjustment, terms: list[AdjustmentTerms], number: int) -> AdjustmentTerms:
    newest = [one for one in terms if one.status == TermsStatus.OFFERED][-1]
    if newest.number != number:
        raise ChangedMeanwhile(theirs=_what(case, newest), version=row.version)
    return newest


def _keep_offers(rows: Adjustments, terms: list[AdjustmentTerms], count: int) -> None:
    for one in [one for one in terms if one.status == TermsStatus.OFFERED][count:]:
        one.status = TermsStatus.PAST
        rows.add(one)


def _own_review(case: OpenCase, reviews: list[AdjustmentReview], number: int) -> AdjustmentReview | None:
    return next((one for one in reviews if one.number == number and one.side == _side(case)), None)


def _checked(case: OpenCase, form: TermsForm) -> Terms:
    today = _today(case)
    terms = form.parse(today)
    domain.check_terms(terms.what, terms.starts_on, terms.review_on, today)
    return terms


def _offer(case: OpenCase, row: Adjustment, terms: Terms, number: int) -> AdjustmentTerms:
    terms_id = new_id()
    return AdjustmentTerms(
        id=terms_id,
        case_id=case.id,
        adjustment_id=row.id,
        number=number,
        status=TermsStatus.OFFERED,
        side=_side(case),
        author_id=case.me.person_id,
        what=case.seal(terms_id, "adjustment_terms.what", terms.what),
        doer=terms.doer,
        starts_on=terms.starts_on,
        review_on=terms.review_on,
        offered_at=case.now,
    )


def _what(case: OpenCase, terms: AdjustmentTerms) -> str:
    return case.unseal(terms.id, "adjustment_terms.what", terms.what)


def _become(case: OpenCase, row: Adjustment, after: Standing) -> int:
    row.status = after.status
    if after.status in ENDED:
        row.ended_at = case.now
    return _touch(case, row)


def _touch(case: OpenCase, row: Adjustment) -> int:
    row.touched_at = case.now
    row.version += 1
    case.db.add(row)
    return row.version


def _by_adjustment(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.adjustment_id].append(row)
    return found
