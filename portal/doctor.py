"""Finding what would make a practice's start unsafe, one line each. What only matters to others is a note on a loopback address."""

import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from portal import frontend, migrate
from portal.kit.crypto import MasterKey, Unreadable
from portal.settings import ENV_FILE, LOOPBACK, MailSecurity, Settings, env_file, settings

_LEAST_SECRET = 16


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. `refuses`: a practice must not start with it."""

    sentence: str
    refuses: bool = True


def examine(known: Settings | None = None) -> list[Finding]:
    """Everything found, what refuses a start first. Nothing is changed."""
    known = known or settings()
    found = [
        finding
        for look in (_address, _mode, _files, examine_key, _mail, _redis, _database, _crisis, _names, _build)
        for finding in look(known)
    ]
    return sorted(found, key=lambda finding: not finding.refuses)


def _address(known: Settings) -> Iterator[Finding]:
    if not known.https and not known.on_loopback:
        yield Finding("RAPPORT_PUBLIC_URL is plain http: passwords would travel readable. Use https, with a proxy that ends TLS.")
    if known.https and known.on_loopback:
        yield Finding("RAPPORT_PUBLIC_URL names this machine only: nobody else can reach it.", refuses=False)
    if known.host not in LOOPBACK and not known.https:
        yield Finding(f"RAPPORT_HOST is {known.host}: without https the portal may only listen on 127.0.0.1.")
    if known.https and known.trusted_proxy_hops == 0:
        yield Finding(
            "RAPPORT_TRUSTED_PROXY_HOPS is 0 behind https: all visitors would share one address and its sign-in limit.", refuses=False
        )


def _mode(known: Settings) -> Iterator[Finding]:
    if not known.is_production:
        yield Finding(f"RAPPORT_MODE is {known.mode.value}: real people's data belongs into production mode only.")
    if known.debug:
        yield Finding("RAPPORT_DEBUG is on: error pages and logs would say more than they may.")


def _files(known: Settings) -> Iterator[Finding]:
    folder = known.data_folder
    if folder.exists():
        yield from _too_open(folder, "the data folder")
    elif not os.access(_existing(folder), os.W_OK):
        yield Finding(f"The data folder {folder} is missing and cannot be made.")
    for path, what in ((known.key_file, "the master key file"), (known.sqlite_file, "the database file"), (env_file(), ".env")):
        if path is not None and path.exists():
            yield from _too_open(path, what)
    if folder.is_relative_to(frontend.ROOT / "assets") or folder.is_relative_to(frontend.WEB):
        yield Finding("The data folder lies among the public files of the page.")


def _too_open(path: Path, what: str) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Finding(f"Others on this machine can open {what} (mode {mode:04o}): chmod {'700' if path.is_dir() else '600'} {path}")


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def examine_key(known: Settings) -> Iterator[Finding]:
    """Whether the master key is there and is the one that the database was written with. Where nothing is written yet, none is needed."""
    try:
        if known.master_key is not None:
            key = MasterKey.parse(known.master_key.get_secret_value())
        elif known.key_file.exists():
            key = MasterKey.parse(known.key_file.read_text("ascii"))
        else:
            key = None
    except (ValueError, OSError):
        yield Finding("The master key cannot be read: it must be 32 bytes in base64 (44 characters).")
        return
    written = _written_keys(known)
    if written and key is None:
        yield Finding(f"There is a database, but no master key: put {known.key_file} back from its backup.")
    elif key is not None and not all(_opens(key, wrapped, purpose) for purpose, wrapped in written.items()):
        yield Finding("The master key is not the one that this database was written with: nothing in it could be read. Put the right one back.")


def _written_keys(known: Settings) -> dict[str, bytes]:
    if known.sqlite_file is not None and not known.sqlite_file.exists():
        return {}
    try:
        return migrate.wrapped_keys(known.database_url)
    except migrate.Unreachable:
        return {}  # what `_database` says about that is enough


def _opens(key: MasterKey, wrapped: bytes, purpose: str) -> bool:
    try:
        return bool(key.unwrap(wrapped, purpose))
    except Unreadable:
        return False


def _mail(known: Settings) -> Iterator[Finding]:
    if not known.mail_host:
        yield Finding("RAPPORT_MAIL_HOST is missing: invitations and password resets could not reach anybody.", refuses=not known.on_loopback)
        return
    if "@" not in known.mail_from:
        yield Finding("RAPPORT_MAIL_FROM must be the address that the portal's mails come from.")
    if known.mail_security is MailSecurity.NONE and known.mail_host not in LOOPBACK:
        yield Finding("RAPPORT_MAIL_SECURITY is none for a mail server on another machine: reset links would travel readable.")


def _redis(known: Settings) -> Iterator[Finding]:
    if not known.redis_url or known.redis_url.startswith("unix://"):
        return
    parts = urlsplit(known.redis_url)
    if len(parts.password or "") < _LEAST_SECRET:
        yield Finding(f"RAPPORT_REDIS_URL has no password of at least {_LEAST_SECRET} characters: Redis holds what pages show.")
    if parts.scheme == "redis" and parts.hostname not in LOOPBACK:
        yield Finding("RAPPORT_REDIS_URL reaches another machine without TLS: use rediss://.", refuses=False)
    try:
        socket.create_connection((parts.hostname or "localhost", parts.port or 6379), timeout=3).close()
    except OSError:
        yield Finding("Redis does not answer at RAPPORT_REDIS_URL.")


def _database(known: Settings) -> Iterator[Finding]:
    if known.sqlite_file is not None and not known.sqlite_file.exists():
        return
    if not known.on_sqlite:
        parts = urlsplit(known.database_url)
        if parts.hostname and parts.hostname not in LOOPBACK and "sslmode=" not in parts.query:
            yield Finding("RAPPORT_DATABASE_URL reaches another machine without sslmode=verify-full.", refuses=False)
    try:
        at = migrate.present(known.database_url)
    except migrate.Unreachable:
        yield Finding("The database cannot be reached at RAPPORT_DATABASE_URL.")
        return
    if at is not None and at != migrate.newest():
        yield Finding("The database has older tables; `serve` brings them up to date. Make a backup first.", refuses=False)
    if migrate.holds_demo_people(known.database_url):
        yield Finding("There are demo accounts in this database, whose passwords everybody knows. Use another data folder.")


def _crisis(known: Settings) -> Iterator[Finding]:
    if not known.crisis_contacts:
        yield Finding("RAPPORT_CRISIS_CONTACTS is empty: the help page could not say whom to call in an emergency.", refuses=not known.on_loopback)


def _names(_known: Settings) -> Iterator[Finding]:
    file = env_file()
    written = {name for name, value in dotenv_values(file).items() if value} if file is not None else set()
    for name in sorted({*os.environ, *written} - {ENV_FILE}):
        if name.upper().startswith("RAPPORT_") and name.upper().removeprefix("RAPPORT_").lower() not in Settings.model_fields:
            yield Finding(f"{name} is no setting of the portal; see .env.example for the names.", refuses=False)


def _build(_known: Settings) -> Iterator[Finding]:
    if not frontend.is_current() and not frontend.node_found():
        yield Finding("The page must be built, but Node is missing: run `make install`.")
