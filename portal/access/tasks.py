"""What a device that was handed over may do: one table of tasks. A handed-over session has these rights and no other."""

from enum import StrEnum

from portal.access.permissions import Permission


class Task(StrEnum):
    """What a therapist can hand their device over for: each is about one row of one case, which may be the case itself."""

    CHECKIN = "checkin"
    READ_GOAL = "read_goal"
    READ_CHECKIN = "read_checkin"
    RATE_GOALS = "rate_goals"


P = Permission

# Roles have none of these: the verbs behind them are made for eyes that may be the wrong ones.
RIGHTS: dict[Task, frozenset[Permission]] = {
    Task.CHECKIN: frozenset({P.OPEN_HANDED_CHECKIN, P.ANSWER_HANDED_CHECKIN, P.FINISH_HANDED}),
    Task.READ_GOAL: frozenset({P.READ_HANDED_GOAL, P.FINISH_HANDED}),
    Task.READ_CHECKIN: frozenset({P.READ_HANDED_CHECKIN, P.FINISH_HANDED}),
    Task.RATE_GOALS: frozenset({P.READ_HANDED_RATINGS, P.RATE_HANDED_GOALS, P.FINISH_HANDED}),
}
"""Inside the task's case, about the task's row, until the task is done."""

OUTSIDE = frozenset({P.KNOW_ONESELF, P.KNOW_HANDED_TASK, P.TAKE_DEVICE_BACK})
"""Outside any case, also when the task is done: being recognised, and giving the device back."""


def allows(task: str, permission: Permission) -> bool:
    """Whether a task needs the permission. A name that is no task needs none."""
    return task in set(Task) and permission in RIGHTS[Task(task)]
