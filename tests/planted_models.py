"""Small models in every format, all with the same planted concepts and vectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from hartonomous.concepts import Concept

#: What stands by itself in every planted model; no format reorders it.
TEXTS = ("king", "queen", "Zürich", "naïve", "日本", "!", "🙂", "ملك", "x" * 300)
PIECES = ("ing", "ës")

WIDTH = 6

#: Exact in bfloat16 and float16, so that one comparison serves every stored type.
VECTORS: dict[Concept, NDArray[np.float32]] = {
    concept: (np.random.default_rng(number).integers(-128, 128, WIDTH) / 16).astype(np.float32)
    for number, concept in enumerate(
        [*(Concept("text", t) for t in TEXTS), *(Concept("piece", p) for p in PIECES)]
    )
}


#: The vector of every row that stands for no concept.
NO_CONCEPT = np.full(WIDTH, 7, dtype=np.float32)

#: A token as a vocabulary writes it, and what it stands for.
Row = tuple[str, "Concept | None"]


@dataclass(frozen=True)
class Planted:
    """A model that was written to disk, and what a reader must find in it."""

    path: Path
    concepts: tuple[Concept, ...]
    left_out: dict[str, int]
    dtype: str = "float32"
    #: What the source is named; by default as its path.
    name: str = ""


def bert_vocab_txt(folder: Path) -> Planted:
    rows = [*nothing("[PAD]", "[unused1]", "[CLS]"), *spelt(text=str, piece="##{}".format)]
    write_model(folder, "bert.embeddings.word_embeddings.weight", rows)
    write_lines(folder / "vocab.txt", [token for token, _ in rows])
    return Planted(folder, tuple(VECTORS), {"special": 2, "unused": 1})


def bert_tokenizer_json(folder: Path) -> Planted:
    rows = [*nothing("[PAD]", "[unused1]"), *spelt(text=str, piece="##{}".format)]
    write_model(folder, "embeddings.word_embeddings.weight", [*rows, ("[X]", None)], "float16")
    tokenizer = Tokenizer(models.WordPiece(row_of_token(rows), unk_token="[PAD]"))
    save_tokenizer(tokenizer, folder, special=["[PAD]", "[X]"])
    return Planted(folder, tuple(VECTORS), {"special": 2, "unused": 1}, "float16")


def gpt2_byte_level(folder: Path) -> Planted:
    half_a_character = to_byte_alphabet("é")[:1]
    rows = [
        *spelt(text=spaced, piece=to_byte_alphabet),
        *nothing(half_a_character, "ĠĠ", "<|end|>"),
    ]
    write_model(folder, "transformer.wte.weight", rows, "bfloat16")
    tokenizer = Tokenizer(models.BPE(row_of_token(rows), []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    save_tokenizer(tokenizer, folder, special=["<|end|>"])
    return Planted(folder, tuple(VECTORS), {"byte": 1, "blank": 1, "special": 1}, "bfloat16")


def gpt2_vocab_json(folder: Path) -> Planted:
    rows = [*spelt(text=spaced, piece=to_byte_alphabet), *nothing("<|endoftext|>")]
    write_model(folder, "wte.weight", rows)
    (folder / "vocab.json").write_text(json.dumps(row_of_token(rows)), encoding="utf-8")
    return Planted(folder, tuple(VECTORS), {"special": 1})


def llama_byte_fallback(folder: Path) -> Planted:
    rows = [*nothing("<unk>", "<s>", "</s>", "<0x0A>", "▁"), *spelt(text="▁{}".format, piece=str)]
    padding = nothing("", "")
    write_model(folder, "model.embed_tokens.weight", [*rows, *padding], "bfloat16", shards=True)
    bpe = models.BPE(row_of_token(rows), [], byte_fallback=True, unk_token="<unk>")
    save_tokenizer(Tokenizer(bpe), folder, special=["<unk>", "<s>", "</s>"])
    left_out = {"special": 3, "byte": 1, "blank": 1, "unused": 2}
    return Planted(folder, tuple(VECTORS), left_out, "bfloat16")


def t5_unigram(folder: Path) -> Planted:
    rows = [*nothing("<pad>"), *spelt(text="▁{}".format, piece=str), *nothing("<extra_id_0>")]
    write_model(folder, "shared.weight", rows)
    unigram = models.Unigram([(token, -1.0) for token, _ in rows[:-1]], 0, False)
    save_tokenizer(Tokenizer(unigram), folder, special=["<pad>", "<extra_id_0>"])
    return Planted(folder, tuple(VECTORS), {"special": 1, "unused": 1})


def clip_end_of_word(folder: Path) -> Planted:
    ended = spelt(text=lambda text: to_byte_alphabet(text) + "</w>", piece=to_byte_alphabet)
    rows = [*ended, *nothing("<|startoftext|>")]
    sizes = {"text_config": {"vocab_size": len(rows)}}
    write_model(folder, "text_model.embeddings.token_embedding.weight", rows, config=sizes)
    tokenizer = Tokenizer(models.BPE(row_of_token(rows), [], end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    save_tokenizer(tokenizer, folder, special=["<|startoftext|>"])
    return Planted(folder, tuple(VECTORS), {"special": 1})


def sentence_transformers_nested(folder: Path) -> Planted:
    inner = folder / "0_Transformer"
    inner.mkdir()
    planted = bert_vocab_txt(inner)
    modules = [{"idx": 0, "path": "0_Transformer"}, {"idx": 1, "path": "1_Pooling"}]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return Planted(folder, planted.concepts, planted.left_out)


def word2vec_text(folder: Path) -> Planted:
    path = folder / "vectors.txt"
    lines = [_text_line(text) for text in ("</s>", *TEXTS)]
    write_lines(path, [f"{len(lines)} {WIDTH}", *lines])
    return Planted(path, planted_texts(), {"special": 1})


def word2vec_binary(folder: Path) -> Planted:
    path = folder / "vectors.bin"
    rows = [text.encode() + b" " + vector_of(text).tobytes() + b"\n" for text in TEXTS]
    path.write_bytes(f"{len(TEXTS)} {WIDTH}\n".encode() + b"".join(rows))
    return Planted(path, planted_texts(), {})


def glove_text(folder: Path) -> Planted:
    path = folder / "glove.txt"
    write_lines(path, [_text_line(text) for text in TEXTS])
    return Planted(path, planted_texts(), {})


def npy_with_words(folder: Path) -> Planted:
    path = folder / "vectors.npy"
    np.save(path, np.stack([vector_of(text) for text in TEXTS]).astype(">f8"))
    write_lines(folder / "vectors.txt", TEXTS)
    return Planted(path, planted_texts(), {}, "float64")


def npy_folder_by_columns(folder: Path) -> Planted:
    np.save(folder / "vectors.npy", np.asfortranarray([vector_of(text) for text in TEXTS]))
    (folder / "vectors.json").write_text(json.dumps(TEXTS), encoding="utf-8")
    return Planted(folder, planted_texts(), {})


SAFETENSORS_TYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "float64": "F64"}

#: Every format that the project reads.
FORMATS: tuple[Callable[[Path], Planted], ...] = (
    bert_vocab_txt,
    bert_tokenizer_json,
    gpt2_byte_level,
    gpt2_vocab_json,
    llama_byte_fallback,
    t5_unigram,
    clip_end_of_word,
    sentence_transformers_nested,
    word2vec_text,
    word2vec_binary,
    glove_text,
    npy_with_words,
    npy_folder_by_columns,
)


def spelt(text: Callable[[str], str], piece: Callable[[str], str]) -> list[Row]:
    """Return a row for each planted concept, its token written by one of two rules."""
    spell = {"text": text, "piece": piece}
    return [(spell[concept.kind](concept.text), concept) for concept in VECTORS]


def nothing(*tokens: str) -> list[Row]:
    """Return rows that stand for no concept."""
    return [(token, None) for token in tokens]


def to_byte_alphabet(text: str) -> str:
    """Write text as a byte-level vocabulary does."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return "".join(token for token, _ in byte_level.pre_tokenize_str(text))


def spaced(text: str) -> str:
    """Write a text after a space, as most words of a byte-level vocabulary are."""
    return to_byte_alphabet(f" {text}")


def row_of_token(rows: Sequence[Row]) -> dict[str, int]:
    return {token: number for number, (token, _) in enumerate(rows)}


def save_tokenizer(tokenizer: Tokenizer, folder: Path, special: list[str]) -> None:
    """Write tokenizer.json with the format's own library."""
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(folder / "tokenizer.json"))


def vector_of(text: str) -> NDArray[np.float32]:
    """Return the planted vector of a text, and other numbers for what is none."""
    return VECTORS.get(Concept("text", text), NO_CONCEPT)


def write_model(
    folder: Path,
    name: str,
    rows: Sequence[Row],
    dtype: str = "float32",
    *,
    shards: bool = False,
    config: dict[str, object] | None = None,
) -> None:
    """Write config.json and the embedding in safetensors, beside a tensor that is not it."""
    other = np.ones((2, WIDTH), dtype=np.float32)
    matrix = np.stack([VECTORS[concept] if concept else NO_CONCEPT for _, concept in rows])
    tensors = {name: (dtype, matrix), "other.weight": ("float32", other)}
    sizes = config or {"vocab_size": len(rows)}
    (folder / "config.json").write_text(json.dumps(sizes), encoding="utf-8")
    if not shards:
        write_safetensors(folder / "model.safetensors", tensors)
        return
    files = {tensor: f"model-{i}-of-2.safetensors" for i, tensor in enumerate(tensors, start=1)}
    for tensor, file in files.items():
        write_safetensors(folder / file, {tensor: tensors[tensor]})
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": files}), encoding="utf-8")


def write_safetensors(path: Path, tensors: dict[str, tuple[str, NDArray[np.float32]]]) -> None:
    """Write tensors; the format's own library can't write bfloat16 from NumPy."""
    header, buffer = {}, b""
    for name, (dtype, array) in tensors.items():
        start = len(buffer)
        buffer += stored(array, dtype)
        entry = {"dtype": SAFETENSORS_TYPES[dtype], "shape": list(array.shape)}
        header[name] = {**entry, "data_offsets": [start, len(buffer)]}
    path.write_bytes(safetensors_bytes(header, buffer))


def safetensors_bytes(header: object, buffer: bytes) -> bytes:
    """Return a safetensors file with a header that need not be true."""
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(8, "little") + encoded + buffer


def stored(array: NDArray[np.float32], dtype: str) -> bytes:
    """Return the little-endian bytes of an array in a type, bfloat16 too."""
    if dtype == "bfloat16":
        return (array.view(np.uint32) >> 16).astype("<u2").tobytes()
    return array.astype(dtype).tobytes()


def write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def planted_texts() -> tuple[Concept, ...]:
    return tuple(Concept("text", text) for text in TEXTS)


def _text_line(text: str) -> str:
    return " ".join([text, *(str(float(number)) for number in vector_of(text))])
