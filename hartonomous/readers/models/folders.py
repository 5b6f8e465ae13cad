"""What a folder is that holds no token table to read: named, with what to give instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import read_json_object, shown, visible

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")

#: Weights of other programs, by their names, and what they are.
_OTHER_WEIGHTS = (
    ("*.onnx", "ONNX"),
    ("onnx/*.onnx", "ONNX"),
    ("openvino*.xml", "OpenVINO"),
    ("openvino/*.xml", "OpenVINO"),
    ("*.gguf", "GGUF"),
    ("tf_model.h5", "TensorFlow"),
    ("*.h5", "HDF5"),
    ("saved_model.pb", "TensorFlow"),
    ("flax_model*.msgpack", "Flax"),
    ("*.tflite", "TensorFlow Lite"),
    ("*.mlmodel", "Core ML"),
    ("*.npz", "npz"),
)

#: Those that are read where the file itself is given.
_READ_AS_FILES = frozenset({"ONNX", "GGUF"})

_UNFINISHED = ("*.incomplete", "*.part", "*.crdownload", "*.download")
_PACKED = (
    tuple(f"*.safetensors.{end}" for end in ("gz", "bz2", "xz", "zst", "lz4", "zip")),
    "compressed",
    "unpack them",
)
_PIECES = (
    ("*.safetensors.part?*", "*.safetensors.[0-9]*", "*.safetensors.aa"),
    "in pieces",
    "join them to a file",
)
#: How many names of folders or files an error lists.
_NAMED = 5


def no_weights(folder: Path) -> ModelFormatError:
    """Return the error of a folder without safetensors: what it is, and what to give instead."""
    for said in _descriptions(folder):
        return ModelFormatError(f"{folder}: {said}")
    return ModelFormatError(f"{folder}: holds no model.safetensors")


def _descriptions(folder: Path) -> Iterator[str]:
    """Yield what a folder may be, the surest first."""
    if (folder / "model_index.json").exists():
        yield (
            "a diffusers pipeline; give its text encoder, "
            f"{shown(folder.name)}/text_encoder --vocabulary {shown(folder.name)}/tokenizer/"
            "vocab.json"
        )
    if list(_names(folder, ("models--*",))):
        yield f"a cache of the hub; give one of its models ({_some(folder, ('models--*',))})"
    if all((folder / name).exists() for name in ("config.cfg", "meta.json")):
        yield "a spaCy pipeline; write its vectors as text, a word and its numbers a line"
    pickles = sorted(_names(folder, _PICKLES))
    if pickles:
        yield (
            f"only a pickle checkpoint ({shown(pickles[0])}), which could run code when opened "
            "and is refused; convert it to safetensors"
        )
    if list(_names(folder, _UNFINISHED)):
        yield f"an unfinished download ({_some(folder, _UNFINISHED)}); finish it"
    yield from _other_weights(folder)
    inner = sorted(path.parent.name for path in visible(folder, "*/*.safetensors"))
    if inner:
        some = ", ".join(shown(name) for name in list(dict.fromkeys(inner))[:_NAMED])
        yield f"holds no weights itself, its folders do; give one of them ({some})"
    words = ("*.vec", "*.txt", "*.npy", "*.bin", "*.parquet", "*.jsonl", "*.csv", "*.tsv")
    if not (folder / "config.json").exists() and list(_names(folder, words)):
        yield f"no model folder; give a file of word vectors ({_some(folder, words)})"


def _other_weights(folder: Path) -> Iterator[str]:
    """Yield which weights a folder has that are packed, in pieces or for other programs."""
    for patterns, done, way_on in (_PACKED, _PIECES):
        if list(_names(folder, patterns)):
            yield f"weights that are {done} ({_some(folder, patterns)}); {way_on}"
    for pattern, kind in _OTHER_WEIGHTS:
        if visible(folder, pattern):
            way_on = "give that file" if kind in _READ_AS_FILES else "give safetensors"
            yield f"weights for {kind} only ({_some(folder, (pattern,))}); {way_on}"


def adapter_base(folder: Path) -> str | None:
    """Return what an adapter's folder says of itself, None when it is no adapter's."""
    path = folder / "adapter_config.json"
    if not path.exists():
        return None
    config = read_json_object(path)
    base, kind = config.get("base_model_name_or_path"), config.get("peft_type")
    whose = f" of {shown(base)}" if isinstance(base, str) and base else ""
    named = f" ({shown(kind)})" if isinstance(kind, str) else ""
    return (
        f"only an adapter{named}{whose}, which holds no token table of its own; give its base "
        "with --base"
    )


def is_spacy(folder: Path) -> bool:
    """Say whether a folder is a spaCy pipeline or vocabulary."""
    vectors = any((folder / name).exists() for name in ("vocab/vectors", "vectors"))
    strings = any((folder / name).exists() for name in ("vocab/strings.json", "strings.json"))
    return vectors and strings


def spacy_words(folder: Path) -> ModelFormatError:
    """Return the error of a spaCy folder: which word a row has is in a pickle-like file."""
    return ModelFormatError(
        f"{folder}: a spaCy pipeline, whose words are in its own format; write its vectors as "
        "text, a word and its numbers a line"
    )


def _names(folder: Path, patterns: tuple[str, ...]) -> Iterator[str]:
    yield from (path.name for path in visible(folder, *patterns))


def _some(folder: Path, patterns: tuple[str, ...]) -> str:
    return ", ".join(shown(name) for name in sorted(_names(folder, patterns))[:_NAMED])
