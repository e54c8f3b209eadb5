"""The cookies of the portal: the session of somebody signed in, the mark of a browser that is not, and the sign of a known device."""

from starlette.responses import Response

from portal.settings import settings


def is_protected() -> bool:
    """Whether cookies travel over TLS only. A real practice's always do; elsewhere only if the address is https."""
    return settings().https or settings().is_production


def session_cookie() -> str:
    """The name of the cookie that carries a session's token."""
    return _named("rapport")


def visitor_cookie() -> str:
    """The name of the cookie that tells one signed-out browser from another; it opens nothing."""
    return _named("visitor")


def known_cookie() -> str:
    """The name of the cookie by which a device is known from an earlier sign-in; it opens nothing, it only spares the queue."""
    return _named("known")


def _named(name: str) -> str:
    # The prefix makes the browser refuse the cookie from a sub-domain, another path or a plain address.
    return f"__Host-{name}" if is_protected() else name


def give(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send; the browser forgets it when it is closed, or after `seconds`."""
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="strict", secure=is_protected())


def take_back(response: Response, name: str) -> None:
    """Remove a cookie from the browser."""
    response.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=is_protected())


def read(header_lines: list[bytes], name: str) -> str | None:
    """The value of one cookie from the raw Cookie headers; none if it is missing, or there twice with different values."""
    values = set()
    for line in header_lines:
        for part in line.decode("latin-1").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                values.add(value.strip('"'))
    return values.pop() if len(values) == 1 else None


def as_header(name: str, value: str) -> bytes:
    """The Set-Cookie line of `give`, for a response that is already on its way."""
    response = Response()
    give(response, name, value)
    return dict(response.raw_headers)[b"set-cookie"]
