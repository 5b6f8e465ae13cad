"""Ed25519 signatures (RFC 8032) by the package ``cryptography``, which is an optional extra."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.editing.small_files import read_small
from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Keys in PEM have about a hundred bytes.
_MAX_KEY = 1 << 16


def create_key(path: Path) -> Path:
    """Write a new private key to ``path`` and its public key to ``path`` with ``.pub`` behind.

    Returns
    -------
    The file of the public key.

    Raises
    ------
    ParameterError
        A file is there already, or ``cryptography`` is not installed.
    """
    _require_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    public_path = path.with_name(f"{path.name}.pub")
    _write_new(
        path,
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        0o600,
    )
    _write_new(
        public_path,
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        0o644,
    )
    return public_path


def sign(message: bytes, key: Path) -> str:
    """Return the signature of a message in hexadecimal.

    Raises
    ------
    ParameterError
        The file holds no Ed25519 private key without a password.
    """
    return _private_key(key).sign(message).hex()


def problems(message: bytes, signature: object, public_key: Path) -> list[str]:
    """Return what speaks against a signature; nothing when the key made it.

    Raises
    ------
    ParameterError
        The file holds no Ed25519 public key.
    """
    _require_cryptography()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(read_small(public_key, _MAX_KEY))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ParameterError(f"{public_key}: no Ed25519 public key in PEM")
    if not isinstance(signature, str):
        return ["the receipt is not signed"]
    try:
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return ["the signature is not that of this key over this receipt"]
    return []


def _private_key(path: Path) -> Ed25519PrivateKey:
    _require_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(read_small(path, _MAX_KEY), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ParameterError(f"{path}: no Ed25519 private key in PEM without a password")
    return key


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _require_cryptography() -> None:
    try:
        import cryptography  # noqa: F401  only whether it is there
    except ImportError:
        raise ParameterError(
            "signatures need cryptography: pip install 'hartonomous[sign]'"
        ) from None
