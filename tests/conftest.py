"""What every test may ask for: a fresh database on SQLite and on PostgreSQL, the cast, real servers, a browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, expect

from portal.access import gate, keys
from portal.kit import db as kit_db
from portal.kit.keys import master_key
from portal.settings import settings
from portal.tables import metadata
from tests import equip, servers
from tests.cast import Cast, assemble

# How fast a page is, the bench measures; a test only asks whether it gets there, on a busy machine too.
expect.set_options(timeout=20_000)

FORBID_SKIPS = os.environ.get("FORBID_SKIPS") == "1"


@pytest.hookimpl(tryfirst=True)  # Before pytest picks by marker: `-m browser` is to find them.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server program or a browser, and say once and loudly what is missing."""
    # Playwright keeps an event loop in the main thread once it has begun, in which nobody else can run one: browsers come last.
    items.sort(key=lambda item: "browser" in _needs(item))
    missing = equip.missing()
    for item in items:
        for name in _needs(item):
            item.add_marker(name)
        for name, reason in missing.items():
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


def _needs(item: pytest.Item) -> set[str]:
    names = set(getattr(item, "fixturenames", ()))
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    found: set[str] = set()
    if "postgres_url" in names or "postgresql" in parameters.values():
        found.add("postgres")
    if names & {"redis_server"}:
        found.add("redis")
    if names & {"page", "browser", "context", "browser_context", "people"}:
        found.add("browser")
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The loud line."""
    for reason in equip.missing().values():
        terminalreporter.write_line(f"!!! {reason}", red=True, bold=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where skips are forbidden (.ci/run), a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if FORBID_SKIPS and skipped and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"\n{skipped} tests were skipped, which FORBID_SKIPS=1 does not allow.", red=True, bold=True)


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads this machine's settings or data."""
    folder = tmp_path_factory.mktemp("practice")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("RAPPORT_")]:
            patch.delenv(name)
        patch.setenv("RAPPORT_ENV_FILE", "")
        patch.setenv("RAPPORT_MODE", "development")
        patch.setenv("RAPPORT_DATA_FOLDER", str(folder))
        forget()
        yield
    forget()


def forget() -> None:
    """Drop what the process remembers of settings, keys, looks and the database."""
    if kit_db.engine.cache_info().currsize:
        kit_db.engine().dispose()
    for remembered in (settings, kit_db.engine, master_key):
        remembered.cache_clear()
    keys.forget()
    gate.forget_looks()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the session; the URL of its first database."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.RedisServer]:
    """A Redis server for the session."""
    with servers.redis() as running:
        yield running


@pytest.fixture
def mail_sink() -> Iterator[servers.MailSink]:
    """A mail server that keeps what it gets."""
    with servers.mail_sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables and no rows, to copy."""
    file = tmp_path_factory.mktemp("empty") / "rapport.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    metadata.create_all(engine)
    engine.dispose()
    file.chmod(0o600)
    return file


class FreshPostgres:
    """PostgreSQL databases with all tables and no rows, one after another, each a copy of a template.

    The tables are made from the code; that the migrations make the same ones is a test of its own.
    """

    def __init__(self, server_url: str) -> None:
        self._url = sa.make_url(server_url)
        self._admin = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._made = 0
        self.run("CREATE DATABASE empty_practice")
        engine = sa.create_engine(self.url_of("empty_practice"))
        metadata.create_all(engine)
        engine.dispose()

    def url_of(self, name: str) -> str:
        """The URL of a database on this server."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def make(self, *, tables: bool = True) -> str:
        """A fresh database; its URL."""
        self._made += 1
        name = f"practice_{os.getpid()}_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {'empty_practice' if tables else 'template1'} STRATEGY file_copy")
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Take a database away."""
        self.run(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement as the owner of the server."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def fresh_postgres(postgres_url: str) -> FreshPostgres:
    """Makes PostgreSQL databases."""
    return FreshPostgres(postgres_url)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Change settings of this process for the length of a test: use(database_url=…, time_zone=…)."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"RAPPORT_{name.upper()}", str(value))
        forget()

    yield change
    forget()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, use: Callable[..., None]) -> Iterator[str]:
    """A fresh database that this process uses; the test runs once per kind."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    if request.param == "sqlite":
        file = folder / "rapport.db"
        shutil.copy(request.getfixturevalue("empty_sqlite"), file)
        use(data_folder=folder, database_url=f"sqlite:///{file}")
        yield "sqlite"
    else:
        fresh: FreshPostgres = request.getfixturevalue("fresh_postgres")
        url = fresh.make()
        use(data_folder=folder, database_url=url)
        yield "postgresql"
        forget()
        fresh.drop(url)


@pytest.fixture
def on_sqlite(tmp_path: Path, empty_sqlite: Path, use: Callable[..., None]) -> None:
    """A fresh SQLite database that this process uses: for tests in which the kind of database has no part."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(empty_sqlite, folder / "rapport.db")
    use(data_folder=folder, database_url=f"sqlite:///{folder / 'rapport.db'}")


@pytest.fixture
def cast(database: str) -> Cast:
    """The whole cast, in a fresh database of each kind."""
    return assemble()


@pytest.fixture(scope="session")
def demo_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Portal]:
    """The demo practice, served for the session."""
    with servers.portal(tmp_path_factory.mktemp("demo") / "data", "demo") as running:
        yield running


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[servers.Portal, Cast]]:
    """A practice with the cast in it, served on SQLite by one process; this process uses the same database."""
    with ExitStack() as stack:
        yield served_cast(stack, tmp_path_factory.mktemp("practice") / "data")


@pytest.fixture(scope="module")
def large_practice(
    tmp_path_factory: pytest.TempPathFactory, fresh_postgres: FreshPostgres, redis_server: servers.RedisServer
) -> Iterator[tuple[servers.Portal, Cast]]:
    """The same on PostgreSQL and Redis, by two worker processes: nothing but settings differs."""
    with ExitStack() as stack:
        yield served_cast(
            stack,
            tmp_path_factory.mktemp("large") / "data",
            database_url=fresh_postgres.make(tables=False),
            redis_url=redis_server.url,
            workers="2",
        )


def served_cast(stack: ExitStack, folder: Path, **chosen: str) -> tuple[servers.Portal, Cast]:
    """Serve a practice and write the cast into its database."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    running = stack.enter_context(servers.portal(folder, "serve", **chosen))
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    for name, value in running.environment.items():
        if name.startswith("RAPPORT_"):
            patch.setenv(name, value)
    stack.callback(forget)
    forget()
    return running, assemble()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The Chromium that was found, quiet towards the world."""
    return browser_type_launch_args | equip.launch_options()


@pytest.fixture
def people(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of different people: people(width=360, dark=True) opens one that shares nothing with the others."""
    opened: list[BrowserContext] = []

    def person(*, width: int = 1280, height: int = 800, dark: bool = False, locale: str = "en-GB", touch: bool = False) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=locale,
            reduced_motion="reduce", has_touch=touch, is_mobile=touch,
        )  # fmt: skip
        opened.append(context)
        return context

    yield person
    for context in opened:
        context.close()


