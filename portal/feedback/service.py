"""The verbs of sharing, answering and confirming; each opens the gate once."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from portal import routes
from portal.access.gate import Caller, OpenAccount, OpenCase, open_account, open_case
from portal.access.permissions import Act, CaseRole, Permission, may
from portal.cases.domain import Readers, Waiting
from portal.feedback import domain
from portal.feedback.domain import PRIVATE, Actor, ShareKind, ShareStatus, Side, Standing
from portal.feedback.models import Answer, Reflection, Reply, ReplyKind, Share
from portal.feedback.repository import Shares, still_shared, waiting_for_therapist
from portal.feedback.schemas import (
    Desk,
    FeedbackPart,
    HeardCard,
    HeldShare,
    MonthFold,
    ShareRef,
    Surroundings,
    ThreadCard,
    View,
    first_name,
    kind_of,
    tie_of,
    written,
)
from portal.kit.db import forget_overwritten
from portal.kit.i18n import N_, month
from portal.kit.ids import new_id
from portal.kit.refusal import BadInput, ChangedMeanwhile, NotFound

STAYS_OPEN = timedelta(days=14)
"""How long a thread that has come to rest stays unfolded."""

_REFS = 40

BOXES = ("heard", "felt", "sense")

Row = TypeVar("Row", Reflection, Reply)

# Private: nobody but the author learns of any of this.


def begin(caller: Caller, case_id: str, *, op: str) -> str:
    """Begin something to share; an untouched draft is used again. Returns its id."""
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        shares = Shares(case)
        untouched = next((one for one in shares.own_drafts() if one.version == 1), None)
        if untouched is not None:
            return untouched.id
        row = Share(
            id=new_id(),
            case_id=case.id,
            author_id=case.me.person_id,
            side=_side(case),
            status=ShareStatus.DRAFT,
            created_at=case.now,
            touched_at=case.now,
        )
        shares.add(row)
        return row.id


def write(caller: Caller, case_id: str, share_id: str, text: str, seen: int, *, op: str) -> int:
    """Keep the words of a draft or held share. Returns the version of its text.

    Raises BadInput, NotFound, OutOfTurn and ChangedMeanwhile (another window wrote something else).
    """
    words = written(text, "text")
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = Shares(case).share(share_id)
        if share.author_id == case.me.person_id and _text(case, share) == words:
            return share.text_version  # the pause and the button may both bring the same text
        domain.after_writing(_standing(share), _actor(case, share))
        _write(case, share, words, seen)
        return share.text_version


def choose_kind(caller: Caller, case_id: str, share_id: str, kind: str, *, op: str) -> None:
    """Say what a draft is. Raises NoKind for a kind that this side does not have."""
    chosen = kind_of(kind)
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = _draft(case, share_id)
        if chosen is not None and chosen not in domain.KINDS[Side(share.side)]:
            raise domain.NoKind(field="kind")
        share.kind = chosen
        _touch(case, share)


def tie_to_goal(caller: Caller, case_id: str, share_id: str, goal_id: str, *, known: Collection[str] = (), op: str) -> None:
    """Say which of the `known` goals (those the person may see) a draft is about; an empty id unties it.

    Whoever may not see the goal will not see the tie. Raises NotFound for any other id.
    """
    tie = tie_of(goal_id)
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = _draft(case, share_id)
        _need_known(tie, known)
        share.goal_id = tie
        _touch(case, share)


def tie_to_checkin(caller: Caller, case_id: str, share_id: str, checkin_id: str, *, known: Collection[str] = (), op: str) -> None:
    """Say which of the `known` check-ins a draft is about; an empty id unties it. Raises NotFound for any other id."""
    tie = tie_of(checkin_id)
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = _draft(case, share_id)
        _need_known(tie, known)
        share.checkin_id = tie
        _touch(case, share)


def plan_pace(caller: Caller, case_id: str, share_id: str, not_ready: bool, *, op: str) -> None:
    """Say in a draft whether its author will be ready to talk about it."""
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = _draft(case, share_id)
        share.not_ready = not_ready
        _touch(case, share)


def hold(caller: Caller, case_id: str, share_id: str, text: str, seen: int, *, op: str) -> None:
    """draft → held until the session, with the words as they stand on the page."""
    words = written(text, "text")
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = Shares(case).share(share_id)
        after = domain.after_holding(_standing(share), _actor(case, share))
        if not words:
            raise domain.NothingWritten(field="text")
        _write(case, share, words, seen)
        share.held_at = case.now
        _become(case, share, after)


def take_back(caller: Caller, case_id: str, share_id: str, *, op: str) -> None:
    """held → draft."""
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        share = Shares(case).share(share_id)
        share.held_at = None
        _become(case, share, domain.after_taking_back(_standing(share), _actor(case, share)))


def discard(caller: Caller, case_id: str, share_id: str, *, op: str) -> None:
    """Destroy a draft or a held share for good; nobody else ever knew of it."""
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        shares = Shares(case)
        share = shares.share(share_id)
        standing, actor = _standing(share), _actor(case, share)
        if standing.status is ShareStatus.HELD:
            standing = domain.after_taking_back(standing, actor)
        domain.after_discarding(standing, actor)
        shares.destroy(share)
    forget_overwritten()


# Shared: from here on the others read it.


def share(caller: Caller, case_id: str, share_id: str, text: str, seen: int, *, op: str) -> None:
    """draft or held → shared, with the words as they stand on the page. Raises NoKind, NothingWritten, OutOfTurn."""
    words = written(text, "text")
    with open_case(caller, case_id, Permission.SHARE_FEEDBACK, op=op, about=share_id) as case:
        row = Shares(case).share(share_id)
        kind = ShareKind(row.kind) if row.kind else None
        after = domain.after_sharing(_standing(row), _actor(case, row), kind, words)
        _write(case, row, words, seen)
        row.shared_at = case.now
        _become(case, row, after)


def pace(caller: Caller, case_id: str, share_id: str, not_ready: bool, *, op: str) -> None:
    """The author says of something shared whether they are ready to talk about it."""
    with open_case(caller, case_id, Permission.SHARE_FEEDBACK, op=op, about=share_id, act=Act.PACE_FEEDBACK) as case:
        row = Shares(case).share(share_id)
        domain.after_pacing(_standing(row), _actor(case, row))
        row.not_ready = not_ready
        row.version += 1
        case.db.add(row)


def withdraw(caller: Caller, case_id: str, share_id: str, *, op: str) -> None:
    """held or shared → withdrawn: the text is destroyed, and so is every unsent answer to it. Raises OutOfTurn once it is answered."""
    with open_case(caller, case_id, Permission.SHARE_FEEDBACK, op=op, act=Act.WITHDRAW_FEEDBACK) as case:
        shares = Shares(case)
        row = shares.share(share_id)
        after = domain.after_withdrawing(_standing(row), _actor(case, row))
        if row.shared_at is not None:
            case.about = row.id
        else:
            case.act = Permission.KEEP_DRAFT  # nobody else ever knew of it, and nobody learns of it now
        row.text = row.kind = row.goal_id = row.checkin_id = None
        row.not_ready = False
        row.withdrawn_at = case.now
        _become(case, row, after)
        shares.destroy_drafts_about(row.id)
    forget_overwritten()


# The therapist's answer, and the client's yes.


def keep_box(caller: Caller, case_id: str, share_id: str, box: str, text: str, seen: int, *, op: str) -> int:
    """Keep one box (heard, felt, sense) of an unsent answer. Returns the version of its text."""
    words = written(text, box)
    if box not in BOXES:
        raise BadInput(field="box")
    with open_case(caller, case_id, Permission.DRAFT_REFLECTION, op=op) as case:
        shares = Shares(case)
        row = shares.share(share_id)
        draft = shares.draft_of(row.id)
        if draft is None and row.status not in _ANSWERABLE and _last_sent_says(case, shares, row, box, words):
            return seen  # the pause and the button both brought this text, the button first
        domain.after_reflecting(_standing(row), _actor(case, row), "a draft")
        draft = draft or _new_reflection(case, row)
        stored, version = case.unseal(draft.id, f"reflection.{box}", getattr(draft, box)), getattr(draft, f"{box}_version")
        if words != stored:
            if seen != version:
                raise ChangedMeanwhile(theirs=stored, version=version)
            setattr(draft, box, case.seal(draft.id, f"reflection.{box}", words))
            setattr(draft, f"{box}_version", version + 1)
            shares.add(draft)
        return int(getattr(draft, f"{box}_version"))


def reflect(
    caller: Caller, case_id: str, share_id: str, turn: int, heard: str, felt: str, sense: str, *, op: str
) -> None:
    """shared or not quite → reflected: send the three boxes as they stand on the page, as the answer number `turn`.

    Raises NothingWritten without a first box, OutOfTurn, and ChangedMeanwhile when another answer was sent before.
    """
    texts = {box: written(text, box) for box, text in zip(BOXES, (heard, felt, sense), strict=True)}
    with open_case(caller, case_id, Permission.REFLECT_FEEDBACK, op=op, about=share_id) as case:
        shares = Shares(case)
        row = shares.share(share_id)
        after = domain.after_reflecting(_standing(row), _actor(case, row), texts["heard"])
        if after.rounds != turn:
            raise ChangedMeanwhile(theirs="", version=row.rounds)
        sent = shares.draft_of(row.id) or _new_reflection(case, row)
        for box, text in texts.items():
            setattr(sent, box, case.seal(sent.id, f"reflection.{box}", text) if text else None)
        sent.round, sent.sent_at = after.rounds, case.now
        shares.add(sent)
        _become(case, row, after)


def keep_missed(caller: Caller, case_id: str, reflection_id: str, text: str, seen: int, *, op: str) -> int:
    """Keep what the client is writing about what was missed, before they send it. Returns the version of the text."""
    words = written(text, "missed")
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        shares = Shares(case)
        answer, row = shares.reflection(reflection_id)
        stored = case.unseal(answer.id, "reflection.missed", answer.missed)
        if row.author_id == case.me.person_id and stored == words:
            return answer.missed_version
        domain.after_not_quite(_standing(row), _actor(case, row))
        _need_latest(answer, row)
        if seen != answer.missed_version:
            raise ChangedMeanwhile(theirs=stored, version=answer.missed_version)
        answer.missed = case.seal(answer.id, "reflection.missed", words)
        answer.missed_version += 1
        shares.add(answer)
        return answer.missed_version


def confirm(caller: Caller, case_id: str, reflection_id: str, *, op: str) -> None:
    """reflected → confirmed: the client says "yes, that's it" to the answer that they have read."""
    with open_case(caller, case_id, Permission.CONFIRM_FEEDBACK, op=op) as case:
        shares = Shares(case)
        answer, row = shares.reflection(reflection_id)
        case.about = row.id
        after = domain.after_yes(_standing(row), _actor(case, row))
        _need_latest(answer, row)
        answer.answer, answer.answered_at, answer.missed = Answer.YES, case.now, None
        row.confirmed_at = case.now
        shares.add(answer)
        _become(case, row, after)


def not_quite(caller: Caller, case_id: str, reflection_id: str, missed: str, *, op: str) -> None:
    """reflected → not quite: the client says that it was not it, and what was missed, if they like."""
    words = written(missed, "missed")
    with open_case(caller, case_id, Permission.CONFIRM_FEEDBACK, op=op) as case:
        shares = Shares(case)
        answer, row = shares.reflection(reflection_id)
        case.about = row.id
        after = domain.after_not_quite(_standing(row), _actor(case, row))
        _need_latest(answer, row)
        answer.answer, answer.answered_at = Answer.NOT_QUITE, case.now
        answer.missed = case.seal(answer.id, "reflection.missed", words) if words else None
        shares.add(answer)
        _become(case, row, after)


# Outside the rounds: a client's word to a therapist's share, a therapist's own idea after the yes.


def keep_response(caller: Caller, case_id: str, share_id: str, text: str, seen: int, *, op: str) -> int:
    """Keep what the client is writing to a therapist's share. Returns the version of the text."""
    with open_case(caller, case_id, Permission.KEEP_DRAFT, op=op) as case:
        return _keep_reply(case, share_id, ReplyKind.RESPONSE, text, seen)


def respond(caller: Caller, case_id: str, share_id: str, text: str, *, op: str) -> None:
    """shared → responded: the client says something to what the therapist shared; nobody has to confirm it."""
    with open_case(caller, case_id, Permission.SHARE_FEEDBACK, op=op, about=share_id, act=Act.RESPOND_TO_FEEDBACK) as case:
        _send_reply(case, share_id, ReplyKind.RESPONSE, text)


def keep_advice(caller: Caller, case_id: str, share_id: str, text: str, seen: int, *, op: str) -> int:
    """Keep what the therapist is writing after the yes. Returns the version of the text."""
    with open_case(caller, case_id, Permission.DRAFT_REFLECTION, op=op) as case:
        return _keep_reply(case, share_id, ReplyKind.ADVICE, text, seen)


def advise(caller: Caller, case_id: str, share_id: str, text: str, *, op: str) -> None:
    """Add an idea of the therapist's own. Raises NotUnderstoodYet before the client's yes."""
    with open_case(caller, case_id, Permission.REFLECT_FEEDBACK, op=op, about=share_id, act=Act.ADVISE_ON_FEEDBACK) as case:
        _send_reply(case, share_id, ReplyKind.ADVICE, text)


# Views.


def desk(
    caller: Caller,
    case_id: str,
    lang: str = "en",
    *,
    around: Surroundings | None = None,
    months: frozenset[str] = frozenset(),
    opened: str = "",
) -> Desk:
    """Everything on the person's feedback page; threads at rest are folded by month, but for `months` and the share `opened`."""
    with open_case(caller, case_id, Permission.READ_FEEDBACK) as case:
        shares = Shares(case)
        rows = shares.all()
        private = [row for row in rows if row.status in PRIVATE]
        shared = sorted((row for row in rows if row.shared_at), key=lambda row: (row.shared_at, row.id), reverse=True)
        folded: dict[str, list[Share]] = defaultdict(list)
        unfolded: list[Share] = []
        for row in shared:
            if row.id == opened or not _is_at_rest(case, row):
                unfolded.append(row)
            else:
                folded[_month_of(case, row)].append(row)
        full = unfolded + [row for key in months for row in folded.get(key, ())]
        rounds, replies = _by_share(shares.reflections([row.id for row in full])), _by_share(shares.replies([row.id for row in full]))
        view = View(case, lang, around or Surroundings())

        def threads(some: list[Share]) -> list[ThreadCard]:
            return [view.thread(row, rounds[row.id], replies[row.id]) for row in some]

        return Desk(
            readers=view.readers(),
            kinds=view.kinds(),
            drafts=[view.draft(row) for row in private],
            open=threads(unfolded),
            months=[
                MonthFold(
                    key,
                    f"{month(lang, case.time_zone, some[0].shared_at or case.now)} · {len(some)}",
                    key in months,
                    threads(some) if key in months else [],
                )
                for key, some in folded.items()
            ],
        )


def shared_ids(caller: Caller, case_id: str) -> frozenset[str]:
    """The ids of what has been shared in the case, for whatever comes out of it."""
    with open_case(caller, case_id, Permission.READ_FEEDBACK) as case:
        return frozenset(row.id for row in Shares(case).all() if row.shared_at)


def home_part(caller: Caller, case_id: str) -> FeedbackPart:
    """What waits in this case for this person, and how much of their own they keep back."""
    with open_case(caller, case_id, Permission.READ_FEEDBACK) as case:
        shares = Shares(case)
        rows = shares.all()
        own = [row for row in rows if row.author_id == case.me.person_id]
        asked = {row.id: row for row in own if row.status == ShareStatus.REFLECTED}
        latest = {one.share_id: one for one in shares.reflections(list(asked)) if one.sent_at is not None}
        if case.role is CaseRole.CLIENT:
            waiting = [
                Waiting(N_("something shared with you"), row.shared_at, routes.FEEDBACK, row.id)
                for row in rows
                if row.side == Side.THERAPIST and row.status == ShareStatus.SHARED and row.shared_at and not _is_at_rest(case, row)
            ]
        else:
            waiting = [_waits(row) for row in rows if row.side == Side.CLIENT and row.status in _ANSWERABLE]
        return FeedbackPart(
            heard=tuple(
                HeardCard(
                    share_id,
                    one.id,
                    first_name(case, one.author_id),
                    case.unseal(one.id, "reflection.heard", one.heard),
                    one.sent_at or case.now,
                )
                for share_id, one in latest.items()
            ),
            waiting=tuple(waiting),
            held=sum(row.status == ShareStatus.HELD for row in own),
            drafts=sum(row.status == ShareStatus.DRAFT and row.version > 1 for row in own),
        )


def refs(caller: Caller, case_id: str, lang: str = "en") -> tuple[ShareRef, ...]:
    """The newest shares that both may read, newest first, for whatever is to be tied to one."""
    with open_case(caller, case_id, Permission.READ_FEEDBACK) as case:
        view = View(case, lang, Surroundings())
        return tuple(view.ref(row) for row in Shares(case).newest_shared(_REFS))


def held_back(caller: Caller, case_id: str, before: datetime, lang: str = "en") -> tuple[HeldShare, ...]:
    """The reader's own shares that were held before a moment, oldest first: for the session that they were held for."""
    with open_case(caller, case_id, Permission.READ_FEEDBACK) as case:
        view = View(case, lang, Surroundings())
        return tuple(view.held(row) for row in Shares(case).own_held(before))


def waiting(caller: Caller) -> dict[str, tuple[Waiting, ...]]:
    """What waits for the therapist in each of their cases: no content, two statements."""
    with open_account(caller, Permission.READ_CASELOAD, writes=False) as account:
        found: dict[str, list[Waiting]] = defaultdict(list)
        for row in waiting_for_therapist(account.db, account.me.id):
            found[row.case_id].append(_waits(row))
        return {case_id: tuple(some) for case_id, some in found.items()}


# For the verbs of other rooms, in what they have opened.


def readers_of(case: OpenCase, share_ids: Collection[str]) -> dict[str, Readers]:
    """Who may read these shares, by share; those that the caller may not read, drafts and withdrawn ones are not among them. One statement."""
    people = frozenset(one.person_id for one in case.members if may(one.role, Permission.READ_FEEDBACK))
    if case.me.person_id not in people:
        return {}
    return {share_id: Readers(people, takes_more=True) for share_id in Shares(case).shared_among(list(share_ids))}


def still_known(account: OpenAccount, share_ids: Collection[str]) -> frozenset[str]:
    """Those of the shares that a therapist may read now, over all their cases. One statement."""
    return still_shared(account.db, account.me.id, list(share_ids))


_ANSWERABLE = (ShareStatus.SHARED, ShareStatus.NOT_QUITE)
_LIVING = (*_ANSWERABLE, ShareStatus.REFLECTED)


def _waits(row: Share) -> Waiting:
    what = N_("a share to answer") if row.status == ShareStatus.SHARED else N_("not quite: another round")
    return Waiting(what, row.touched_at, routes.FEEDBACK, row.id)


def _side(case: OpenCase) -> Side:
    return Side(case.role.value)


def _standing(row: Share) -> Standing:
    return Standing(Side(row.side), ShareStatus(row.status), row.rounds, row.misses)


def _actor(case: OpenCase, row: Share) -> Actor:
    return Actor(_side(case), row.author_id == case.me.person_id)


def _become(case: OpenCase, row: Share, after: Standing) -> None:
    row.status, row.rounds, row.misses = after.status, after.rounds, after.misses
    _touch(case, row)


def _touch(case: OpenCase, row: Share) -> None:
    row.touched_at = case.now
    row.version += 1
    case.db.add(row)


def _draft(case: OpenCase, share_id: str) -> Share:
    row = Shares(case).share(share_id)
    domain.after_writing(_standing(row), _actor(case, row))
    return row


def _text(case: OpenCase, row: Share) -> str:
    return case.unseal(row.id, "share.text", row.text)


def _write(case: OpenCase, row: Share, words: str, seen: int) -> None:
    stored = _text(case, row)
    if words == stored:
        return
    if seen != row.text_version:
        raise ChangedMeanwhile(theirs=stored, version=row.text_version)
    row.text = case.seal(row.id, "share.text", words)
    row.text_version += 1
    _touch(case, row)


def _new_reflection(case: OpenCase, row: Share) -> Reflection:
    return Reflection(
        id=new_id(), case_id=case.id, share_id=row.id, author_id=case.me.person_id, created_at=case.now
    )


def _last_sent_says(case: OpenCase, shares: Shares, row: Share, box: str, words: str) -> bool:
    mine = [one for one in shares.reflections([row.id]) if one.author_id == case.me.person_id]
    return bool(mine) and case.unseal(mine[-1].id, f"reflection.{box}", getattr(mine[-1], box)) == words


def _need_known(tie: str | None, known: Collection[str]) -> None:
    if tie is not None and tie not in known:
        raise NotFound


def _need_latest(answer: Reflection, row: Share) -> None:
    if answer.round != row.rounds:
        raise ChangedMeanwhile(theirs="", version=row.rounds)


def _check_reply(row: Share, actor: Actor, kind: ReplyKind, words: str) -> Standing:
    if kind is ReplyKind.RESPONSE:
        return domain.after_responding(_standing(row), actor, words)
    return domain.after_advising(_standing(row), actor, words)


def _keep_reply(case: OpenCase, share_id: str, kind: ReplyKind, text: str, seen: int) -> int:
    words = written(text, kind)
    shares = Shares(case)
    row = shares.share(share_id)
    reply = shares.own_reply(row.id, kind)
    stored = case.unseal(reply.id, "reply.text", reply.text) if reply else ""
    if reply is not None and stored == words:
        return reply.text_version
    _check_reply(row, _actor(case, row), kind, "a draft")
    _need_unsent(row, reply)
    reply = reply or _new_reply(case, row, kind)
    if seen != reply.text_version:
        raise ChangedMeanwhile(theirs=stored, version=reply.text_version)
    reply.text = case.seal(reply.id, "reply.text", words)
    reply.text_version += 1
    shares.add(reply)
    return reply.text_version


def _send_reply(case: OpenCase, share_id: str, kind: ReplyKind, text: str) -> None:
    words = written(text, kind)
    shares = Shares(case)
    row = shares.share(share_id)
    after = _check_reply(row, _actor(case, row), kind, words)
    reply = shares.own_reply(row.id, kind)
    _need_unsent(row, reply)
    reply = reply or _new_reply(case, row, kind)
    reply.text, reply.sent_at = case.seal(reply.id, "reply.text", words), case.now
    shares.add(reply)
    _become(case, row, after)


def _need_unsent(row: Share, reply: Reply | None) -> None:
    if reply is not None and reply.sent_at is not None:
        raise domain.AnsweredAlready(ShareStatus(row.status), domain.Action.RESPOND)


def _new_reply(case: OpenCase, row: Share, kind: ReplyKind) -> Reply:
    return Reply(
        id=new_id(), case_id=case.id, share_id=row.id, author_id=case.me.person_id, kind=kind, created_at=case.now
    )


def _is_at_rest(case: OpenCase, row: Share) -> bool:
    if row.side == Side.CLIENT and row.status in _LIVING:
        return False
    return case.now - row.touched_at > STAYS_OPEN


def _month_of(case: OpenCase, row: Share) -> str:
    shared_at = row.shared_at or row.created_at
    return shared_at.astimezone(ZoneInfo(case.time_zone)).strftime("%Y-%m")


def _by_share(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.share_id].append(row)
    return found

