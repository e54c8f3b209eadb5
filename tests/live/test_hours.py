"""What the portal's clock changes is shown at once to whoever has the case open."""

from datetime import timedelta

from portal.checkins import service as checkins
from portal.kit import clock
from portal.kit.refusal import DatabaseGone
from portal.live.bell import Bell
from portal.live.hours import every
from tests.cast import assemble
from tests.live.test_bell import Tab, run, until


def test_a_case_that_time_changed_is_shown_again_and_no_other(on_sqlite: None) -> None:
    cast = assemble()

    async def story() -> None:
        bell = Bell()
        theirs, other = Tab("a", cast.case, "p1"), Tab("b", "elsewhere", "p2")
        for tab in (theirs, other):
            await bell.listen(tab.listener)
        before, others = theirs.shown, other.shown
        with clock.at(clock.now() + timedelta(days=8)):
            async with every(0.01, checkins.keep_time_everywhere, through=bell)():
                await until(lambda: theirs.shown > before)
        assert checkins.home_part(cast.client, cast.case).open is not None
        assert other.shown == others

    run(story)


def test_a_turn_that_fails_is_followed_by_the_next(on_sqlite: None) -> None:
    calls = 0

    def verb() -> list[str]:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise DatabaseGone if calls == 1 else ZeroDivisionError
        return ["case"]

    async def story() -> None:
        bell, tab = Bell(), Tab("a", "case", "p1")
        await bell.listen(tab.listener)
        before = tab.shown
        async with every(0.01, verb, through=bell)():
            await until(lambda: tab.shown > before)
        assert calls >= 3

    run(story)


def test_the_server_keeps_the_time_of_the_check_ins() -> None:
    from portal.portal import KEEPS_TIME, app

    assert KEEPS_TIME in app.get_lifespan_tasks()
