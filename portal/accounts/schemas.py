"""What the browser may see of accounts, and what it may send about them."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from portal.access.models import PersonKind
from portal.accounts.domain import (
    MOST_CHARACTERS,
    BadAddress,
    BadPin,
    NotThePassword,
    PasswordTooLong,
    PersonStatus,
    PinsDiffer,
    Theme,
    WrongSignIn,
    check_pin,
    typed_code,
    typed_pin,
)
from portal.kit.i18n import is_language
from portal.kit.refusal import BadInput
from portal.kit.text import clean

MOST_NAME = 80
MOST_PRONOUNS = 40
MOST_ADDRESS = 254
MOST_PRACTICE = 120


def parsed_address(text: str, *, name: str = "email") -> str:
    """An e-mail address as it was typed, tidied. Raises BadAddress, naming the field `name`."""
    try:
        found = validate_email(clean(text, field=name, most=MOST_ADDRESS, lines=False), check_deliverability=False, test_environment=True)
    except (EmailNotValidError, BadInput):
        raise BadAddress(field=name) from None
    return found.normalized


def looked_up_address(text: str) -> str:
    """An address to look for, whatever was typed: what is no address belongs to nobody."""
    try:
        return parsed_address(text)
    except BadAddress:
        return text[:MOST_ADDRESS].strip().encode("utf-8", "replace").decode()


def parsed_practice_name(text: str) -> str:
    """The practice's name, tidied. Raises BadInput."""
    return clean(text, field="practice", most=MOST_PRACTICE, least=1, lines=False)


def _bounded(password: str) -> str:
    if len(password) > MOST_CHARACTERS:
        raise PasswordTooLong(field="password", most=MOST_CHARACTERS)
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in password):
        raise BadInput("This text has a character that cannot be stored. Please type it again.", field="password")
    return password


def _name(text: str, *, field: str = "name") -> str:
    return clean(text, field=field, most=MOST_NAME, least=1, lines=False)


@dataclass(frozen=True)
class Visit:
    """Where a form came from: what limits and the list of devices go by. `known` is what this browser brought from an earlier sign-in."""

    address: str
    user_agent: str = ""
    known: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class SignedIn:
    """What a browser gets that has just been signed in: the session's token, and the sign of a known device."""

    session_id: str
    person_id: str
    token: str = field(repr=False)
    known: str = field(repr=False)


@dataclass(frozen=True)
class PinForm:
    """A PIN to be kept, typed twice."""

    pin: str = field(repr=False)
    again: str = field(repr=False)

    def parse(self) -> "PinForm":
        """The form, in plain digits. Raises BadPin, PinTooObvious and PinsDiffer."""
        pin = typed_pin(self.pin)
        check_pin(pin)
        try:
            same = typed_pin(self.again) == pin
        except BadPin:
            same = False
        if not same:
            raise PinsDiffer(field="again")
        return PinForm(pin, pin)


@dataclass(frozen=True)
class ProofForm:
    """What shows that the lender holds the device again: the PIN, or else the password."""

    pin: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def parse(self) -> "ProofForm":
        """The form, tidied. Raises BadPin and, for what can be nobody's password, NotThePassword."""
        if not self.password:
            return ProofForm(pin=typed_pin(self.pin))
        try:
            return ProofForm(password=_bounded(self.password))
        except BadInput:
            raise NotThePassword(field="password") from None


@dataclass(frozen=True)
class Returned:
    """A device that came back: the lender's fresh session, where it began, and how often the PIN had been wrong."""

    token: str = field(repr=False)
    case_id: str
    handed_session_id: str
    came_from: str
    task: str
    about: str
    wrong_pins: int


@dataclass(frozen=True)
class SignInForm:
    """Address and password."""

    email: str
    password: str = field(repr=False)

    def parse(self) -> "SignInForm":
        """The form, tidied. Raises WrongSignIn for what can be nobody's password."""
        try:
            return SignInForm(looked_up_address(self.email), _bounded(self.password))
        except BadInput:
            raise WrongSignIn from None


@dataclass(frozen=True)
class NewPasswordForm:
    """A new password, with what proves that one may choose it: the typed code, and the link's token or the address."""

    password: str = field(repr=False)
    token: str = field(default="", repr=False)
    email: str = ""
    code: str = field(default="", repr=False)

    def parse(self) -> "NewPasswordForm":
        """The form, tidied."""
        return NewPasswordForm(_bounded(self.password), self.token[:100], looked_up_address(self.email), typed_code(self.code))


@dataclass(frozen=True)
class ChangePasswordForm:
    """The present password and a new one."""

    present: str = field(repr=False)
    password: str = field(repr=False)

    def parse(self) -> "ChangePasswordForm":
        """The form, bounded."""
        return ChangePasswordForm(_bounded(self.present), _bounded(self.password))


@dataclass(frozen=True)
class ChangeAddressForm:
    """A new e-mail address, and the present password."""

    present: str = field(repr=False)
    email: str

    def parse(self) -> "ChangeAddressForm":
        """The form, tidied. Raises BadAddress."""
        return ChangeAddressForm(_bounded(self.present), parsed_address(self.email, name="new-email"))


@dataclass(frozen=True)
class SetUpForm:
    """The first person of a practice."""

    code: str = field(repr=False)
    practice: str
    name: str
    email: str
    password: str = field(repr=False)

    def parse(self) -> "SetUpForm":
        """The form, tidied. Raises BadInput."""
        return SetUpForm(
            typed_code(self.code),
            parsed_practice_name(self.practice),
            _name(self.name),
            parsed_address(self.email),
            _bounded(self.password),
        )


@dataclass(frozen=True)
class InviteForm:
    """Somebody to invite."""

    name: str
    email: str
    kind: str
    is_admin: bool = False
    language: str = ""

    def parse(self) -> "InviteForm":
        """The form, tidied. Raises BadInput. A client never runs the practice."""
        if self.kind not in set(PersonKind):
            raise BadInput(field="kind")
        return InviteForm(
            _name(self.name),
            parsed_address(self.email),
            self.kind,
            self.is_admin and self.kind == PersonKind.STAFF,
            self.language if is_language(self.language) else "",
        )


@dataclass(frozen=True)
class ProfileForm:
    """What people may change about themselves; None leaves it as it is."""

    name: str | None = None
    pronouns: str | None = None
    language: str | None = None
    time_zone: str | None = None
    theme: str | None = None

    def parse(self) -> "ProfileForm":
        """The form, tidied. Raises BadInput, naming the field."""
        if self.language and not is_language(self.language):
            raise BadInput(field="language")
        if self.time_zone and self.time_zone not in time_zones():
            raise BadInput("Please choose a time zone from the list.", field="time-zone")
        if self.theme is not None and self.theme not in set(Theme):
            raise BadInput(field="theme")
        return ProfileForm(
            None if self.name is None else _name(self.name),
            None if self.pronouns is None else clean(self.pronouns, field="pronouns", most=MOST_PRONOUNS, lines=False),
            self.language,
            self.time_zone,
            self.theme,
        )


@cache
def time_zones() -> tuple[str, ...]:
    """The zones that a person may choose: places, and UTC."""
    places = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in places))


@dataclass(frozen=True)
class Device:
    """A browser that is signed in; `lent_to` whom it is handed over to, `lent_by` who handed it to the person, if so."""

    session_id: str
    name: str
    since: datetime
    seen: datetime
    here: bool
    lent_to: str = ""
    lent_by: str = ""


@dataclass(frozen=True)
class DeviceLine:
    """A browser that is signed in, in words; `lent` says that it was handed over, if so."""

    session_id: str
    name: str
    seen: str
    since: str
    here: bool
    lent: str = ""


@dataclass(frozen=True)
class Account:
    """One's own account."""

    name: str
    pronouns: str
    email: str
    language: str
    time_zone: str
    theme: str
    new_email: str
    devices: tuple[Device, ...]
    now: datetime
    may_keep_pin: bool = False
    has_pin: bool = False


@dataclass(frozen=True)
class Opened:
    """Whose link was opened, and until when it can be used."""

    name: str
    email: str
    until: datetime


@dataclass(frozen=True)
class Handed:
    """An invitation that was made. Link and code are empty when they went out by mail; otherwise they are shown this once."""

    person_id: str
    name: str
    email: str
    until: datetime
    link: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True)
class Somebody:
    """A person as an admin sees them: no content of any case."""

    person_id: str
    name: str
    email: str
    kind: PersonKind
    is_admin: bool
    is_demo: bool
    status: PersonStatus
    invited_until: datetime | None
    me: bool


@dataclass(frozen=True)
class Pairing:
    """Who works with whom, since when, and until when."""

    case_id: str
    clients: tuple[str, ...]
    staff: tuple[str, ...]
    since: datetime
    ended: bool


@dataclass(frozen=True)
class PracticeView:
    """The practice as an admin sees it."""

    name: str
    people: tuple[Somebody, ...]
    pairings: tuple[Pairing, ...]
    mails: bool
    time_zone: str
    now: datetime


@dataclass(frozen=True)
class PersonLine:
    """A person in the admin's list, in words. `status` is one of PersonStatus, `mark` whose colour and shape stands beside the name."""

    person_id: str
    name: str
    email: str
    kind: str
    mark: str
    status: str
    status_words: str
    runs_practice: bool
    is_staff: bool
    me: bool


@dataclass(frozen=True)
class PairLine:
    """A pairing in the admin's list, in words."""

    case_id: str
    clients: str
    staff: str
    since: str
    ended: bool
