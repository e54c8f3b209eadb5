"""What may come in to hand a device over, and what a handed-over device may know of its task."""

import re
from dataclasses import dataclass

from portal.access.tasks import Task
from portal.kit.refusal import NotFound

_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True)
class HandOverForm:
    """For what, about which row, and the page that it begins on."""

    task: str
    about: str
    came_from: str = ""

    def parse(self, case_id: str) -> "HandOverForm":
        """The form, tidied, for one case. Raises NotFound for what is no task and no row."""
        if self.task not in set(Task) or not _ID.fullmatch(case_id) or not _ID.fullmatch(self.about):
            raise NotFound
        # Back it goes to a page of the same case, or to the row's own page: never anywhere that a form could name.
        known = re.fullmatch(rf"/c/{case_id}(/[a-z-]{{1,40}}(/[0-9a-f-]{{36}})?)?", self.came_from.rstrip("/"))
        return HandOverForm(self.task, self.about, known.group() if known else "")


@dataclass(frozen=True)
class HandedTask:
    """The task of a handed-over device. `lender` and `borrower` are first names; `pins_left` how many PINs may still be tried."""

    case_id: str
    task: Task
    about: str
    done: bool
    lender: str
    borrower: str
    pins_left: int
