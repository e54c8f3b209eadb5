"""What the page frame and the controls are given to show: small values, ready-made text, nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has this case open now."""

    name: str
    role: str
    me: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's answer to one operation: what "Saved 14:02" rests on.

    `outcome` is "saved" (`at` is the clock time, `version` the row's new version, 0 if it has none), "changed" (somebody
    else was first: `theirs` and its `version`; nothing was stored) or "refused" (`words` say why; nothing was stored).
    """

    op: str
    outcome: str
    at: str = ""
    version: int = 0
    words: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who is there in a crisis, from the practice's settings."""

    name: str
    phone: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, a list of radio buttons or a menu."""

    value: str
    words: str
    hint: str = ""
    disabled: bool = False
