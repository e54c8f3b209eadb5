"""Every URL of the portal: a constant for the page and a builder for a link to it."""

CASE_PARAM = "case"
GOAL_PARAM = "goal"
CHECKIN_PARAM = "checkin"
DECISION_PARAM = "decision"
EXPORT_PARAM = "export"
SHARE_PARAM = "share"

WRITING = "/_write"
"""The socket of a text that is written together: WRITING/case/kind/about."""

ENTRANCE = "/"
NOWHERE = "404"  # the name under which Reflex keeps the page for every unknown address
SIGN_IN = "/sign-in"
SET_UP = "/set-up"
INVITED = "/invited"
FORGOTTEN = "/forgotten"
NEW_PASSWORD = "/new-password"  # noqa: S105
SIGN_OUT = "/sign-out"
SIGN_OUT_EVERYWHERE = "/sign-out-everywhere"
ACCOUNT_PASSWORD = "/account/password"  # noqa: S105
ACCOUNT_ADDRESS = "/account/address"
ACCOUNT_PIN = "/account/pin"
HAND_OVER = "/hand-over"
HANDED = "/handed"
TAKE_BACK = "/take-back"
HELP_NOW = "/help-now"
HOME = "/home"
ACCOUNT = "/account"
PRACTICE = "/practice"
CASE = "/c/[case]"
GOALS = "/c/[case]/goals"
GOAL = "/c/[case]/goals/[goal]"
DECISIONS = "/c/[case]/decisions"
DECISION = "/c/[case]/decisions/[decision]"
PRINT_GOALS = "/c/[case]/print"
PRINT_GOAL = "/c/[case]/print/[goal]"
EXPORT_FILE = "/c/[case]/exports/[export]"
FEEDBACK = "/c/[case]/feedback"
SHARE = "/c/[case]/feedback?share=[share]"
CHECKINS = "/c/[case]/check-ins"
CHECKIN = "/c/[case]/check-ins/[checkin]"
COURSE = "/c/[case]/course"
SESSION = "/c/[case]/session"
ACCESS_LOG = "/c/[case]/access-log"

COMMENTS = "#comments"
"""Behind the address of a page: leads to the comments on it."""


def in_case(page: str, case_id: str, **params: str) -> str:
    """The address of a case's page: in_case(GOAL, case_id, goal=goal_id)."""
    address = page.replace("[case]", case_id)
    for name, value in params.items():
        address = address.replace(f"[{name}]", value)
    return address
