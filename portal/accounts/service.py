"""The verbs about people: signing in and out, invitations, passwords, devices, and who belongs to the practice."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.access import keys, log
from portal.access.gate import (
    Caller,
    Member,
    OpenAccount,
    OpenCase,
    OpenEntrance,
    OpenUpkeep,
    open_account,
    open_entrance,
    open_upkeep,
)
from portal.access.models import CaseStatus, HandOver, Membership, Person, PersonKind, PersonSession
from portal.access.permissions import CaseRole, Permission
from portal.access.tasks import Task
from portal.accounts import repository
from portal.accounts.domain import (
    CODE_CHARACTERS,
    CODE_LENGTH,
    PER_ACCOUNT,
    PER_ADDRESS,
    PER_DEVICE,
    PIN_TRIES,
    TICKET_LIFE,
    AlreadySetUp,
    BadAddress,
    Lent,
    NoDemoHere,
    NoPin,
    NotThePassword,
    NotValid,
    NotYourself,
    PersonStatus,
    PinUsedUp,
    PleaseWait,
    TicketPurpose,
    WrongPassword,
    WrongPin,
    WrongSignIn,
    check_may_leave,
    check_password,
    device_name,
    is_open,
    own_words,
    shown_code,
    status_of,
    typed_code,
)
from portal.accounts.models import Practice, ResetWish, Ticket
from portal.accounts.schemas import (
    Account,
    ChangeAddressForm,
    ChangePasswordForm,
    Device,
    Handed,
    InviteForm,
    NewPasswordForm,
    Opened,
    Pairing,
    PinForm,
    PracticeView,
    ProfileForm,
    ProofForm,
    Returned,
    SetUpForm,
    SignedIn,
    SignInForm,
    Somebody,
    Visit,
    looked_up_address,
    parsed_practice_name,
)
from portal.kit import i18n, mail, passwords
from portal.kit.crypto import DataKey
from portal.kit.i18n import N_, say
from portal.kit.ids import code, digest, new_id, secret
from portal.kit.keys import master_key
from portal.kit.refusal import Forbidden, NotFound, NotSignedIn
from portal.routes import FORGOTTEN, INVITED, NEW_PASSWORD
from portal.settings import settings

_PRACTICE = "practice"
_ADMIN = "admin"
_REACTIVATED = "reactivate_people"
_ROWS_KEPT = timedelta(days=30)
_WISHES_AT_ONCE = 20
_PAGES = {TicketPurpose.INVITATION: INVITED, TicketPurpose.PASSWORD: NEW_PASSWORD}


# Signing in and out


def sign_in(form: SignInForm, visit: Visit) -> SignedIn:
    """Begin a session with address and password, ending the one that this browser had.

    Whoever has no account here gets the same words after the same work as who mistypes. Raises WrongSignIn and PleaseWait.
    """
    form = form.parse()
    found, tried = _attempted(form.email, visit)
    usable = found.password_hash if found is not None and _may_sign_in(found) else None
    if not passwords.verified(form.password, usable) or found is None or usable is None:
        raise WrongSignIn
    fresh = passwords.hashed(form.password) if passwords.is_outdated(usable) else usable
    with open_entrance() as entrance:
        person = repository.person(entrance.db, found.id)
        if person is None or not _may_sign_in(person) or person.password_hash != usable:
            raise WrongSignIn
        person.password_hash = fresh
        entrance.db.add(person)
        repository.forgive_attempts(entrance.db, all_of=tried[:1], one_of=tried[1:])
        return _begin_session(entrance, person, visit)


def sign_out(token: str) -> None:
    """End the session of a browser's cookie; nothing happens if there is none."""
    with open_entrance() as entrance:
        repository.end_session_of_cookie(entrance.db, digest(token), entrance.now)


def sign_out_everywhere(caller: Caller) -> None:
    """End all sessions of the person, this one too."""
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as account:
        repository.end_sessions(account.db, account.me.id, account.now)


def end_device(caller: Caller, session_id: str) -> None:
    """End one of one's own sessions. Raises NotFound for any other id."""
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as account:
        if not repository.end_sessions(account.db, account.me.id, account.now, only=session_id):
            raise NotFound


def _may_sign_in(person: Person) -> bool:
    return person.deactivated_at is None and (settings().is_demo or not person.is_demo)


def _attempted(email: str, visit: Visit) -> tuple[Person | None, list[str]]:
    """Count the attempt before it is made, so that a flood cannot outrun it. Raises PleaseWait.

    A device that the person has signed in from before waits for its own mistakes only: nobody else's attempts can keep
    the owner out. The first of the returned keys is that of the account or the device.
    """
    index = keys.email_index(email)
    with open_entrance() as entrance:
        person = repository.person_at(entrance.db, index)
        device = _known_device(person, visit.known)
        own = _attempt_key("device" if device else "account", device or index)
        by_place = [_attempt_key("address", visit.address)] if not device else []
        waits = _count(entrance, account=[own], address=by_place)
    if waits:
        raise PleaseWait(waits)
    return person, [own, *by_place]


def _count(opened: OpenEntrance | OpenAccount, *, account: list[str], address: list[str]) -> int:
    tried = [(key, PER_ACCOUNT) for key in account] + [(key, PER_ADDRESS) for key in address]
    return repository.count_attempt(
        opened.db,
        [(key, patience.pauses(), int(patience.forgotten.total_seconds())) for key, patience in tried],
        now=int(opened.now.timestamp()),
        try_id=new_id(),
    )


def _attempt_key(kind: str, value: str) -> str:
    return master_key().mac("attempts", f"{kind} {value}")


def _known_device(person: Person | None, known: str) -> str:
    """The id of the device that the person signed in from before, or nothing. A new password makes every device unknown."""
    device, _, mark = known.partition(".")
    right = hmac.compare_digest(mark.encode(), _mark_of_device(person, device).encode())
    return device if right and person is not None and device else ""


def _mark_of_device(person: Person | None, device: str) -> str:
    whose = f"{person.id} {person.password_hash}" if person is not None else "nobody"
    return master_key().mac("known device", f"{whose} {device}")


def _begin_session(entrance: OpenEntrance, person: Person, visit: Visit) -> SignedIn:
    if visit.session_token:
        repository.end_session_of_cookie(entrance.db, digest(visit.session_token), entrance.now)
    token, row_id = secret(), new_id()
    entrance.db.add(
        PersonSession(
            id=row_id,
            token_digest=digest(token),
            person_id=person.id,
            device=device_name(visit.user_agent),
            created_at=entrance.now,
            last_seen_at=entrance.now,
        )
    )
    device = _known_device(person, visit.known) or new_id()
    return SignedIn(row_id, person.id, token, f"{device}.{_mark_of_device(person, device)}")


# Links and codes that work once


@dataclass(frozen=True)
class _Fresh:
    """A ticket that was just made, with the two secrets of which only digests are stored."""

    ticket: Ticket
    token: str = field(repr=False)
    code: str = field(repr=False)

    def link(self) -> str:
        # After the "#": that part is never sent to a server, so it stands in no log and no referrer.
        return settings().page(f"{_PAGES[TicketPurpose(self.ticket.purpose)]}#{self.token}")


def _new_ticket(purpose: TicketPurpose, person_id: str | None, now: datetime) -> _Fresh:
    token, typed, ticket_id = secret(), code(CODE_CHARACTERS, CODE_LENGTH), new_id()
    ticket = Ticket(
        id=ticket_id,
        purpose=purpose,
        person_id=person_id,
        token_digest=digest(token),
        code_digest=_code_digest(ticket_id, typed),
        created_at=now,
        expires_at=now + TICKET_LIFE,
    )
    return _Fresh(ticket, token, shown_code(typed))


def _code_digest(ticket_id: str, typed: str) -> str:
    return master_key().mac("one-time code", f"{ticket_id} {typed}")


def _has_code(ticket: Ticket, typed: str, now: datetime) -> bool:
    usable = is_open(expires_at=ticket.expires_at, closed_at=ticket.closed_at, now=now)
    return hmac.compare_digest(_code_digest(ticket.id, typed), ticket.code_digest) and usable


def open_link(purpose: TicketPurpose, token: str) -> Opened:
    """Whose invitation or new password a link is for. Looking uses nothing up. Raises NotValid."""
    with open_entrance(writes=False) as entrance:
        ticket, person = _of_token(entrance, purpose, digest(token))
        return Opened(keys.name_of(person, entrance.key), keys.email_of(person, entrance.key), ticket.expires_at)


def choose_password(purpose: TicketPurpose, form: NewPasswordForm, visit: Visit) -> SignedIn:
    """Take up an invitation or choose a new password, with the code and either the link's token or the address; begins a session.

    The link alone is not enough: machines that read letters follow links, and press what they find there. Works once. Every other session of the person ends, and after a new password a letter says so.
    Raises NotValid, PleaseWait and the refusals of check_password; a refused password uses nothing up.
    """
    form = form.parse()
    ticket, person, key = _proven(purpose, form, visit)
    _check(form.password, keys.name_of(person, key), keys.email_of(person, key))
    password_hash = passwords.hashed(form.password)
    with open_entrance() as entrance:
        ticket, person = _of_token(entrance, purpose, ticket.token_digest)
        person.password_hash = password_hash
        entrance.db.add(person)
        repository.close_tickets(entrance.db, entrance.now, person_id=person.id, purposes=_PAGES)
        repository.end_sessions(entrance.db, person.id, entrance.now)
        if purpose is TicketPurpose.PASSWORD:
            _tell_password_changed(entrance, person)
        return _begin_session(entrance, person, visit)


def _proven(purpose: TicketPurpose, form: NewPasswordForm, visit: Visit) -> tuple[Ticket, Person, DataKey]:
    """The open ticket that the form proves, and its person. A code can be guessed, so every attempt is counted first.

    Whoever brings the link's token waits for mistakes made with this link only: who merely knows the address cannot keep them out.
    """
    with open_entrance() as entrance:
        by_link = repository.ticket_of_token(entrance.db, digest(form.token)) if form.token else None
        index = keys.email_index(form.email)
        if by_link:
            tried = [_attempt_key("code for ticket", by_link[0].id)]
        else:
            tried = [] if form.token else [_attempt_key(f"code for {purpose}", index)]
        waits = _count(entrance, account=tried, address=[_attempt_key("address", visit.address)])
        candidates = [by_link] if form.token else repository.open_tickets_at(entrance.db, index, purpose)
        found = [(one[0], one[1]) for one in candidates if one and one[1] and _is_for(one[0], one[1], purpose, entrance.now)]
        right = [(ticket, person) for ticket, person in found if _has_code(ticket, form.code, entrance.now)]
    if waits:
        raise PleaseWait(waits)
    if not right:
        raise NotValid
    return *right[0], entrance.key


def _is_for(ticket: Ticket, person: Person, purpose: TicketPurpose, now: datetime) -> bool:
    usable = is_open(expires_at=ticket.expires_at, closed_at=ticket.closed_at, now=now)
    return usable and ticket.purpose == purpose and person.deactivated_at is None


def _of_token(entrance: OpenEntrance, purpose: TicketPurpose, token_digest: str) -> tuple[Ticket, Person]:
    found = repository.ticket_of_token(entrance.db, token_digest)
    if found is None or found[1] is None or not _is_for(found[0], found[1], purpose, entrance.now):
        raise NotValid
    return found[0], found[1]


def _check(password: str, name: str, email: str) -> None:
    words = own_words(name, email)
    check_password(password, own_words=words, is_common=passwords.is_common(password, words))


def ask_for_password(email: str, language: str, visit: Visit) -> None:
    """Note that somebody has forgotten a password. The answer is the same for every address, and so is the work:

    whether there is such an account is only looked up by `answer_reset_wishes`, in another process. Raises BadAddress when
    nothing was typed, and PleaseWait when one network address asks very often; asking often for one account is answered as
    ever and sends no further letters.
    """
    email = looked_up_address(email)
    if not email:
        raise BadAddress(field="email")
    with open_entrance() as entrance:
        too_often = _count(entrance, account=[_attempt_key("wish", keys.email_index(email))], address=[])
        waits = _count(entrance, account=[], address=[_attempt_key("address", visit.address)])
        if not waits:
            wish_id = new_id()
            sealed = entrance.key.seal("" if too_often else email, f"reset_wish.address:{wish_id}")
            entrance.db.add(ResetWish(id=wish_id, address=sealed, language=language[:12], at=entrance.now))
    if waits:
        raise PleaseWait(waits)


def answer_reset_wishes() -> int:
    """Write to those who have forgotten their password and have an account; the others hear nothing. How many letters."""
    with open_upkeep() as upkeep:
        wishes = repository.wishes(upkeep.db, _WISHES_AT_ONCE)
        if not wishes:
            return 0
        key = keys.account_key(upkeep.db)
        written = sum(_answer(upkeep, key, wish) for wish in wishes)
        repository.forget_wishes(upkeep.db, [wish.id for wish in wishes])
        return written


def _answer(upkeep: OpenUpkeep, key: DataKey, wish: ResetWish) -> bool:
    email = key.unseal(wish.address, f"reset_wish.address:{wish.id}")
    person = repository.person_at(upkeep.db, keys.email_index(email)) if email else None
    if person is None or person.password_hash is None or not _may_sign_in(person):
        return False
    fresh = _replace_ticket(upkeep, person, TicketPurpose.PASSWORD)
    language = person.language or wish.language or settings().language
    letter = _password_letter(fresh, keys.name_of(person, key), keys.email_of(person, key), language, person.time_zone)
    mail.post(upkeep.db, letter, kind="password")
    return True


def _replace_ticket(opened: OpenUpkeep | OpenAccount, person: Person, purpose: TicketPurpose) -> _Fresh:
    repository.close_tickets(opened.db, opened.now, person_id=person.id, purposes=[purpose])
    fresh = _new_ticket(purpose, person.id, opened.now)
    opened.db.add(fresh.ticket)
    return fresh


# The first start


def begin_set_up() -> str | None:
    """A fresh one-time code for setting up an empty practice, for the console; earlier ones end. None once it is set up."""
    with open_upkeep() as upkeep:
        if settings().is_demo or repository.anybody(upkeep.db):
            return None
        keys.account_key(upkeep.db)
        repository.close_tickets(upkeep.db, upkeep.now, person_id=None, purposes=[TicketPurpose.SET_UP])
        fresh = _new_ticket(TicketPurpose.SET_UP, None, upkeep.now)
        upkeep.db.add(fresh.ticket)
        return fresh.code


def is_set_up() -> bool:
    """Whether the practice has its first person."""
    with open_entrance(writes=False) as entrance:
        return repository.anybody(entrance.db)


def set_up(form: SetUpForm, visit: Visit) -> SignedIn:
    """Found the practice with the console's code and its first person, who can run it; begins a session.

    Raises AlreadySetUp, NotValid (the code), PleaseWait, BadInput and the refusals of check_password.
    """
    form = form.parse()
    _check_set_up_code(form.code, visit)
    _check(form.password, form.name, form.email)
    password_hash = passwords.hashed(form.password)
    with open_entrance() as entrance:
        # Somebody else may have come first since the code was looked at: then none is open any more.
        closed = repository.close_tickets(entrance.db, entrance.now, person_id=None, purposes=[TicketPurpose.SET_UP])
        if not closed or repository.anybody(entrance.db):
            raise AlreadySetUp
        sealed = entrance.key.seal(form.practice, f"practice.name:{_PRACTICE}")
        entrance.db.add(Practice(id=_PRACTICE, name=sealed, founded_at=entrance.now))
        person = _new_person(entrance.key, form.name, form.email, PersonKind.STAFF, entrance.now)
        person.is_admin, person.password_hash = True, password_hash
        repository.store_person(entrance.db, person)
        return _begin_session(entrance, person, visit)


def _check_set_up_code(typed: str, visit: Visit) -> None:
    with open_entrance() as entrance:
        if repository.anybody(entrance.db):
            raise AlreadySetUp
        waits = _count(entrance, account=[_attempt_key("set-up", visit.address)], address=[])
        right = any(_has_code(one, typed, entrance.now) for one in repository.open_tickets(entrance.db, TicketPurpose.SET_UP))
    if waits:
        raise PleaseWait(waits)
    if not right:
        raise NotValid


def _new_person(key: DataKey, name: str, email: str, kind: PersonKind, now: datetime) -> Person:
    person_id = new_id()
    return Person(
        id=person_id,
        kind=kind,
        name=key.seal(name, f"person.name:{person_id}"),
        email=key.seal(email, f"person.email:{person_id}"),
        email_index=keys.email_index(email),
        created_at=now,
    )


# One's own account


def account(caller: Caller) -> Account:
    """One's own account and the browsers that are signed in to it."""
    with open_account(caller, Permission.READ_OWN_ACCOUNT, writes=False) as opened:
        me = opened.me
        pending = [
            opened.key.unseal(one.address, f"ticket.address:{one.id}")
            for one in repository.open_tickets(opened.db, TicketPurpose.ADDRESS, me.id)
            if one.address is not None and opened.now < one.expires_at
        ]
        return Account(
            name=opened.name,
            pronouns=keys.pronouns_of(me, opened.key),
            email=keys.email_of(me, opened.key),
            language=me.language,
            time_zone=me.time_zone or settings().time_zone,
            theme=me.theme,
            new_email=pending[0] if pending else "",
            devices=_devices(opened),
            now=opened.now,
            may_keep_pin=me.kind == PersonKind.STAFF,
            has_pin=me.pin_hash is not None,
        )


def _devices(opened: OpenAccount) -> tuple[Device, ...]:
    staff = opened.me.kind != PersonKind.CLIENT
    idle, oldest = settings().idle_time(staff=staff), settings().absolute_time(staff=staff)
    rows = repository.sessions_of(opened.db, opened.me.id)
    lent = repository.hand_overs(opened.db, rows)
    found = []
    for row in rows:
        handed, other, somebody = lent.get(row.id, (None, None, None))
        if handed is None or other is None or somebody is None:
            device = Device(row.id, row.device, row.created_at, row.last_seen_at, row.id == opened.session_id)
        elif other.ended_at is None:
            # The session that rests is seen as often as the one that its device goes on with.
            name = keys.name_of(somebody, opened.key)
            to, by = (name, "") if handed.lender_id == row.id else ("", name)
            seen = max(row.last_seen_at, other.last_seen_at)
            device = Device(row.id, row.device, handed.given_at, seen, False, lent_to=to, lent_by=by)
        else:
            continue
        if opened.now - device.seen < idle and opened.now - row.created_at < oldest:
            found.append(device)
    return tuple(sorted(found, key=lambda one: not one.here))


def change_profile(caller: Caller, form: ProfileForm) -> None:
    """Change what is given of name, pronouns, language, time zone and theme. Raises BadInput, naming the field."""
    form = form.parse()
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        me = opened.me
        if form.name is not None:
            me.name = opened.key.seal(form.name, f"person.name:{me.id}")
        if form.pronouns is not None:
            me.pronouns = opened.key.seal(form.pronouns, f"person.pronouns:{me.id}") if form.pronouns else None
        if form.language is not None:
            me.language = form.language
        if form.time_zone is not None:
            me.time_zone = form.time_zone
        if form.theme is not None:
            me.theme = form.theme
        me.version += 1
        opened.db.add(me)


def change_password(caller: Caller, form: ChangePasswordForm, visit: Visit) -> SignedIn:
    """Exchange the password, with the present one. Every other session ends, this one gets a new token, and a letter says so.

    Raises WrongPassword, PleaseWait and the refusals of check_password.
    """
    form = form.parse()
    me, key, tried = _present_password(caller, form.present, visit)
    _check(form.password, keys.name_of(me, key), keys.email_of(me, key))
    password_hash = passwords.hashed(form.password)
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        opened.me.password_hash = password_hash
        opened.db.add(opened.me)
        token = secret()
        repository.keep_one_session(opened.db, opened.me.id, opened.now, opened.session_id, digest(token))
        repository.close_tickets(opened.db, opened.now, person_id=opened.me.id, purposes=[TicketPurpose.PASSWORD])
        repository.forgive_attempts(opened.db, all_of=tried, one_of=[])
        _tell_password_changed(opened, opened.me)
        device = new_id()
        return SignedIn(opened.session_id, opened.me.id, token, f"{device}.{_mark_of_device(opened.me, device)}")


def ask_for_address(caller: Caller, form: ChangeAddressForm, visit: Visit) -> None:
    """Ask for another e-mail address, with the password: a code goes to the new address and has to be typed here.

    Whether somebody else has that address cannot be told from the answer. Raises WrongPassword, PleaseWait and BadAddress.
    """
    form = form.parse()
    _, _, tried = _present_password(caller, form.present, visit)
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        fresh = _replace_ticket(opened, opened.me, TicketPurpose.ADDRESS)
        fresh.ticket.address = opened.key.seal(form.email, f"ticket.address:{fresh.ticket.id}")
        repository.forgive_attempts(opened.db, all_of=tried, one_of=[])
        if repository.person_at(opened.db, keys.email_index(form.email)) is None:
            mail.post(opened.db, _address_letter(fresh, opened.name, form.email, _language(opened.me)), kind="address")


def confirm_address(caller: Caller, typed: str) -> None:
    """Take the new address, with the code that went there; a letter to the old one says so. Raises NotValid and PleaseWait."""
    waits = _count_code(caller)
    if waits:
        raise PleaseWait(waits)
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        me = opened.me
        open_now = repository.open_tickets(opened.db, TicketPurpose.ADDRESS, me.id)
        ticket = next((one for one in open_now if _has_code(one, typed_code(typed), opened.now)), None)
        if ticket is None or ticket.address is None:
            raise NotValid
        address = opened.key.unseal(ticket.address, f"ticket.address:{ticket.id}")
        if repository.person_at(opened.db, keys.email_index(address)) is not None:
            raise NotValid
        old = keys.email_of(me, opened.key)
        me.email = opened.key.seal(address, f"person.email:{me.id}")
        me.email_index = keys.email_index(address)
        me.version += 1
        repository.store_person(opened.db, me)
        # The way to a new password that lies in the old mailbox ends with it.
        repository.close_tickets(opened.db, opened.now, person_id=me.id, purposes=[TicketPurpose.ADDRESS, TicketPurpose.PASSWORD])
        mail.post(opened.db, _address_changed_letter(opened.name, old, _language(me)), kind="address")


def forget_new_address(caller: Caller) -> None:
    """Keep the present address after all."""
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        repository.close_tickets(opened.db, opened.now, person_id=opened.me.id, purposes=[TicketPurpose.ADDRESS])


def _count_code(caller: Caller) -> int:
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        return _count(opened, account=[_attempt_key("code for address", opened.me.id)], address=[])


def _present_password(caller: Caller, present: str, visit: Visit) -> tuple[Person, DataKey, list[str]]:
    """The caller, who has typed the right password once more. Raises WrongPassword and PleaseWait."""
    with open_account(caller, Permission.CHANGE_OWN_ACCOUNT) as opened:
        me, key = opened.me, opened.key
        tried = [_attempt_key("present password", opened.me.id)]
        waits = _count(opened, account=tried, address=[])
    if waits:
        raise PleaseWait(waits)
    if not passwords.verified(present, me.password_hash):
        raise WrongPassword(field="present")
    return me, key, tried


# A device that is handed over


def keep_pin(caller: Caller, form: PinForm) -> None:
    """Keep a PIN for taking back a handed-over device, in place of an earlier one. Raises BadPin, PinTooObvious and PinsDiffer."""
    form = form.parse()
    pin_hash = passwords.hashed(form.pin)
    with open_account(caller, Permission.KEEP_PIN) as opened:
        # So few digits are found from any hash; the database alone does not hold the key to this one.
        opened.me.pin_hash = opened.key.seal(pin_hash, f"person.pin_hash:{opened.me.id}")
        opened.db.add(opened.me)


def lend_device(case: OpenCase, session_id: str, to: Member, task: Task, about: str, came_from: str) -> Lent:
    """Let a session rest for good, and its device go on as `to` for one task. Raises NoPin, and NotSignedIn when it rests already."""
    lender = repository.person(case.db, case.me.person_id)
    if lender is None or lender.pin_hash is None:
        raise NoPin(field="pin")
    lent = repository.session(case.db, session_id)
    if lent is None or not repository.suspend(case.db, session_id, case.now):
        raise NotSignedIn
    token, row_id = secret(), new_id()
    case.db.add(
        PersonSession(
            id=row_id,
            token_digest=digest(token),
            person_id=to.person_id,
            device=lent.device,
            created_at=lent.created_at,  # no older than the lender's sign-in may become
            last_seen_at=case.now,
        )
    )
    case.db.flush()
    case.db.add(
        HandOver(
            id=row_id, lender_id=session_id, case_id=case.id, task=task, about=about, came_from=came_from, given_at=case.now
        )
    )
    return Lent(row_id, session_id, token)


def take_device_back(caller: Caller, form: ProofForm) -> Returned:
    """End the session of a handed-over device and begin a fresh one for its lender, as old as the one that they handed over.

    Raises WrongPin and, from the fifth on, PinUsedUp; NotThePassword and PleaseWait; Forbidden for any other session.
    """
    form = form.parse()
    tried = _prove_lender(caller, form)
    with open_account(caller, Permission.TAKE_DEVICE_BACK) as opened:
        handed, lent, lender = _lent(opened)
        case = repository.held_case(opened.db, handed.case_id)
        if not repository.end_hand_over(opened.db, handed, opened.now):
            raise NotSignedIn
        token = secret()
        opened.db.add(
            PersonSession(
                id=new_id(),
                token_digest=digest(token),
                person_id=lender.id,
                device=lent.device,
                created_at=lent.created_at,
                last_seen_at=opened.now,
            )
        )
        if form.password:
            repository.forgive_attempts(opened.db, all_of=tried, one_of=[])
        log.append(
            opened.db, case, at=opened.now, person_id=lender.id, role=CaseRole.THERAPIST, action=Permission.TAKE_DEVICE_BACK,
            about=handed.about,
        )  # fmt: skip
        wrong = handed.wrong_pins - (0 if form.password else 1)
        return Returned(token, case.id, handed.id, handed.came_from, handed.task, handed.about, wrong)


def _prove_lender(caller: Caller, form: ProofForm) -> list[str]:
    """Count the attempt, then see whether it is right. Returns the keys of the attempts to be forgiven.

    They are counted per device that was handed over: nobody who holds one can slow the lender down anywhere else.
    """
    with open_account(caller, Permission.TAKE_DEVICE_BACK) as opened:
        handed, _, lender = _lent(opened)
        keys_tried = [_attempt_key("handed device", handed.id)]
        number, waits = 0, 0
        if form.password:
            tried = [(keys_tried[0], PER_DEVICE.pauses(), int(PER_DEVICE.forgotten.total_seconds()))]
            waits = repository.count_attempt(opened.db, tried, now=int(opened.now.timestamp()), try_id=new_id())
        else:
            number = repository.count_pin(opened.db, handed.id, PIN_TRIES)
        pin_hash = opened.key.unseal(lender.pin_hash, f"person.pin_hash:{lender.id}") if lender.pin_hash is not None else None
    if form.password:
        if waits:
            raise PleaseWait(waits)
        if not passwords.verified(form.password, lender.password_hash):
            raise NotThePassword(field="password")
        return keys_tried
    if not number:
        raise PinUsedUp
    if not passwords.verified(form.pin, pin_hash):
        raise WrongPin(PIN_TRIES - number) if number < PIN_TRIES else PinUsedUp
    return keys_tried


def _lent(opened: OpenAccount) -> tuple[HandOver, PersonSession, Person]:
    if opened.handed is None or opened.lent is None or opened.lender is None:
        raise Forbidden
    return opened.handed, opened.lent, opened.lender


# The practice


def practice(caller: Caller) -> PracticeView:
    """People and pairings as an admin sees them: no content of any case. Raises Forbidden for everybody else."""
    with open_account(caller, Permission.READ_PRACTICE, writes=False) as opened:
        row = repository.practice(opened.db)
        people = repository.everybody(opened.db)
        until = {one.person_id: one.expires_at for one in repository.open_tickets(opened.db, TicketPurpose.INVITATION)}
        names = {one.id: keys.name_of(one, opened.key) for one in people}
        return PracticeView(
            name="" if row is None else opened.key.unseal(row.name, f"practice.name:{row.id}"),
            people=tuple(
                Somebody(
                    person_id=one.id,
                    name=names[one.id],
                    email=keys.email_of(one, opened.key),
                    kind=PersonKind(one.kind),
                    is_admin=one.is_admin,
                    is_demo=one.is_demo,
                    status=_status(one, until.get(one.id), opened.now),
                    invited_until=until.get(one.id),
                    me=one.id == opened.me.id,
                )
                for one in people
            ),
            pairings=_pairings(opened, names),
            mails=bool(settings().mail_host),
            time_zone=opened.me.time_zone or settings().time_zone,
            now=opened.now,
        )


def _status(person: Person, invited_until: datetime | None, now: datetime) -> PersonStatus:
    return status_of(
        has_password=person.password_hash is not None, deactivated_at=person.deactivated_at, invited_until=invited_until, now=now
    )


def _pairings(opened: OpenAccount, names: dict[str, str]) -> tuple[Pairing, ...]:
    by_case: dict[str, list[Membership]] = {}
    cases = {}
    for case, membership in repository.pairings(opened.db):
        cases[case.id] = case
        by_case.setdefault(case.id, []).append(membership)

    def of(case_id: str, *roles: CaseRole) -> tuple[str, ...]:
        ended = cases[case_id].status == CaseStatus.ENDED
        return tuple(names[one.person_id] for one in by_case[case_id] if one.role in roles and (ended or one.ended_at is None))

    return tuple(
        Pairing(
            case_id=case_id,
            clients=of(case_id, CaseRole.CLIENT),
            staff=of(case_id, CaseRole.THERAPIST, CaseRole.SUPERVISOR),
            since=min(one.since for one in memberships),
            ended=cases[case_id].status == CaseStatus.ENDED,
        )
        for case_id, memberships in by_case.items()
    )


def invite(caller: Caller, form: InviteForm) -> Handed:
    """Invite somebody: an account without a password, and a letter with a link and a code that work once, for 72 hours.

    Without a mail server the returned link and code are there to be handed over, this once. Raises BadInput and AddressTaken.
    """
    form = form.parse()
    with open_account(caller, Permission.INVITE_PEOPLE) as opened:
        person = _new_person(opened.key, form.name, form.email, PersonKind(form.kind), opened.now)
        person.is_admin, person.language, person.is_demo = form.is_admin, form.language, settings().is_demo
        repository.add_person(opened.db, person)
        return _invite(opened, person)


def invite_again(caller: Caller, person_id: str) -> Handed:
    """Send a fresh invitation; the earlier link and code end. Raises NotFound for who is no longer, or not, invited."""
    with open_account(caller, Permission.INVITE_PEOPLE) as opened:
        return _invite(opened, _still_invited(opened, person_id))


def withdraw_invitation(caller: Caller, person_id: str) -> None:
    """Withdraw an invitation: link and code end. Who takes part in no case is forgotten altogether. Raises NotFound."""
    with open_account(caller, Permission.INVITE_PEOPLE) as opened:
        person = _still_invited(opened, person_id)
        if not repository.has_memberships(opened.db, person.id):
            repository.forget_person(opened.db, person.id)
            return
        repository.close_tickets(opened.db, opened.now, person_id=person.id, purposes=_PAGES)
        _leave(opened, person)


def _still_invited(opened: OpenAccount, person_id: str) -> Person:
    person = repository.person(opened.db, person_id)
    if person is None or person.password_hash is not None or person.deactivated_at is not None:
        raise NotFound
    return person


def _invite(opened: OpenAccount, person: Person) -> Handed:
    fresh = _replace_ticket(opened, person, TicketPurpose.INVITATION)
    name, email = keys.name_of(person, opened.key), keys.email_of(person, opened.key)
    if not settings().mail_host:
        return Handed(person.id, name, email, fresh.ticket.expires_at, fresh.link(), fresh.code)
    mail.post(opened.db, _invitation_letter(fresh, name, email, _language(person), person.time_zone), kind="invitation")
    return Handed(person.id, name, email, fresh.ticket.expires_at)


def deactivate(caller: Caller, person_id: str) -> tuple[str, ...]:
    """Close somebody's account: all their sessions end, nothing is deleted, and every case they take part in says so in its log.

    Returns the ids of those cases, whose bells the caller rings. Raises NotFound, NotYourself and LastAdmin.
    """
    with open_account(caller, Permission.DEACTIVATE_PEOPLE) as opened:
        person = repository.person(opened.db, person_id)
        if person is None or person.deactivated_at is not None:
            raise NotFound
        check_may_leave(person_id, me=opened.me.id, active_admins=repository.active_admins(opened.db))
        return _leave(opened, person)


def _leave(opened: OpenAccount, person: Person) -> tuple[str, ...]:
    person.deactivated_at = opened.now
    person.version += 1
    opened.db.add(person)
    repository.end_sessions(opened.db, person.id, opened.now)
    repository.close_tickets(opened.db, opened.now, person_id=person.id, purposes=list(TicketPurpose))
    return _note_in_cases(opened, person, Permission.DEACTIVATE_PEOPLE)


def reactivate(caller: Caller, person_id: str) -> tuple[str, ...]:
    """Open somebody's account again, with their own password; who never had one is invited anew. Noted as `deactivate` is. Raises NotFound."""
    with open_account(caller, Permission.DEACTIVATE_PEOPLE) as opened:
        person = repository.person(opened.db, person_id)
        if person is None or person.deactivated_at is None:
            raise NotFound
        person.deactivated_at = None
        person.version += 1
        opened.db.add(person)
        return _note_in_cases(opened, person, _REACTIVATED)


def _note_in_cases(opened: OpenAccount, person: Person, action: str) -> tuple[str, ...]:
    cases = repository.living_cases_of(opened.db, person.id)
    for case in cases:
        log.append(opened.db, case, at=opened.now, person_id=opened.me.id, role=_ADMIN, action=action, about=person.id)
    return tuple(case.id for case in cases)


def let_run_practice(caller: Caller, person_id: str, allowed: bool) -> None:
    """Give somebody of the staff the right to run the practice's accounts, or take it; taking it ends their sessions.

    Raises NotFound, NotYourself and LastAdmin.
    """
    with open_account(caller, Permission.INVITE_PEOPLE) as opened:
        person = repository.person(opened.db, person_id)
        if person is None or person.kind != PersonKind.STAFF or person.deactivated_at is not None:
            raise NotFound
        if person.id == opened.me.id:
            raise NotYourself
        if not allowed:
            check_may_leave(person_id, me=opened.me.id, active_admins=repository.active_admins(opened.db))
            repository.end_sessions(opened.db, person.id, opened.now)
        person.is_admin = allowed
        person.version += 1
        opened.db.add(person)


def rename_practice(caller: Caller, name: str) -> None:
    """Give the practice its name. Raises BadInput."""
    named = parsed_practice_name(name)
    with open_account(caller, Permission.INVITE_PEOPLE) as opened:
        row = repository.practice(opened.db) or Practice(id=_PRACTICE, name=b"", founded_at=opened.now)
        row.name = opened.key.seal(named, f"practice.name:{row.id}")
        opened.db.add(row)


# The command line and the clock


def add_person(name: str, email: str, password: str, kind: PersonKind, *, is_admin: bool = False, is_demo: bool = False) -> str:
    """Write somebody down with a password, for the command line and the fictional practice. Returns the id.

    Raises NoDemoHere, AddressTaken and, outside the fictional practice, the refusals of check_password.
    """
    if is_demo != settings().is_demo:
        raise NoDemoHere
    if not is_demo:
        _check(password, name, email)
    password_hash = passwords.hashed(password)
    with open_upkeep() as upkeep:
        person = _new_person(keys.account_key(upkeep.db), name, email, kind, upkeep.now)
        person.is_admin, person.is_demo, person.password_hash = is_admin, is_demo, password_hash
        repository.add_person(upkeep.db, person)
        return person.id


def hand_out_password_link(email: str) -> Handed:
    """A link and a code for a new password, for whoever can run commands on the server. Raises NotFound."""
    with open_upkeep() as upkeep:
        key = keys.account_key(upkeep.db)
        person = repository.person_at(upkeep.db, keys.email_index(looked_up_address(email)))
        if person is None or not _may_sign_in(person):
            raise NotFound
        fresh = _replace_ticket(upkeep, person, TicketPurpose.PASSWORD)
        return Handed(person.id, keys.name_of(person, key), keys.email_of(person, key), fresh.ticket.expires_at, fresh.link(), fresh.code)


def tidy() -> int:
    """Delete what nobody needs any more: old tickets, old attempts, sessions that ended long ago. How many rows."""
    with open_upkeep() as upkeep:
        oldest = upkeep.now - max(PER_ACCOUNT.forgotten, PER_ADDRESS.forgotten)
        return (
            repository.forget_tickets(upkeep.db, upkeep.now - _ROWS_KEPT)
            + repository.forget_attempts(upkeep.db, int(oldest.timestamp()))
            + repository.forget_sessions(upkeep.db, upkeep.now - _ROWS_KEPT)
        )


# Letters: neutral, because somebody else may see them


def _language(person: Person) -> str:
    return person.language or settings().language


def _zone(time_zone: str) -> str:
    return time_zone or settings().time_zone


def _letter(to: str, language: str, subject: str, *parts: str) -> mail.Letter:
    return mail.Letter(to=to, subject=say(language, subject), text="\n\n".join(parts) + "\n")


def _way_in(fresh: _Fresh, language: str, time_zone: str) -> tuple[str, ...]:
    page = settings().page(_PAGES[TicketPurpose(fresh.ticket.purpose)])
    until = i18n.moment(language, _zone(time_zone), fresh.ticket.expires_at)
    return (
        fresh.link(),
        say(language, N_("This is the code that you will be asked for: {code}"), code=fresh.code),
        say(language, N_("If the link does not work, open {page} instead: your e-mail address and the code are enough there."), page=page),
        say(language, N_("Link and code work once, until {until}."), until=until),
    )


def _invitation_letter(fresh: _Fresh, name: str, email: str, language: str, time_zone: str) -> mail.Letter:
    return _letter(
        email,
        language,
        N_("An invitation for you"),
        say(language, N_("Hello {name},"), name=name),
        say(language, N_("you are invited to use Rapport. Please open this page and choose a password:")),
        *_way_in(fresh, language, time_zone),
        say(language, N_("If you did not expect this letter, you need not do anything.")),
    )


def _password_letter(fresh: _Fresh, name: str, email: str, language: str, time_zone: str) -> mail.Letter:
    return _letter(
        email,
        language,
        N_("Your new password"),
        say(language, N_("Hello {name},"), name=name),
        say(language, N_("somebody, probably you, asked for a new password. Please open this page to choose one:")),
        *_way_in(fresh, language, time_zone),
        say(language, N_("If it was not you, you need not do anything: your password stays as it is.")),
    )


def _tell_password_changed(opened: OpenEntrance | OpenAccount, person: Person) -> None:
    language = _language(person)
    letter = _letter(
        keys.email_of(person, opened.key),
        language,
        N_("Your password was changed"),
        say(language, N_("Hello {name},"), name=keys.name_of(person, opened.key)),
        say(language, N_("your password was changed on {when}."), when=i18n.moment(language, _zone(person.time_zone), opened.now)),
        say(language, N_("If it was not you, please choose a new one at once: {page}"), page=settings().page(FORGOTTEN)),
    )
    mail.post(opened.db, letter, kind="password")


def _address_letter(fresh: _Fresh, name: str, email: str, language: str) -> mail.Letter:
    return _letter(
        email,
        language,
        N_("Your e-mail address"),
        say(language, N_("Hello {name},"), name=name),
        say(language, N_("to use this address from now on, please type this code on your account page: {code}"), code=fresh.code),
        say(language, N_("If you did not expect this letter, you need not do anything.")),
    )


def _address_changed_letter(name: str, old: str, language: str) -> mail.Letter:
    return _letter(
        old,
        language,
        N_("Your e-mail address was changed"),
        say(language, N_("Hello {name},"), name=name),
        say(language, N_("letters for you go to another address from now on.")),
        say(language, N_("If it was not you, please tell the people you know from there at once.")),
    )
