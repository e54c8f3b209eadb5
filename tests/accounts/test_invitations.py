"""Invitations, new passwords and the first start: once, in time, for the right person, and silent towards everybody else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.access import gate
from portal.access.gate import Caller
from portal.accounts import service
from portal.accounts.domain import (
    PER_ACCOUNT,
    AddressTaken,
    AlreadySetUp,
    BadAddress,
    NotValid,
    PasswordNamesYou,
    PasswordTooShort,
    PersonStatus,
    PleaseWait,
    TicketPurpose,
    WrongSignIn,
)
from portal.accounts.schemas import Handed, InviteForm, NewPasswordForm, SetUpForm, SignInForm
from portal.kit import clock, mail
from portal.kit.db import transaction
from portal.kit.refusal import BadInput, NotFound
from tests.accounts.conftest import GOOD, OTHER, Hashes, visit
from tests.cast import Cast
from tests.makers import sign_in
from tests.queries import counted

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NORA = "nora@example.org"
NewPerson = Callable[..., str]
INVITATION, PASSWORD = TicketPurpose.INVITATION, TicketPurpose.PASSWORD


def token_of(handed: Handed) -> str:
    return handed.link.partition("#")[2]


def token_and_code(letter: mail.Letter) -> dict[str, str]:
    return {
        "token": letter.text.partition("/new-password#")[2].split()[0],
        "code": letter.text.partition("asked for: ")[2].split()[0],
    }


def invited(cast: Cast, **more: object) -> Handed:
    return service.invite(cast.admin, InviteForm("Nora Bell", NORA, "client", **more))  # type: ignore[arg-type]


def letters() -> list[mail.Letter]:
    return [letter for _, letter in mail.waiting()]


def by_link(handed: Handed, password: str = GOOD) -> NewPasswordForm:
    return NewPasswordForm(password, token=token_of(handed), code=handed.code)


def by_code(handed: Handed, password: str = GOOD, email: str = NORA) -> NewPasswordForm:
    return NewPasswordForm(password, email=email, code=handed.code)


@pytest.mark.parametrize("way", [by_link, by_code])
def test_an_invitation_is_taken_up_once_by_link_or_code(cast: Cast, way: Callable[..., NewPasswordForm]) -> None:
    handed = invited(cast)
    session = service.choose_password(INVITATION, way(handed), visit())
    assert session.person_id == handed.person_id
    assert gate.alive(session.session_id)
    for again in (by_link(handed, OTHER), by_code(handed, OTHER)):
        with pytest.raises(NotValid):
            service.choose_password(INVITATION, again, visit())
    assert service.sign_in(SignInForm(NORA, GOOD), visit())


def test_looking_at_an_invitation_uses_nothing_up(cast: Cast) -> None:
    handed = invited(cast)
    for _ in range(3):
        opened = service.open_link(INVITATION, token_of(handed))
        assert (opened.name, opened.email) == ("Nora Bell", NORA)
    assert service.choose_password(INVITATION, by_link(handed), visit())


def test_a_link_alone_is_not_enough(cast: Cast) -> None:
    handed = invited(cast)
    other = service.invite(cast.admin, InviteForm("Otto Fenn", "otto@example.org", "client"))
    for code in ("", "00000-00000", other.code):
        with pytest.raises(NotValid):
            service.choose_password(INVITATION, NewPasswordForm(GOOD, token=token_of(handed), code=code), visit())
    assert service.choose_password(INVITATION, by_link(handed), visit())


def test_taking_up_an_invitation_takes_few_statements(cast: Cast) -> None:
    for way in (by_link, by_code):
        handed = invited(cast)
        with counted() as statements:
            service.choose_password(INVITATION, way(handed), visit())
        assert len(statements) <= 8, statements
        with transaction(writes=True) as db:
            db.connection().exec_driver_sql("update person set email_index = id")


def test_a_refused_password_uses_nothing_up(cast: Cast) -> None:
    handed = invited(cast)
    for password, refusal in (("short", PasswordTooShort), ("nora sings at night", PasswordNamesYou)):
        with pytest.raises(refusal):
            service.choose_password(INVITATION, by_link(handed, password), visit())
    assert service.choose_password(INVITATION, by_link(handed), visit())


def test_an_invitation_lasts_72_hours(cast: Cast) -> None:
    with clock.at(START):
        admin, _ = sign_in(cast.ids["admin"])
        in_time = service.invite(admin, InviteForm("Nora Bell", NORA, "client"))
        late = service.invite(admin, InviteForm("Otto Fenn", "otto@example.org", "client"))
    with clock.at(START + timedelta(hours=71, minutes=59)):
        assert service.open_link(INVITATION, token_of(in_time)).until == START + timedelta(hours=72)
        assert service.choose_password(INVITATION, by_link(in_time), visit())
    with clock.at(START + timedelta(hours=72)):
        for form in (by_link(late), by_code(late, email="otto@example.org")):
            with pytest.raises(NotValid):
                service.choose_password(INVITATION, form, visit())
        with pytest.raises(NotValid):
            service.open_link(INVITATION, token_of(late))


@pytest.mark.parametrize("end", ["again", "withdrawn", "deactivated"])
def test_a_fresh_or_withdrawn_invitation_ends_the_earlier_one(cast: Cast, end: str) -> None:
    handed = invited(cast)
    if end == "again":
        fresh = service.invite_again(cast.admin, handed.person_id)
    elif end == "withdrawn":
        service.withdraw_invitation(cast.admin, handed.person_id)
    else:
        service.deactivate(cast.admin, handed.person_id)
    for form in (by_link(handed), by_code(handed)):
        with pytest.raises(NotValid):
            service.choose_password(INVITATION, form, visit())
    if end == "again":
        assert service.choose_password(INVITATION, by_code(fresh), visit())


def test_who_never_came_is_forgotten_when_the_invitation_is_withdrawn(cast: Cast) -> None:
    handed = invited(cast)
    service.withdraw_invitation(cast.admin, handed.person_id)
    assert handed.person_id not in {one.person_id for one in service.practice(cast.admin).people}
    with pytest.raises(NotFound):
        service.withdraw_invitation(cast.admin, handed.person_id)
    assert invited(cast).person_id != handed.person_id


def test_who_has_come_cannot_be_invited_again_nor_withdrawn(cast: Cast) -> None:
    handed = invited(cast)
    service.choose_password(INVITATION, by_link(handed), visit())
    for verb in (service.invite_again, service.withdraw_invitation):
        for person_id in (handed.person_id, "no such person"):
            with pytest.raises(NotFound):
                verb(cast.admin, person_id)


def test_only_digests_of_link_and_code_are_stored(cast: Cast) -> None:
    handed = invited(cast)
    with transaction(writes=False) as db:
        stored = str(db.connection().exec_driver_sql("select * from ticket").fetchall())
    assert token_of(handed) not in stored
    assert handed.code not in stored
    assert handed.code.replace("-", "") not in stored


def test_the_secret_of_a_link_never_reaches_a_server_log(cast: Cast) -> None:
    assert "/invited#" in invited(cast).link


def test_an_address_belongs_to_one_person(cast: Cast) -> None:
    invited(cast)
    with pytest.raises(AddressTaken):
        service.invite(cast.admin, InviteForm("Nora Elsewhere", " NORA@example.org", "staff"))


@pytest.mark.parametrize(
    "form",
    [
        InviteForm("", NORA, "client"),
        InviteForm("  ", NORA, "client"),
        InviteForm("N" * 10_000, NORA, "client"),
        InviteForm("Nora\0", NORA, "client"),
        InviteForm("Nora", "nora", "client"),
        InviteForm("Nora", "nora@example.org, eve@example.org", "client"),
        InviteForm("Nora", "nora@example.org\nBcc: eve@example.org", "client"),
        InviteForm("Nora", NORA, "supervisor of everything"),
    ],
)
def test_odd_invitations_are_refused_and_nothing_is_written(cast: Cast, form: InviteForm) -> None:
    before = len(service.practice(cast.admin).people)
    with pytest.raises(BadInput):
        service.invite(cast.admin, form)
    assert len(service.practice(cast.admin).people) == before


def test_a_client_never_runs_the_practice(cast: Cast) -> None:
    handed = invited(cast, is_admin=True)
    assert not next(one for one in service.practice(cast.admin).people if one.person_id == handed.person_id).is_admin


def test_with_a_mail_server_a_neutral_letter_goes_out_and_nothing_is_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.settings import settings

    monkeypatch.setenv("RAPPORT_MAIL_HOST", "mail.example.org")
    settings.cache_clear()
    handed = invited(cast, language="de")
    settings.cache_clear()
    assert (handed.link, handed.code) == ("", "")
    (letter,) = letters()
    assert letter.to == NORA
    assert "/invited#" in letter.text
    for word in ("therap", "clinic", "patient", "psych", "health"):
        assert word not in (letter.subject + letter.text).lower()


def test_without_a_mail_server_no_letter_is_written(cast: Cast) -> None:
    assert invited(cast).code
    assert letters() == []


def test_a_code_cannot_be_guessed_for_long(cast: Cast) -> None:
    handed = invited(cast)
    with clock.at(clock.now()):
        outcomes = []
        for n in range(7):
            with pytest.raises((NotValid, PleaseWait)) as found:
                service.choose_password(INVITATION, NewPasswordForm(GOOD, email=NORA, code=f"00000-0000{n}"), visit(f"198.51.100.{n}"))
            outcomes.append(type(found.value).__name__)
        assert outcomes == ["NotValid"] * 5 + ["PleaseWait"] * 2
        with pytest.raises(PleaseWait):
            service.choose_password(INVITATION, by_code(handed), visit())
    with clock.at(clock.now() + timedelta(minutes=15)):
        assert service.choose_password(INVITATION, by_code(handed), visit()), "the pause passes by itself"


def test_who_merely_knows_the_address_cannot_keep_the_holder_of_the_link_out(cast: Cast) -> None:
    handed = invited(cast)
    with clock.at(clock.now()):
        for number in range(12):
            with pytest.raises((NotValid, PleaseWait)):
                service.choose_password(INVITATION, NewPasswordForm(GOOD, email=NORA, code="00000-00000"), visit(f"203.0.113.{number}"))
            with pytest.raises(NotValid):
                made_up = NewPasswordForm(GOOD, token=f"made up {number}", email=NORA, code="00000-00000")
                service.choose_password(INVITATION, made_up, visit(f"203.0.113.{number}"))
        with pytest.raises(PleaseWait):
            service.choose_password(INVITATION, by_code(handed), visit())
        assert service.choose_password(INVITATION, by_link(handed), visit())


def test_the_code_of_a_link_cannot_be_guessed_for_long_by_who_holds_it(cast: Cast) -> None:
    handed = invited(cast)
    with clock.at(clock.now()):
        for number in range(PER_ACCOUNT.free):
            with pytest.raises(NotValid):
                wrong = NewPasswordForm(GOOD, token=token_of(handed), code="00000-00000")
                service.choose_password(INVITATION, wrong, visit(f"203.0.113.{number}"))
        with pytest.raises(PleaseWait):
            service.choose_password(INVITATION, by_link(handed), visit())


def test_codes_say_nothing_about_who_has_an_account(cast: Cast, person: NewPerson, hashes: Hashes) -> None:
    invited(cast)
    person("Otto Fenn", "otto@example.org")
    work = []
    for n, email in enumerate((NORA, "otto@example.org", "nobody@example.org", "odd")):
        hashes.take()
        with counted() as statements, pytest.raises(NotValid) as found:
            service.choose_password(INVITATION, NewPasswordForm("short", email=email, code="00000-00000"), visit(f"198.51.100.{n}"))
        work.append((found.value.sentence, len(statements), hashes.take()))
    assert len(set(work)) == 1


@pytest.mark.parametrize("token", ["", "x", "é" * 500, "../../etc"])
def test_odd_links_are_not_valid(cast: Cast, token: str) -> None:
    with pytest.raises(NotValid):
        service.open_link(INVITATION, token)
    with pytest.raises(NotValid):
        service.choose_password(INVITATION, NewPasswordForm(GOOD, token=token or "?"), visit())


def test_an_invitation_is_no_way_to_a_new_password(cast: Cast) -> None:
    handed = invited(cast)
    with pytest.raises(NotValid):
        service.choose_password(PASSWORD, by_link(handed), visit())
    with pytest.raises(NotValid):
        service.choose_password(PASSWORD, by_code(handed), visit())


# A forgotten password


def asked(email: str, address: str = "192.0.2.7") -> None:
    service.ask_for_password(email, "en", visit(address))


def test_asking_is_the_same_for_every_address(database: str, person: NewPerson, hashes: Hashes) -> None:
    person("Nora Bell", NORA)
    work = []
    for n, email in enumerate((NORA, "nobody@example.org", "no address")):
        with counted() as statements:
            asked(email, f"198.51.100.{n}")
        work.append((len(statements), hashes.take()))
    assert len(set(work)) == 1
    assert letters() == []
    assert service.answer_reset_wishes() == 1
    assert service.answer_reset_wishes() == 0
    assert [letter.to for letter in letters()] == [NORA]


def test_a_new_password_ends_sessions_and_is_told_in_a_letter(database: str, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    old = service.sign_in(SignInForm(NORA, GOOD), visit())
    asked(NORA)
    service.answer_reset_wishes()
    (letter,) = letters()
    proof = token_and_code(letter)
    assert service.open_link(PASSWORD, proof["token"]).email == NORA
    fresh = service.choose_password(PASSWORD, NewPasswordForm(OTHER, **proof), visit())
    assert gate.alive(fresh.session_id)
    assert not gate.alive(old.session_id)
    with pytest.raises(WrongSignIn):
        service.sign_in(SignInForm(NORA, GOOD), visit())
    with pytest.raises(NotValid):
        service.choose_password(PASSWORD, NewPasswordForm(GOOD, **proof), visit())
    assert [letter.subject for letter in letters()][-1] == "Your password was changed"


def test_the_code_of_the_letter_works_too(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    asked(NORA)
    service.answer_reset_wishes()
    code = token_and_code(letters()[0])["code"]
    assert service.choose_password(PASSWORD, NewPasswordForm(OTHER, email=NORA, code=code.lower().replace("-", "")), visit())


def test_a_newer_letter_ends_the_earlier_one(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    for _ in range(2):
        asked(NORA)
        service.answer_reset_wishes()
    first, second = [letter.text.partition("/new-password#")[2].split()[0] for letter in letters()]
    with pytest.raises(NotValid):
        service.open_link(PASSWORD, first)
    assert service.open_link(PASSWORD, second)


def test_the_way_to_a_new_password_ends(on_sqlite: None, person: NewPerson) -> None:
    proofs = []
    with clock.at(START):
        for name, email in (("Nora Bell", NORA), ("Otto Fenn", "otto@example.org")):
            person(name, email)
            asked(email)
            service.answer_reset_wishes()
            proofs.append(token_and_code(letters()[-1]))
    with clock.at(START + timedelta(hours=71)):
        assert service.choose_password(PASSWORD, NewPasswordForm(OTHER, **proofs[0]), visit())
    with clock.at(START + timedelta(hours=72)), pytest.raises(NotValid):
        service.choose_password(PASSWORD, NewPasswordForm(OTHER, **proofs[1]), visit())


def test_nobody_is_flooded_with_letters_and_nobody_learns_it(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    with clock.at(START):
        for n in range(20):
            asked(NORA, f"198.51.100.{n}")
        assert service.answer_reset_wishes() + service.answer_reset_wishes() == 5


def test_one_address_cannot_ask_for_everybody(on_sqlite: None) -> None:
    with clock.at(START):
        for n in range(30):
            asked(f"p{n}@example.org")
        with pytest.raises(PleaseWait):
            asked("p99@example.org")


def test_who_was_only_invited_or_has_left_gets_no_letter(cast: Cast, person: NewPerson) -> None:
    invited(cast)
    otto = person("Otto Fenn", "otto@example.org")
    service.deactivate(cast.admin, otto)
    asked(NORA)
    asked("otto@example.org")
    assert service.answer_reset_wishes() == 0


def test_whoever_runs_the_server_can_hand_out_a_link(on_sqlite: None, person: NewPerson) -> None:
    person("Nora Bell", NORA)
    handed = service.hand_out_password_link(NORA)
    assert service.choose_password(PASSWORD, by_link(handed, OTHER), visit())
    with pytest.raises(NotFound):
        service.hand_out_password_link("nobody@example.org")


# The first start


def set_up(code: str, **more: str) -> SetUpForm:
    return SetUpForm(**{"code": code, "practice": "The quiet house", "name": "Ada Reed", "email": "ada@example.org", "password": GOOD} | more)


def test_a_practice_is_set_up_once_with_the_codes_person_in_charge(database: str) -> None:
    code = service.begin_set_up()
    assert code is not None
    assert not service.is_set_up()
    session = service.set_up(set_up(code.lower()), visit())
    view = service.practice(Caller(session.session_id))
    assert view.name == "The quiet house"
    assert [(one.name, one.is_admin, one.status, one.is_demo) for one in view.people] == [("Ada Reed", True, PersonStatus.ACTIVE, False)]
    assert service.is_set_up()
    assert service.begin_set_up() is None
    with pytest.raises(AlreadySetUp):
        service.set_up(set_up(code), visit())


def test_each_start_prints_a_new_code_and_ends_the_earlier_one(on_sqlite: None) -> None:
    first, second = service.begin_set_up(), service.begin_set_up()
    assert first is not None
    assert second is not None
    with pytest.raises(NotValid):
        service.set_up(set_up(first), visit())
    assert service.set_up(set_up(second), visit())


def test_the_set_up_code_is_stored_as_a_digest_and_cannot_be_guessed_for_long(on_sqlite: None) -> None:
    code = service.begin_set_up() or ""
    with transaction(writes=False) as db:
        assert code.replace("-", "") not in str(db.connection().exec_driver_sql("select * from ticket").fetchall())
    with clock.at(clock.now()):
        for _ in range(5):
            with pytest.raises(NotValid):
                service.set_up(set_up("00000-00000"), visit())
        with pytest.raises(PleaseWait):
            service.set_up(set_up(code), visit())


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"practice": " "}, BadInput),
        ({"name": ""}, BadInput),
        ({"email": "ada"}, BadAddress),
        ({"password": "short"}, PasswordTooShort),
        ({"password": "Reed sits by the water"}, PasswordNamesYou),
    ],
)
def test_a_refused_set_up_can_be_tried_again(on_sqlite: None, change: dict[str, str], refusal: type[BadInput]) -> None:
    code = service.begin_set_up() or ""
    with pytest.raises(refusal):
        service.set_up(set_up(code, **change), visit())
    assert service.set_up(set_up(code), visit())
