"""Native forms: what a browser brought with one, and how it is answered: with a new page, or with a sentence beside the form."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from portal.access import cookies, wire
from portal.access.gate import Caller, session_of_cookie
from portal.kit.i18n import best_language, is_language, say
from portal.kit.refusal import BadInput, Refusal
from portal.kit.turns import Turns

Result = TypeVar("Result")

_MOST_FIELDS = 20
_SEE_OTHER = 303
_REFUSED = 422

_hashing = Turns("hashing", threads=2, most=24, most_each=8)

KNOWN_SECONDS = 400 * 24 * 3600
"""How long a device stays known: the longest that browsers keep a cookie."""


@dataclass(frozen=True)
class Post:
    """One posted form. `by_script`: the page sent it and waits for a sentence; otherwise the browser did, and wants a page.

    `readable`: whether it was a form at all; `answered` refuses the others.
    """

    fields: Mapping[str, str] = field(repr=False)
    address: str
    user_agent: str
    language: str
    session_token: str = field(repr=False)
    known: str = field(repr=False)
    by_script: bool
    readable: bool = True

    def __getitem__(self, name: str) -> str:
        """What was typed into a field; empty if it was not sent."""
        return self.fields.get(name, "")

    async def caller(self) -> Caller:
        """Whoever is signed in, or nobody."""
        return Caller(await asyncio.to_thread(session_of_cookie, self.session_token) if self.session_token else None)

    def say(self, sentence: str, **places: object) -> str:
        """A sentence in the language of the page that sent the form."""
        return say(self.language, sentence, **places)

    def go(self, to: str) -> Response:
        """Answer with another page."""
        return JSONResponse({"to": to}) if self.by_script else RedirectResponse(to, _SEE_OTHER)

    def tell(self, back: str, sentence: str, code: str) -> Response:
        """Answer that it is done, on the same page. `code` names the sentence in the address if there is no script."""
        if self.by_script:
            return JSONResponse({"words": self.say(sentence), "good": True})
        return RedirectResponse(f"{back}?{urlencode({'done': code})}", _SEE_OTHER)

    def refuse(self, back: str, refusal: Refusal) -> Response:
        """Answer why it was not done. In the address stands the refusal's name and a number, never what was typed."""
        if self.by_script:
            words = self.say(refusal.sentence, **refusal.params)
            return JSONResponse({"words": words, "field": refusal.field, "why": type(refusal).__name__}, _REFUSED)
        return RedirectResponse(f"{back}?{urlencode({'why': type(refusal).__name__})}", _SEE_OTHER)


async def received(request: Request) -> Post:
    """Read a posted form. Fields that are not text are left out; what cannot be read as a form has none."""
    try:
        form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        fields, readable = {name: value for name, value in form.items() if isinstance(value, str)}, True
    except (HTTPException, MultiPartException, ValueError):
        fields, readable = {}, False
    lines = wire.header_lines(request.scope, b"cookie")
    wanted = fields.get("lang", "")
    return Post(
        fields=fields,
        address=wire.address_of(request.scope),
        user_agent=request.headers.get("user-agent", "")[:500],
        language=wanted if is_language(wanted) else best_language(request.headers.get("accept-language", "")),
        session_token=cookies.read(lines, cookies.session_cookie()) or "",
        known=(cookies.read(lines, cookies.known_cookie()) or "")[:200],
        by_script="application/json" in request.headers.get("accept", ""),
        readable=readable,
    )


async def answered(
    post: Post, back: str, act: Callable[[], Result], then: Callable[[Result], Response], *, hashes: bool = False
) -> Response:
    """Carry out an act in a thread and answer; a refusal is told on the page `back`.

    `hashes`: the act works on a password, which is slow on purpose; such acts wait for each other and for nobody else.
    """
    try:
        if not post.readable:
            raise BadInput
        result = await (_hashing.take(post.address, act) if hashes else asyncio.to_thread(act))
    except Refusal as refusal:
        return post.refuse(back, refusal)
    return then(result)


def with_session(response: Response, token: str, known: str) -> Response:
    """Let the browser carry a new session, and know the device next time."""
    cookies.give(response, cookies.session_cookie(), token)
    cookies.give(response, cookies.known_cookie(), known, seconds=KNOWN_SECONDS)
    return response


def with_token(response: Response, token: str) -> Response:
    """Let the browser go on with another session."""
    cookies.give(response, cookies.session_cookie(), token)
    return response


def without_session(response: Response) -> Response:
    """Take the session from the browser."""
    cookies.take_back(response, cookies.session_cookie())
    return response
