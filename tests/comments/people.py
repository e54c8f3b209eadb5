"""What every test of comments does with the service: something to comment on, and the threads as people see them."""

from datetime import datetime

from portal.access import keys
from portal.access.gate import Caller
from portal.access.models import Person
from portal.comments import service
from portal.comments.schemas import CommentView, ThreadView, Wanted
from portal.feedback import service as feedback
from portal.kit import clock
from portal.kit.db import transaction
from tests.cast import Cast
from tests.checkins.acts import both
from tests.makers import op


def thread(cast: Cast, about: str, *, by: Caller, kind: str = "goal", whole: bool = False) -> ThreadView | None:
    """The comments about one thing as somebody sees them; none where there is no place for any."""
    wanted = Wanted(kind, (about,), frozenset({about} if whole else ()))
    return next(iter(service.threads(by, cast.case, wanted)), None)


def comments(cast: Cast, about: str, *, by: Caller, kind: str = "goal") -> list[CommentView]:
    """The comments about one thing."""
    found = thread(cast, about, by=by, kind=kind)
    return found.comments if found else []


def words(cast: Cast, about: str, *, by: Caller, kind: str = "goal") -> list[str]:
    """What is read there: the words, or what stands in their place."""
    return [one.withdrawn or said(one) for one in comments(cast, about, by=by, kind=kind)]


def said(one: CommentView) -> str:
    """The words of a comment."""
    return "".join(piece.text for piece in one.pieces)


def add(cast: Cast, about: str, text: str, *, by: Caller, kind: str = "goal", op: str) -> str:
    """Write a comment; its id."""
    return service.add(by, cast.case, kind, about, text, op=op).id


def read(cast: Cast, about: str, *, by: Caller, kind: str = "goal", upto: datetime | None = None) -> None:
    """Somebody reads what stands there now."""
    service.see(by, cast.case, kind, about, upto or clock.now(), op=op())


def shared(cast: Cast, text: str = "That was hard", *, by: Caller | None = None) -> str:
    """Something that the client (or `by`) shared."""
    author = by or cast.client
    share = feedback.begin(author, cast.case, op=op())
    feedback.choose_kind(author, cast.case, share, "question", op=op())
    feedback.share(author, cast.case, share, text, 0, op=op())
    return share


def revealed(cast: Cast) -> str:
    """A check-in that has opened for both."""
    return both(cast)


def rename(person_id: str, name: str) -> None:
    """Somebody is called otherwise from now on."""
    with transaction(writes=True) as db:
        key = keys.account_key(db)
        person = db.get_one(Person, person_id)
        person.name = key.seal(name, f"person.name:{person_id}")
        db.add(person)
