"""sentence-transformers folders: which of their folders holds the token table."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from hartonomous.concepts import is_storable
from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import parse_json, read_bytes, read_json_object, shown

#: How many routes an error names.
_NAMED = 8


def transformer_folder(path: Path) -> Path:
    """Return the folder that holds the weights: a sentence-transformers model may nest it.

    Raises
    ------
    ModelFormatError
        When the folder is missing or empty, ``modules.json`` leads out of it, or it routes
        queries and documents to different tables.
    """
    if not path.is_dir() or not any(path.iterdir()):
        raise ModelFormatError(f"{path}: no such folder, or an empty one")
    modules = path / "modules.json"
    if not modules.exists():
        return path
    listed = parse_json(read_bytes(modules), modules)
    first = listed[0] if isinstance(listed, list) and listed else None
    inner = first.get("path") if isinstance(first, dict) else None
    if not isinstance(inner, str) or not _stays_inside(inner):
        raise ModelFormatError(f"{modules}: does not say in which folder its first module is")
    _refuse_router(path / inner)
    return path / inner


def _stays_inside(inner: str) -> bool:
    """Say whether a relative path leads nowhere but further in; an empty one stays."""
    leads_out = PurePosixPath(inner).is_absolute() or ".." in PurePosixPath(inner).parts
    return not inner or (is_storable(inner) and not leads_out)


def _refuse_router(folder: Path) -> None:
    """Refuse a module that sends its input to one of several others, naming those."""
    for name in ("router_config.json", "config.json"):
        config = read_json_object(folder / name) if (folder / name).exists() else {}
        if isinstance(config.get("types"), dict) and isinstance(config.get("structure"), dict):
            raise ModelFormatError(f"{folder}: a router; give one of its routes: {_routes(config)}")


def _routes(config: dict[str, Any]) -> str:
    """Return the first module of each route, which is a folder with a table of its own."""
    first = [
        str(route[0]) for route in config["structure"].values() if isinstance(route, list) and route
    ]
    return ", ".join(shown(name) for name in list(dict.fromkeys(first))[:_NAMED])
