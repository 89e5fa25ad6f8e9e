"""Secrets kept in the database: sealed with AES-GCM under a key derived from the installation's own, bound to a row."""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from recourse.kit.ids import random_bytes


class UnsealableError(Exception):
    """What was sealed was changed, moved to another row, or sealed under another key of the installation."""


def seal(text: str, *, purpose: str, row: str) -> str:
    """Return a secret as it may be stored, for one purpose and one row."""
    nonce = random_bytes(12)
    sealed = AESGCM(_key(purpose)).encrypt(nonce, text.encode(), row.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, purpose: str, row: str) -> str:
    """Return the secret that was sealed for this purpose and this row. Raises UnsealableError."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return AESGCM(_key(purpose)).decrypt(raw[:12], raw[12:], row.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise UnsealableError(purpose) from error


def _key(purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"recourse sealing {purpose}".encode()).derive(
        settings.SECRET_KEY.encode()
    )
