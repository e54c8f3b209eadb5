"""What a burst of writing is, how the bursts of two people are told apart, and how much may be written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from portal.kit.refusal import Refusal

ROOM_TO_SHORTEN = 2
"""A text may grow to so many times its length while it is written; it is stored once it is short enough again."""

MOST_KEPT = 192 * 1024
"""The largest document that is kept, in bytes: beyond it it is laid down anew, without the traces of what was deleted."""
_TRACES = 16
_FEW_TRACES = 8 * 1024

TOGETHER = timedelta(seconds=1)
"""How often, at most, the pages of a case are told that a text in it is being written."""


class Overtaken(Refusal):
    """The words were changed from elsewhere since this document was read: they have to be joined first."""

    sentence = "This text was changed a moment ago. It is shown as it is now."

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text


class Behind(Refusal):
    """The stored document is newer than the one that should replace it, or was laid down anew."""

    sentence = "This text was changed a moment ago. It is shown as it is now."


@dataclass(frozen=True)
class Burst:
    """What one person wrote without a longer pause: the text as it would be without it, and with it.

    While two people write, each one's burst holds the other's words on both sides, so that its difference is one's own.
    """

    before: str
    after: str

    def goes_on(self, before: str, after: str, join: Callable[[str, str, str], str]) -> "Burst":
        """The burst with one more change by the same person, from `before` to `after`; in between others may have written.

        `join(origin, mine, theirs)` makes three versions one: what others wrote since goes to the side without the burst too.
        """
        return Burst(self.before if before == self.after else join(self.after, self.before, before), after)

    @property
    def is_nothing(self) -> bool:
        """Whether everything was taken back again."""
        return self.before == self.after


def is_worn(kept: int, text: int) -> bool:
    """Whether a document of `kept` bytes for a text of `text` bytes carries so many traces of deleted text that it is laid down anew."""
    return kept > MOST_KEPT or kept > _FEW_TRACES + _TRACES * text
