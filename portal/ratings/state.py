"""What the pages hold and hear of ratings; each state is a part of a page of goals or of the course."""

from portal import routes
from portal.kit.i18n import N_
from portal.live.policy import signed_in
from portal.live.state import CasePart, Here
from portal.ratings import service
from portal.ratings.schemas import GoalRatings, RatingsView, SmallCourse


class RatingState(CasePart, Here):
    """How one goal goes, on its own page."""

    ratings: GoalRatings = GoalRatings()
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    @property
    def _goal_id(self) -> str:
        return self._from_address(routes.GOAL_PARAM)

    async def _show(self) -> None:
        self._set(ratings=await self._ask(service.of_goal, self.case_id, self._goal_id, lang=self.lang))

    @signed_in(longest=60)
    async def goal_rated(self, wording: str, value: int, op: str) -> None:
        """A number was chosen and kept."""
        rated = await self._do(service.rate, self._goal_id, wording, value, op=op)
        if rated is not None:
            self._set(undo_op=op, undo_words=self._say(N_("Your number is kept: {n}"), n=value), told="")

    @signed_in(longest=60)
    async def undo_pressed(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        taken = await self._do(service.take_back, undone, op=op)
        self._set(undo_op="", undo_words="", told=self._say(N_("Undone")) if taken is not None else "")


class BoardRatingState(CasePart, Here):
    """The small courses on the cards of the board, by the goal's id."""

    courses: dict[str, SmallCourse] = {}

    async def _show(self) -> None:
        self._set(courses=await self._ask(service.on_board, self.case_id, lang=self.lang))


class CourseRatingState(CasePart, Here):
    """How all goals go, on the page of the course."""

    summary: RatingsView = RatingsView([], "", "", "", "")

    async def _show(self) -> None:
        self._set(summary=await self._ask(service.summary, self.case_id, lang=self.lang))
