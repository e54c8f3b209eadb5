"""The data keys in use: one for account data, one per case, each wrapped by the master key."""

from sqlmodel import Session

from portal.access.models import Case, Person, PracticeKey
from portal.kit.crypto import DataKey, MasterKey, OtherKey, new_key
from portal.kit.keys import master_key

ACCOUNTS = "accounts"
"""The purpose of the key that seals account data."""

_in_use: dict[bytes, DataKey] = {}


def account_key(db: Session) -> DataKey:
    """The key that seals names and addresses; made on the very first call of a practice."""
    row = db.get(PracticeKey, ACCOUNTS)
    if row is None:
        row = PracticeKey(purpose=ACCOUNTS, number=1, wrapped=master_key().wrap(new_key(), ACCOUNTS))
        db.add(row)
        db.flush()
    return _opened(row)


def known_account_key() -> DataKey | None:
    """The account key if this process has opened it before: spares every request a statement."""
    return next(iter(_in_use.values()), None)


def _opened(row: PracticeKey) -> DataKey:
    if row.wrapped not in _in_use:
        _in_use.clear()
        _in_use[row.wrapped] = DataKey(row.number, master_key().unwrap(row.wrapped, ACCOUNTS))
    return _in_use[row.wrapped]


def forget() -> None:
    """Drop opened keys, after a rotation or when a test changes the database."""
    _in_use.clear()


def new_case_key(case_id: str) -> bytes:
    """A fresh data key for a case, wrapped."""
    return master_key().wrap(new_key(), case_id)


def case_key(case: Case) -> DataKey:
    """The case's data key. Raises Unreadable when it was destroyed or another master key wrapped it."""
    return DataKey(case.key_number, master_key().unwrap(case.wrapped_key, case.id))


def email_index(email: str, master: MasterKey | None = None) -> str:
    """The blind index under which an address is found without being readable; under `master`, if it is not the present one."""
    return (master or master_key()).mac("email", email.strip().casefold())


def name_of(person: Person, key: DataKey) -> str:
    """The person's name in the clear."""
    return _unsealed(key, person.name, f"person.name:{person.id}")


def pronouns_of(person: Person, key: DataKey) -> str:
    """The person's pronouns, if they gave any."""
    return "" if person.pronouns is None else _unsealed(key, person.pronouns, f"person.pronouns:{person.id}")


def initials(name: str) -> str:
    """What somebody who may not know the name sees instead: "M. V."."""
    return " ".join(f"{part[0].upper()}." for part in name.split())


def email_of(person: Person, key: DataKey) -> str:
    """The person's address in the clear."""
    return _unsealed(key, person.email, f"person.email:{person.id}")


def _unsealed(key: DataKey, sealed: bytes, where: str) -> str:
    try:
        return key.unseal(sealed, where)
    except OtherKey:
        forget()  # the keys were changed under this process: the next question opens the present ones
        raise
