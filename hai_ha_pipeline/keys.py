"""Integer keys that stay the same from build to build, because they are made from what they name."""

import hashlib

POSITION_BITS = 32
"""A statement's key is its file's key above so many bits, which hold the cell's position in the file."""


def stable_key(*parts: str) -> int:
    """A 48-bit key for a dimension row: exact in a DOUBLE, so BI tools written in JavaScript show it unchanged."""
    return _hashed(parts, 48)


def file_key(source: str, file: str, *content: str) -> int:
    """A 31-bit key for a file, or for one earlier content of it.

    A statement's key is this, shifted by `POSITION_BITS`, plus the cell's position in the file.
    """
    return _hashed((source, file, *content), 31)


def _hashed(parts: tuple[str, ...], bits: int) -> int:
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits)
