"""The headers that stand on every answer: what a page may load and run, who may frame it, and how long it is kept."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

# Script types that a browser runs; anything else in a script element is data.
_RUNS = {"", "module", "text/javascript", "application/javascript", "importmap", "speculationrules"}
_HASHED = re.compile(r"^/assets/[^/]+-[A-Za-z0-9_-]{8}\.(?:js|css|woff2|svg|png|json)$")
_OURS = (b"access-control-", b"server", b"x-powered-by", b"cache-control", b"content-security-policy")

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with that, browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "permissions-policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
            "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
            "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
        )
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "x-robots-tag": "noindex, nofollow",
}  # fmt: skip
_A_YEAR = 365 * 24 * 3600


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self._inside = "src" not in given and (given.get("type") or "").lower() in _RUNS
            if self._inside:
                self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False


def inline_script_hashes(page: str) -> list[str]:
    """The CSP source expressions of the scripts that stand inside a page, sorted, each once."""
    parser = _InlineScripts()
    parser.feed(page)
    parser.close()
    return sorted({f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in parser.found})


def content_security_policy(origin: str, hashes: list[str]) -> str:
    """What a page of ours may do: its own files, the given inline scripts, its own socket, and nothing else.

    Inline styles are allowed because React writes style attributes; no script is ever evaluated from text.
    """
    scheme, netloc = urlsplit(origin)[:2]
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        # 'self' does not cover the socket in every browser.
        "connect-src": f"'self' {'wss' if scheme == 'https' else 'ws'}://{netloc}",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    if scheme == "https":
        rules["upgrade-insecure-requests"] = ""
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())


def is_hashed(path: str) -> bool:
    """Whether the file's name changes with its content, so that a browser may keep it for good."""
    return _HASHED.match(path) is not None


@dataclass(frozen=True)
class Headers:
    """The headers of one portal: its origin, and the pages of its build."""

    origin: str
    static: Path

    def added_to(self, given: list[tuple[bytes, bytes]], path: str, status: int) -> list[tuple[bytes, bytes]]:
        """The headers of an answer: what the answer brought, cleaned, and what every answer carries."""
        kept = [(name, value) for name, value in given if not name.lower().startswith(_OURS)]
        kind = next((value for name, value in kept if name.lower() == b"content-type"), b"")
        ours = dict(_ALWAYS)
        if kind.startswith(b"text/html"):
            ours["content-security-policy"] = self._of_page(path)
            ours["cache-control"] = "no-store"
        else:
            ours["content-security-policy"] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            ours["cache-control"] = self._keeping(path, status)
        if self.origin.startswith("https://"):
            ours["strict-transport-security"] = f"max-age={_A_YEAR}"
        names = {name.encode() for name in ours}
        return [pair for pair in kept if pair[0].lower() not in names] + [
            (name.encode(), value.encode()) for name, value in ours.items()
        ]

    def _keeping(self, path: str, status: int) -> str:
        if status in {200, 206, 304} and path in _files(self.static):
            return f"public, max-age={_A_YEAR}, immutable" if is_hashed(path) else "no-cache"
        return "no-store"

    def _of_page(self, path: str) -> str:
        pages = _pages(self.static, self.origin)
        fallback = pages.get("/404.html") or content_security_policy(self.origin, [])
        bare = path.rstrip("/")
        return pages.get(path) or pages.get(f"{bare}/index.html") or pages.get(f"{bare}.html") or fallback


@cache
def _pages(static: Path, origin: str) -> dict[str, str]:
    """The policy of every built page by its address in the build."""
    return {
        f"/{page.relative_to(static).as_posix()}": content_security_policy(origin, inline_script_hashes(page.read_text("utf-8")))
        for page in sorted(static.rglob("*.html"))
    }


@cache
def _files(static: Path) -> frozenset[str]:
    return frozenset(f"/{file.relative_to(static).as_posix()}" for file in static.rglob("*") if file.is_file())
