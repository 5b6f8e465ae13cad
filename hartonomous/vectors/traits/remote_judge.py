"""A judge behind any OpenAI-compatible server; its key comes from the environment alone."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from threading import Lock
from typing import Any

from hartonomous.errors import ParameterError
from hartonomous.vectors.traits.definition import TraitDefinition
from hartonomous.vectors.traits.judges import JudgeError, Verdict, coherence, parse_score, rubric

#: Requests for one verdict, seconds before the second one, and at most between two.
ATTEMPTS, FIRST_WAIT, LONGEST_WAIT = 5, 0.5, 30.0
#: Bytes of an answer.
_MAX_ANSWER = 1 << 20
_DEFAULT_URL = "https://api.openai.com/v1"
_AGAIN = {408, 409, 429, 500, 502, 503, 504}


class RemoteJudge:
    """Asks a server's model; limits, time-outs and nonsense are met by asking again, later."""

    def __init__(self, model: str, url: str | None = None, timeout: float = 30.0) -> None:
        self._model, self._timeout = model, timeout
        self._url = (url or os.environ.get("OPENAI_BASE_URL") or _DEFAULT_URL).rstrip("/")
        if not self._url.startswith(("http://", "https://")):
            raise ParameterError("a judge's server is named by http:// or https://")
        self._lock, self._tokens = Lock(), 0

    @property
    def tokens_used(self) -> int:
        """Tokens that the server has counted so far."""
        return self._tokens

    def judge(self, definition: TraitDefinition, question: str, response: str) -> Verdict:
        """Ask for a number; after five failures it is an error that says why."""
        wait, why = FIRST_WAIT, ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            found = self._attempt(rubric(definition, question, response))
            if isinstance(found, float):
                return Verdict(found, coherence(response))
            why, wait = found.why, wait if found.after is None else found.after
        raise JudgeError(f"{self._model}: no verdict after {ATTEMPTS} attempts: {why}")

    def _attempt(self, text: str) -> float | _TryAgainError:
        try:
            reply = self._ask(text)
        except _TryAgainError as error:
            return error
        try:
            return parse_score(reply)
        except JudgeError as error:
            return _TryAgainError(str(error))

    def _ask(self, text: str) -> str:
        body = {"model": self._model, "messages": [{"role": "user", "content": text}]}
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get("OPENAI_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(  # noqa: S310  # http and https only, see above
            f"{self._url}/chat/completions", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return self._reply(answer.read(_MAX_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in _AGAIN:
                raise JudgeError(f"{self._model}: the server refused ({error.code})") from None
            raise _TryAgainError(f"the server said {error.code}", _after(error)) from None
        except (OSError, HTTPException) as error:
            raise _TryAgainError(f"{type(error).__name__}: {error!s:.80}") from None

    def _reply(self, content: bytes) -> str:
        try:
            answer: Any = json.loads(content)
            text = answer["choices"][0]["message"]["content"]
            used = answer.get("usage", {}).get("total_tokens", 0)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise _TryAgainError("the server's answer is no chat completion") from None
        with self._lock:
            self._tokens += used if type(used) is int else 0
        return text if isinstance(text, str) else ""


class _TryAgainError(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why, self.after = why, after


def _after(error: urllib.error.HTTPError) -> float | None:
    """Return how many seconds a server asks us to wait, as far as that is sensible."""
    try:
        return min(max(0.0, float(error.headers.get("Retry-After", ""))), LONGEST_WAIT)
    except ValueError:
        return None
