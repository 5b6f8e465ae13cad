from __future__ import annotations

import gzip
import json

import pytest
from ingesting import ingest_relations, ingest_text
from planted_relations import load

from hartonomous.editing.deletion import delete_concept, delete_source, delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import DocumentFormatError, ParameterError, SourceTakenError


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def written(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def relations(connection):
    rows = connection.execute(
        "SELECT a.label, b.label, t.name, r.weight_sum, r.rejection_count FROM relation AS r"
        " JOIN composition AS a ON a.composition_id = r.composition_a_id"
        " JOIN composition AS b ON b.composition_id = r.composition_b_id"
        " JOIN relation_type AS t USING (relation_type_id) ORDER BY 1, 2, 3"
    )
    return rows.fetchall()


def types(connection):
    rows = connection.execute("SELECT name FROM relation_type WHERE NOT is_built_in ORDER BY 1")
    return [name for (name,) in rows.fetchall()]


def test_a_line_is_a_relation_and_its_type_becomes_known(substrate, tmp_path):
    path = written(tmp_path / "e.tsv", "king\tmonarch\tis_a\t1", "king\tqueen\t\t0.5")
    report = ingest_relations(substrate, [path])
    assert (report.read, report.new, report.concepts, report.observations) == (1, 1, 3, 3)
    assert relations(substrate) == [
        ("king", "monarch", "is_a", 1 << 20, 0),
        ("king", "queen", "related", 1 << 19, 0),
        ("queen", "king", "related", 1 << 19, 0),
    ]
    assert types(substrate) == ["is_a"]
    assert verify_ratings(substrate) == ()
    rows = substrate.execute("SELECT neighbor FROM neighbors('king', 10, 'is_a')").fetchall()
    assert rows == [("monarch",)]


def test_a_type_goes_with_the_last_source_that_used_it(substrate, tmp_path):
    load(substrate, "model:a", [("king", "queen", 0.5)])
    before = substrate_fingerprint(substrate)
    for name in ("one", "two"):
        ingest_relations(substrate, [written(tmp_path / f"{name}.tsv", "x\ty\tpart_of")])
    delete_source(substrate, "one.tsv")
    assert types(substrate) == ["part_of"]
    substrate.execute("SELECT add_evidence('by hand', 'x', 'y', 0.5, 'part_of')")
    delete_source(substrate, "two.tsv")
    assert types(substrate) == ["part_of"]
    delete_source(substrate, "by hand")
    assert types(substrate) == []
    assert substrate_fingerprint(substrate) == before


def test_each_source_that_lines_name_is_one(substrate, tmp_path):
    path = written(
        tmp_path / "e.csv",
        "source,a,weight,b",
        "ann,king,0.5,queen",
        "bob,king,1,queen",
        'ann,"salt, sea",,water',
    )
    report = ingest_relations(substrate, [path], source="survey")
    assert (report.sources, report.new) == (("survey:ann", "survey:bob"), 2)
    counts = substrate.execute(
        "SELECT source_count FROM neighbors('king') WHERE neighbor = 'queen'"
    ).fetchone()
    assert counts == (2,)
    delete_source(substrate, "survey:ann")
    assert relations(substrate)[0][3] == 1 << 20
    assert len(relations(substrate)) == 2


def test_pairs_without_a_weight_are_counted(substrate, tmp_path):
    ingest_relations(substrate, [written(tmp_path / "e.tsv", "x\ty", "y\tx", "x\ty", "z\ty")])
    found = {(a, b): weight / (1 << 20) for a, b, _, weight, _ in relations(substrate)}
    assert found == {("x", "y"): 0.75, ("y", "x"): 0.75, ("y", "z"): 0.5, ("z", "y"): 0.5}


def test_the_strongest_of_a_pair_counts_and_zero_says_that_it_does_not_hold(substrate, tmp_path):
    path = written(tmp_path / "e.tsv", "x\ty\tr\t0.25", "x\ty\tr\t0.5", "v\tw\tr\t0")
    ingest_relations(substrate, [path])
    assert relations(substrate) == [("v", "w", "r", 0, 1), ("x", "y", "r", 1 << 19, 0)]


def test_json_lines_and_words_in_other_forms_meet(substrate, tmp_path):
    lines = [{"a": "cafe\u0301", "b": "tea"}, {"a": "caf\u00e9", "b": " tea ", "weight": None}]
    path = written(tmp_path / "e.jsonl", *map(json.dumps, lines))
    report = ingest_relations(substrate, [path])
    assert (report.concepts, report.observations) == (2, 2)
    assert relations(substrate)[0][3] == pytest.approx(2 / 3 * 2**20, abs=1)


def test_conceptnet_is_read_as_it_is(substrate, tmp_path):
    def line(name, a, b, weight):
        facts = json.dumps({"dataset": "/d/x", "weight": weight})
        return f"/a/[/r/{name}/,{a}/,{b}/]\t/r/{name}\t{a}\t{b}\t{facts}\n"

    with gzip.open(tmp_path / "assertions.csv.gz", "wt") as file:
        file.write(line("RelatedTo", "/c/en/fire_engine", "/c/en/red/a", 1.0))
        file.write(line("IsA", "/c/en/dog/n", "/c/en/pet", 3.0))
        file.write(line("RelatedTo", "/c/fr/chat", "/c/en/cat", 1.0))
        file.write(line("RelatedTo", "/c/en/dog", "/c/en/dog/n", 1.0))
    report = ingest_relations(substrate, [tmp_path / "assertions.csv.gz"])
    assert report.left_out == {"itself": 1, "other language": 1}
    assert relations(substrate) == [
        ("dog", "pet", "is_a", 3 << 18, 0),
        ("fire engine", "red", "related", 1 << 19, 0),
        ("red", "fire engine", "related", 1 << 19, 0),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("king", "two concepts"),
        ("king\t", "two concepts"),
        ("king\t" + "x" * 1001, "two concepts"),
        ("king\tqueen\tr\t2", "weight from 0 to 1"),
        ("king\tqueen\tr\tnan", "weight from 0 to 1"),
        ("king\tqueen\tr\tmany", "weight from 0 to 1"),
        ("king\tqueen\t" + "r" * 33, "type of relation"),
        ("king\tqueen\tr\t1_0e-1", "weight from 0 to 1"),
        ("king\t" + "y" * 200_000, "two concepts"),
        ("king\tqueen\tr\t" + "9" * 200_000, "weight from 0 to 1"),
        ("king\tqueen\t\t1\tmodel:minilm", "named as others are"),
    ],
)
def test_a_line_that_is_no_relation_is_named(substrate, tmp_path, line, said):
    path = written(tmp_path / "e.tsv", "x\ty", line)
    with pytest.raises(DocumentFormatError, match=rf"line 2 .*{said}"):
        ingest_relations(substrate, [path])
    assert substrate.execute("SELECT count(*) FROM content").fetchone() == (0,)
    report = ingest_relations(substrate, [path], keep_going=True)
    assert (report.new, len(report.faults)) == (1, 1)


def test_a_field_of_a_table_with_commas_has_its_limit_too(substrate, tmp_path):
    path = written(tmp_path / "e.csv", "x,y", "x," + "y" * 200_000, 'x,"y', "x,z, r ")
    report = ingest_relations(substrate, [path], keep_going=True)
    assert (report.observations, len(report.faults)) == (3, 2)
    assert types(substrate) == ["r"]


def test_what_is_no_text_or_holds_nothing_is_refused(substrate, tmp_path):
    (tmp_path / "e.tsv").write_bytes(b"x\ty\n\xff\tc\n")
    with pytest.raises(DocumentFormatError, match="line 2 is not UTF-8"):
        ingest_relations(substrate, [tmp_path / "e.tsv"])
    (tmp_path / "e.jsonl.gz").write_bytes(gzip.compress(b'{"a": "x", "b": "y"}\n' * 99)[:-20])
    with pytest.raises(DocumentFormatError, match="damaged gzip"):
        ingest_relations(substrate, [tmp_path / "e.jsonl.gz"])
    with pytest.raises(DocumentFormatError, match="no relation"):
        ingest_relations(substrate, [written(tmp_path / "f.tsv", "# nothing")])


def test_a_type_is_symmetric_everywhere_or_nowhere(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    with pytest.raises(ParameterError, match="not symmetric here"):
        load(substrate, "model:a", [("a", "b", 0.5)], relation_type="precedes", is_symmetric=True)
    assert substrate_fingerprint(substrate) == before


def test_other_lines_under_the_same_name_are_refused(substrate, tmp_path):
    ingest_relations(substrate, [written(tmp_path / "e.tsv", "x\ty")])
    assert ingest_relations(substrate, [tmp_path / "e.tsv"]).new == 0
    with pytest.raises(SourceTakenError, match=r"e\.tsv"):
        ingest_relations(substrate, [written(tmp_path / "e.tsv", "x\tz")])


def test_a_persons_relations_go_with_their_documents(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    ingest_relations(substrate, [written(tmp_path / "e.tsv", "x\ty\tlikes")], subject="person")
    ingest_text(substrate, [written(tmp_path / "n.txt", "one two three")], subject="person")
    assert delete_subject(substrate, "person").sources == 2
    assert substrate_fingerprint(substrate) == before


def test_many_lines_are_a_source_with_a_partition_of_its_own(substrate, tmp_path):
    lines = [f"w{n}\tx{n % 977}\tmade_of\t0.5" for n in range(100_000)]
    report = ingest_relations(substrate, [written(tmp_path / "e.tsv", *lines)])
    assert report.observations == 100_000
    tables = substrate.execute(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'hartonomous.relation_list'::regclass"
    ).fetchone()
    assert tables == (2,)
    assert verify_ratings(substrate) == ()


@pytest.mark.parametrize("weight", ["0.5", "0"])
def test_who_has_forgotten_neighbours_alone_keeps_a_row_where_others_name_it(
    substrate, tmp_path, weight
):
    """Forgotten before the load or after it, it is the same."""
    path = written(
        tmp_path / "r.tsv",
        f"xeno\tman\tisa\t{weight}", "cafe\txeno\tisa\t0.5", "up\tdown\tisa\t0.5",
    )  # fmt: skip
    ingest_relations(substrate, [written(tmp_path / "seed.tsv", "man\twoman\tisa\t0.5")])
    ingest_relations(substrate, [path])
    delete_concept(substrate, ["man"], forget=True)
    after = substrate_fingerprint(substrate)
    assert verify_ratings(substrate) == ()
    delete_source(substrate, "r.tsv")
    ingest_relations(substrate, [path])
    assert verify_ratings(substrate) == ()
    assert substrate_fingerprint(substrate) == after
    load(substrate, "guest", [("xeno", "visitor", 0.5), ("visitor", "xeno", 0.5)])
    delete_source(substrate, "guest")
    assert substrate_fingerprint(substrate) == after
