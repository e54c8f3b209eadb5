"""The board and the feedback once more on PostgreSQL and Redis, served by two worker processes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser import test_board as board
from tests.browser import test_feedback as feedback
from tests.cast import Cast, assemble
from tests.servers import Portal

pytestmark = pytest.mark.browser


def test_feedback_goes_to_and_fro(large_practice: tuple[Portal, Cast], people: Callable[..., BrowserContext]) -> None:
    feedback.test_theo_shares_and_mika_answers_if_they_like(feedback.Pair(large_practice[0].url), people)


def test_the_board_is_one_on_both_screens(large_practice: tuple[Portal, Cast], people: Callable[..., BrowserContext]) -> None:
    board.test_undo_takes_a_move_back_on_both_screens(board.Two(large_practice[0], assemble(), people))
