"""SQL, Python, command line and docs have one vocabulary: verbs, parameters, defaults, fields."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import typer

from hartonomous import answers
from hartonomous.cli import app
from hartonomous.substrate import verbs

ROOT = Path(__file__).resolve().parents[2]
NOTHING = inspect.Parameter.empty
#: Verbs of the door that are not the SQL function of their name, and what they ask instead.
OTHERWISE = {
    "fingerprint": "substrate_fingerprint()",
    "sketch_source": "the lists that a source was stored with",
    "fingerprint_parts": "export_fingerprint()",
    "sources": "the view source",
    "alignments": "the view alignment",
    "audit": "recent_changes()",
    "judge_sources": "rate_pairs(), and statistics over what it says",
    "flag_quality": "mark_source()",
    "plot_map": "sphere_map()",
    "restrict_source": "restrict_source(), whose roles are given one by one",
    "align": "open_layout(), once concepts are laid out",
    "ingest_embeddings": "a load",
    "ingest_model": "a load",
    "ingest_dictionary": "a load",
    "ingest_vectors": "a load",
    "ingest_text": "a load",
    "ingest_relations": "a load",
    "ingest_sentences": "a load",
    "ingest_qa": "a load",
    "ingest_lexicon": "a load",
    "ingest_next_token": "a load",
    "ingest_images": "a load",
    "ingest_detections": "a load",
    "ingest_captions": "a load",
    "ingest_code": "a load",
}
#: Parameters of SQL's that the door is told once, when it is opened.
OF_THE_DOOR = ("sources", "without", "as_of")
#: Parameters of the door that SQL has no use for: files and pictures of a client.
OF_THE_CLIENT = {"export_receipt": {"key"}, "verify_receipt": {"public_key"}}
#: Commands by what they call, where they are not called like it.
COMMANDS = {
    "add_evidence": "add",
    "intent_to_code": "code find",
    "expand_query": "expand-query",
    "ingest_next_token": "ingest next-token",
    "record_feedback": "feedback",
    "quarantine_source": "quarantine",
    "restrict_source": "restrict",
    "open_source_to_all": "open-to-all",
    "restore_source": "restore",
    "verify_ratings": "verify",
    "judge_sources": "judge",
    "export_receipt": "receipt export",
    "verify_receipt": "receipt verify",
    "summarise_relations": "db summarise",
    "list_subjects": "subject list",
    "show_subject": "subject show",
    "export_subject": "subject export",
    "forget_expired": "forget-expired",
    "source_overlap": "overlap",
    "compare_sources": "compare",
    "rank_candidates": "rank-candidates",
    "calibration": "calibrate",
    "agreement_probability": "probability",
    "lift_forgotten": "forgotten lift",
    "export_forgotten": "forgotten export",
    "replay_forgotten": "forgotten replay",
    "override_forgotten": "forgotten override",
    "ingest_vectors": "vectors relate",
}
#: Verbs without a command of their own: what shows them, or why there is none.
WITHOUT_COMMAND = {
    "close", "alignments",
    "relatedness_of", "neighbors_by_source", "count_relations", "fingerprint_parts",
    "flag_quality", "sketch_source", "diff_relations", "diff_concepts",
    "refresh_ratings", "verify_audit", "snapshot_ratings", "compare_snapshots",
    "preview_delete_model", "preview_delete_source", "preview_delete_repository",
    "preview_delete_subject", "preview_delete_concept", "preview_forget_expired",
}  # fmt: skip
#: What every command may have besides its verb's parameters.
SHARED = {
    "dsn", "as_json", "as_csv", "as_tsv", "help", "quiet", "operator", "reference",
    "in_sources", "out_sources", "as_of", "below_chance", "key_file",
}  # fmt: skip
#: Options of single commands: what is done with an answer, or confirmed before.
OF_THE_COMMAND = {
    "neighbors": {"by_source"},
    "sources": {"who"},
    "calibrate": {"lexicon", "plot"},
    "diff": {"max_results", "out"},
    "delete": {"preview", "yes"},
    "forget-expired": {"preview", "yes"},
    "subject export": {"out"},
    "audit": {"verify", "expected_hash"},
    "fingerprint": {"parts"},
    "verify": {"refresh"},
    "judge": {"file", "flag", "roll_back"},
    "receipt export": {"out"},
    "forgotten export": {"file"},
    "receipt verify": {"file"},
}
#: Parameters that a command takes in another shape: several names, a file, no display of progress.
IN_ANOTHER_SHAPE = {
    "delete_model": {"source": "names"},
    "delete_source": {"source": "names"},
    "delete_subject": {"subject": "names"},
    "delete_repository": {"repository": "names"},
    "judge_sources": {"lexicon": "file"},
    "verify_receipt": {"receipt": "file"},
    "replay_forgotten": {"deletions": "file"},
}
#: Answers by the verb, or the view, whose rows they are.
SHAPES = {
    "neighbors": answers.Neighbor,
    "neighbors_by_source": answers.SourceNeighbor,
    "known": answers.Knowledge,
    "relatedness_of": answers.Relatedness,
    "classify": answers.Class,
    "gaps": answers.Gap,
    "paths": answers.Route,
    "combine": answers.Combination,
    "analogy": answers.Analogue,
    "rank_candidates": answers.Candidate,
    "agree": answers.Agreement,
    "disagree": answers.Disagreement,
    "path": answers.Path,
    "traverse": answers.Path,
    "explain": answers.Evidence,
    "strongest": answers.Relation,
    "sites": answers.SiteSummary,
    "source_overlap": answers.SourceOverlap,
    "compare_sources": answers.RegionComparison,
    "diff": answers.SiteChange,
    "diff_relations": answers.RelationChange,
    "diff_concepts": answers.ConceptChange,
    "calibration": answers.RatingBand,
    "position": answers.Position,
    "near": answers.NearConcept,
    "intent_to_code": answers.FoundFunction,
    "search": answers.SearchResult,
    "expand_query": answers.ExpandedQuery,
    "sphere_map": answers.PlacedConcept,
    "verify_audit": answers.AuditProblem,
    "verify_ratings": answers.Inconsistency,
    "compare_snapshots": answers.RatingChange,
    "recent_changes": answers.AuditRow,
    "list_subjects": answers.SubjectSummary,
    "show_subject": answers.SubjectSource,
    "export_subject": answers.SubjectRecord,
}
VIEWS = {
    "source": answers.SourceSummary,
    "alignment": answers.SourceAlignment,
    "deletion": answers.Deletion,
}
FUNCTIONS = """
SELECT
    p.proname, pg_get_function_arguments(p.oid), p.proargnames, p.proargmodes::text[],
    p.pronargs, obj_description(p.oid)
FROM pg_proc AS p
WHERE p.pronamespace = 'hartonomous'::regnamespace
"""
VERBS = {name: inspect.signature(verb) for name, verb in verbs().items()}


@dataclass(frozen=True)
class Function:
    """An SQL function: its parameters with their defaults, and the columns it answers with."""

    parameters: dict[str, object]
    columns: tuple[str, ...]
    comment: str


@pytest.fixture(scope="module")
def functions(pristine) -> dict[str, list[Function]]:
    """Give all functions of the schema by name."""
    found: dict[str, list[Function]] = {}
    for name, signature, names, modes, count, comment in pristine.execute(FUNCTIONS).fetchall():
        columns = tuple(n for n, m in zip(names or (), modes or (), strict=False) if m in "ot")
        parameters = dict(zip((names or ())[:count], defaults(signature, count), strict=False))
        parameters = {n: given for n, given in parameters.items() if n not in OF_THE_DOOR}
        found.setdefault(name, []).append(Function(parameters, columns, comment or ""))
    return found


def defaults(signature, count):
    """The defaults that PostgreSQL's text of a signature shows, as Python has them."""
    for one in re.split(r", (?=\w+ )", signature)[:count]:
        _, has_default, value = one.partition(" DEFAULT ")
        yield _python(value) if has_default else NOTHING


def _python(value):
    words = {"NULL": None, "true": True, "false": False}
    bare = re.sub(r"::[\w ]+(\[\])?$", "", value)
    if bare == "'{}'":
        return ()
    if bare in words:
        return words[bare]
    return bare.strip("'") if bare.startswith("'") else float(bare)


def asked(name):
    """The parameters of a verb of the door, with their defaults."""
    parameters = list(VERBS[name].parameters.values())[1:]
    ours = [p for p in parameters if p.name not in OF_THE_CLIENT.get(name, set())]
    return {p.name: p.default for p in ours}


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - OTHERWISE.keys() - {"close"}))
def test_python_asks_the_function_of_the_same_name_with_the_same_parameters(functions, verb):
    assert verb in functions
    assert asked(verb) in [function.parameters for function in functions[verb]]


@pytest.mark.parametrize("verb", sorted(SHAPES))
def test_an_answer_has_the_fields_that_sql_has(functions, verb):
    for function in functions[verb]:
        assert function.columns == tuple(f.name for f in fields(SHAPES[verb]))


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_an_answer_has_the_columns_of_its_view(pristine, view):
    columns = pristine.execute(
        "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attnum > 0",
        [view],
    ).fetchone()[0]
    assert columns == [f.name for f in fields(VIEWS[view])]


def test_every_answer_is_somebodys():
    kinds = {
        kind
        for kind in vars(answers).values()
        if inspect.isclass(kind) and issubclass(kind, answers.Answer)
    }
    held = {*SHAPES.values(), *VIEWS.values(), answers.Answer}
    assert kinds == held


def test_what_answers_rows_of_one_kind_in_several_forms_answers_them_alike(functions):
    one, many = sorted(functions["neighbors"], key=lambda f: "labels" in f.parameters)
    assert one.columns == many.columns
    assert list(one.parameters.items())[1:] == list(many.parameters.items())[1:]
    for short, long in (
        ("path", "strongest_path"),
        ("traverse", "traverse_relations"),
        ("explain", "explain_relation"),
    ):
        (first,), (second,) = functions[short], functions[long]
        assert (first.parameters, first.columns) == (second.parameters, second.columns)


def commands(group, path=()):
    """Yield the words of every command and the command."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


LINE = dict(commands(typer.main.get_command(app)))


def command_of(verb):
    """The words of a verb's command: the verb, or its words one by one."""
    if verb in COMMANDS:
        return COMMANDS[verb]
    return verb if verb in LINE else verb.replace("_", " ")


@pytest.mark.parametrize("verb", sorted(VERBS.keys() - WITHOUT_COMMAND))
def test_the_command_has_the_parameters_of_its_verb(verb):
    words = command_of(verb)
    command = {p.name: p for p in LINE[words].params}
    other = IN_ANOTHER_SHAPE.get(verb, {})
    verbs = {
        other.get(p.name, p.name): p.default
        for p in list(VERBS[verb].parameters.values())[1:]
        if p.name != "stages"
    }
    own = OF_THE_COMMAND.get(words, OF_THE_COMMAND.get(words.split()[0], set()))
    assert command.keys() - SHARED - own == verbs.keys() - own
    for name in verbs.keys() - other.keys() - own:
        assert _same(command[name].default, verbs[name]), name


def _same(default, other):
    default = getattr(default, "value", default)
    empty = (None, NOTHING, ())
    return default == other or (default in empty and other in empty) or _is_given(default, other)


def _is_given(default, other):
    """Whether the command line has a default where Python wants to be told."""
    return other is NOTHING and default is not None


@pytest.mark.parametrize("verb", ["neighbors", "path", "traverse", "strongest", "near"])
def test_options_are_called_like_the_parameters(verb):
    for parameter in LINE[verb].params:
        if parameter.param_type_name == "option" and parameter.name not in SHARED:
            assert f"--{parameter.name.replace('_', '-')}" in parameter.opts


def test_every_question_answers_in_every_form():
    for verb in ("neighbors", "path", "traverse", "explain", "strongest", "sources", "near"):
        assert {"as_json", "as_csv", "as_tsv"} <= {p.name for p in LINE[verb].params}


def test_every_verb_without_a_command_is_known_to_have_none():
    assert [v for v in WITHOUT_COMMAND if v not in VERBS or command_of(v) in LINE] == []
    assert OTHERWISE.keys() <= VERBS.keys()
    assert COMMANDS.keys() <= VERBS.keys()


def test_the_docs_name_every_verb():
    page = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
    assert [v for v in VERBS.keys() - OTHERWISE.keys() - {"close"} if f"\n{v}(" not in page] == []
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "python_reference.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")
