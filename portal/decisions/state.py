"""What the pages of decisions hold and hear: events in, ready views out. Every change is a verb of the service."""

from functools import partial
from typing import Any

from portal import routes
from portal.decisions import service
from portal.decisions.domain import Action
from portal.decisions.schemas import UNDO_WORDS, DecisionCard, DecisionDetail, Saved
from portal.design.seen import Choice
from portal.goals import service as goals
from portal.kit.i18n import N_
from portal.kit.refusal import BadInput
from portal.live.policy import signed_in
from portal.live.state import CasePage, CasePart, Here


class DecisionsState(CasePage, Here):
    """All decisions of a case."""

    weighed: list[DecisionCard] = []
    decided: list[DecisionCard] = []
    archive: list[DecisionCard] = []
    archived_words: str = ""
    archive_shown: bool = False
    others: str = ""
    takes_part: bool = False
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    async def _show(self) -> None:
        found = await self._ask(service.listing, self.case_id, lang=self.lang)
        archive = await self._ask(service.archive_of, self.case_id, lang=self.lang) if self.archive_shown else []
        self._set(
            weighed=found.weighed, decided=found.decided, archive=archive, archived_words=found.archived, others=found.others, takes_part=found.takes_part
        )

    @signed_in
    async def decision_begun(self, question: str, more: str, choice: str, op: str) -> None:
        """Something to decide was written down."""
        await _changed(self, service.begin, question, op=op, action=Action.BEGIN)

    @signed_in(longest=60)
    async def decision_restored(self, decision: str, version: int, op: str) -> None:
        """A decision was brought back from the archive."""
        await _changed(self, service.restore, decision, version, op=op, action=Action.RESTORE)

    @signed_in
    async def archive_opened(self) -> None:
        """Look into the archive, or close it."""
        self.archive_shown = not self.archive_shown
        await self._show_or_say()

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        await _undo(self, undone, op)


class DecisionState(CasePage, Here):
    """One decision: what is weighed and what was decided; the history is read only while it is open."""

    shown: DecisionDetail = DecisionDetail()
    goals: list[Choice] = []
    goal_title: str = ""
    history_shown: bool = False
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    _entries: int = 0

    @property
    def _decision_id(self) -> str:
        return self._from_address(routes.DECISION_PARAM)

    async def _show(self) -> None:
        shown = await self._ask(service.decision, self.case_id, self._decision_id, lang=self.lang, history=self._entries)
        known = await self._ask(goals.titles, self.case_id)
        titles = {one.id: one.title for one in known}
        # A goal that is put away by now is still what the decision is about.
        gone = [] if shown.goal_id in titles or not shown.goal_id else [Choice(shown.goal_id, self._say(N_("a goal that does not stand here now")))]
        self._set(
            shown=shown,
            goals=[Choice("", self._say(N_("none"))), *(Choice(one.id, one.title) for one in known), *gone],
            goal_title=titles.get(shown.goal_id, ""),
        )

    @signed_in
    async def question_typed(self, text: str, version: int, op: str) -> None:
        """What is to be decided was written."""
        await _changed(self, service.reword, self._decision_id, "question", text, version, op=op, action=Action.REWORD_QUESTION)

    @signed_in
    async def option_written(self, text: str, more: str, choice: str, op: str) -> None:
        """An option was added."""
        await _changed(self, service.add_option, self._decision_id, text, op=op, action=Action.ADD_OPTION)

    @signed_in
    async def option_typed(self, option: str, text: str, version: int, op: str) -> None:
        """An option's words were changed."""
        await _changed(self, service.reword_option, option, text, version, op=op, action=Action.REWORD_OPTION)

    @signed_in(longest=60)
    async def option_removed(self, option: str, op: str) -> None:
        """An option was taken away."""
        await _changed(self, service.remove_option, option, op=op, action=Action.REMOVE_OPTION)

    @signed_in
    async def point_written(self, option: str, text: str, side: str, op: str) -> None:
        """Something for or against an option was added."""
        await _changed(self, service.add_point, option, side, text, op=op, action=Action.ADD_POINT)

    @signed_in
    async def point_typed(self, point: str, text: str, version: int, op: str) -> None:
        """One's own words for or against were changed."""
        await _changed(self, service.reword_point, point, text, version, op=op, action=Action.REWORD_POINT)

    @signed_in(longest=60)
    async def point_removed(self, point: str, op: str) -> None:
        """One's own point was taken away."""
        await _changed(self, service.remove_point, point, op=op, action=Action.REMOVE_POINT)

    @signed_in(longest=60)
    async def option_chosen(self, option: str, version: int, op: str) -> None:
        """The client decided, or the therapist suggested."""
        action = Action.DECIDE if self.shown.i_decide else Action.SUGGEST
        await _changed(self, service.choose, self._decision_id, option, version, op=op, action=action)

    @signed_in(longest=60)
    async def decision_acted(self, act: str, version: int, op: str) -> None:
        """A suggestion was answered or taken back; it was opened again, looked at, put away or brought back."""
        verb = service.VERBS.get(Action(act)) if act in set(Action) else None
        if verb is None:
            self._refuse(BadInput(field="act"), op)
            return
        await _changed(self, verb, self._decision_id, version, op=op, action=Action(act))

    @signed_in(longest=60)
    async def look_chosen(self, day: str, version: int, op: str) -> None:
        """A day to look again was chosen."""
        await _changed(self, service.set_look, self._decision_id, day, version, op=op, action=Action.SET_LOOK)

    @signed_in(longest=60)
    async def goal_chosen(self, goal: str, op: str) -> None:
        """It was said which goal it is about."""
        known = {one.value for one in self.goals}
        await _changed(self, partial(service.tie, known=known), self._decision_id, goal, op=op, action=Action.TIE)

    @signed_in
    async def history_opened(self) -> None:
        """Look at the history, or close it."""
        self.history_shown = not self.history_shown
        self._entries = service.HISTORY if self.history_shown else 0
        await self._show_or_say()

    @signed_in
    async def older_asked(self) -> None:
        """Look further back."""
        self._entries += service.HISTORY
        await self._show_or_say()

    @signed_in(longest=60)
    async def earlier_taken(self, change: str, op: str) -> None:
        """An earlier text was taken again, or something brought back."""
        await _changed(self, service.bring_back, change, op=op, action=Action.BRING_BACK)

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        await _undo(self, undone, op)


class GoalDecisionsState(CasePart, Here):
    """The decisions about one goal, on the goal's page."""

    about_goal: list[DecisionCard] = []
    may_begin: bool = False
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    @property
    def _goal_id(self) -> str:
        return self._from_address(routes.GOAL_PARAM)

    async def _show(self) -> None:
        found = await self._ask(service.of_goal, self.case_id, self._goal_id, lang=self.lang)
        known = await self._ask(goals.titles, self.case_id)
        self._set(about_goal=found, may_begin=self.role in ("client", "therapist") and any(one.id == self._goal_id for one in known))

    @signed_in
    async def decision_begun(self, question: str, more: str, choice: str, op: str) -> None:
        """Something to decide about this goal was written down."""
        known = {one.id for one in await self._ask(goals.titles, self.case_id)}
        await _changed(self, partial(service.begin, known=known), question, self._goal_id, op=op, action=Action.BEGIN)

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        await _undo(self, undone, op)


async def _changed(page: DecisionsState | DecisionState | GoalDecisionsState, verb: Any, *args: Any, op: str, action: Action) -> None:
    saved: Saved | None = await page._do(verb, *args, op=op)
    if saved is not None and saved.changed:
        page._set(undo_op=op, undo_words=page._say(UNDO_WORDS[action]), told="")


async def _undo(page: DecisionsState | DecisionState | GoalDecisionsState, undone: str, op: str) -> None:
    saved = await page._do(service.undo, undone, op=op)
    page._set(undo_op="", undo_words="", told=page._say(N_("Undone")) if saved is not None else "")
