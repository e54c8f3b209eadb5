"""Encryption at rest: AES-256-GCM under data keys, which the practice's master key wraps."""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = 1
_NONCE = 12
_KEY_ID = 4


class Unreadable(Exception):
    """A sealed value that this key cannot open: wrong key, wrong place, or altered."""


class OtherKey(Unreadable):
    """A value that says of itself that another data key sealed it: an older or a newer one."""


def new_key() -> bytes:
    """A fresh 256-bit key."""
    return AESGCM.generate_key(256)


@lru_cache(maxsize=256)
def _cipher(material: bytes) -> AESGCM:
    # Making a cipher costs three times what it takes to open a line with it.
    return AESGCM(material)


@dataclass(frozen=True)
class DataKey:
    """A key in use: `number` (0 to 2^32 − 1) stands in every value sealed with it, so that rotation can tell old from new."""

    number: int
    material: bytes

    def seal(self, text: str, where: str) -> bytes:
        """`text` sealed for the place `where` (table.column:row), which must be named again to open it."""
        return self.seal_bytes(text.encode(), where)

    def unseal(self, sealed: bytes, where: str) -> str:
        """The text sealed for `where`. Raises Unreadable."""
        return self.unseal_bytes(sealed, where).decode()

    def seal_bytes(self, data: bytes, where: str) -> bytes:
        """As `seal`, for what is no text."""
        nonce = os.urandom(_NONCE)
        head = bytes([_FORMAT]) + self.number.to_bytes(_KEY_ID, "big")
        return head + nonce + _cipher(self.material).encrypt(nonce, data, head + where.encode())

    def unseal_bytes(self, sealed: bytes, where: str) -> bytes:
        """As `unseal`, for what is no text. Raises Unreadable."""
        head, nonce = sealed[: 1 + _KEY_ID], sealed[1 + _KEY_ID : 1 + _KEY_ID + _NONCE]
        if head != bytes([_FORMAT]) + self.number.to_bytes(_KEY_ID, "big"):
            raise OtherKey("sealed with another key")
        try:
            return _cipher(self.material).decrypt(nonce, sealed[1 + _KEY_ID + _NONCE :], head + where.encode())
        except InvalidTag:
            raise Unreadable("not sealed for this place") from None


@dataclass(frozen=True)
class MasterKey:
    """The practice's key (32 bytes): it wraps data keys and derives the keys for digests; it seals no text itself."""

    material: bytes

    @classmethod
    def parse(cls, encoded: str) -> "MasterKey":
        """From 44 characters of base64. Raises ValueError for another length."""
        material = base64.urlsafe_b64decode(encoded.strip())
        if len(material) != 32:
            raise ValueError("the master key must be 32 bytes in base64")
        return cls(material)

    def encoded(self) -> str:
        """As the settings and the key's file hold it: 44 characters of base64."""
        return base64.urlsafe_b64encode(self.material).decode()

    def derived(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869)."""
        return HKDF(SHA256(), 32, salt=None, info=b"rapport " + purpose.encode()).derive(self.material)

    def wrap(self, key: bytes, owner: str) -> bytes:
        """A data key, encrypted for `owner` (the id of the case or the purpose that it belongs to)."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.derived("wrap")).encrypt(nonce, key, owner.encode())

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """The data key wrapped for `owner`. Raises Unreadable."""
        try:
            return AESGCM(self.derived("wrap")).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], owner.encode())
        except InvalidTag:
            raise Unreadable("another master key wrapped this") from None

    def encrypt(self, data: bytes, purpose: str) -> bytes:
        """Bytes sealed for one purpose: for what is kept for a while and never belongs to a case."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.derived(purpose)).encrypt(nonce, data, purpose.encode())

    def decrypt(self, sealed: bytes, purpose: str) -> bytes:
        """What `encrypt` sealed. Raises Unreadable for anything else."""
        try:
            return AESGCM(self.derived(purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            raise Unreadable("not sealed for this purpose") from None

    def mac(self, purpose: str, message: str) -> str:
        """HMAC-SHA256 of `message` under the purpose's key, in hex: blind indexes, hash chains, link names."""
        return hmac.new(self.derived(purpose), message.encode(), hashlib.sha256).hexdigest()
