"""What a result was made from, as BLAKE3 digests in hexadecimal."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hartonomous.hashing import blake3
from hartonomous.readers.pretrained import deciding_files as deciding_files
from hartonomous.readers.pretrained import model_fingerprint as model_fingerprint


def texts_fingerprint(texts: Iterable[str]) -> str:
    """Return the digest of a list of texts; their order and their limits count."""
    return blake3(json.dumps(list(texts)).encode()).hex()


def settings_fingerprint(settings: object) -> str:
    """Return the digest of settings that JSON can say, whatever the order of their keys."""
    return blake3(json.dumps(settings, sort_keys=True, default=str).encode()).hex()
