"""Identifiers that sort by time, and secrets that are only ever stored as digests."""

import hashlib
import os
import secrets
import time


def new_id() -> str:
    """A UUID of version 7 (RFC 9562, section 5.7) as 36 characters."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    raw = f"{value:032x}"
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def secret(size: int = 32) -> str:
    """A secret of `size` random bytes, safe in addresses and cookies."""
    return secrets.token_urlsafe(size)


def digest(value: str) -> str:
    """The SHA-256 of a high-entropy secret in hex (64 characters): what is stored instead of it."""
    return hashlib.sha256(value.encode()).hexdigest()


def code(characters: str, length: int) -> str:
    """A random code of `length` of these characters, for typing."""
    return "".join(secrets.choice(characters) for _ in range(length))
