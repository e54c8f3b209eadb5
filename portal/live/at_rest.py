"""Page states outside the process: sealed before Redis gets them, because they hold what their person sees."""

from reflex.state import BaseState
from reflex.utils.exceptions import StateSchemaMismatchError

from portal.kit.crypto import Unreadable
from portal.kit.keys import master_key

_PURPOSE = "page states"

_plain_serialize = BaseState._serialize
_plain_deserialize = BaseState._deserialize


def _serialize(self: BaseState) -> bytes:
    return master_key().encrypt(_plain_serialize(self), _PURPOSE)


def _deserialize(cls: type[BaseState], data: bytes | None = None, fp: object = None) -> BaseState:
    # An altered or foreign value is never unpickled: it counts as no state at all, and the page is built anew.
    try:
        return _plain_deserialize(data=master_key().decrypt(data or b"", _PURPOSE))
    except Unreadable as broken:
        raise StateSchemaMismatchError("not a state that this portal has kept") from broken


def seal_states() -> None:
    """From now on Reflex keeps states sealed: AES-256-GCM under a key that the store does not hold."""
    BaseState._serialize = _serialize  # type: ignore[method-assign]
    BaseState._deserialize = classmethod(_deserialize)  # type: ignore[method-assign,assignment]
