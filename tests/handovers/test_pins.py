"""Which PINs can be kept, and how they are understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.domain import BadPin, PinsDiffer, PinTooObvious, check_pin, typed_pin
from portal.accounts.schemas import PinForm

digits = st.text("0123456789", min_size=4, max_size=8)

OBVIOUS = (
    "0000", "1111", "9999", "00000000", "1234", "4321", "0123", "9876", "7890", "8901", "2468", "12345678", "98765432", "1212", "3434",
    "121212", "1221", "1122", "112233", "123123", "12341234", "1984", "2026", "1999", "2580", "0852", "1007", "147258", "1225",
)  # fmt: skip


@pytest.mark.parametrize("pin", OBVIOUS)
def test_what_is_tried_first_is_refused(pin: str) -> None:
    with pytest.raises(PinTooObvious):
        PinForm(pin, pin).parse()


@pytest.mark.parametrize("pin", ["4821", "7305", "93027", "604815", "5820471", "86140935"])
def test_a_pin_that_nobody_thinks_of_is_kept(pin: str) -> None:
    assert PinForm(pin, pin).parse().pin == pin


@given(digits)
def test_most_pins_are_free(pin: str) -> None:
    """Of all four-digit ones fewer than one in fifteen is refused: nobody runs out of them."""
    try:
        check_pin(pin)
    except PinTooObvious:
        return
    assert len(set(pin)) > 1


def test_few_are_refused() -> None:
    refused = 0
    for number in range(10_000):
        try:
            check_pin(f"{number:04d}")
        except PinTooObvious:
            refused += 1
    assert refused < 10_000 // 15


@given(digits, st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９"]))
def test_digits_of_any_script_are_the_same_pin(pin: str, script: str) -> None:
    typed = " ".join(script[int(one)] for one in pin)
    assert typed_pin(f" {typed} ") == pin


@given(st.text(max_size=2_000))
def test_any_text_is_a_pin_or_is_refused(text: str) -> None:
    try:
        found = typed_pin(text)
    except BadPin:
        return
    assert found.isascii() and found.isdigit() and 4 <= len(found) <= 8


@pytest.mark.parametrize("text", ["", "482", "482193047", "48a1", "four", "-482", "4.82", "½½½½", "\0" * 4])
def test_what_is_no_pin_is_refused(text: str) -> None:
    with pytest.raises(BadPin):
        PinForm(text, text).parse()


@pytest.mark.parametrize("again", ["4822", "", "482", "x"])
def test_both_must_be_the_same(again: str) -> None:
    with pytest.raises(PinsDiffer):
        PinForm("4821", again).parse()


def test_a_form_does_not_show_its_pin() -> None:
    assert "4821" not in repr(PinForm("4821", "4821"))
