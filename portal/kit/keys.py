"""The practice's master key in this process."""

from functools import lru_cache

from portal.kit.crypto import MasterKey
from portal.settings import settings


@lru_cache(maxsize=1)
def master_key() -> MasterKey:
    """The key from the environment or from the 0600 file in the data folder. Raises ValueError if it has a wrong length."""
    return MasterKey.parse(settings().encoded_master_key())
