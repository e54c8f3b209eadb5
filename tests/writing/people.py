"""What every test of texts does: one text of a goal, and people who write in it as the portal's socket would let them."""

from dataclasses import dataclass, field

from portal.access.gate import Caller
from portal.goals import service as goals
from portal.kit import clock
from portal.kit.crdt import SharedText
from portal.writing import service
from portal.writing.domain import Burst
from portal.writing.schemas import Address, KeepForm, Kept, Laid, LayForm
from tests.cast import Cast
from tests.makers import op


def opened(caller: Caller, address: Address) -> Laid:
    """The text's document, laid down if it is opened for the first time."""
    text = service.open_text(caller, address)
    return text.document or service.lay_down(address, LayForm(text.text, SharedText.of(text.text).squashed()))


@dataclass
class Hand:
    """Keeps one document up to date as an open text does, and stores what somebody writes in it."""

    address: Address
    laid: Laid
    text: SharedText = field(repr=False)
    version: int
    mirrored: str

    @classmethod
    def at(cls, caller: Caller, address: Address) -> "Hand":
        """A hand at a text as it is stored now."""
        laid = opened(caller, address)
        return cls(address, laid, SharedText(laid.state), laid.version, laid.text)

    def write(self, caller: Caller, text: str, *, burst: Burst | None = None) -> Kept:
        """Turn the text into another one, and store it as this person's."""
        before = self.text.text
        self.text.become(text)
        form = KeepForm(
            burst or Burst(before, text), text, self.text.squashed(), self.mirrored,
            self.laid.document_id, self.laid.laid, self.version, clock.now(),
        )  # fmt: skip
        kept = service.keep(caller, self.address, form, op=op())
        self.version, self.mirrored = kept.version, kept.text
        return kept


def text_of(cast: Cast, goal: str, part: str = "why") -> Address:
    """One of a goal's texts."""
    return Address(cast.case, f"goal.{part}", goal)


def shown(cast: Cast, goal: str, part: str = "why", *, by: Caller | None = None) -> str:
    """What the goal's page shows of it."""
    return str(getattr(goals.goal(by or cast.client, cast.case, goal).goal, part))


def entries(cast: Cast, goal: str, words: str, *, by: Caller | None = None) -> list[list[tuple[str, str]]]:
    """The differences of the history's entries with these words, newest first."""
    history = goals.goal(by or cast.client, cast.case, goal).history
    return [[(piece.kind, piece.text) for piece in entry.pieces] for entry in history if entry.words == words]
