"""Refusals: why something was not done, as a sentence that a person can read."""

from typing import Any


class Refusal(Exception):
    """Something was asked that cannot be done; nothing was changed.

    `sentence` is the English text of the catalogue; `params` fill its places. Neither is ever
    written to a log, only the class name is.
    """

    sentence = "That did not work. Nothing was changed."

    def __init__(self, sentence: str | None = None, *, field: str = "", **params: Any) -> None:
        super().__init__(type(self).__name__)
        if sentence is not None:
            self.sentence = sentence
        self.field = field
        self.params = params


class NotFound(Refusal):
    """There is no such thing, or it is not yours to know of: the same words for both."""

    sentence = "We could not find that. It may have been moved or closed."


class Forbidden(Refusal):
    """The person's role in the case does not include this."""

    sentence = "Your role here does not include that."


class NotSignedIn(Refusal):
    """No living session: never there, timed out, or signed out elsewhere."""

    sentence = "You are signed out. Please sign in again; nothing was changed."


class ChangedMeanwhile(Refusal):
    """The thing has a newer version than the one that the person saw."""

    sentence = "The other of you changed this a moment ago. Both texts are here; please choose."


class Ended(Refusal):
    """The work together has ended: what is there can be read, no longer changed."""

    sentence = "Your work together has ended. Everything can still be read, but no longer changed."


class AlreadyDone(Refusal):
    """This operation id was carried out before: the change stands exactly once."""

    sentence = "This was saved already."


class BadInput(Refusal):
    """A value that cannot be taken; `field` names where it was typed."""

    sentence = "That could not be taken as it is. Please look at it again."


class TooMuchText(BadInput):
    """A text is far longer than any field takes; it was not looked at."""

    sentence = "That is more text than fits here. Nothing was changed, and your text is still on this page; please shorten it."


class TooBusy(Refusal):
    """More of this is waiting already than can be done in a moment."""

    sentence = "Very many people are at the door just now. Nothing was changed; please try again in a moment."


class DatabaseGone(Refusal):
    """The database is locked, full or out of reach; nothing was stored."""

    sentence = "Not saved: the portal cannot reach its storage just now. Your text is kept here; please try again."


class NotShown(Refusal):
    """Nothing was to be changed, only read, and storage is out of reach for the moment."""

    sentence = "This cannot be shown just now: the portal cannot reach its storage. It is tried again by itself."
