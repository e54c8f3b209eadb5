"""How long the pause between attempts becomes, and what codes and devices look like."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.domain import (
    CODE_CHARACTERS,
    CODE_LENGTH,
    PER_ACCOUNT,
    PER_ADDRESS,
    Patience,
    PleaseWait,
    device_name,
    shown_code,
    typed_code,
)
from portal.kit.i18n import say
from tests.accounts.conftest import FIREFOX

patiences = st.builds(
    Patience, free=st.integers(0, 50), longest=st.integers(60, 7200).map(lambda n: timedelta(seconds=n)), forgotten=st.just(timedelta(days=1))
)


@given(patiences, st.integers(1, 10_000))
def test_the_pause_grows_and_has_an_end(patience: Patience, attempts: int) -> None:
    pause = patience.pause(attempts)
    assert pause <= patience.pause(attempts + 1) <= patience.longest.total_seconds()
    assert (pause == 0) == (attempts < patience.free)


@given(patiences, st.integers(1, 200))
def test_the_list_of_pauses_is_the_rule(patience: Patience, attempts: int) -> None:
    pauses = patience.pauses()
    assert pauses[min(attempts, len(pauses)) - 1] == patience.pause(attempts)


def test_nobody_waits_longer_than_a_quarter_of_an_hour() -> None:
    assert max(one.pause(10**6) for one in (PER_ACCOUNT, PER_ADDRESS)) == 15 * 60


@pytest.mark.parametrize(("seconds", "words"), [(2, "wait 2 seconds"), (60, "wait a minute"), (61, "wait 2 minutes"), (900, "wait 15 minutes")])
def test_the_wait_is_said_in_words(seconds: int, words: str) -> None:
    refused = PleaseWait(seconds)
    assert words in say("en", refused.sentence, **refused.params)


@given(st.text(CODE_CHARACTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH), st.sampled_from([str.lower, str.upper, str.title]))
def test_a_code_is_understood_as_people_type_it(code: str, case: object) -> None:
    typed = case(shown_code(code)).replace("-", " ").replace("0", "o").replace("1", "l")  # type: ignore[operator]
    assert typed_code(f" {typed} ") == code


@given(st.text(max_size=5_000))
def test_any_text_may_be_typed_as_a_code(text: str) -> None:
    assert len(typed_code(text)) <= 2 * CODE_LENGTH


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0", "Edge · Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_devices_are_named_without_versions(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


@given(st.text(max_size=3_000))
def test_a_device_name_is_short_and_ours(user_agent: str) -> None:
    assert len(device_name(user_agent)) <= 60
