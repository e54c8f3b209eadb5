"""What the pages hold and hear of ratings; each state is a part of a page of goals or of the course."""

from portal import routes
from portal.kit.i18n import N_
from portal.live.policy import handed_over, signed_in
from portal.live.state import CasePage, CasePart, Here
from portal.ratings import service
from portal.ratings.schemas import GivenNow, GoalRatings, RatingForm, RatingsView, SmallCourse


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


class HandedRating(CasePage, mixin=True):
    """Goals to be rated one after the other on a device that was handed over; goes into a page's state together with `Here`."""

    form: RatingForm = RatingForm()
    """The goal that is asked about now; without an id there is none left."""
    place: str = ""
    given: list[GivenNow] = []
    may_skip: bool = False
    sees: str = ""
    undo_op: str = ""
    undo_words: str = ""
    told: str = ""

    rated_about: str = ""
    _skipped: frozenset[str] = frozenset()

    async def _show_rating(self, case_id: str, about: str) -> None:
        found = await self._ask(service.handed_forms, case_id, about, lang=self.lang)
        asked = [one for one in found.forms if one.wording_id not in self._skipped]
        every = len(found.forms) + len(found.given)
        words = self._say(N_("{n} of {all}"), n=every - len(asked) + 1, all=every) if asked and every > 1 else ""
        self._set(
            rated_about=about,
            form=asked[0] if asked else RatingForm(),
            place=words,
            given=found.given,
            may_skip=len(asked) > 1,
            sees=found.therapist,
        )

    @handed_over(longest=60)
    async def goal_rated(self, goal: str, wording: str, value: int, op: str) -> None:
        """A number was chosen and kept."""
        rated = await self._do(service.rate_handed, self.rated_about, goal, wording, value, op=op)
        if rated is not None:
            self._set(undo_op=op, undo_words=self._say(N_("Your number is kept: {n}"), n=value), told="")

    @handed_over(longest=60)
    async def goal_skipped(self, wording: str) -> None:
        """No number for this one today."""
        self._skipped |= {wording}
        self._set(undo_op="", undo_words="")
        await self._show_or_say()

    @handed_over(longest=60)
    async def number_undone(self, undone: str, op: str) -> None:
        """Undo, within ten seconds."""
        taken = await self._do(service.take_handed_back, self.rated_about, undone, op=op)
        self._set(undo_op="", undo_words="", told=self._say(N_("Undone")) if taken is not None else "")
