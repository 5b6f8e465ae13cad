"""Stage 1: responses that show a trait and its opposite, written and judged; resumable."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from hartonomous.errors import HartonomousError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import read_bytes, read_json_object
from hartonomous.vectors.activations.tokens import encode
from hartonomous.vectors.generation import decode, generated
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.statistics import auroc
from hartonomous.vectors.tasks.prompts import chat_text
from hartonomous.vectors.tensor_files import write_bytes, write_json
from hartonomous.vectors.traits.definition import POLARITIES, TraitDefinition
from hartonomous.vectors.traits.judges import Judge

COLUMNS = ("question", "instruction", "prompt", "response", "trait_score", "coherence_score")
#: Most responses of one polarity, and judges at once.
MAX_EXAMPLES, MAX_JUDGES = 10_000, 64
#: Responses between two times that they or their verdicts are saved.
_SAVED_EVERY = 20
#: Below this the instructions were not followed: there is nothing to extract.
COMPLIANCE = 0.75


@dataclass(frozen=True)
class Response:
    """One response; scores are None until it is judged."""

    question: str
    instruction: str
    prompt: str
    response: str
    trait_score: float | None = None
    coherence_score: float | None = None


def write_responses(
    model: LanguageModel,
    definition: TraitDefinition,
    folder: Path,
    *,
    n_examples: int = 100,
    max_new_tokens: int = 60,
    temperature: float = 0.0,
    batch_size: int = 8,
    seed: int = 0,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> None:
    """Write ``responses/pos.csv`` and ``neg.csv``; what this model wrote to the same prompts stays.

    They are saved as they come, and a run that goes on writes what a whole one would have.

    Parameters
    ----------
    model, definition
        Who writes about what; instructions stand in the user's turn, which models follow better.
    folder
        The trait's.
    n_examples
        Responses of each polarity.
    max_new_tokens, temperature, batch_size, seed
        Of generation.
    advance, remark
        Told of progress and of batches that had to be halved.

    Raises
    ------
    ParameterError
        A number is out of range, or a prompt longer than the context.
    """
    if not 1 <= n_examples <= MAX_EXAMPLES:
        raise ParameterError(f"n-examples are from 1 to {MAX_EXAMPLES:,}, not {n_examples}")
    _begin(folder, model, max_new_tokens, temperature, seed)
    for polarity in POLARITIES:
        asked = definition.asked(polarity, n_examples)
        texts = [prompt_text(model, question, given) for question, given in asked]
        path = responses_file(folder, polarity)
        responses = _kept(path, texts)
        if advance:
            advance(len(responses))
        first = len(responses)
        prompts = [encode(model, text, chat=has_chat(model)) for text in texts[first:]]
        batches = generated(
            model, prompts, max_new_tokens=max_new_tokens, temperature=temperature,
            batch_size=batch_size, seed=seed, numbers=range(first, n_examples), advance=advance,
            remark=remark,
        )  # fmt: skip
        for ids in (written for batch in batches for written in batch):
            number = len(responses)
            text = decode(model, ids).strip()
            responses.append(Response(*asked[number], texts[number], text))
            if len(responses) % _SAVED_EVERY == 0:
                save_responses(path, responses)
        save_responses(path, responses)


def _begin(folder: Path, model: LanguageModel, length: int, temperature: float, seed: int) -> None:
    """Take away what another model wrote, or this one otherwise; what is written by hand stays."""
    writer = {
        "model_fingerprint": model.fingerprint, "max_new_tokens": length,
        "temperature": temperature, "seed": seed,
    }  # fmt: skip
    path = folder / "responses" / "written_by.json"
    if path.is_file() and read_json_object(path) != writer:
        for polarity in POLARITIES:
            responses_file(folder, polarity).unlink(missing_ok=True)
    write_json(path, writer)


def responses_file(folder: Path, polarity: str) -> Path:
    """Return the file of one polarity's responses."""
    return folder / "responses" / f"{polarity}.csv"


def has_chat(model: LanguageModel) -> bool:
    """Say whether prompts go through a chat template."""
    return bool(model.tokenizer.chat_template)


def prompt_text(model: LanguageModel, question: str, instruction: str) -> str:
    """Return instruction and question as the model sees them."""
    asked = f"{instruction}\n\n{question}" if instruction else question
    return chat_text(model, asked) if has_chat(model) else f"{asked}\n"


def _kept(path: Path, texts: Sequence[str]) -> list[Response]:
    """Return the responses of an earlier run, as long as its prompts are the same."""
    earlier = read_responses(path) if path.is_file() else ()
    kept = []
    for response, text in zip(earlier, texts, strict=False):
        if response.prompt != text:
            break
        kept.append(response)
    return kept


def save_responses(path: Path, responses: Sequence[Response]) -> None:
    """Write responses as CSV, in one step."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for response in responses:
        row = asdict(response)
        writer.writerow({name: "" if row[name] is None else row[name] for name in COLUMNS})
    write_bytes(path, text.getvalue().encode())


def read_responses(path: Path) -> tuple[Response, ...]:
    """Read a file of responses.

    Raises
    ------
    ParameterError
        It is missing or malformed, a column is missing, or a score is no number from 0 to 100.
    """
    if not path.is_file():
        raise ParameterError(f"{path}: no responses yet: write them first")
    try:
        reader = csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8"), newline=""))
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ParameterError(f"{path}: malformed CSV ({error!s:.80})") from None
    if missing:
        raise ParameterError(f"{path}: has no column {missing[0]}")
    if any(row[name] is None for row in rows for name in COLUMNS):
        raise ParameterError(f"{path}: a line has fewer values than there are columns")
    return tuple(_response(row, path) for row in rows)


def _response(row: dict[str, str], path: Path) -> Response:
    question, instruction, prompt, response, trait, coherent = (row[name] for name in COLUMNS)
    scores = _score(trait, path), _score(coherent, path)
    return Response(question, instruction, prompt, response, *scores)


def _score(text: str, path: Path) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise ParameterError(f"{path}: a score is from 0 to 100, not {text!r:.40}")
    return value


def judge_responses(
    judge: Judge,
    definition: TraitDefinition,
    folder: Path,
    *,
    max_concurrent: int = 10,
    advance: Advance | None = None,
) -> None:
    """Judge what has no scores yet; verdicts are saved as they come, also when one fails.

    Raises
    ------
    JudgeError
        A response got no verdict.
    ParameterError
        There are no responses, or ``max_concurrent`` is out of range.
    """
    if not 1 <= max_concurrent <= MAX_JUDGES:
        raise ParameterError(f"max-concurrent-judges are from 1 to {MAX_JUDGES}")
    for polarity in POLARITIES:
        path = responses_file(folder, polarity)
        _judge_file(judge, definition, path, max_concurrent, advance)


def _judge_file(
    judge: Judge,
    definition: TraitDefinition,
    path: Path,
    max_concurrent: int,
    advance: Advance | None,
) -> None:
    responses = list(read_responses(path))
    open_ones = [n for n, response in enumerate(responses) if response.trait_score is None]
    with ThreadPoolExecutor(max_concurrent) as pool:
        numbers: dict[Future[Response], int] = {
            pool.submit(_judged, judge, definition, responses[n]): n for n in open_ones
        }
        try:
            for done, future in enumerate(as_completed(numbers), 1):
                responses[numbers[future]] = future.result()
                if done % _SAVED_EVERY == 0:
                    save_responses(path, responses)
                if advance:
                    advance(1)
        except HartonomousError:
            pool.shutdown(wait=True, cancel_futures=True)
            for future, n in numbers.items():
                if not future.cancelled() and future.exception() is None:
                    responses[n] = future.result()
            raise
        finally:
            save_responses(path, responses)


def _judged(judge: Judge, definition: TraitDefinition, response: Response) -> Response:
    verdict = judge.judge(definition, response.question, response.response)
    return replace(response, trait_score=verdict.trait, coherence_score=verdict.coherence)


def unjudged(folder: Path) -> list[tuple[str, str]]:
    """Return question and response of everything that has no scores yet."""
    files = [read_responses(responses_file(folder, polarity)) for polarity in POLARITIES]
    return [(r.question, r.response) for file in files for r in file if r.trait_score is None]


def compliance(folder: Path) -> float:
    """Return how often a judged positive response outscores a negative one.

    Raises
    ------
    ParameterError
        Responses are missing or not judged.
    """
    files = [read_responses(responses_file(folder, polarity)) for polarity in POLARITIES]
    scores = [[r.trait_score for r in file if r.trait_score is not None] for file in files]
    if not all(scores):
        raise ParameterError(f"{folder}: the responses are not judged yet")
    return auroc(*(np.array(part) for part in scores))
