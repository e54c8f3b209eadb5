"""The rules of comments: traces, what is new to whom, and people named in a text, whatever they are called."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.comments import domain
from portal.comments.domain import Action, Comment, Shown

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = "0190f3b2-0000-7000-8000-00000000000{}".format
MIKA, THEO, SANA = (ID(number) for number in (1, 2, 3))


def a_comment(by: str = MIKA) -> Comment:
    return Comment(by, NOON, NOON)


def minutes(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


@pytest.mark.parametrize("read", [True, False])
def test_only_the_author_changes_or_withdraws(read: bool) -> None:
    for after in (domain.after_change, domain.after_withdrawal):
        with pytest.raises(domain.NotYours):
            after(a_comment(), THEO, minutes(1), read=read)
        with pytest.raises(domain.IsWithdrawn):
            after(domain.after_withdrawal(a_comment(), MIKA, minutes(1), read=read), MIKA, minutes(2), read=read)


def test_what_was_read_leaves_a_trace_and_what_was_not_leaves_none() -> None:
    unread = domain.after_withdrawal(a_comment(), MIKA, minutes(1), read=False)
    read = domain.after_withdrawal(a_comment(), MIKA, minutes(1), read=True)
    assert [domain.shown_to(one, THEO) for one in (a_comment(), read, unread)] == [Shown.WHOLE, Shown.TRACE, Shown.NOTHING]
    assert [domain.shown_to(one, MIKA) for one in (a_comment(), read, unread)] == [Shown.WHOLE, Shown.TRACE, Shown.TRACE]


@given(
    st.lists(st.tuples(st.sampled_from(["change", "withdraw", "see"]), st.sampled_from([MIKA, THEO])), max_size=12),
)
def test_in_any_order_nothing_that_somebody_read_goes_unmarked(acts: list[tuple[str, str]]) -> None:
    comment, seen, met = a_comment(), {}, False
    for number, (act, who) in enumerate(acts, 1):
        if act == "see":
            seen[who] = minutes(number)
            met = met or (who == THEO and comment.withdrawn_at is None)
            continue
        after = domain.after_change if act == "change" else domain.after_withdrawal
        try:
            comment = after(comment, who, minutes(number), read=domain.is_read(comment, seen))
        except (domain.NotYours, domain.IsWithdrawn):
            continue
        if comment.withdrawn_at is None:
            # Whoever has read an earlier wording reads this one as new.
            assert domain.is_new_to(comment, THEO, seen.get(THEO))
            assert comment.changed or not met
        assert not domain.is_new_to(comment, MIKA, None)
    if comment.traced:
        assert met


def test_an_undo_is_for_ten_seconds_and_for_no_undo() -> None:
    assert domain.may_undo(Action.WITHDRAW, NOON, NOON + timedelta(seconds=10))
    assert not domain.may_undo(Action.WITHDRAW, NOON, NOON + timedelta(seconds=31))
    assert not domain.may_undo(Action.UNDO, NOON, NOON)


# --- people named in a text

NAMES = st.dictionaries(
    st.sampled_from([MIKA, THEO, SANA]),
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"]), min_size=1, max_size=20).map(str.strip).filter(bool),
    min_size=1,
)


def test_first_names_do_unless_two_share_one() -> None:
    assert domain.called({MIKA: "Mika Vane", THEO: "Theo Sand"}) == {MIKA: "Mika", THEO: "Theo"}
    assert domain.called({MIKA: "Theo Vane", THEO: "theo Sand"}) == {MIKA: "Theo Vane", THEO: "theo Sand"}
    assert domain.called({MIKA: "Theo Sand", THEO: "Theo Sand"}) == {MIKA: "Theo Sand 1", THEO: "Theo Sand 2"}


@given(NAMES)
def test_everybody_is_called_by_something_else(names: dict[str, str]) -> None:
    called = domain.called(names)
    assert called.keys() == names.keys()
    assert len({name.casefold() for name in called.values()}) == len(names)


@given(NAMES, st.lists(st.one_of(st.integers(0, 2), st.text(max_size=10)), max_size=8))
def test_a_text_with_names_comes_back_as_it_was_written(names: dict[str, str], parts: list[int | str]) -> None:
    called = domain.called(names)
    people = list(called)
    text = " ".join(f"@{called[people[part % len(people)]]}" if isinstance(part, int) else part for part in parts)
    stored = domain.with_references(text, called)
    back = domain.with_names(stored, {one: called[one] for one in domain.named_in(stored) if one in called})
    assert back.casefold() == text.casefold()
    for part in parts:
        if isinstance(part, int) and not any(isinstance(other, str) for other in parts):
            assert people[part % len(people)] in domain.named_in(stored)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Theo", {THEO}), ("Hello @theo, and @MIKA.", {THEO, MIKA}), ("(@Theo)", {THEO}), ("@Theodor", set()), ("mail@Theo", set()),
        ("Theo", set()), ("@ Theo", set()), ("@Theo's turn", {THEO}), ("@@Theo", {THEO}),
    ],
)  # fmt: skip
def test_a_name_counts_after_its_sign_and_as_a_whole(text: str, named: set[str]) -> None:
    assert domain.named_in(domain.with_references(text, {MIKA: "Mika", THEO: "Theo"})) == named


def test_what_only_looks_like_a_reference_stays_text() -> None:
    stored = f"@[{SANA}] and @[{THEO}]"
    assert [(one.text, one.person_id) for one in domain.pieces(stored, {THEO})] == [(f"@[{SANA}] and ", ""), ("", THEO)]
    assert domain.with_names(stored, {THEO: "Theodora"}) == f"@[{SANA}] and @Theodora"
