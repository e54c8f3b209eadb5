"""Who may do what: one table of roles and permissions. "Is it yours, does the thing allow it now" lives in the domains."""

from enum import StrEnum, auto


class CaseRole(StrEnum):
    """What somebody is in one case."""

    CLIENT = "client"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"


class AccountRole(StrEnum):
    """What somebody is in the practice, outside any case."""

    CLIENT = "client_account"
    STAFF = "staff_account"
    ADMIN = "admin"


class Permission(StrEnum):
    """A verb phrase each; the names are written to the access log."""

    # the case
    KNOW_MEMBERS = auto()
    READ_CASE = auto()
    PLAN_SESSION = auto()
    SET_CADENCE = auto()
    READ_ACCESS_LOG = auto()
    READ_OWN_ACCESS_ENTRIES = auto()
    # a device that is handed over; what is done on it belongs to a task (tasks.py) and to no role
    HAND_OVER = auto()
    OPEN_HANDED_CHECKIN = auto()
    ANSWER_HANDED_CHECKIN = auto()
    READ_HANDED_CHECKIN = auto()
    READ_HANDED_GOAL = auto()
    READ_HANDED_RATINGS = auto()
    RATE_HANDED_GOALS = auto()
    FINISH_HANDED = auto()
    # goals
    READ_GOALS = auto()
    WRITE_GOALS = auto()
    RATE_GOALS = auto()
    WRITE_LADDERS = auto()
    # promises of the therapist, which stand on the board
    MAKE_PROMISE = auto()
    ANSWER_PROMISE = auto()
    PUT_PROMISES_AWAY = auto()
    # decisions
    READ_DECISIONS = auto()
    WRITE_DECISIONS = auto()
    # feedback
    READ_FEEDBACK = auto()
    KEEP_DRAFT = auto()
    DRAFT_REFLECTION = auto()
    SHARE_FEEDBACK = auto()
    REFLECT_FEEDBACK = auto()
    CONFIRM_FEEDBACK = auto()
    READ_ADJUSTMENTS = auto()
    WRITE_ADJUSTMENTS = auto()
    # check-ins
    READ_CHECKINS = auto()
    ANSWER_CHECKIN = auto()
    DECIDE_EXPIRED_CHECKIN = auto()
    # sessions
    KNOW_SESSION = auto()
    READ_SESSION = auto()
    LEAD_SESSION = auto()
    TAKE_PART_IN_SESSION = auto()
    BRING_TO_SESSION = auto()
    # a copy to print or to keep
    EXPORT_GOALS = auto()
    READ_OWN_EXPORTS = auto()
    # comments
    READ_COMMENTS = auto()
    SEE_COMMENTS = auto()
    WRITE_COMMENTS = auto()
    # one's own account; the last two belong to a device that was handed over, and to no role
    KNOW_ONESELF = auto()
    READ_OWN_ACCOUNT = auto()
    CHANGE_OWN_ACCOUNT = auto()
    READ_OWN_CASES = auto()
    KEEP_PIN = auto()
    KNOW_HANDED_TASK = auto()
    TAKE_DEVICE_BACK = auto()
    # the practice
    READ_CASELOAD = auto()
    READ_PRACTICE = auto()
    INVITE_PEOPLE = auto()
    PAIR_PEOPLE = auto()
    DEACTIVATE_PEOPLE = auto()


class Act(StrEnum):
    """What an entry of the access log names instead of the permission, where one permission covers several acts."""

    # goals; RATE_GOALS itself is giving a number
    TAKE_RATING_BACK = auto()
    TAKE_HANDED_RATING_BACK = auto()
    # ladders; WRITE_LADDERS itself is writing at a level
    BEGIN_LADDER = auto()
    TAKE_LADDER_WORDS = auto()
    SET_LADDER_START = auto()
    WEIGH_LADDER = auto()
    SAY_LADDER_LEVEL = auto()
    UNDO_LADDER = auto()
    # check-ins; ANSWER_CHECKIN itself is filling one in
    START_CHECKIN = auto()
    HAND_IN_CHECKIN = auto()
    REVEAL_CHECKIN = auto()
    TAKE_UP_CHECKIN = auto()
    RETRACT_CHECKIN = auto()
    TALK_ABOUT_CHECKIN = auto()
    CLOSE_CHECKIN = auto()
    NOTE_ON_CHECKIN = auto()
    HAND_IN_HANDED_CHECKIN = auto()
    REVEAL_HANDED_CHECKIN = auto()
    # comments; WRITE_COMMENTS itself is adding one
    CHANGE_COMMENT = auto()
    WITHDRAW_COMMENT = auto()
    UNDO_COMMENT = auto()
    # feedback; SHARE_FEEDBACK itself is sharing, REFLECT_FEEDBACK sending what was heard
    PACE_FEEDBACK = auto()
    WITHDRAW_FEEDBACK = auto()
    RESPOND_TO_FEEDBACK = auto()
    ADVISE_ON_FEEDBACK = auto()
    # sessions; LEAD_SESSION itself is beginning one, TAKE_PART_IN_SESSION writing what was agreed, BRING_TO_SESSION picking
    CALL_OFF_SESSION = auto()
    CHOOSE_SCREENS = auto()
    CLOSE_SESSION = auto()
    GO_ON_WITH_SESSION = auto()
    END_SESSION = auto()
    REOPEN_SESSION = auto()
    GO_TO_PAGE = auto()
    GO_ALONG = auto()
    COLLECT_AGREED = auto()
    KEEP_AGREED = auto()
    TAKE_UP_AGREED = auto()
    LEAVE_OUT_OF_SESSION = auto()
    # exports; EXPORT_GOALS itself is asking for one
    PRINT_GOALS = auto()
    TAKE_EXPORT = auto()
    DROP_EXPORT = auto()


P = Permission

_BOTH = frozenset(
    {P.KNOW_MEMBERS, P.READ_CASE, P.READ_GOALS, P.WRITE_GOALS, P.RATE_GOALS, P.WRITE_LADDERS,
     P.READ_FEEDBACK, P.KEEP_DRAFT, P.SHARE_FEEDBACK,
     P.READ_ADJUSTMENTS, P.WRITE_ADJUSTMENTS, P.READ_CHECKINS, P.ANSWER_CHECKIN, P.PUT_PROMISES_AWAY, P.READ_DECISIONS,
     P.WRITE_DECISIONS, P.KNOW_SESSION, P.READ_SESSION, P.TAKE_PART_IN_SESSION,
     P.EXPORT_GOALS, P.READ_OWN_EXPORTS,
     P.READ_COMMENTS, P.SEE_COMMENTS, P.WRITE_COMMENTS}
)  # fmt: skip
_ACCOUNT = frozenset({P.KNOW_ONESELF, P.READ_OWN_ACCOUNT, P.CHANGE_OWN_ACCOUNT, P.READ_OWN_CASES})

TABLE: dict[CaseRole | AccountRole, frozenset[Permission]] = {
    CaseRole.CLIENT: _BOTH
    | {P.ANSWER_PROMISE, P.CONFIRM_FEEDBACK, P.DECIDE_EXPIRED_CHECKIN, P.SET_CADENCE, P.READ_ACCESS_LOG, P.BRING_TO_SESSION},
    CaseRole.THERAPIST: _BOTH
    | {P.MAKE_PROMISE, P.DRAFT_REFLECTION, P.REFLECT_FEEDBACK, P.PLAN_SESSION, P.SET_CADENCE, P.READ_OWN_ACCESS_ENTRIES, P.HAND_OVER,
       P.LEAD_SESSION},
    CaseRole.SUPERVISOR: frozenset(
        {P.KNOW_MEMBERS, P.READ_CASE, P.READ_GOALS, P.READ_ADJUSTMENTS, P.READ_CHECKINS, P.READ_DECISIONS, P.READ_COMMENTS, P.SEE_COMMENTS,
         P.READ_OWN_ACCESS_ENTRIES}
    ),
    AccountRole.CLIENT: _ACCOUNT,
    AccountRole.STAFF: _ACCOUNT | {P.READ_CASELOAD, P.KEEP_PIN},
    AccountRole.ADMIN: frozenset({P.READ_PRACTICE, P.INVITE_PEOPLE, P.PAIR_PEOPLE, P.DEACTIVATE_PEOPLE}),
}

# Reading these is reading clinical content: it leaves an entry unless the client is the reader, on a device of their own.
READS = frozenset(
    {P.READ_CASE, P.READ_GOALS, P.READ_FEEDBACK, P.READ_ADJUSTMENTS, P.READ_CHECKINS, P.READ_DECISIONS, P.READ_SESSION, P.READ_COMMENTS,
     P.READ_ACCESS_LOG, P.READ_OWN_ACCESS_ENTRIES, P.READ_HANDED_CHECKIN, P.READ_HANDED_GOAL, P.READ_HANDED_RATINGS}
)  # fmt: skip

# What somebody writes for themselves alone: nobody else learns that they did.
PRIVATE_ACTS = frozenset({P.KEEP_DRAFT, P.DRAFT_REFLECTION})

# Work on answers that are sealed until both sides are done: until then the other knows done or not yet, nothing else.
SEALED_ACTS = frozenset({P.ANSWER_CHECKIN, P.ANSWER_HANDED_CHECKIN})

# With these a check-in opened for both.
REVEALING_ACTS = frozenset({Act.REVEAL_CHECKIN, Act.REVEAL_HANDED_CHECKIN})

# These change nothing.
LOOKS = READS | {P.KNOW_MEMBERS, P.KNOW_SESSION, P.OPEN_HANDED_CHECKIN, P.READ_OWN_EXPORTS}

# Entered like a change whoever does it, and possible also after the end of the work together, because nothing of it is changed.
COPIES = frozenset({P.EXPORT_GOALS})


def may(role: CaseRole | AccountRole, permission: Permission) -> bool:
    """Whether the role includes the permission."""
    return permission in TABLE[role]
