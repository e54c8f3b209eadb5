"""Two people do whatever the board offers, each in a browser; after each step both screens, the database and the export say the same."""

import time
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from playwright.sync_api import BrowserContext, Page, expect

from portal.access.gate import Caller
from portal.exports.schemas import json_of, read_back
from portal.exports.service import sheet
from portal.goals import service
from portal.goals.domain import COLUMN_OF, Column, GoalStatus
from portal.kit.db import transaction
from portal.tables import metadata
from tests.browser.test_board import Two
from tests.cast import Cast, assemble
from tests.goals import people as goals
from tests.servers import Portal

pytestmark = pytest.mark.browser

PEOPLE = st.sampled_from(["client", "therapist"])
PATIENCE = 20.0
ON_SCREEN = """() => Object.fromEntries([...document.querySelectorAll('[data-column]')].map((column) => [
    column.dataset.column,
    [...column.querySelectorAll('[data-card]')].map((card) => [card.dataset.card, card.dataset.kind, card.querySelector('h3').textContent, card.dataset.version]),
]))"""

Columns = dict[str, list[list[str]]]


def on_the_server(caller: Caller, case: str) -> Columns:
    """The board by columns as the server tells it to this person: id, kind, title and version of each card."""
    board = service.board(caller, case, unfolded=frozenset(Column))
    return {name: [[card.id, card.kind, card.title, str(card.version)] for card in column.cards] for name, column in board.columns.items()}


def in_the_database(case: str, person_id: str) -> dict[str, list[str]]:
    """The ids by columns as the rows have them: on the board, in order, without the other's ideas."""
    goal = metadata.tables["goal"]
    query = (
        sa.select(goal.c.id, goal.c.status)
        .where(goal.c.case_id == case, goal.c.archived_at.is_(None), (goal.c.status != GoalStatus.IDEA) | (goal.c.author_id == person_id))
        .order_by(goal.c.position, goal.c.id)
    )
    found: dict[str, list[str]] = {column.value: [] for column in Column}
    with transaction(writes=False) as db:
        for id_, status in db.execute(query):
            found[COLUMN_OF[GoalStatus(status)].value].append(id_)
    return found


def in_the_export(caller: Caller, case: str) -> dict[str, list[tuple[str, str]]]:
    """The ids and titles by columns as the file with all data has them for this person."""
    found: dict[str, list[tuple[str, str]]] = {column.value: [] for column in Column}
    for record in read_back(json_of(sheet(caller, case))).goals:
        assert not record.archived
        found[record.column.value].append((record.id, record.title))
    return found


def changes_in(case: str) -> int:
    """How many changes the history of the case's goals has."""
    change = metadata.tables["goal_change"]
    with transaction(writes=False) as db:
        return int(db.execute(sa.select(sa.func.count()).where(change.c.case_id == case)).scalar_one())


class TwoAtTheBoard(RuleBasedStateMachine):
    """Client and therapist at one board."""

    practice: ClassVar[Portal]
    people: ClassVar[Callable[..., BrowserContext]]
    changes: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.cast: Cast = assemble()
        self.pages: dict[str, Page] = {}
        self.written = self.before = 0

    @initialize()
    def both_open_the_board(self) -> None:
        goals.working(self.cast, "Under way")
        goals.agreed(self.cast, "Agreed")
        goals.proposed(self.cast, "Proposed")
        goals.idea(self.cast, "Mika's own")
        goals.idea(self.cast, "Theo's own", by=self.cast.therapist)
        self.before = changes_in(self.cast.case)
        two = Two(self.practice, self.cast, self.people)
        self.pages = {who: two.page(who) for who in ("client", "therapist")}

    def caller(self, who: str) -> Caller:
        return self.cast.client if who == "client" else self.cast.therapist

    def answered(self, who: str) -> None:
        """Everything that this person did was answered."""
        expect(self.pages[who].locator(".saved-line[data-state=saving]")).to_have_count(0)

    def handle(self, who: str, number: int) -> Any:
        handles = self.pages[who].locator("[data-handle]")
        count = handles.count()
        return handles.nth(number % count) if count else None

    @rule(who=PEOPLE, number=st.integers(0, 20), way=st.lists(st.sampled_from(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]), min_size=1, max_size=2))
    def presses_arrows(self, who: str, number: int, way: list[str]) -> None:
        handle = self.handle(who, number)
        if handle is None:
            return
        handle.focus()
        for key in way:
            self.pages[who].keyboard.press(key)
        self.answered(who)

    @rule(who=PEOPLE, number=st.integers(0, 20), entry=st.integers(0, 20))
    def chooses_from_a_menu(self, who: str, number: int, entry: int) -> None:
        handle = self.handle(who, number)
        if handle is None:
            return
        handle.press("Enter")
        entries = self.pages[who].locator("[data-menu]:popover-open [role=menuitem]:not([hidden])")
        expect(entries.first).to_be_focused()
        entries.nth(entry % entries.count()).click()
        self.answered(who)

    @rule(number=st.integers(0, 20), other=st.integers(0, 20))
    def both_press_at_once(self, number: int, other: int) -> None:
        for who, which in (("client", number), ("therapist", other)):
            handle = self.handle(who, which)
            if handle is not None:
                handle.focus()
        for who in self.pages:
            self.pages[who].keyboard.press("ArrowRight")
        for who in self.pages:
            self.answered(who)

    @rule(who=PEOPLE)
    def takes_it_back(self, who: str) -> None:
        undo = self.pages[who].locator(".undo button")
        if undo.count():
            undo.last.press("Enter")
            self.answered(who)

    @rule(who=PEOPLE, proposes=st.booleans())
    def writes_a_goal(self, who: str, proposes: bool) -> None:
        page, self.written = self.pages[who], self.written + 1
        page.get_by_role("button", name="Add a goal").click()
        page.get_by_label("What would you like to be different?").fill(f"Goal {self.written}")
        page.get_by_role("button", name="Propose to" if proposes else "Keep as my idea").click()
        self.answered(who)

    @invariant()
    def screens_database_and_export_agree(self) -> None:
        if not self.pages:
            return
        for who, page in self.pages.items():
            until = time.monotonic() + PATIENCE
            while (shown := page.evaluate(ON_SCREEN)) != (stored := on_the_server(self.caller(who), self.cast.case)):
                assert time.monotonic() < until, f"{who} sees {shown}, stored is {stored}"
                page.wait_for_timeout(10)
            rows = in_the_database(self.cast.case, self.cast.ids[who])
            assert {name: [card[0] for card in cards] for name, cards in shown.items()} == rows
            assert in_the_export(self.caller(who), self.cast.case) == {name: [(card[0], card[2]) for card in cards] for name, cards in shown.items()}
        for one, other in (("client", "therapist"), ("therapist", "client")):
            ideas = [card[2] for card in on_the_server(self.caller(one), self.cast.case)["ideas"] if card[1] == "idea"]
            assert not set(ideas) & set(self.pages[other].locator(".board h3").all_inner_texts())

    def teardown(self) -> None:
        TwoAtTheBoard.changes += changes_in(self.cast.case) - self.before
        for page in self.pages.values():
            page.context.close()


def test_screens_database_and_export_agree_whatever_two_people_do(
    people: Callable[..., BrowserContext], practice: tuple[Portal, Cast]
) -> None:
    TwoAtTheBoard.changes = 0
    TwoAtTheBoard.practice, TwoAtTheBoard.people = practice[0], staticmethod(people)
    run_state_machine_as_test(
        TwoAtTheBoard,
        settings=settings(
            max_examples=6, stateful_step_count=16, deadline=None, database=None, derandomize=True,
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert TwoAtTheBoard.changes > 20, "too little happened at the board"
