"""The cast of every test: who there is, and which case they share."""

from dataclasses import dataclass

from portal.access.gate import Caller
from portal.access.models import PersonKind
from tests.makers import end_membership, join_case, make_case, make_person, sign_in


@dataclass(frozen=True)
class Cast:
    """Callers by role. `case` joins client and therapist (supervised); `other_case` the second pair."""

    client: Caller
    therapist: Caller
    second_client: Caller
    second_therapist: Caller
    supervisor: Caller
    admin: Caller
    former_member: Caller
    nobody: Caller
    case: str
    other_case: str
    ids: dict[str, str]
    tokens: dict[str, str]

    def everybody(self) -> dict[str, Caller]:
        """All callers by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Caller)}


def assemble() -> Cast:
    """Write the whole cast into the present database."""
    ids = {
        "client": make_person("Mika Vane", PersonKind.CLIENT),
        "therapist": make_person("Theo Sand", PersonKind.STAFF),
        "second_client": make_person("Rui Marsh", PersonKind.CLIENT),
        "second_therapist": make_person("Ines Wold", PersonKind.STAFF),
        "supervisor": make_person("Sana Quill", PersonKind.STAFF),
        "admin": make_person("Ada Reed", PersonKind.STAFF, is_admin=True),
        "former_member": make_person("Fenn Lowe", PersonKind.STAFF),
    }
    signed_in = {name: sign_in(person_id) for name, person_id in ids.items()}
    case = make_case(client=ids["client"], therapist=ids["therapist"], supervisor=ids["supervisor"])
    join_case(case, ids["former_member"], "therapist")
    end_membership(case, ids["former_member"])
    return Cast(
        **{name: caller for name, (caller, _) in signed_in.items()},
        nobody=Caller(None),
        case=case,
        other_case=make_case(client=ids["second_client"], therapist=ids["second_therapist"]),
        ids=ids,
        tokens={name: token for name, (_, token) in signed_in.items()},
    )
