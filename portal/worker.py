"""The one process beside the server that does what takes time or waits for its hour: letters, files, expiries of links, tidying."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from portal.accounts import service as accounts
from portal.exports import service as exports
from portal.kit import logs, mail
from portal.kit.refusal import Refusal


@dataclass(frozen=True)
class Job:
    """A verb that is called again and again, `seconds` apart; it must be safe to call twice. Those of one `lane` wait for each other."""

    verb: Callable[[], object]
    seconds: int
    lane: str = "default"


def show(letter: mail.Letter) -> None:
    """Write a letter to the console: what a practice without a mail server sees."""
    sys.stdout.write(f"\n--- a letter to {letter.to}: {letter.subject}\n{letter.text.strip()}\n---\n")
    sys.stdout.flush()


def deliver() -> None:
    """Send the letters that are due."""
    mail.deliver_due(show)


JOBS: tuple[Job, ...] = (
    Job(deliver, 2),
    Job(accounts.answer_reset_wishes, 2),
    # In a lane of its own: a long file holds no letter up.
    Job(exports.make_due, 1, lane="files"),
    Job(mail.sweep, 3600),
    Job(accounts.tidy, 3600),
)


def work() -> None:
    """Run the jobs until the process is told to stop. A job that fails is written down and tried at its next turn."""
    lanes = {job.lane: ThreadPoolExecutor(1) for job in JOBS}
    scheduler = BlockingScheduler(executors=lanes, timezone="UTC")
    for job in JOBS:
        scheduler.add_job(
            _calmly(job.verb), "interval", seconds=job.seconds, executor=job.lane, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        scheduler.add_job(_calmly(job.verb), executor=job.lane)
    scheduler.start()


def _calmly(verb: Callable[[], object]) -> Callable[[], None]:
    """The verb, with its failures written down: once per kind of failure, not at every turn while it lasts."""
    last = ""

    def once() -> None:
        nonlocal last
        try:
            verb()
            last = ""
        except Refusal as refused:
            if last != type(refused).__name__:
                last = type(refused).__name__
                logs.log().warning("job put off", job=verb.__name__, error=last)
        except Exception as broken:  # noqa: BLE001  one broken job must not stop the others
            if last != type(broken).__name__:
                last = type(broken).__name__
                logs.failure("job failed", broken, job=verb.__name__)

    return once
