"""Ids sort by time and never repeat; the clock can be moved and comes back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal.kit import clock
from portal.kit.ids import digest, new_id, secret


def test_an_id_is_a_uuid_of_version_seven() -> None:
    made = UUID(new_id())
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_ids_do_not_repeat_and_sort_by_millisecond() -> None:
    made = [new_id() for _ in range(5_000)]
    assert len(set(made)) == len(made)
    stamps = [one[:13] for one in made]
    assert stamps == sorted(stamps)


def test_only_the_digest_of_a_secret_is_worth_storing() -> None:
    one, other = secret(), secret()
    assert len(one) >= 43
    assert one != other
    assert digest(one) != digest(other)
    assert one not in digest(one)


def test_the_clock_stands_where_it_is_put_and_comes_back() -> None:
    moment = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
    with clock.at(moment):
        assert clock.now() == moment
        with clock.at(moment + timedelta(days=14)):
            assert clock.now() == moment + timedelta(days=14)
        assert clock.now() == moment
    assert clock.now() != moment


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError), clock.at(datetime(2026, 11, 23)):
        raise AssertionError("not reached")
