"""The environment of a practice, read once and typed; `.env.example` documents every entry."""

import base64
import ipaddress
import os
import re
import stat
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

ENV_FILE = "RAPPORT_ENV_FILE"
"""Names another file than `.env` to read settings from; empty: none is read. Only the environment can say it."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_READ_DIFFERENTLY = "ßς\u200c\u200d"  # what browsers and Python's codec (RFC 3490) spell differently in ASCII


class Mode(StrEnum):
    """What the portal runs for: a practice, the fictional demo practice, or someone writing code."""

    PRODUCTION = "production"
    DEMO = "demo"
    DEVELOPMENT = "development"


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Cadence(StrEnum):
    """How often a new case's relationship check-in comes round."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class CrisisContact(BaseModel, frozen=True):
    """Whom to call when it cannot wait: shown on every page, also signed out."""

    name: str = Field(min_length=1, max_length=80)
    number: str = Field(min_length=2, max_length=40)
    hours: str = Field(min_length=1, max_length=80)


class Settings(BaseSettings):
    """One practice's settings. Times are minutes unless the name says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="RAPPORT_", env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, and below it the practice's file, where that may be read."""
        file = env_file()
        return init_settings, env_settings, *([DotEnvSettingsSource(settings_cls, env_file=file)] if file is not None else [])

    mode: Mode = Mode.PRODUCTION
    debug: bool = False

    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=32)
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)

    data_folder: Path = Path()
    database_url: str = Field(default="", repr=False)
    redis_url: str = Field(default="", repr=False)
    master_key: SecretStr | None = None

    mail_host: str = ""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_security: MailSecurity = MailSecurity.STARTTLS
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_from: str = ""

    time_zone: str = "Europe/Berlin"
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")

    staff_idle_minutes: int = Field(default=15, ge=1, le=24 * 60)
    staff_absolute_minutes: int = Field(default=12 * 60, ge=1, le=7 * 24 * 60)
    client_idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    client_absolute_minutes: int = Field(default=24 * 60, ge=1, le=7 * 24 * 60)

    checkin_cadence: Cadence = Cadence.WEEKLY
    crisis_contacts: tuple[CrisisContact, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("no such time zone; use a name like Europe/Berlin") from None
        return name

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, given: dict[str, object]) -> dict[str, object]:
        given = {key: value for key, value in given.items() if value != ""}
        mode = str(given.get("mode", Mode.PRODUCTION.value))
        name = {"demo": "demo", "development": "development"}.get(mode, "practice")
        folder = Path(str(given.get("data_folder") or Path(".data") / name)).absolute()
        given["data_folder"] = folder
        given.setdefault("public_url", f"http://localhost:{given.get('port', 8000)}")
        given.setdefault("database_url", f"sqlite:///{folder / 'rapport.db'}")
        return given

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or set("?#@") & set(url):
            raise ValueError("must be https://name or http://name:port, without a path")
        port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
        return f"{parts.scheme}://{_as_browsers_name_it(parts.hostname)}{port}"

    @field_validator("database_url")
    @classmethod
    def _named_driver(cls, url: str) -> str:
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @model_validator(mode="after")
    def _only_practices_have_a_file(self) -> "Settings":
        if self.mode is not Mode.PRODUCTION and env_file() is not None:
            raise ValueError(f"RAPPORT_MODE={self.mode.value} belongs into the environment: demo and development read no .env")
        return self

    @model_validator(mode="after")
    def _workers_need_redis(self) -> "Settings":
        if self.workers > 1 and not self.redis_url:
            raise ValueError("more than one worker process needs RAPPORT_REDIS_URL")
        return self

    @property
    def origin(self) -> str:
        """The one origin that pages come from and that may open the socket."""
        return self.public_url

    @property
    def https(self) -> bool:
        """Whether people reach the portal over TLS; cookies carry `__Host-` and Secure only then."""
        return self.public_url.startswith("https://")

    @property
    def on_loopback(self) -> bool:
        """Whether the public address can only be reached from this machine."""
        return urlsplit(self.public_url).hostname in LOOPBACK

    @property
    def is_demo(self) -> bool:
        """Whether this is the fictional practice."""
        return self.mode is Mode.DEMO

    @property
    def is_production(self) -> bool:
        """Whether real people's data may be in here."""
        return self.mode is Mode.PRODUCTION

    @property
    def on_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_file(self) -> Path | None:
        """The embedded database's file, if it is used."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.on_sqlite else None

    @property
    def key_file(self) -> Path:
        """Where the generated master key lies when the environment carries none."""
        return self.data_folder / "master.key"

    def idle_time(self, *, staff: bool) -> timedelta:
        """How long a session may rest before it ends."""
        return timedelta(minutes=self.staff_idle_minutes if staff else self.client_idle_minutes)

    def absolute_time(self, *, staff: bool) -> timedelta:
        """How old a session may become."""
        return timedelta(minutes=self.staff_absolute_minutes if staff else self.client_absolute_minutes)

    def page(self, path: str) -> str:
        """The public address of a path of this portal, for a mail."""
        return self.public_url + quote(path, safe="/#?=&-_.~")

    def open_data_folder(self) -> Path:
        """The data folder, made for its owner only if it is missing."""
        self.data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.data_folder

    def encoded_master_key(self) -> str:
        """The master key, 32 bytes in base64: from the environment, else from its file, written on the first call.

        The file is created for its owner only and never overwritten, also when two processes start at once.
        """
        if self.master_key is not None:
            return self.master_key.get_secret_value()
        self.open_data_folder()
        fresh = self.key_file.with_name(f"master.key.{os.getpid()}")
        if not self.key_file.exists():
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
            with os.fdopen(handle, "wb") as out:
                out.write(base64.urlsafe_b64encode(os.urandom(32)))
                out.flush()
                os.fsync(out.fileno())
            try:
                os.link(fresh, self.key_file)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return self.key_file.read_text("ascii").strip()


def env_file() -> Path | None:
    """The file whose entries count below the environment's; None where none is read.

    The fictional practice and the development mode never read one: beside a practice's `.env` they must not touch its data.
    """
    given = {name.upper(): value for name, value in os.environ.items()}
    if given.get("RAPPORT_MODE", "") not in {"", Mode.PRODUCTION.value}:
        return None
    named = given.get(ENV_FILE, ".env")
    return Path(named).absolute() if named else None


def _as_browsers_name_it(host: str) -> str:
    """A host as it stands in the Origin header: in ASCII, an IPv6 address in brackets. Raises ValueError."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    if set(_READ_DIFFERENTLY) & set(host):
        raise ValueError("must give this name in its ASCII spelling, which begins with xn--")
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    if not _HOST_NAME.fullmatch(name):
        raise ValueError("must name a host that a browser can reach")
    return name


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call; `settings.cache_clear()` reads them again."""
    return Settings()
