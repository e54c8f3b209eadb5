"""The practice's command line. Thin: every command calls a verb and says what came of it."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from portal.settings import Mode, env_file, settings

commands = typer.Typer(add_completion=False, no_args_is_help=True, help="Rapport, the portal of a practice.", pretty_exceptions_enable=False)


_EXPLAINED = ".env.example explains every setting."
_FIELD = re.compile(r'field "(\w+)"')


def _say(text: str) -> None:
    typer.echo(text)


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)


@contextmanager
def _step(what: str) -> Iterator[None]:
    typer.echo(f"==> {what} … ", nl=False)
    started = time.monotonic()
    yield
    typer.echo(f"{time.monotonic() - started:.1f} s")


@commands.callback()
def _every_command() -> None:
    from portal.kit import logs

    try:
        known = settings()
    except ValidationError as refused:
        lines = [f"RAPPORT_{str(one['loc'][0]).upper()}: {one['msg']}" if one["loc"] else one["msg"] for one in refused.errors()]
        _fail("\n".join([*lines, _EXPLAINED]))
    except SettingsError as refused:
        named = _FIELD.search(str(refused))
        _fail(f"RAPPORT_{named[1].upper() if named else '*'}: must be JSON in one line, as in the example.\n{_EXPLAINED}")
    except (OSError, UnicodeDecodeError) as unreadable:
        _fail(f"{env_file()} cannot be read ({type(unreadable).__name__}). It must be a text file that this account may open.")
    logs.set_up(as_json=known.is_production and not sys.stderr.isatty())


@commands.command()
def doctor() -> None:
    """Look for what would make a practice's start unsafe; ends with 1 if there is any."""
    from portal.doctor import examine

    findings = examine()
    for finding in findings:
        _say(("refuse  " if finding.refuses else "note    ") + finding.sentence)
    if any(finding.refuses for finding in findings):
        raise typer.Exit(1)
    _say("A practice can start with these settings.")


@commands.command()
def words(
    merge: Annotated[list[Path] | None, typer.Option(help="A .po file whose translations are taken over first; may be given often.")] = None,
    check: Annotated[bool, typer.Option(help="Write nothing; end with 1 if a catalogue is out of date or incomplete.")] = False,
) -> None:
    """Take the sentences out of the code into the catalogues, and write what the page loads."""
    from portal import catalogue

    outcome = catalogue.update(fragments=tuple(merge or ()), write=not check)
    _say(f"{outcome.sentences} sentences; {'would change' if check else 'changed'}: {', '.join(path.name for path in outcome.changed) or 'nothing'}")
    for language, missing in outcome.missing.items():
        if missing:
            _say(f"{language}: {len(missing)} without translation")
            for sentence in missing:
                _say(f"    {sentence}")
    if check and (outcome.changed or any(outcome.missing.values())):
        raise typer.Exit(1)


@commands.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from portal import migrate as migrations

    migrations.upgrade()
    _say(f"The database is at {migrations.present()}.")


@commands.command()
def build(force: Annotated[bool, typer.Option(help="Build even if nothing changed.")] = False) -> None:
    """Build the page that browsers load, if its sources changed."""
    from portal import frontend

    try:
        _say("Built." if frontend.build(force=force) else "The page is current.")
    except frontend.BuildFailed as failed:
        _fail(str(failed))


@commands.command()
def serve() -> None:
    """Run the practice: checks, tables, page, server and worker. A production start that is unsafe is refused."""
    known = settings()
    if known.mode is Mode.PRODUCTION:
        _refuse_unsafe_start()
    _prepare()
    _serve("\n".join([f"Rapport is open at {known.public_url}", *_set_up_lines()]))


@commands.command()
def demo() -> None:
    """Run the fictional practice, with its sign-ins printed."""
    from portal import demo as fiction

    try:
        fiction.check_place()
        _prepare()
        with _step("Filling the demo practice"):
            people = fiction.fill()
    except fiction.NotADemo as refused:
        _fail(str(refused))
    lines = [f"Rapport is open at {settings().public_url}", "", "Sign in as (everything here is fictional):"]
    width = max(len(person.email) for person in people)
    lines += [f"  {person.email:<{width}}   {person.password}   {person.role}" for person in people]
    _serve("\n".join(lines))


@commands.command()
def dev() -> None:
    """Run with reload, for writing code: every saved change builds and starts again."""
    from portal import migrate as migrations
    from portal import serve as running

    if settings().mode is not Mode.DEVELOPMENT:
        _fail("Reload only runs with RAPPORT_MODE=development, in a data folder of its own.")
    migrations.upgrade()
    try:
        status = running.develop(lambda: _say(f"\nRapport is open at {settings().public_url}, and starts again when a source is saved.\n"))
    except running.PortTaken as taken:
        _taken(taken)
    raise typer.Exit(status)


@commands.command("new-password")
def new_password(email: Annotated[str, typer.Argument(help="The e-mail address of the account.")]) -> None:
    """Print a one-time link and code for a new password: for whoever has lost the way in and gets no letter."""
    from portal.accounts import service as accounts
    from portal.kit.refusal import Refusal

    try:
        handed = accounts.hand_out_password_link(email)
    except Refusal:
        _fail("There is no account with this address that can be signed in to.")
    _say(f"Open {handed.link}\nand type this code:  {handed.code}\nBoth work once, until {handed.until:%Y-%m-%d %H:%M} UTC.")


@commands.command("verify-log")
def verify_log() -> None:
    """Check every case's access log for altered, missing or added entries; ends with 1 if one is broken."""
    from portal.cases import service as cases

    breaks = cases.verify_logs()
    for found in breaks:
        _say(f"case {found.case_id}, entry {found.number}: {found.reason}")
    if breaks:
        raise typer.Exit(1)
    _say("Every access log is whole.")


@commands.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything anew under new keys. The portal must be stopped; open invitations and password links end."""
    from portal import rotate
    from portal.doctor import examine_key
    from portal.kit.refusal import DatabaseGone
    from portal.serve import answers

    known = settings()
    if answers(known):
        _fail("The portal is running. Stop it first: it could not read any more what is sealed anew.")
    for finding in examine_key(known):
        if not rotate.is_under_way(known):
            _fail(finding.sentence)
    try:
        with _step("Sealing everything under new keys"):
            done = rotate.rotate()
    except rotate.BrokenLog:
        _fail("\nNothing was changed: an access log does not fit together. `python -m portal verify-log` says which.")
    except DatabaseGone:
        _fail("\nNothing was changed: the database cannot be reached, or somebody else holds it. Try again.")
    _say(f"{done.cases} cases, {done.values} sealed values.")
    if done.old_key is None:
        _say(f"Set RAPPORT_MASTER_KEY to the content of {done.new_key}, then delete that file. The portal does not start with the old key.")
    else:
        _say(f"The new master key is {done.new_key}. Keep {done.old_key} with the backups from before today, which it opens, and delete it here.")


@commands.command(hidden=True)
def server() -> None:
    """The server process alone; `serve` starts and supervises it."""
    from portal.serve import serve_requests

    serve_requests()


@commands.command()
def worker() -> None:
    """The worker process alone: letters and tidying; `serve` starts and supervises it."""
    from portal.kit import logs
    from portal.serve import end_with_parent
    from portal.worker import work

    logs.keep_failures_quiet()
    end_with_parent()
    work()


@commands.command()
def outbox() -> None:
    """The letters that have not been sent, or that had no mail server to go to."""
    from portal.kit import mail

    letters = mail.waiting()
    for row, letter in letters:
        state = row.outcome or (f"tried {row.tries} times, last {row.last_error}" if row.last_error else "waiting")
        _say(f"--- {row.written_at:%Y-%m-%d %H:%M} UTC, {row.kind}, {state}\nTo: {letter.to}\nSubject: {letter.subject}\n\n{letter.text.strip()}\n")
    if not letters:
        _say("The outbox is empty.")


def _set_up_lines() -> list[str]:
    """What the console says on the first start; nothing once the practice has its first person."""
    from portal import routes
    from portal.accounts import service as accounts

    code = accounts.begin_set_up()
    if code is None:
        return []
    return ["", f"Nobody has an account yet. Set the practice up at {settings().page(routes.SET_UP)}", f"with this one-time code:  {code}"]


def _refuse_unsafe_start() -> None:
    from portal.doctor import examine

    findings = examine()
    for finding in findings:
        typer.echo(("refuse  " if finding.refuses else "note    ") + finding.sentence, err=True)
    if any(finding.refuses for finding in findings):
        _fail("Rapport did not start. Each line above says what to change; .env.example explains the settings.")


def _prepare() -> None:
    from portal import frontend, migrate
    from portal.doctor import examine_key

    for finding in examine_key(settings()):  # before the first start's key is made: one that is lost must not be replaced
        _fail(finding.sentence)
    settings().encoded_master_key()
    with _step("Bringing the database up to date"):
        migrate.upgrade()
    try:
        if frontend.is_current():
            return
        with _step("Building the page (about half a minute, only when something changed)"):
            frontend.build()
    except frontend.BuildFailed as failed:
        _fail(f"\nThe page could not be built:\n{failed}")


def _serve(announcement: str) -> None:
    from portal import serve as running

    try:
        status = running.serve(lambda: _say("\n" + announcement + "\n\nCtrl+C ends it.\n"))
    except running.PortTaken as taken:
        _taken(taken)
    raise typer.Exit(status)


def _taken(taken: Exception) -> NoReturn:
    typed = {Mode.DEMO: "demo", Mode.DEVELOPMENT: "dev"}.get(settings().mode, "run")
    _fail(f"Something else listens on {taken}. Choose another port, for example: make {typed} PORT={settings().port + 1}")
