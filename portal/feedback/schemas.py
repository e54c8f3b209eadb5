"""What the browser may see of shares, as ready-made text, and what it may send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.access.gate import Member, OpenCase
from portal.access.permissions import CaseRole, Permission, may
from portal.cases.domain import Waiting
from portal.feedback.domain import KINDS, Actor, ShareKind, ShareStatus, Side, Standing
from portal.feedback.models import Answer, Reflection, Reply, ReplyKind, Share
from portal.kit.i18n import N_, ago, moment, say, say_n
from portal.kit.refusal import BadInput, NotFound
from portal.kit.text import clean

LONGEST = 4_000
"""Characters of anything that is written here."""

_IN_A_LIST = 240

_KIND_WORDS = {
    ShareKind.APPRECIATION: N_("Appreciation"),
    ShareKind.CONCERN: N_("Concern"),
    ShareKind.WISH: N_("Wish"),
    ShareKind.OBSERVATION: N_("Observation"),
    ShareKind.QUESTION: N_("Question"),
}
_HEADS = {
    ShareKind.APPRECIATION: N_("{name} · an appreciation"),
    ShareKind.CONCERN: N_("{name} · a concern"),
    ShareKind.WISH: N_("{name} · a wish"),
    ShareKind.OBSERVATION: N_("{name} · an observation"),
    ShareKind.QUESTION: N_("{name} · a question"),
}
_ROUND_OF = (N_("{name} · first round"), N_("{name} · second round"), N_("{name} · third round"))
_ROUND = (N_("First round"), N_("Second round"), N_("Third round"))
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def written(text: str, field: str) -> str:
    """A text as it was typed, ready to store; may be empty. Raises BadInput."""
    return clean(text, field=field, most=LONGEST)


def kind_of(value: str) -> ShareKind | None:
    """The chosen kind; none for an empty choice. Raises BadInput."""
    try:
        return ShareKind(value) if value else None
    except ValueError:
        raise BadInput(field="kind") from None


def tie_of(value: str) -> str | None:
    """The id that a share is tied to; none for an empty choice. Raises NotFound for what cannot be an id."""
    if not value:
        return None
    if not _ID.fullmatch(value):
        raise NotFound
    return value


@dataclass(frozen=True)
class Surroundings:
    """What other rooms tell about what a share can be tied to: titles of goals and days of check-ins by id."""

    goals: Mapping[str, str] = field(default_factory=dict)
    checkins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftCard:
    """A share that only its author knows of."""

    id: str
    kind: str
    text: str
    text_version: int
    held: bool
    not_ready: bool
    goal_id: str
    checkin_id: str
    since: str


@dataclass(frozen=True)
class RoundCard:
    """One answer of a therapist, and what the client said to it."""

    id: str
    head: str
    when: str
    heard: str
    felt: str
    sense: str
    answer: str
    answer_head: str
    answer_when: str
    missed: str
    asks: bool
    missed_draft: str
    missed_version: int


@dataclass(frozen=True)
class ReplyCard:
    """A client's word to a therapist's share, or a therapist's own idea after the yes."""

    id: str
    owner: str
    head: str
    when: str
    text: str


@dataclass(frozen=True)
class ThreadCard:
    """A share that was shared, with everything that was said to it; `may_…` is what this person can do now."""

    id: str
    owner: str
    status: str
    mine: bool
    head: str
    when: str
    exact: str
    audience: str
    text: str
    withdrawn: str
    not_ready: bool
    pace: str
    goal: str
    goal_id: str
    checkin: str
    checkin_id: str
    rounds: list[RoundCard]
    confirmed: str
    stands: str
    suggestion: str
    may_withdraw: bool
    may_pace: bool
    may_reflect: bool
    round: int
    round_words: str
    heard: str
    heard_version: int
    felt: str
    felt_version: int
    sense: str
    sense_version: int
    may_respond: bool
    may_advise: bool
    reply_draft: str
    reply_version: int
    replies: list[ReplyCard]
    may_propose: bool


@dataclass(frozen=True)
class MonthFold:
    """The threads of a month that have come to rest; they are sent when the fold is opened."""

    key: str
    words: str
    open: bool
    threads: list[ThreadCard]


@dataclass(frozen=True)
class KindChoice:
    """A kind of share and its name."""

    value: str
    words: str


@dataclass(frozen=True)
class Desk:
    """The whole of a person's feedback page."""

    readers: str
    kinds: list[KindChoice]
    drafts: list[DraftCard]
    open: list[ThreadCard]
    months: list[MonthFold]

    @property
    def threads(self) -> list[ThreadCard]:
        """Every thread that is shown in full."""
        return [*self.open, *(thread for month in self.months for thread in month.threads)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.drafts or self.open or self.months)


@dataclass(frozen=True)
class HeardCard:
    """A therapist's answer that waits for the client's "yes, that's it" or "not quite"."""

    share_id: str
    reflection_id: str
    by: str
    heard: str
    since: datetime


@dataclass(frozen=True)
class ShareRef:
    """A share that both may read, to be picked elsewhere: whose it is, what, and since when."""

    id: str
    owner: str
    head: str
    text: str
    when: str
    shared_at: datetime


@dataclass(frozen=True)
class HeldShare:
    """The reader's own share that waits for the session; `kind` is empty while it was not said what it is."""

    id: str
    kind: str
    head: str
    text: str
    text_version: int


@dataclass(frozen=True)
class FeedbackPart:
    """What a home page shows of this room. `held` and `drafts` count the person's own alone."""

    heard: tuple[HeardCard, ...]
    waiting: tuple[Waiting, ...]
    held: int
    drafts: int


def shortened(text: str) -> str:
    """The beginning of a text, on one line, as it stands in a list."""
    text = " ".join(text.split())
    return text if len(text) <= _IN_A_LIST else text[:_IN_A_LIST].rsplit(" ", 1)[0] + "…"


def first_name(case: OpenCase, person_id: str) -> str:
    """What somebody of the case is called on its pages; empty for who has left it."""
    member = case.member(person_id)
    return member.name.split()[0] if member else ""


@dataclass(frozen=True)
class View:
    """The rows of an open case as its person may see them, in the language of their page."""

    case: OpenCase
    lang: str
    around: Surroundings

    @property
    def _side(self) -> Side:
        return Side(self.case.role.value)

    def kinds(self) -> list[KindChoice]:
        """What this side can share."""
        return [KindChoice(kind.value, say(self.lang, _KIND_WORDS[kind])) for kind in KINDS[self._side]]

    def readers(self) -> str:
        """Who reads what this person shares, as it stands beside the button."""
        others = [one.name.split()[0] for one in self._readers() if one is not self.case.me]
        if not others:
            return say(self.lang, N_("Nobody else takes part here at the moment."))
        return say_n(self.lang, "{names} will read this.", "{names} will all read this.", len(others), names=", ".join(others))

    def draft(self, row: Share) -> DraftCard:
        """A share that only its author knows of."""
        case = self.case
        return DraftCard(
            id=row.id,
            kind=row.kind or "",
            text=case.unseal(row.id, "share.text", row.text),
            text_version=row.text_version,
            held=row.status == ShareStatus.HELD,
            not_ready=row.not_ready,
            goal_id=_known(row.goal_id, self.around.goals),
            checkin_id=_known(row.checkin_id, self.around.checkins),
            since=self._ago(row.touched_at),
        )

    def ref(self, row: Share) -> ShareRef:
        """A share that both may read, shortened."""
        shared_at = row.shared_at or row.created_at
        return ShareRef(
            row.id, row.side, self._head(row), shortened(self.case.unseal(row.id, "share.text", row.text)), self._ago(shared_at), shared_at
        )

    def held(self, row: Share) -> HeldShare:
        """The reader's own share that waits for the session."""
        head = say(self.lang, _KIND_WORDS[ShareKind(row.kind)]) if row.kind else ""
        return HeldShare(row.id, row.kind or "", head, self.case.unseal(row.id, "share.text", row.text), row.text_version)

    def thread(self, row: Share, rounds: list[Reflection], replies: list[Reply]) -> ThreadCard:
        """A shared share with everything that was said to it and what this person can do now."""
        case = self.case
        standing = Standing(Side(row.side), ShareStatus(row.status), row.rounds, row.misses)
        actor = Actor(self._side, row.author_id == case.me.person_id)
        sent = [one for one in rounds if one.sent_at is not None]
        draft = next((one for one in rounds if one.sent_at is None), None)
        boxes = {box: case.unseal(draft.id, f"reflection.{box}", getattr(draft, box)) if draft else "" for box in ("heard", "felt", "sense")}
        own_reply = next((one for one in replies if one.author_id == case.me.person_id), None)
        unsent = own_reply if own_reply is not None and own_reply.sent_at is None else None
        about_client = standing.author is Side.CLIENT
        withdrawn = standing.status is ShareStatus.WITHDRAWN
        answerable = about_client and standing.status in {ShareStatus.SHARED, ShareStatus.NOT_QUITE}
        return ThreadCard(
            id=row.id,
            owner=row.side,
            status=standing.status,
            mine=actor.is_author,
            head=self._head(row),
            when=self._ago(row.shared_at or row.created_at),
            exact=moment(self.lang, case.time_zone, row.shared_at or row.created_at),
            audience="" if withdrawn else self._audience(),
            text=case.unseal(row.id, "share.text", row.text),
            withdrawn=self._withdrawn(row, actor) if withdrawn else "",
            not_ready=row.not_ready,
            pace=self._pace(row, actor),
            goal=self.around.goals.get(row.goal_id or "", ""),
            goal_id=_known(row.goal_id, self.around.goals),
            checkin=self.around.checkins.get(row.checkin_id or "", ""),
            checkin_id=_known(row.checkin_id, self.around.checkins),
            rounds=[self._round(one, standing, actor) for one in sent],
            confirmed=say_n(self.lang, "after {n} round", "after {n} rounds", row.rounds)
            if standing.status is ShareStatus.CONFIRMED
            else "",
            stands=self._stands(standing, actor),
            suggestion=say(
                self.lang,
                N_("This has gone back and forth {n} times. Some things come across better face to face: bring it to your next session."),
                n=row.misses,
            )
            if standing.suggests_talking
            else "",
            may_withdraw=actor.is_author and standing.status is ShareStatus.SHARED,
            may_pace=actor.is_author and standing.status in _PACED,
            may_reflect=answerable and may(case.role, Permission.REFLECT_FEEDBACK),
            round=row.rounds + 1,
            round_words=say(self.lang, _ROUND[row.rounds]) if row.rounds < len(_ROUND) else say(self.lang, N_("Round {n}"), n=row.rounds + 1),
            heard=boxes["heard"],
            heard_version=draft.heard_version if draft else 0,
            felt=boxes["felt"],
            felt_version=draft.felt_version if draft else 0,
            sense=boxes["sense"],
            sense_version=draft.sense_version if draft else 0,
            may_respond=not about_client and self._side is Side.CLIENT and standing.status is ShareStatus.SHARED,
            may_advise=standing.opens_advice
            and may(case.role, Permission.REFLECT_FEEDBACK)
            and (own_reply is None or own_reply.sent_at is None),
            reply_draft=case.unseal(unsent.id, "reply.text", unsent.text) if unsent else "",
            reply_version=unsent.text_version if unsent else 0,
            replies=[self._reply(one) for one in replies if one.sent_at is not None],
            may_propose=may(case.role, Permission.WRITE_ADJUSTMENTS)
            and standing.status is not ShareStatus.WITHDRAWN
            and (not about_client or standing.status is not ShareStatus.SHARED),
        )

    def _readers(self) -> list[Member]:
        return [one for one in self.case.members if may(one.role, Permission.READ_FEEDBACK)]

    def _audience(self) -> str:
        readers = len(self._readers())
        if readers == 1:
            return say(self.lang, N_("only you can read this now"))
        return say(self.lang, N_("both of you see this")) if readers == 2 else say(self.lang, N_("all of you see this"))

    def _ago(self, when: datetime) -> str:
        return ago(self.lang, self.case.time_zone, when, self.case.now)

    def _called(self, person_id: str, side: Side) -> str:
        gone = N_("An earlier therapist") if side is Side.THERAPIST else N_("An earlier client")
        return first_name(self.case, person_id) or say(self.lang, gone)

    def _across(self) -> str:
        """The others, by name: whoever this person's words go to."""
        side = CaseRole.THERAPIST if self._side is Side.CLIENT else CaseRole.CLIENT
        return ", ".join(one.name.split()[0] for one in self.case.with_role(side))

    def _head(self, row: Share) -> str:
        name = self._called(row.author_id, Side(row.side))
        return say(self.lang, _HEADS[ShareKind(row.kind)], name=name) if row.kind else name

    def _withdrawn(self, row: Share, actor: Actor) -> str:
        when = self._ago(row.withdrawn_at or row.touched_at)
        if actor.is_author:
            return say(self.lang, N_("You withdrew this: {when}. Its words are gone."), when=when)
        return say(
            self.lang, N_("{name} withdrew this: {when}. Its words are gone."), name=self._called(row.author_id, Side(row.side)), when=when
        )

    def _pace(self, row: Share, actor: Actor) -> str:
        if not row.not_ready:
            return ""
        if actor.is_author:
            return say(self.lang, N_("You are not ready to talk about it yet."))
        return say(
            self.lang,
            N_("{name} is not ready to talk about it yet. A written answer is welcome; let {name} be the one who brings it up."),
            name=self._called(row.author_id, Side(row.side)),
        )

    def _stands(self, standing: Standing, actor: Actor) -> str:
        name = self._across()
        if not name:
            return ""
        sentence = _STANDS.get((standing.author, self._side, standing.status), "")
        return say(self.lang, sentence, name=name) if sentence else ""

    def _round(self, row: Reflection, standing: Standing, actor: Actor) -> RoundCard:
        case, number = self.case, row.round or 0
        name = self._called(row.author_id, Side.THERAPIST)
        head = _ROUND_OF[number - 1] if number <= len(_ROUND_OF) else N_("{name} · round {n}")
        asks = actor.is_author and standing.status is ShareStatus.REFLECTED and number == standing.rounds
        answered = row.answered_at is not None
        return RoundCard(
            id=row.id,
            head=say(self.lang, head, name=name, n=number),
            when=self._ago(row.sent_at or row.created_at),
            heard=case.unseal(row.id, "reflection.heard", row.heard),
            felt=case.unseal(row.id, "reflection.felt", row.felt),
            sense=case.unseal(row.id, "reflection.sense", row.sense),
            answer=row.answer or "",
            answer_head=_answer_words(self.lang, row.answer),
            answer_when=self._ago(row.answered_at) if row.answered_at else "",
            missed=case.unseal(row.id, "reflection.missed", row.missed) if answered else "",
            asks=asks,
            missed_draft=case.unseal(row.id, "reflection.missed", row.missed) if asks else "",
            missed_version=row.missed_version if asks else 0,
        )

    def _reply(self, row: Reply) -> ReplyCard:
        side = Side.CLIENT if row.kind == ReplyKind.RESPONSE else Side.THERAPIST
        head = N_("{name} · in return") if side is Side.CLIENT else N_("{name} · an idea")
        return ReplyCard(
            id=row.id,
            owner=side,
            head=say(self.lang, head, name=self._called(row.author_id, side)),
            when=self._ago(row.sent_at or row.created_at),
            text=self.case.unseal(row.id, "reply.text", row.text),
        )


_PACED = frozenset({ShareStatus.SHARED, ShareStatus.REFLECTED, ShareStatus.NOT_QUITE, ShareStatus.RESPONDED})

_STANDS = {
    (Side.CLIENT, Side.CLIENT, ShareStatus.SHARED): N_("{name} has not answered yet."),
    (Side.CLIENT, Side.CLIENT, ShareStatus.NOT_QUITE): N_("{name} knows that it was not quite it, and can try again."),
    (Side.CLIENT, Side.THERAPIST, ShareStatus.REFLECTED): N_("{name} has your answer, and says whether that was it."),
    (Side.THERAPIST, Side.THERAPIST, ShareStatus.SHARED): N_("{name} may answer, and does not have to."),
}


def _answer_words(lang: str, answer: str | None) -> str:
    if answer is None:
        return ""
    return say(lang, N_("Yes, that’s it.")) if answer == Answer.YES else say(lang, N_("Not quite."))


def _known(tie: str | None, labels: Mapping[str, str]) -> str:
    return tie if tie is not None and tie in labels else ""
