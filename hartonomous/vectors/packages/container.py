"""The ``.awv`` file: safetensors whose metadata holds five parts, and whose tensors are blobs.

The header is written in one canonical way and has to be read back as exactly those bytes; every
blob is listed with its BLAKE3 digest; the package's id is the digest of all parts. So no bit can
change unnoticed. Where there is a key the id is signed with Ed25519.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.editing import signing
from hartonomous.errors import ModelFormatError
from hartonomous.hashing import blake3
from hartonomous.readers.files import parse_json, regular_file, shown
from hartonomous.readers.safetensors import Tensor, read_header
from hartonomous.vectors.extras import required
from hartonomous.vectors.packages.compression import check_algorithm, compress, decompress

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFIX = ".awv"
SCHEMA_VERSION = "1"
PARTS = (
    "vector_payload", "source_manifest", "w_matrix_profile", "quality_certificate",
    "compatibility_map",
)  # fmt: skip
_SCHEMAS = Path(__file__).parent / "schemas"
#: Array types that a package may hold.
_DTYPES = {"<f4", "<f2", "<f8", "|i1", "<u2", "<u4", "<u8"}
#: Longest array, in numbers.
_MAX_NUMBERS = 1 << 31


@dataclass(frozen=True)
class Container:
    """An opened ``.awv`` file whose header agrees with itself.

    Parameters
    ----------
    path
        The file.
    package_id
        BLAKE3 of its parts, hexadecimal.
    parts
        The five parts.
    signature
        Ed25519 over the id in hexadecimal, empty where nobody signed.
    blobs
        Where each blob lies.
    """

    path: Path
    package_id: str
    parts: Mapping[str, Any]
    signature: str
    blobs: Mapping[str, Tensor]

    def array(self, entry: Mapping[str, Any]) -> NDArray[Any]:
        """Return the array that a list of arrays names.

        Raises
        ------
        ModelFormatError
            Its blob is missing, has another digest, or unpacks to another size.
        """
        blob = self.blobs.get(entry["blob"])
        if blob is None:
            raise ModelFormatError(f"{self.path}: has no blob {shown(entry['blob'])}")
        with self.path.open("rb") as file:
            file.seek(blob.start)
            packed = file.read(blob.stop - blob.start)
        if blake3(packed).hex() != entry["blake3"]:
            raise ModelFormatError(f"{self.path}: {shown(entry['blob'])} has changed")
        dtype = np.dtype(entry["dtype"])
        size = int(entry["count"]) * dtype.itemsize
        algorithm = self.parts["vector_payload"]["compression"]
        return np.frombuffer(decompress(packed, algorithm, size), dtype)

    def verify(self) -> None:
        """Read every blob once.

        Raises
        ------
        ModelFormatError
            One has changed.
        """
        for entry in listed_arrays(self.parts["vector_payload"]):
            self.array(entry)

    def check_signature(self, public_key: Path) -> None:
        """Raise a ModelFormatError unless the holder of a key signed this package."""
        wrong = signing.problems(self.package_id.encode(), self.signature, public_key)
        if wrong:
            said = "is not signed" if not self.signature else "was not signed with this key"
            raise ModelFormatError(f"{self.path}: {said}")


class ContainerWriter:
    """Collects compressed arrays in a file beside the package until all are known."""

    def __init__(self, path: Path, compression: str) -> None:
        self._path = path
        self.compression = check_algorithm(compression)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._blobs = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115  # closed by close()
        self._spans: dict[str, tuple[int, int]] = {}

    def add(self, role: str, array: NDArray[Any]) -> dict[str, Any]:
        """Write an array and return the entry that names it."""
        packed = compress(np.ascontiguousarray(array).data.cast("B"), self.compression)
        name = f"b{len(self._spans):08d}"
        start = self._blobs.tell()
        self._blobs.write(packed)
        self._spans[name] = (start, start + len(packed))
        return {
            "role": role,
            "dtype": array.dtype.str,
            "count": int(array.size),
            "blob": name,
            "blake3": blake3(packed).hex(),
        }

    @property
    def written(self) -> int:
        """Bytes of all blobs so far."""
        return self._blobs.tell()

    def finish(self, parts: Mapping[str, Any], key: Path | None = None) -> str:
        """Write the package in one step and return its id; ``key`` signs it."""
        parts = json.loads(_canonical(parts))  # what it will be when it is read: lists, no tuples
        check_parts(parts, self._path)
        package_id = identity(parts)
        signature = signing.sign(package_id.encode(), key) if key else ""
        header = _header(parts, package_id, signature, self._spans)
        _publish(self._path, header, self._blobs)
        return package_id

    def close(self) -> None:
        """Throw the collected arrays away."""
        self._blobs.close()


def open_container(path: Path) -> Container:
    """Open a package and hold everything its header says against everything else it says.

    Raises
    ------
    ModelFormatError
        It is no package, of an unknown schema version, or anything in it disagrees.
    """
    blobs = read_header(regular_file(path))
    with path.open("rb") as file:
        header = file.read(int.from_bytes(file.read(8), "little"))
    parsed = parse_json(header, path)
    metadata = parsed.get("__metadata__")
    if not isinstance(metadata, dict) or metadata.get("format") != "awv":
        raise ModelFormatError(f"{path}: is no capability package")
    if metadata.get("schema_version") != SCHEMA_VERSION:
        raise ModelFormatError(
            f"{path}: has schema version {metadata.get('schema_version')!r:.20}; "
            f"this program reads {SCHEMA_VERSION}"
        )
    if any(not isinstance(metadata.get(name), str) for name in (*PARTS, "signature")):
        raise ModelFormatError(f"{path}: a part of the package is missing")
    parts = {name: parse_json(metadata[name].encode(), path) for name in PARTS}
    check_parts(parts, path)
    spans = {name: _span(blob, len(header)) for name, blob in blobs.items()}
    package_id = identity(parts)
    if header != _header(parts, package_id, metadata["signature"], spans):
        raise ModelFormatError(f"{path}: has changed since it was made: its header disagrees")
    listed = [entry["blob"] for entry in listed_arrays(parts["vector_payload"])]
    if sorted(listed) != sorted(blobs):
        raise ModelFormatError(f"{path}: holds other blobs than it lists")
    return Container(path, package_id, parts, metadata["signature"], blobs)


def rewrite(
    container: Container, changes: Mapping[str, Any], path: Path, key: Path | None = None
) -> str:
    """Write a package whose blobs are the same and some of whose parts are others.

    Returns
    -------
    str
        The id of the new package.
    """
    parts = json.loads(_canonical({**container.parts, **changes}))
    check_parts(parts, path)
    package_id = identity(parts)
    signature = signing.sign(package_id.encode(), key) if key else ""
    length = min((blob.start for blob in container.blobs.values()), default=8) - 8
    spans = {name: _span(blob, length) for name, blob in container.blobs.items()}
    with container.path.open("rb") as file:
        file.seek(8 + length)
        _publish(path, _header(parts, package_id, signature, spans), file, seek=False)
    return package_id


def listed_arrays(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the entries of all arrays of a payload."""
    return [
        entry
        for tensor in payload["tensors"]
        for piece in tensor["pieces"]
        for entry in piece["arrays"]
    ]


def identity(parts: Mapping[str, Any]) -> str:
    """Return the id of a package with these parts."""
    return blake3(_canonical({"schema_version": SCHEMA_VERSION, **parts})).hex()


def check_parts(parts: Mapping[str, Any], path: Path) -> None:
    """Hold every part against its JSON Schema, and arrays against what may be.

    Raises
    ------
    ModelFormatError
        One does not conform; the message says which part and where.
    """
    jsonschema = required("jsonschema")
    for name in PARTS:
        schema = json.loads((_SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        error = next(jsonschema.Draft202012Validator(schema).iter_errors(parts[name]), None)
        if error is not None:
            raise ModelFormatError(f"{path}: {name}{error.json_path[1:]}: {error.message:.150}")
    for entry in listed_arrays(parts["vector_payload"]):
        if entry["dtype"] not in _DTYPES or not 0 <= entry["count"] <= _MAX_NUMBERS:
            raise ModelFormatError(f"{path}: an array has the type {shown(entry['dtype'])}")


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _span(blob: Tensor, header: int) -> tuple[int, int]:
    return blob.start - 8 - header, blob.stop - 8 - header


def _header(
    parts: Mapping[str, Any],
    package_id: str,
    signature: str,
    spans: Mapping[str, tuple[int, int]],
) -> bytes:
    metadata = {
        "format": "awv",
        "schema_version": SCHEMA_VERSION,
        "package_id": package_id,
        "signature": signature,
        "signature_digest": blake3(signature.encode()).hex(),
        **{name: _canonical(parts[name]).decode() for name in PARTS},
    }
    tensors = {
        name: {"dtype": "U8", "shape": [stop - start], "data_offsets": [start, stop]}
        for name, (start, stop) in spans.items()
    }
    encoded = _canonical({"__metadata__": metadata, **tensors})
    return encoded + b" " * (-len(encoded) % 8)


def _publish(path: Path, header: bytes, blobs: Any, *, seek: bool = True) -> None:  # noqa: ANN401
    if seek:
        blobs.seek(0)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            shutil.copyfileobj(blobs, file, 1 << 20)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
