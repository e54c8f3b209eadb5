"""What an account is: rules for passwords, attempts, one-time codes and who may leave. Plain values, time passed in."""

import itertools
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.kit.i18n import N_
from portal.kit.refusal import BadInput, Refusal

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 512
"""Longer ones are refused, not cut: the whole password counts."""

TICKET_LIFE = timedelta(hours=72)
"""How long an invitation or the way to a new password can be used."""

LEAST_DIGITS, MOST_DIGITS = 4, 8
"""How long a PIN is. It only ever opens the way back on a device that its owner handed over a moment ago."""

PIN_TRIES = 5
"""After so many wrong PINs on a handed-over device only the password brings it back."""

CODE_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing that is read as something else."""

CODE_LENGTH = 10
_CODE_GROUP = 5


class WrongSignIn(Refusal):
    """The address, the password or both are not those of an account: the same words for all."""

    sentence = "This e-mail address and password do not belong together. Please look at both and try again."


class PleaseWait(Refusal):
    """Too many attempts; the next one counts after a pause. It passes by itself."""

    sentence = "That was a few attempts in a row. To keep the account safe, please wait a minute and try again."

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        if seconds < 60:
            super().__init__(_WAIT_SECONDS, n=seconds)
        elif minutes > 1:
            super().__init__(_WAIT_MINUTES, n=minutes)
        else:
            super().__init__()
        self.seconds = seconds


_WAIT_SECONDS = N_("That was a few attempts in a row. To keep the account safe, please wait {n} seconds and try again.")
_WAIT_MINUTES = N_("That was a few attempts in a row. To keep the account safe, please wait {n} minutes and try again.")


class PasswordTooShort(BadInput):
    """Fewer than twelve characters."""

    sentence = "Please choose at least {least} characters. A few words in a row are easy to remember and hard to guess."


class PasswordTooLong(BadInput):
    """More than can be taken."""

    sentence = "Please choose at most {most} characters."


class PasswordTooCommon(BadInput):
    """On the list of what people try first, or as easily guessed."""

    sentence = "This password is among those that are tried first. Please choose something less usual, perhaps a few words in a row."


class PasswordNamesYou(BadInput):
    """It holds a name or the address of its owner."""

    sentence = "Please leave your own name and e-mail address out of the password."


class WrongPassword(BadInput):
    """The present password, asked for once more, was another one."""

    sentence = "This is not your present password. Nothing was changed."


class BadPin(BadInput):
    """Not four to eight digits."""

    sentence = "A PIN has {least} to {most} digits."


class PinTooObvious(BadInput):
    """Among those that are tried first: one digit, a row, a pattern, a year."""

    sentence = "This PIN is among those that are tried first, like 0000 or 1234. Please choose another one."


class PinsDiffer(BadInput):
    """Typed twice, and not the same."""

    sentence = "The two PINs are not the same. Please type both again."


class NoPin(BadInput):
    """A device can only be handed over by who can take it back."""

    sentence = "Please choose a PIN first. With it you take the device back."


class WrongPin(BadInput):
    """Another PIN than the lender's."""

    sentence = "This is not the PIN. {n} more tries, then the password is needed."

    def __init__(self, left: int) -> None:
        super().__init__(_LAST_TRY if left == 1 else None, field="pin", **({} if left == 1 else {"n": left}))
        self.left = left


_LAST_TRY = N_("This is not the PIN. One more try, then the password is needed.")


class PinUsedUp(Refusal):
    """Five wrong PINs: from now on the password."""

    sentence = "The PIN was wrong five times. Please use the password now."


class NotThePassword(BadInput):
    """Another password than the lender's."""

    sentence = "This is not the password. The device stays as it is."


class NotValid(Refusal):
    """An invitation, a code or the way to a new password that is unknown, used, withdrawn or too old: the same words for all."""

    sentence = "This link or code cannot be used: it may be mistyped, used already or too old. Please ask for a new one."


class BadAddress(BadInput):
    """Not an e-mail address."""

    sentence = "Please check the e-mail address: it should look like name@example.org."


class AddressTaken(BadInput):
    """Somebody in the practice has this address already; only said to those who may see all addresses."""

    sentence = "Somebody in the list has this e-mail address already."


class LastAdmin(Refusal):
    """Without this person nobody could run the practice's accounts."""

    sentence = "At least one person must be able to run the practice. Give somebody else that right first."


class NotYourself(Refusal):
    """Nobody locks themselves out by mistake."""

    sentence = "You cannot do this with your own account here."


class AlreadySetUp(Refusal):
    """The practice has its first person."""

    sentence = "This practice is set up already. Please sign in."


class NoDemoHere(Refusal):
    """A fictional person outside the fictional practice."""

    sentence = "Fictional people live in the demo practice only."


class PersonStatus(StrEnum):
    """How it stands with somebody's account."""

    INVITED = "invited"
    INVITATION_OVER = "invitation over"
    ACTIVE = "active"
    LEFT = "left"


class Theme(StrEnum):
    """Light, dark, or as the device says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class TicketPurpose(StrEnum):
    """What a one-time link or code is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105
    ADDRESS = "address"
    SET_UP = "set-up"


# Passwords


def check_password(password: str, *, own_words: frozenset[str], is_common: bool) -> None:
    """Refuse a password that is too short, too long, tried first by everybody (`is_common`), or names its owner.

    There are no rules about kinds of characters. Raises PasswordTooShort, PasswordTooLong, PasswordNamesYou, PasswordTooCommon.
    """
    if len(password) < LEAST_CHARACTERS:
        raise PasswordTooShort(field="password", least=LEAST_CHARACTERS)
    if len(password) > MOST_CHARACTERS:
        raise PasswordTooLong(field="password", most=MOST_CHARACTERS)
    plain = folded(password)
    if any(word in plain for word in own_words if len(word) >= _TELLING):
        raise PasswordNamesYou(field="password")
    if _is_little_more_than(own_words, plain):
        raise PasswordNamesYou(field="password")
    if _is_little_more_than(_PRODUCT, plain) or is_common or len(set(plain)) < _DIFFERENT:
        raise PasswordTooCommon(field="password")


def _is_little_more_than(words: frozenset[str], plain: str) -> bool:
    rest = plain
    for word in words:
        rest = rest.replace(word, "")
    return len(rest) < len(plain) and sum(map(str.isalnum, rest)) < LEAST_CHARACTERS // 2


_PRODUCT = frozenset({"rapport"})  # what people try first who see it on every page
_TELLING = 4
_DIFFERENT = 4


def own_words(name: str, email: str) -> frozenset[str]:
    """The words that a person's password must not be made of: parts of the name and of the address, folded."""
    local, _, host = email.partition("@")
    parts = [*re.split(r"[\W_\d]+", name), name.replace(" ", ""), *re.split(r"[\W_\d]+", local), local, host.partition(".")[0], email]
    return frozenset(word for part in parts if len(word := folded(part)) > 1)


def folded(text: str) -> str:
    """Without case, accents and width: "Ánna" and "anna" are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


# PINs


def typed_pin(text: str) -> str:
    """A PIN as it was meant: without spaces, in the digits of whichever script. Raises BadPin."""
    digits = "".join(str(unicodedata.decimal(one, one)) for one in text if not one.isspace())
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise BadPin(field="pin", least=LEAST_DIGITS, most=MOST_DIGITS)
    return digits


def check_pin(pin: str) -> None:
    """Refuse a PIN that is tried first: repeated parts, rows up or down, doubled digits, there and back, years.

    Expects four to eight digits, as `typed_pin` returns them. Raises PinTooObvious.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    is_row = len(steps) == 1
    repeats = any(pin == pin[:width] * (len(pin) // width) for width in range(1, len(pin)))
    is_year = len(pin) == 4 and pin[:2] in {"19", "20"}
    pairs = len(pin) % 2 == 0 and all(pin[n] == pin[n + 1] for n in range(0, len(pin), 2))
    if is_row or repeats or is_year or pairs or pin == pin[::-1] or pin in _FAVOURITES:
        raise PinTooObvious(field="pin")


# Down the keypad, a well-known agent with a row before or after, and a date that many think of.
_FAVOURITES = frozenset({"2580", "0852", "0007", "1007", "0070", "12345679", "147258", "258369", "159357", "2512", "3112", "1225"})


# Devices that are handed over


@dataclass(frozen=True)
class Lent:
    """A device that was handed over: the session that it goes on with, and the one that rests meanwhile."""

    session_id: str
    lender_session_id: str
    token: str = field(repr=False)


# Attempts


@dataclass(frozen=True)
class Patience:
    """How many attempts are free, how fast the pause between further ones grows, and when they are forgotten."""

    free: int
    longest: timedelta
    forgotten: timedelta

    def pause(self, attempts: int) -> int:
        """Seconds to wait after so many attempts in a row: nothing at first, then doubling up to `longest`."""
        beyond = attempts - self.free
        if beyond < 0:
            return 0
        return min(_FIRST_PAUSE << min(beyond, 30), int(self.longest.total_seconds()))

    def pauses(self) -> tuple[int, ...]:
        """The pause after each attempt, from the first until it no longer grows."""
        longest = int(self.longest.total_seconds())
        found: list[int] = []
        while not found or found[-1] < longest:
            found.append(self.pause(len(found) + 1))
        return tuple(found)


_FIRST_PAUSE = 2
PER_ACCOUNT = Patience(free=5, longest=timedelta(minutes=15), forgotten=timedelta(hours=24))
PER_DEVICE = Patience(free=1, longest=timedelta(minutes=15), forgotten=timedelta(hours=24))
"""For passwords typed on a handed-over device: somebody else holds it, so the pause begins with the first mistake."""
PER_ADDRESS = Patience(free=30, longest=timedelta(minutes=15), forgotten=timedelta(hours=1))


# One-time links and codes


def shown_code(code: str) -> str:
    """A code as it is written in a letter: in groups."""
    return "-".join(code[i : i + _CODE_GROUP] for i in range(0, len(code), _CODE_GROUP))


def typed_code(text: str) -> str:
    """A code as it was meant: without spaces and hyphens, and with the letters that look like digits read as those."""
    plain = "".join(character for character in folded(text).upper() if character.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))[: 2 * CODE_LENGTH]


def is_open(*, expires_at: datetime, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a link or code can still be used: once, and not for ever."""
    return closed_at is None and now < expires_at


# People


def status_of(*, has_password: bool, deactivated_at: datetime | None, invited_until: datetime | None, now: datetime) -> PersonStatus:
    """How it stands with an account. `invited_until` is the end of an open invitation, if there is one."""
    if deactivated_at is not None:
        return PersonStatus.LEFT
    if has_password:
        return PersonStatus.ACTIVE
    return PersonStatus.INVITED if invited_until is not None and now < invited_until else PersonStatus.INVITATION_OVER


def check_may_leave(person_id: str, *, me: str, active_admins: frozenset[str]) -> None:
    """Refuse to deactivate oneself or the last who can run the practice. Raises NotYourself and LastAdmin."""
    if person_id == me:
        raise NotYourself
    if active_admins == {person_id}:
        raise LastAdmin


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
             ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def device_name(user_agent: str) -> str:
    """Browser and system by name, without a version: enough to recognise one's own, too little to track one. May be empty."""
    known = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in known if name)
