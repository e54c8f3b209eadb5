"""The practice that is measured: served for real, with pairs of people and boards of a given size."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from portal import migrate
from portal.access import cookies, gate, keys
from portal.access.gate import Caller
from portal.access.models import PersonKind
from portal.goals import service as goals
from portal.kit import db as kit_db
from portal.kit.keys import master_key
from portal.settings import settings
from tests import servers
from tests.makers import make_case, make_person, op, sign_in


@dataclass(frozen=True)
class Pair:
    """A client and a therapist who share a case, with the Cookie header of each."""

    case: str
    client: Caller
    therapist: Caller
    client_cookie: str
    therapist_cookie: str

    def cookie_of(self, who: str) -> dict[str, str]:
        """The cookie of one of them as name and value."""
        name, _, value = (self.client_cookie if who == "client" else self.therapist_cookie).partition("=")
        return {"name": name, "value": value}


@contextmanager
def served(folder: Path, **chosen: str) -> Iterator[servers.Portal]:
    """The portal on a free port; this process uses the same database."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with servers.portal(folder, "serve", mode="development", staff_idle_minutes="600", client_idle_minutes="600", **chosen) as running:
        before = dict(os.environ)
        for name in [name for name in before if name.upper().startswith("RAPPORT_")]:
            del os.environ[name]
        os.environ.update({name: value for name, value in running.environment.items() if name.startswith("RAPPORT_")})
        forget()
        try:
            migrate.upgrade()
            yield running
        finally:
            os.environ.clear()
            os.environ.update(before)
            forget()


def forget() -> None:
    """Drop what this process remembers of settings, keys and the database."""
    if kit_db.engine.cache_info().currsize:
        kit_db.engine().dispose()
    for remembered in (settings, kit_db.engine, master_key):
        remembered.cache_clear()
    keys.forget()
    gate.forget_looks()


def make_pair(number: int = 0) -> Pair:
    """Two people who share a case."""
    client, therapist = make_person(f"Client {number}", PersonKind.CLIENT), make_person(f"Therapist {number}", PersonKind.STAFF)
    (client_caller, client_token), (therapist_caller, therapist_token) = sign_in(client), sign_in(therapist)
    name = cookies.session_cookie()
    return Pair(
        make_case(client=client, therapist=therapist),
        client_caller,
        therapist_caller,
        f"{name}={client_token}",
        f"{name}={therapist_token}",
    )


def fill_board(pair: Pair, count: int) -> list[str]:
    """`count` agreed goals with two steps each; their ids."""
    made = []
    for number in range(count):
        saved = goals.add(pair.client, pair.case, f"Goal {number + 1}: say what I need before it is too late", proposes=True, op=op())
        agreed = goals.agree(pair.therapist, pair.case, saved.id, saved.version, op=op())
        made.append(agreed.id)
        for step in ("write three sentences down", "tell one person about it"):
            goals.add_step(pair.client, pair.case, agreed.id, step, op=op())
    return made


def server_of(running: servers.Portal) -> list[psutil.Process]:
    """The processes that answer requests: those that load the app."""
    tree = psutil.Process(running.process.pid).children(recursive=True)
    return [process for process in tree if "worker" not in process.cmdline()]


def memory_of(running: servers.Portal) -> float:
    """Resident memory of the serving processes, in MB."""
    return sum(process.memory_info().rss for process in server_of(running)) / 1e6


def cpu_of(running: servers.Portal) -> float:
    """CPU seconds that the serving processes have used so far."""
    return sum(sum(process.cpu_times()[:2]) for process in server_of(running))


def statements_of(verb: Callable[[], object]) -> int:
    """How many SQL statements a verb needs, once what is kept in memory is warm."""
    from tests.queries import counted

    with counted() as found:
        verb()
    return len(found)
