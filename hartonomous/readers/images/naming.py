"""Images that others name: by a file in a folder, else by the name itself."""

from __future__ import annotations

from pathlib import Path

from hartonomous.concepts import Concept
from hartonomous.errors import ParameterError
from hartonomous.readers.images.decoding import decode
from hartonomous.readers.opening import Request

#: What a name may lack.
_SUFFIXES = ("", ".jpg", ".jpeg", ".png", ".webp")


def image_folder(request: Request, default: Path | None = None) -> Path | None:
    """Return the folder of the pictures that a request names, else the default.

    Raises
    ------
    ParameterError
        There is no such folder.
    """
    folder = request.model_for("images") or default
    if folder is not None and not folder.is_dir():
        raise ParameterError(f"{folder}: no folder of images")
    return folder


def image_named(name: str, folder: Path | None) -> Concept:
    """Return the image of a name: that of its pixels where it lies in a folder.

    A name leads to no file outside the folder.
    """
    if folder is not None:
        inside = folder.resolve()
        for suffix in _SUFFIXES:
            file = (inside / f"{name}{suffix}").resolve()
            if file.is_relative_to(inside) and file.is_file():
                return decode(file).concept
    return Concept("image", name)
