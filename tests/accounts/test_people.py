"""Who may do what with accounts: the whole cast against every verb, and what happens to the people concerned."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.access import gate, log
from portal.access.gate import Caller
from portal.access.permissions import AccountRole, Permission, may
from portal.accounts import service
from portal.accounts.domain import AddressTaken, LastAdmin, NotValid, NotYourself, PersonStatus, PleaseWait, TicketPurpose, WrongPassword
from portal.accounts.schemas import (
    ChangeAddressForm,
    ChangePasswordForm,
    InviteForm,
    NewPasswordForm,
    PinForm,
    ProfileForm,
    ProofForm,
    SignInForm,
)
from portal.kit import clock, mail
from portal.kit.db import transaction
from portal.kit.refusal import BadInput, Forbidden, NotFound, NotSignedIn, Refusal
from tests.accounts.conftest import GOOD, OTHER, visit
from tests.cast import Cast
from tests.makers import sign_in

NORA = "nora@example.org"
NewPerson = Callable[..., str]
Verb = Callable[[Caller, Cast], Any]

ROLES = {
    "client": {AccountRole.CLIENT},
    "second_client": {AccountRole.CLIENT},
    "therapist": {AccountRole.STAFF},
    "second_therapist": {AccountRole.STAFF},
    "supervisor": {AccountRole.STAFF},
    "former_member": {AccountRole.STAFF},
    "admin": {AccountRole.STAFF, AccountRole.ADMIN},
    "nobody": set(),
}

VERBS: dict[str, tuple[Permission, Verb]] = {
    "account": (Permission.READ_OWN_ACCOUNT, lambda who, cast: service.account(who)),
    "change_profile": (Permission.CHANGE_OWN_ACCOUNT, lambda who, cast: service.change_profile(who, ProfileForm(name="New Name"))),
    "sign_out_everywhere": (Permission.CHANGE_OWN_ACCOUNT, lambda who, cast: service.sign_out_everywhere(who)),
    "end_device": (Permission.CHANGE_OWN_ACCOUNT, lambda who, cast: service.end_device(who, who.session_id or "")),
    "change_password": (
        Permission.CHANGE_OWN_ACCOUNT,
        lambda who, cast: service.change_password(who, ChangePasswordForm(GOOD, OTHER), visit()),
    ),
    "ask_for_address": (
        Permission.CHANGE_OWN_ACCOUNT,
        lambda who, cast: service.ask_for_address(who, ChangeAddressForm(GOOD, "new@example.org"), visit()),
    ),
    "confirm_address": (Permission.CHANGE_OWN_ACCOUNT, lambda who, cast: service.confirm_address(who, "00000-00000")),
    "forget_new_address": (Permission.CHANGE_OWN_ACCOUNT, lambda who, cast: service.forget_new_address(who)),
    "keep_pin": (Permission.KEEP_PIN, lambda who, cast: service.keep_pin(who, PinForm("4821", "4821"))),
    "take_device_back": (Permission.TAKE_DEVICE_BACK, lambda who, cast: service.take_device_back(who, ProofForm("4821"))),
    "practice": (Permission.READ_PRACTICE, lambda who, cast: service.practice(who)),
    "invite": (Permission.INVITE_PEOPLE, lambda who, cast: service.invite(who, InviteForm("Nora Bell", NORA, "client"))),
    "invite_again": (Permission.INVITE_PEOPLE, lambda who, cast: service.invite_again(who, cast.ids["second_client"])),
    "withdraw_invitation": (Permission.INVITE_PEOPLE, lambda who, cast: service.withdraw_invitation(who, cast.ids["former_member"])),
    "let_run_practice": (Permission.INVITE_PEOPLE, lambda who, cast: service.let_run_practice(who, cast.ids["therapist"], True)),
    "rename_practice": (Permission.INVITE_PEOPLE, lambda who, cast: service.rename_practice(who, "The quiet house")),
    "deactivate": (Permission.DEACTIVATE_PEOPLE, lambda who, cast: service.deactivate(who, cast.ids["second_therapist"])),
    "reactivate": (Permission.DEACTIVATE_PEOPLE, lambda who, cast: service.reactivate(who, "no such person")),
}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_matrix_of_roles_and_verbs(cast: Cast, verb: str) -> None:
    permission, call = VERBS[verb]
    found, wanted = {}, {}
    for name in sorted(ROLES, key=lambda name: name == "admin"):
        try:
            call(cast.everybody()[name], cast)
            found[name] = "allowed"
        except (Forbidden, NotSignedIn) as refused:
            found[name] = type(refused).__name__
        except Refusal:
            found[name] = "allowed"  # the role may; the thing does not allow it now
        allowed = any(may(role, permission) for role in ROLES[name])
        wanted[name] = "NotSignedIn" if name == "nobody" else "allowed" if allowed else "Forbidden"
    assert found == wanted


def test_every_verb_of_somebody_signed_in_stands_in_the_matrix() -> None:
    import inspect

    taking_a_caller = {
        name
        for name, verb in inspect.getmembers(service, inspect.isfunction)
        if verb.__module__ == service.__name__ and not name.startswith("_") and "caller" in inspect.signature(verb).parameters
    }
    assert taking_a_caller == set(VERBS)


def test_an_admin_sees_people_and_pairings_and_no_clinical_word(cast: Cast) -> None:
    view = service.practice(cast.admin)
    assert {one.name for one in view.people} == {"Mika Vane", "Theo Sand", "Rui Marsh", "Ines Wold", "Sana Quill", "Ada Reed", "Fenn Lowe"}
    assert {(one.clients, one.staff, one.ended) for one in view.pairings} == {
        (("Mika Vane",), ("Theo Sand", "Sana Quill"), False),
        (("Rui Marsh",), ("Ines Wold",), False),
    }
    assert [one.name for one in view.people if one.me] == ["Ada Reed"]


def test_the_practices_page_takes_few_statements_however_many_people(cast: Cast) -> None:
    from tests.queries import counted

    with counted() as statements:
        service.practice(cast.admin)
    before = len(statements)
    for n in range(12):
        service.invite(cast.admin, InviteForm(f"Person {n}", f"p{n}@example.org", "client"))
    with counted() as statements:
        assert len(service.practice(cast.admin).people) == 19
    assert len(statements) == before <= 8


def test_who_leaves_is_out_at_once_and_the_case_says_so(cast: Cast, person: NewPerson) -> None:
    cases = service.deactivate(cast.admin, cast.ids["therapist"])
    assert cases == (cast.case,)
    assert not gate.alive(cast.therapist.session_id or "")
    with transaction(writes=False) as db:
        entries, broken = log.entries(db, cast.case)
    assert broken is None
    assert [(one.action, one.role, one.person_id, one.about) for one in entries][-1] == (
        "deactivate_people", "admin", cast.ids["admin"], cast.ids["therapist"],
    )  # fmt: skip
    assert status(cast, "therapist") is PersonStatus.LEFT
    with pytest.raises(NotFound):
        service.deactivate(cast.admin, cast.ids["therapist"])
    assert service.reactivate(cast.admin, cast.ids["therapist"]) == (cast.case,)
    with transaction(writes=False) as db:
        assert log.entries(db, cast.case)[0][-1].action == "reactivate_people"
    assert not gate.alive(cast.therapist.session_id or ""), "the old session does not come back"


def status(cast: Cast, name: str) -> PersonStatus:
    return next(one.status for one in service.practice(cast.admin).people if one.person_id == cast.ids[name])


def test_nobody_locks_the_practice_out(cast: Cast, person: NewPerson) -> None:
    with pytest.raises(NotYourself):
        service.deactivate(cast.admin, cast.ids["admin"])
    with pytest.raises(NotYourself):
        service.let_run_practice(cast.admin, cast.ids["admin"], False)
    deputy = person("Nora Bell", NORA, kind=gate.PersonKind.STAFF, is_admin=True)
    with pytest.raises(LastAdmin):
        service.deactivate(cast.admin, deputy)  # the cast's own admin has no password yet, so Nora is the last who can come in


def test_the_right_to_run_the_practice_comes_and_goes(cast: Cast, person: NewPerson) -> None:
    person("Ada Stays", "stays@example.org", kind=gate.PersonKind.STAFF, is_admin=True)
    nora = person("Nora Bell", NORA, kind=gate.PersonKind.STAFF)
    me, _ = sign_in(nora)
    with pytest.raises(Forbidden):
        service.practice(me)
    service.let_run_practice(cast.admin, nora, True)
    assert service.practice(me)
    service.let_run_practice(cast.admin, nora, False)
    assert not gate.alive(me.session_id or ""), "the sessions of a role end with it"
    for who in ("client", "no one"):
        with pytest.raises(NotFound):
            service.let_run_practice(cast.admin, cast.ids.get(who, who), True)


# One's own account


def test_people_change_their_own_profile(cast: Cast) -> None:
    service.change_profile(
        cast.client, ProfileForm(name=" Mika  Vale ", pronouns="they/them", language="de", time_zone="Asia/Tokyo", theme="dark")
    )
    mine = service.account(cast.client)
    assert (mine.name, mine.pronouns, mine.language, mine.time_zone, mine.theme) == ("Mika Vale", "they/them", "de", "Asia/Tokyo", "dark")
    service.change_profile(cast.client, ProfileForm(pronouns=""))
    assert service.account(cast.client).pronouns == ""
    assert service.account(cast.client).name == "Mika Vale"
    assert service.account(cast.therapist).name == "Theo Sand"


@pytest.mark.parametrize(
    "form",
    [
        ProfileForm(name=""),
        ProfileForm(name="x" * 10_000),
        ProfileForm(name="Mi\0ka"),
        ProfileForm(pronouns="x" * 500),
        ProfileForm(language="xx"),
        ProfileForm(time_zone="Mars/Olympus"),
        ProfileForm(time_zone="../../etc/passwd"),
        ProfileForm(theme="neon"),
    ],
)
def test_odd_profiles_are_refused(cast: Cast, form: ProfileForm) -> None:
    before = service.account(cast.client)
    with pytest.raises(BadInput):
        service.change_profile(cast.client, form)
    after = service.account(cast.client)
    assert (after.name, after.pronouns, after.time_zone) == (before.name, before.pronouns, before.time_zone)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "مايكا", "🙂🙂", "O'Neil; DROP TABLE person"])
def test_names_are_kept_as_they_are(cast: Cast, name: str) -> None:
    service.change_profile(cast.client, ProfileForm(name=name))
    assert service.account(cast.client).name == name


def nora_signed_in(person: NewPerson) -> Caller:
    person("Nora Bell", NORA)
    return Caller(service.sign_in(SignInForm(NORA, GOOD), visit()).session_id)


def test_a_new_password_needs_the_present_one_and_is_told_in_a_letter(database: str, person: NewPerson) -> None:
    nora = nora_signed_in(person)
    with pytest.raises(WrongPassword):
        service.change_password(nora, ChangePasswordForm(OTHER, OTHER), visit())
    assert mail.waiting() == []
    service.change_password(nora, ChangePasswordForm(GOOD, OTHER), visit())
    ((_, letter),) = mail.waiting()
    assert letter.to == NORA
    assert OTHER not in letter.text
    assert service.sign_in(SignInForm(NORA, OTHER), visit())


def test_the_present_password_cannot_be_guessed_in_an_open_session(on_sqlite: None, person: NewPerson) -> None:
    with clock.at(clock.now()):
        nora = nora_signed_in(person)
        for _ in range(5):
            with pytest.raises(WrongPassword):
                service.change_password(nora, ChangePasswordForm("wrong one here", OTHER), visit())
        with pytest.raises(PleaseWait):
            service.change_password(nora, ChangePasswordForm(GOOD, OTHER), visit())


def test_a_new_address_counts_once_its_code_was_typed(database: str, person: NewPerson) -> None:
    nora = nora_signed_in(person)
    service.ask_for_address(nora, ChangeAddressForm(GOOD, "bell@example.org"), visit())
    assert (service.account(nora).email, service.account(nora).new_email) == (NORA, "bell@example.org")
    ((_, letter),) = mail.waiting()
    assert letter.to == "bell@example.org"
    code = letter.text.partition("account page: ")[2].split()[0]
    with pytest.raises(NotValid):
        service.confirm_address(nora, "00000-00000")
    service.confirm_address(nora, code.lower())
    assert (service.account(nora).email, service.account(nora).new_email) == ("bell@example.org", "")
    assert mail.waiting()[-1][1].to == NORA, "the old address is told"
    with pytest.raises(NotValid):
        service.confirm_address(nora, code)
    assert service.sign_in(SignInForm("bell@example.org", GOOD), visit())


def test_the_old_mailbox_no_longer_leads_to_a_new_password(on_sqlite: None, person: NewPerson) -> None:
    nora = nora_signed_in(person)
    service.ask_for_address(nora, ChangeAddressForm(GOOD, "bell@example.org"), visit())
    ((_, letter),) = mail.waiting()
    code = letter.text.partition("account page: ")[2].split()[0]
    old = service.hand_out_password_link(NORA)
    token = old.link.partition("#")[2]
    assert service.open_link(TicketPurpose.PASSWORD, token)
    service.confirm_address(nora, code)
    with pytest.raises(NotValid):
        service.open_link(TicketPurpose.PASSWORD, token)
    with pytest.raises(NotValid):
        service.choose_password(TicketPurpose.PASSWORD, NewPasswordForm(OTHER, token=token, code=old.code), visit())


def test_a_new_address_does_not_tell_who_has_it_already(database: str, person: NewPerson) -> None:
    nora = nora_signed_in(person)
    person("Otto Fenn", "otto@example.org")
    service.ask_for_address(nora, ChangeAddressForm(GOOD, "otto@example.org"), visit())
    assert service.account(nora).new_email == "otto@example.org", "the page looks as it always does"
    assert mail.waiting() == []
    service.forget_new_address(nora)
    assert service.account(nora).new_email == ""


def test_people_are_written_down_by_command_only_where_they_belong(on_sqlite: None) -> None:
    from portal.accounts.domain import NoDemoHere

    with pytest.raises(NoDemoHere):
        service.add_person("Mika Vane", "mika@example.org", GOOD, gate.PersonKind.CLIENT, is_demo=True)
    assert service.add_person("Nora Bell", NORA, GOOD, gate.PersonKind.STAFF, is_admin=True)
    with pytest.raises(AddressTaken):
        service.add_person("Nora Bell", NORA, GOOD, gate.PersonKind.STAFF)
