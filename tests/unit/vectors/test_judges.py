"""Judges answer, limit, time out and talk nonsense; what they said is kept."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import traits

from hartonomous.errors import ParameterError
from hartonomous.vectors.traits import remote_judge
from hartonomous.vectors.traits.judges import (
    JudgeError,
    LexicalJudge,
    RubricJudge,
    estimated_tokens,
    open_judge,
    parse_score,
    rubric,
)
from hartonomous.vectors.traits.responses import (
    Response,
    compliance,
    judge_responses,
    read_responses,
    responses_file,
    save_responses,
    unjudged,
)


class Server:
    """An OpenAI-compatible server that does what its script says, and then scores by length."""

    def __init__(self):
        self.script, self.requests, self.lock = [], [], threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer.lock:
                    outer.requests.append((self.path, dict(self.headers), body))
                    step = outer.script.pop(0) if outer.script else None
                if step == "hang":
                    time.sleep(0.6)
                status, reply = step if isinstance(step, tuple) else (200, step)
                if status != 200:
                    self.send_response(status)
                    self.send_header("Retry-After", "0.01")
                    self.end_headers()
                    return
                text = reply if isinstance(reply, str) else "75"
                answer = {"choices": [{"message": {"content": text}}], "usage": {"total_tokens": 9}}
                content = reply if isinstance(reply, bytes) else json.dumps(answer).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(remote_judge, "FIRST_WAIT", 0.01)
    running = Server()
    yield running
    running.close()


@pytest.fixture
def definition(tmp_path):
    return traits.definition(tmp_path)


def test_a_server_is_asked_as_openai_is(server, definition, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    judge = open_judge("some-model", url=server.url)
    verdict = judge.judge(definition, "q1", "t0a1 t0a2 {question}")
    assert verdict.trait == 75
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer sk-secret"
    assert body["model"] == "some-model"
    assert "t0a1 t0a2 {question}" in body["messages"][0]["content"]
    assert judge.tokens_used == 9


@pytest.mark.parametrize(
    "trouble",
    [
        [(429, None)] * 3,
        [(503, None)],
        ["hang"],
        ["very much so", "10 or 20", "150"],
        [b"{", b"[]"],
    ],
    ids=["rate limit", "overload", "time-out", "nonsense", "no JSON"],
)
def test_trouble_that_passes_is_waited_for(server, definition, trouble):
    server.script = list(trouble)
    judge = open_judge("m", url=server.url, timeout=0.3)
    assert judge.judge(definition, "q", "r").trait == 75
    assert len(server.requests) == len(trouble) + 1


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ((429, None), "no verdict after 5 attempts: the server said 429"),
        ("never", "no verdict after 5 attempts: the judge did not answer with a number"),
        (b"<html>", "no verdict after 5 attempts: the server's answer is no chat completion"),
    ],
)
def test_trouble_that_stays_is_said(server, definition, trouble, message):
    server.script = [trouble] * 5
    with pytest.raises(JudgeError, match=message):
        open_judge("m", url=server.url).judge(definition, "q", "r")


def test_a_refusal_is_final_and_tells_no_key(server, definition, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    server.script = [(401, None)]
    with pytest.raises(JudgeError, match=r"the server refused \(401\)") as caught:
        open_judge("m", url=server.url).judge(definition, "q", "r")
    assert len(server.requests) == 1
    assert "sk-secret" not in str(caught.value)


def test_servers_are_named_by_http():
    with pytest.raises(ParameterError, match="http"):
        open_judge("m", url="file:///etc/passwd")


def test_a_server_that_is_not_there_is_said(definition, monkeypatch):
    monkeypatch.setattr(remote_judge, "FIRST_WAIT", 0.01)
    judge = open_judge("m", url="http://127.0.0.1:9/v1", timeout=0.2)
    with pytest.raises(JudgeError, match="no verdict after 5 attempts: URLError"):
        judge.judge(definition, "q", "r")


def responses(folder, scores=(None,) * 12):
    for polarity in ("pos", "neg"):
        rows = [Response(f"q{n}", "i", f"p{n}", f"r{n}", s) for n, s in enumerate(scores)]
        save_responses(responses_file(folder, polarity), rows)


def test_judging_goes_on_where_it_stopped(server, definition, tmp_path):
    responses(tmp_path)
    server.script = [None] * 7 + [(401, None)]
    judge = open_judge("m", url=server.url)
    with pytest.raises(JudgeError, match="refused"):
        judge_responses(judge, definition, tmp_path, max_concurrent=1)
    assert len(unjudged(tmp_path)) <= 17
    before = len(server.requests)
    left = len(unjudged(tmp_path))
    judge_responses(judge, definition, tmp_path, max_concurrent=4)
    assert len(server.requests) - before == left
    assert unjudged(tmp_path) == []


def test_compliance_compares_the_two_sides(tmp_path):
    responses(tmp_path, (40.0, 60.0))
    assert compliance(tmp_path) == 0.5
    save_responses(responses_file(tmp_path, "neg"), [Response("q", "i", "p", "r", 10.0)])
    assert compliance(tmp_path) == 1
    responses(tmp_path)
    with pytest.raises(ParameterError, match="not judged yet"):
        compliance(tmp_path)


def test_responses_come_back_as_they_were(tmp_path):
    rows = [Response('a "b",\n', "i", "p\r\nq", "", 0.0, 100.0), Response("q", "i", "p", "r")]
    save_responses(tmp_path / "pos.csv", rows)
    assert list(read_responses(tmp_path / "pos.csv")) == rows
    header = (tmp_path / "pos.csv").read_text().splitlines()[0]
    assert header == "question,instruction,prompt,response,trait_score,coherence_score"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("question,instruction,prompt,response,trait_score\n", "has no column coherence_score"),
        ("question,instruction,prompt,response,trait_score,coherence_score\na,b\n", "fewer values"),
        (
            "question,instruction,prompt,response,trait_score,coherence_score\na,b,c,d,high,1\n",
            "a score is from 0 to 100, not 'high'",
        ),
        (
            "question,instruction,prompt,response,trait_score,coherence_score\na,b,c,d,101,1\n",
            "a score is from 0 to 100, not '101'",
        ),
    ],
)
def test_malformed_responses_are_refused(tmp_path, content, message):
    (tmp_path / "pos.csv").write_text(content)
    with pytest.raises(ParameterError, match=message):
        read_responses(tmp_path / "pos.csv")


@pytest.mark.parametrize(
    ("reply", "score"), [("80", 80), ("Score: 0.", 0), ("I say 12.5!", 12.5), (" 100\n", 100)]
)
def test_numbers_are_found(reply, score):
    assert parse_score(reply) == score


@pytest.mark.parametrize("reply", ["", "high", "80 or 90", "101", "1000", "-", "80%90"])
def test_what_is_no_single_score_is_nonsense(reply):
    with pytest.raises(JudgeError, match="number from 0 to 100"):
        parse_score(reply)


def test_words_decide_for_the_lexical_judge(definition):
    judge = LexicalJudge()
    assert judge.judge(definition, "q", "t0a1 t0a5").trait == 100
    assert judge.judge(definition, "q", "t1a1").trait == 0
    assert judge.judge(definition, "q", "t0a1 t1a1").trait == 50
    assert judge.judge(definition, "q", "something else").trait == 50
    assert judge.judge(definition, "q", "a b a b a b").coherence == 40
    bare = traits.without_words(definition)
    with pytest.raises(ParameterError, match="lists no words"):
        judge.judge(bare, "q", "t0a1")


def test_a_local_model_judges_by_its_probabilities(planted_folder, definition):
    verdict = RubricJudge(str(planted_folder)).judge(definition, "q1", "t0a1")
    assert 0 <= verdict.trait <= 100


def test_texts_in_a_rubric_do_not_bring_in_others(definition):
    text = rubric(definition, "{answer}", "{question}")
    assert text.count("{answer}") == 1
    assert text.count("{question}") == 1
    assert estimated_tokens(definition, [("q", "r" * 400)]) > 100
