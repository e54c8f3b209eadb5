"""The verbs of a hand-over: give a device away for one task, know the task, end it. Accounts take the device back."""

from collections.abc import Callable

from portal.access import keys
from portal.access.gate import Caller, OpenCase, open_account, open_case
from portal.access.permissions import CaseRole, Permission
from portal.access.tasks import Task
from portal.accounts import service as accounts
from portal.accounts.domain import PIN_TRIES, Lent
from portal.checkins import service as checkins
from portal.goals import service as goals
from portal.handovers.schemas import HandedTask, HandOverForm
from portal.kit.refusal import Forbidden, NotFound
from portal.ratings import service as ratings

FITS: dict[Task, Callable[[OpenCase, str], None]] = {
    Task.CHECKIN: checkins.check_can_be_answered,
    Task.READ_GOAL: goals.check_can_be_read,
    Task.READ_CHECKIN: checkins.check_can_be_read,
    Task.RATE_GOALS: ratings.check_can_be_rated,
}
"""Whether a row can be handed over for a task: its own room refuses, with the lender's eyes."""


def hand_over(caller: Caller, case_id: str, form: HandOverForm, *, op: str) -> Lent:
    """Let the caller's device go on as the case's client, for one task; the caller's own session on it ends for good.

    Raises NotFound, Forbidden (only a therapist lends), NoPin, and what the task's room refuses.
    """
    form = form.parse(case_id)
    with open_case(caller, case_id, Permission.HAND_OVER, op=op, about=form.about) as case:
        clients = case.with_role(CaseRole.CLIENT)
        if not clients:
            raise NotFound
        FITS[Task(form.task)](case, form.about)
        return accounts.lend_device(case, caller.session_id or "", clients[0], Task(form.task), form.about, form.came_from)


def task(caller: Caller) -> HandedTask:
    """What the caller's device was handed over for. Raises Forbidden for any other device."""
    with open_account(caller, Permission.KNOW_HANDED_TASK, writes=False) as account:
        handed = account.handed
        if handed is None or account.lender is None:
            raise Forbidden
        return HandedTask(
            case_id=handed.case_id,
            task=Task(handed.task),
            about=handed.about,
            done=handed.done_at is not None,
            lender=keys.name_of(account.lender, account.key).split(" ")[0],
            borrower=account.name.split(" ")[0],
            pins_left=PIN_TRIES - handed.wrong_pins,
        )


def finish(caller: Caller, case_id: str, about: str, *, op: str) -> None:
    """End the task: from now on the device shows and takes nothing but the way back. Raises NotFound."""
    with open_case(caller, case_id, Permission.FINISH_HANDED, op=op, about=about) as case:
        case.finish_task()
