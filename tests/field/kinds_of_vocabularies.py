"""Vocabularies of models: with marks, counts, holes, added tokens, and halves of them."""

from __future__ import annotations

import base64
import json

from files_of_field import WORDS
from kinds import Kind, refused
from kinds_of_models import LEVEL, MARK, ROWS, model

LINES = "".join(f"{word}\n" for word in WORDS)
PIECES = [f"##{word}" for word in WORDS]
OTHER = {**ROWS, "emperor": 40}


def tiktoken(words=WORDS, end="\n") -> str:
    return "".join(f"{base64.b64encode(w.encode()).decode()} {i}{end}" for i, w in enumerate(words))


def tekken(reserved=3):
    plain = [{"rank": i, "token_bytes": base64.b64encode(w.encode()).decode(), "token_str": w}
             for i, w in enumerate(WORDS[: 40 - reserved])]  # fmt: skip
    config = {"default_vocab_size": 40, "default_num_special_tokens": reserved, "version": "v3"}
    return {"config": config, "vocab": plain}


VOCABULARIES = {
    "vocab.json": Kind(model()),
    "tokenizer.json": Kind(model(words="tokenizer.json")),
    **{
        f"two marks before {name}": Kind(
            model({name: MARK * 2 + content.encode()},
                  words="vocab.json" if name == "config.json" else "")
        )
        for name, content in {
            "vocab.txt": LINES, "vocab.json": json.dumps(ROWS),
            "tokenizer.json": json.dumps(LEVEL), "config.json": "{}",
        }.items()
    },
    **{
        f"{name} in {encoding}": refused(
            model({name: json.dumps(LEVEL).encode(encoding)}), encoding[:6].upper()
        )
        for name in ("tokenizer.json", "config.json", "vocab.json")
        for encoding in ("utf-16", "utf-16-le", "utf-32-le", "utf-32-be")
    },
    "vocab.txt with counts": refused(
        model({"vocab.txt": "".join(f"{w} {9000 - i}\n" for i, w in enumerate(WORDS))}, words=""),
        "a word and a count",
    ),
    "vocab.txt with counts after colons": refused(
        model({"vocab.txt": "".join(f"{w}:{9000 - i}\n" for i, w in enumerate(WORDS))}, words=""),
        "a word and a count",
    ),
    "vocab.txt with line ends of Windows": Kind(
        model({"vocab.txt": LINES.replace("\n", "\r\n")}, words="")
    ),
    "vocab.txt with line ends of old Macs": refused(
        model({"vocab.txt": LINES.replace("\n", "\r")}, words=""), "carriage returns"
    ),
    "vocab.txt with a zero byte": Kind(
        model({"vocab.txt": LINES.replace("word0\n", "wo\0rd\n")}, words=""),
        labels=WORDS[1:], rows=range(1, 40), left_out={"unstorable": 1},
    ),
    "vocab.txt with a word twice": Kind(
        model({"vocab.txt": LINES.replace("word39", "word0")}, words=""),
        labels=[*WORDS[:39], "word0"],
    ),
    "vocab.txt in another encoding": refused(
        model({"vocab.txt": LINES.replace("word0", "caf\xe9").encode("latin-1")}, words=""),
        "no UTF-8",
    ),
    "vocab.json of counts": refused(
        model({"vocab.json": {w: 9000 - 7 * i for i, w in enumerate(WORDS)}}), "different lengths"
    ),
    "vocab.json of rows as text": refused(
        model({"vocab.json": {w: str(i) for w, i in ROWS.items()}}), "is no row"
    ),
    "vocab.json of words by row": Kind(model({"vocab.json": {str(i): w for w, i in ROWS.items()}})),
    "vocab.json as a list": Kind(model({"vocab.json": WORDS})),
    "vocab.json within an object": Kind(model({"vocab.json": {"vocab": ROWS}})),
    "a broken pair in a token": Kind(
        model({"vocab.json": json.dumps({"\ud800": 0, **dict(list(ROWS.items())[1:])})}),
        labels=WORDS[1:], rows=range(1, 40), left_out={"unstorable": 1},
    ),
    "two tokens of one row": refused(model({"vocab.json": {**ROWS, "more": 5}}), "the same row"),
    "half a tokenizer.json": refused(
        model({"tokenizer.json": json.dumps(LEVEL)[:300]}), "malformed JSON"
    ),
    "a token too many": refused(model({"vocab.json": OTHER}), "41 tokens and 40 rows"),
    "added tokens of a tokenizer.json": Kind(
        model({"tokenizer.json": {
            "model": {"type": "WordLevel", "vocab": {w: i for w, i in ROWS.items() if i < 38}},
            "added_tokens": [{"id": 38, "content": "new one", "special": False},
                             {"id": 39, "content": "<tool>", "special": True}],
        }}),
        labels=[*WORDS[:38], "new one"], left_out={"special": 1},
    ),
    "added tokens beside a vocab.json": Kind(
        model({"vocab.json": {w: i for w, i in ROWS.items() if i < 38},
               "added_tokens.json": {"<pad>": 38, "new one": 39}}),
        labels=[*WORDS[:38], "new one"], rows=[*range(38), 39], left_out={"special": 1},
    ),
    "added tokens beside a vocab.txt": Kind(
        model({"vocab.txt": "".join(f"{w}\n" for w in WORDS[:38]),
               "added_tokens.json": {"<pad>": 38, "new one": 39}}, words=""),
        labels=[*WORDS[:38], "new one"], rows=[*range(38), 39], left_out={"special": 1},
    ),
    "added tokens in tokenizer_config.json alone": Kind(
        model({"vocab.json": {w: i for w, i in ROWS.items() if i < 38},
               "tokenizer_config.json": {"added_tokens_decoder": {
                   "38": {"content": "<pad>", "special": True},
                   "39": {"content": "new one", "special": False}}}}),
        labels=[*WORDS[:38], "new one"], rows=[*range(38), 39], left_out={"special": 1},
    ),
    "a vocab_size that is too small": Kind(model(config={"vocab_size": 30})),
    "a vocab_size that is too large": Kind(model(config={"vocab_size": 90})),
    "a vocab_size that is no number": Kind(model(config={"vocab_size": "40"})),
    "a vocab_size of the padded matrix": Kind(
        model(rows=48, config={"vocab_size": 48}), left_out={"unused": 8}
    ),
    "a matrix of twice the rows": refused(
        model(rows=64, config={"vocab_size": 40}), "40 tokens and 64 rows"
    ),
    "ranks of tiktoken": Kind(
        model({"tokenizer.model": tiktoken()}, words=""),
        labels=[f"##{word}" for word in WORDS],
    ),
    "ranks with line ends of Windows": Kind(
        model({"qwen.tiktoken": tiktoken(end="\r\n")}, words=""), labels=PIECES
    ),
    "ranks after a mark": Kind(
        model({"tokenizer.model": MARK + tiktoken().encode()}, words=""), labels=PIECES
    ),
    "ranks that leave some out": Kind(
        model({"tokenizer.model": tiktoken().replace("d29yZDc= 7\n", "")}, words=""),
        labels=[p for p in PIECES if p != "##word7"],
        rows=[i for i in range(40) if i != 7], left_out={"unused": 1},
    ),
    "half a file of ranks": refused(
        model({"tokenizer.model": tiktoken()[:-61]}, words="", config={"vocab_size": 40}),
        "different lengths",
    ),
    "a file of ranks that was cut within one": refused(
        model({"tokenizer.model": tiktoken()[:-68]}, words=""), "is not base64 and a rank"
    ),
    "tekken": Kind(
        model({"tekken.json": tekken()}, words=""), labels=PIECES[:37], rows=range(3, 40),
        left_out={"special": 3},
    ),
    "tekken after a mark": Kind(
        model({"tekken.json": MARK + json.dumps(tekken()).encode()}, words=""),
        labels=PIECES[:37], rows=range(3, 40), left_out={"special": 3},
    ),
    "tekken of a larger model": refused(
        model({"tekken.json": {**tekken(), "config": {
            "default_vocab_size": 90, "default_num_special_tokens": 9}}}, words=""),
        "46 tokens and 40 rows",
    ),
}  # fmt: skip

KINDS = VOCABULARIES
