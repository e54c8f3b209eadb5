"""The app object: pages, HTTP routes, lifespan. No logic."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal import design, routes
from portal.access.gateway import guard, outer_gate
from portal.accounts.state import AccountState, EntranceState
from portal.cases.state import AccessLogState
from portal.checkins import service as checkins
from portal.checkins.state import CheckInsState, CourseState
from portal.decisions.state import DecisionsState, DecisionState
from portal.exports import service as exports
from portal.exports.state import ExportState, PrintState
from portal.goals.state import BoardState, GoalState
from portal.live.at_rest import seal_states
from portal.live.hours import every
from portal.live.state import Here, attach
from portal.pages.access_log import access_log_page
from portal.pages.account import account_page
from portal.pages.case import OverviewState, case_page
from portal.pages.checkin import CheckInState, checkin_page
from portal.pages.checkins import checkins_page
from portal.pages.course import course_page
from portal.pages.decision import decision_page
from portal.pages.decisions import decisions_page
from portal.pages.entrance import entrance_page
from portal.pages.feedback import FeedbackState, feedback_page
from portal.pages.forgotten import forgotten_page
from portal.pages.goal import goal_page
from portal.pages.goals import goals_page
from portal.pages.handed import HandedState, handed_page
from portal.pages.help_now import help_now_page
from portal.pages.home import HomeState, home_page
from portal.pages.invited import invited_page
from portal.pages.new_password import new_password_page
from portal.pages.not_found import not_found_page
from portal.pages.posts import posts
from portal.pages.practice import PracticeState, practice_page
from portal.pages.printing import print_goal_page, print_goals_page
from portal.pages.session import SessionState, session_page
from portal.pages.set_up import set_up_page
from portal.pages.sign_in import sign_in_page
from portal.pages.writing import writing
from portal.writing.state import desk

# Own HTTP routes (Starlette applications) stand before the outer gate, which must be the last entry.
app = rx.App(**design.app_options(), api_transformer=[posts(), writing(), outer_gate])
guard(app, Here.turned_away)
attach(app)
app.register_lifespan_task(desk.running)
seal_states()

KEEPS_TIME = every(60, checkins.keep_time_everywhere)
app.register_lifespan_task(KEEPS_TIME)
FORGETS_COPIES = every(30, exports.pass_time)
app.register_lifespan_task(FORGETS_COPIES)


def _page(route: str, page: Callable[[], rx.Component], opened: Any) -> None:
    """Every page has the same neutral title: somebody may look over a shoulder."""
    app.add_page(page, route=route, title="Rapport", on_load=opened)


_page(routes.NOWHERE, not_found_page, Here.entrance_opened)
_page(routes.ENTRANCE, entrance_page, EntranceState.entered)
_page(routes.SIGN_IN, sign_in_page, EntranceState.sign_in_opened)
_page(routes.INVITED, invited_page, EntranceState.entrance_page_opened)
_page(routes.FORGOTTEN, forgotten_page, EntranceState.entrance_page_opened)
_page(routes.NEW_PASSWORD, new_password_page, EntranceState.entrance_page_opened)
_page(routes.SET_UP, set_up_page, EntranceState.entrance_page_opened)
_page(routes.ACCOUNT, account_page, AccountState.page_opened)
_page(routes.PRACTICE, practice_page, PracticeState.page_opened)
_page(routes.HANDED, handed_page, HandedState.page_opened)
_page(routes.HELP_NOW, help_now_page, Here.entrance_opened)
_page(routes.HOME, home_page, HomeState.page_opened)
_page(routes.CASE, case_page, OverviewState.page_opened)
_page(routes.GOALS, goals_page, [BoardState.page_opened, ExportState.desk_opened])
_page(routes.GOAL, goal_page, [GoalState.page_opened, ExportState.desk_opened])
_page(routes.PRINT_GOALS, print_goals_page, PrintState.page_opened)
_page(routes.PRINT_GOAL, print_goal_page, PrintState.page_opened)
_page(routes.DECISIONS, decisions_page, DecisionsState.page_opened)
_page(routes.DECISION, decision_page, DecisionState.page_opened)
_page(routes.CHECKINS, checkins_page, CheckInsState.page_opened)
_page(routes.CHECKIN, checkin_page, CheckInState.page_opened)
_page(routes.COURSE, course_page, CourseState.page_opened)
_page(routes.FEEDBACK, feedback_page, FeedbackState.page_opened)
_page(routes.SESSION, session_page, SessionState.page_opened)
_page(routes.ACCESS_LOG, access_log_page, AccessLogState.page_opened)
