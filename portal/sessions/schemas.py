"""What the browser may see of sessions, as ready-made text, and what it may send."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal import routes
from portal.kit.i18n import N_, clock_time, day, moment, say, say_n
from portal.kit.refusal import BadInput, NotFound
from portal.kit.text import clean
from portal.sessions.domain import Kind, Phase, Place, Spot, Thing, spot

LONGEST = 8_000
"""Characters of what was agreed in one session."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ITEM = re.compile(r"[a-z]{1,12}")


@dataclass(frozen=True)
class SpotForm:
    """Where somebody goes: a place of the closed list, and the row it is about."""

    place: str
    row_id: str = ""

    def parse(self) -> Spot:
        """Raises NowhereTogether for a place that is none, and NotFound for what cannot be an id."""
        if self.row_id and not _ID.fullmatch(self.row_id):
            raise NotFound
        return spot(self.place, self.row_id)


@dataclass(frozen=True)
class ThingForm:
    """Something to bring, as it was picked."""

    kind: str
    row_id: str
    item: str = ""

    def parse(self) -> Thing:
        """Raises BadInput for a kind that is none, and NotFound for what cannot be an id."""
        if self.kind not in set(Kind):
            raise BadInput(field="kind")
        kind = Kind(self.kind)
        if not _ID.fullmatch(self.row_id) or (kind is Kind.GAP) != bool(_ITEM.fullmatch(self.item)):
            raise NotFound
        return Thing(kind, self.row_id, self.item)


@dataclass(frozen=True)
class LinesForm:
    """Lines that the rooms have collected: what was changed in the session."""

    lines: tuple[str, ...] = ()

    def parse(self) -> tuple[str, ...]:
        """Each on one line. Raises BadInput."""
        return tuple(clean(line, field="agreed", most=LONGEST, lines=False) for line in self.lines)


# --- facts for the pages


@dataclass(frozen=True)
class Glance:
    """That a session runs, and where its people are: nothing of its content."""

    id: str
    phase: Phase
    started_at: datetime
    lasts: timedelta
    at: Spot
    number: int
    led_by: str
    led_by_me: bool
    i_go_along: bool
    apart: tuple[str, ...]
    i_lead: bool
    one_screen: bool
    hides_private: bool


@dataclass(frozen=True)
class Written:
    """One session with what was agreed in it. `may_write`: nothing newer has begun, and it is not kept."""

    id: str
    phase: Phase
    started_at: datetime
    lasts: timedelta
    one_screen: bool
    language: str
    text: str
    version: int
    kept: bool
    may_write: bool
    is_newest: bool


@dataclass(frozen=True)
class BroughtThing:
    """Something that was picked, by its row."""

    id: str
    thing: Thing


@dataclass(frozen=True)
class SessionView:
    """The sessions of a case as one person may see them, newest first; `brought` is for the running one, else for the next."""

    sessions: tuple[Written, ...]
    more: bool
    brought: tuple[BroughtThing, ...]
    may_lead: bool
    may_bring: bool
    hides_private: bool
    clients: str
    others: str
    people: str
    now: datetime
    time_zone: str

    @property
    def running(self) -> Written | None:
        """The session that runs, or comes to its end."""
        return next((one for one in self.sessions[:1] if one.phase is not Phase.ENDED), None)

    @property
    def last(self) -> Written | None:
        """The newest one that has ended."""
        return next((one for one in self.sessions[:2] if one.phase is Phase.ENDED), None)


@dataclass(frozen=True)
class LastAgreed:
    """What a home page says of this room: when the two last met, whether something was written down, how much is picked for the next time."""

    at: datetime | None = None
    has_text: bool = False
    picked: int = 0
    runs: bool = False


# --- what the page shows


@dataclass(frozen=True)
class Bar:
    """The quiet line on every page while a session runs. An empty `id` is no session."""

    id: str = ""
    closing: bool = False
    number: int = 0
    href: str = ""
    place: str = ""
    led_by: str = ""
    goes_along: bool = False
    apart: str = ""
    leads: bool = False
    one_screen: bool = False


@dataclass(frozen=True)
class About:
    """A thing that can be brought, in words: `owner` is "client", "therapist" or empty, `note` a line below it."""

    words: str
    note: str = ""
    owner: str = ""
    quoted: bool = False
    href: str = ""


@dataclass(frozen=True)
class Around:
    """What other rooms tell of everything that can be brought, in the order in which it is offered."""

    things: Mapping[Thing, About] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[tuple[Thing, About]]:
        """The things of one kind."""
        return [(thing, about) for thing, about in self.things.items() if thing.kind is kind]


@dataclass(frozen=True)
class BroughtCard:
    """Something that is brought. `gone`: it was picked, and is not there any more."""

    id: str
    kind: str
    head: str
    words: str
    note: str
    owner: str
    quoted: bool
    href: str
    gone: bool


@dataclass(frozen=True)
class PickLine:
    """Something that can be brought; `picked` is the id under which it is picked already."""

    key: str
    kind: str
    row_id: str
    item: str
    words: str
    note: str
    owner: str
    picked: str


@dataclass(frozen=True)
class PaperCard:
    """A session and what was agreed in it."""

    id: str = ""
    heading: str = ""
    exact: str = ""
    lasted: str = ""
    text: str = ""
    version: int = 0
    kept: bool = False
    may_write: bool = False
    may_take_up: bool = False
    lang: str = ""


_PLACES = {
    Place.SESSION: N_("the session’s page"),
    Place.GOALS: N_("the goals"),
    Place.GOAL: N_("one of the goals"),
    Place.FEEDBACK: N_("the feedback"),
    Place.CHECKINS: N_("the check-ins"),
    Place.CHECKIN: N_("a check-in"),
    Place.COURSE: N_("the course"),
    Place.DECISIONS: N_("the decisions"),
    Place.DECISION: N_("one of the decisions"),
}
_PAGES = {
    Place.SESSION: routes.SESSION,
    Place.GOALS: routes.GOALS,
    Place.GOAL: routes.GOAL,
    Place.FEEDBACK: routes.FEEDBACK,
    Place.CHECKINS: routes.CHECKINS,
    Place.CHECKIN: routes.CHECKIN,
    Place.COURSE: routes.COURSE,
    Place.DECISIONS: routes.DECISIONS,
    Place.DECISION: routes.DECISION,
}
_ROW_PARAMS = {Place.GOAL: routes.GOAL_PARAM, Place.CHECKIN: routes.CHECKIN_PARAM, Place.DECISION: routes.DECISION_PARAM}
_PLACE_OF = {page.strip("/"): place for place, page in _PAGES.items()}
SHARE_PARAM = "share"
"""…/feedback?share=<id> is the feedback page, opened at one share."""

_HEADS = {Kind.SHARE: N_("Feedback"), Kind.GAP: N_("You see this differently"), Kind.GOAL: N_("A goal"), Kind.CHANGE: N_("What you change together")}


def address_of(at: Spot, case_id: str) -> str:
    """The address of a spot, inside one case."""
    address = routes.in_case(_PAGES[at.place], case_id, **dict.fromkeys(_ROW_PARAMS.values(), at.row_id))
    return f"{address}?{SHARE_PARAM}={at.row_id}" if at.place is Place.FEEDBACK and at.row_id else address


def spot_of(route: str, row_id: str) -> SpotForm | None:
    """The spot that a page of the portal is, by its route ("c/[case]/goals"); none for a page that is not for both."""
    place = _PLACE_OF.get(route.strip("/"))
    return SpotForm(place.value, row_id) if place is not None else None


def row_param_of(route: str) -> str:
    """The name of the part of the address that tells the row of a page; empty if it has none."""
    place = _PLACE_OF.get(route.strip("/"))
    return _ROW_PARAMS.get(place, "") if place else ""


def bar_of(lang: str, case_id: str, seen: Glance | None) -> Bar:
    """The line on top of a page."""
    if seen is None:
        return Bar()
    return Bar(
        id=seen.id,
        closing=seen.phase is Phase.CLOSING,
        number=seen.number,
        href=address_of(seen.at, case_id),
        place=say(lang, _PLACES[seen.at.place]),
        led_by="" if seen.led_by_me else seen.led_by,
        goes_along=seen.i_go_along,
        apart=say_n(
            lang, "{names} looks around alone.", "{names} look around alone.", len(seen.apart), names=", ".join(seen.apart)
        )
        if seen.apart
        else "",
        leads=seen.i_lead,
        one_screen=seen.one_screen,
    )  # fmt: skip


def lasted(lang: str, length: timedelta) -> str:
    """"50 min"; less than a minute counts as one."""
    return say(lang, N_("{n} min"), n=max(1, round(length.total_seconds() / 60)))


def paper(lang: str, view: SessionView, one: Written) -> PaperCard:
    """A session with its text."""
    return PaperCard(
        id=one.id,
        heading=say(lang, N_("Session of {day}"), day=day(lang, view.time_zone, one.started_at)),
        exact=f"{moment(lang, view.time_zone, one.started_at)} – {clock_time(lang, view.time_zone, one.started_at + one.lasts)}",
        lasted=lasted(lang, one.lasts),
        text=one.text,
        version=one.version,
        kept=one.kept,
        may_write=one.may_write,
        may_take_up=one.kept and one.is_newest,
        lang=one.language,
    )


def brought_cards(lang: str, view: SessionView, around: Around) -> list[BroughtCard]:
    """What is brought. What is not there any more is shown to whoever picked it, so that it can be left out."""
    cards = []
    for one in view.brought:
        about = around.things.get(one.thing)
        if about is None and not view.may_bring:
            continue
        cards.append(
            BroughtCard(
                id=one.id,
                kind=one.thing.kind.value,
                head=say(lang, _HEADS[one.thing.kind]),
                words=about.words if about else say(lang, N_("This was withdrawn, or is not there any more.")),
                note=about.note if about else "",
                owner=about.owner if about else "",
                quoted=bool(about and about.quoted),
                href=about.href if about else "",
                gone=about is None,
            )
        )
    return cards


def pick_lines(view: SessionView, around: Around, kind: Kind) -> list[PickLine]:
    """Everything of a kind that the reader could bring."""
    picked = {one.thing: one.id for one in view.brought}
    return [
        PickLine(
            key=f"{thing.row_id}{thing.item}", kind=kind.value, row_id=thing.row_id, item=thing.item,
            words=about.words, note=about.note, owner=about.owner, picked=picked.get(thing, ""),
        )
        for thing, about in around.of(kind)
    ]  # fmt: skip
