"""Rows in files: references that open again, and files of our own."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import tempfile

import numpy as np
import pytest

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.geometry import knn_cost
from hartonomous.geometry.join import join_blocks
from hartonomous.geometry.knn import knn_join
from hartonomous.geometry.knn_cost import Tiling
from hartonomous.geometry.rows import HeldRows
from hartonomous.readers import stored
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.stored import FileRows, SpooledRows, spool, store_for

ROWS = np.random.default_rng(0).standard_normal((50, 8)).astype("<f4")
HEAD = b"a header"


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "rows.bin"
    file.write_bytes(HEAD + ROWS.tobytes())
    return file


@pytest.fixture
def matrix(path):
    return Matrix(FileRows(path, np.dtype("<f4"), ROWS.shape, len(HEAD)), "float32")


@pytest.fixture(params=["held", "spooled"])
def store(request, monkeypatch):
    """Give 50 x 8 zeros to write to, in memory and in a file."""
    if request.param == "spooled":
        monkeypatch.setattr(stored, "HELD_BYTES", ROWS.nbytes - 1)
    made = store_for(*ROWS.shape)
    assert isinstance(made, HeldRows if request.param == "held" else SpooledRows)
    return made


def read_elsewhere(matrix, answers):
    """Run in a process of its own, which was sent the matrix."""
    try:
        answers.put(matrix().rows(10, 20))
    except ModelFormatError as error:
        answers.put(str(error))


class Sent:
    """A pickled matrix, opened where it arrives."""

    def __init__(self, matrix):
        self.content = pickle.dumps(matrix)

    def __call__(self):
        return pickle.loads(self.content)


def in_another_process(sent):
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    worker = spawn.Process(target=read_elsewhere, args=(sent, answers))
    worker.start()
    answer = answers.get(timeout=60)
    worker.join()
    return answer


def test_another_process_opens_a_matrix_again_and_reads_its_rows(matrix):
    np.testing.assert_array_equal(in_another_process(Sent(matrix)), ROWS[10:20])


def test_another_process_refuses_a_file_that_was_changed_meanwhile(matrix, path):
    sent = Sent(matrix)
    with path.open("r+b") as file:
        file.write(b"another.")
    assert in_another_process(sent) == f"{path}: was changed since it was first opened"


def test_a_reference_is_small_and_holds_no_numbers(path):
    path.write_bytes(bytes(1 << 20))
    rows = FileRows(path, np.dtype("<f4"), (1 << 10, 1 << 8), 0)
    assert len(pickle.dumps(Matrix(rows, "float32"))) < 2000


def test_a_reference_to_a_file_that_was_cut_or_is_gone_is_refused(matrix, path):
    sent = Sent(matrix)
    times = path.stat()
    os.truncate(path, 100)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(ModelFormatError, match="was changed since"):
        sent()
    path.unlink()
    with pytest.raises(ModelFormatError, match="No such file"):
        sent()


def test_a_relative_path_means_the_same_file_from_another_folder(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sent = Sent(Matrix(FileRows(path.relative_to(tmp_path), ROWS.dtype, ROWS.shape, 8), "float32"))
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(sent().rows(0, 50), ROWS)


def test_queries_and_keys_on_disk_are_joined_tile_by_tile_as_arrays_are(matrix, monkeypatch):
    monkeypatch.setattr(knn_cost, "HELD_BYTES", 0)
    monkeypatch.setattr(knn_cost, "choose_tiling", lambda sizes: Tiling(20, 15))
    keys = Matrix(spool([ROWS[::-1].tobytes()], 8), "float32")
    joined = list(join_blocks(matrix, keys, 4, space="ip").blocks)
    graph = knn_join(ROWS, np.ascontiguousarray(ROWS[::-1]), 4, space="ip")
    np.testing.assert_array_equal(np.concatenate([b.indices for b in joined]), graph.indices)


def test_a_file_that_changes_while_its_rows_are_joined_stops_the_join(matrix, path, monkeypatch):
    monkeypatch.setattr(knn_cost, "HELD_BYTES", 0)
    monkeypatch.setattr(knn_cost, "choose_tiling", lambda sizes: Tiling(20, 15))
    blocks = join_blocks(matrix, matrix, 4, exclude_self=True).blocks
    next(blocks)
    path.write_bytes(HEAD + ROWS[::-1].tobytes())
    with pytest.raises(ModelFormatError, match="was changed while it was read"):
        list(blocks)


def test_rows_of_an_unnamed_file_can_not_be_sent():
    with pytest.raises(TypeError, match="unnamed file"):
        pickle.dumps(spool([ROWS.tobytes()], 8))


@pytest.mark.parametrize(
    "order",
    [np.arange(50), np.arange(50)[::-1], np.random.default_rng(1).permutation(50)],
    ids=["ascending", "descending", "mixed"],
)
def test_rows_come_back_from_where_they_were_put(store, order):
    store.put(order[:30], ROWS[order[:30]])
    store.put(order[30:], ROWS[order[30:]].astype(np.float64))
    np.testing.assert_array_equal(store.rows(0, 50), ROWS)
    np.testing.assert_array_equal(store.rows(7, 9), ROWS[7:9])
    np.testing.assert_array_equal(store.take(order), ROWS[order])
    np.testing.assert_array_equal(store.take(np.array([49, 0, 49])), ROWS[[49, 0, 49]])
    assert store.shape == (50, 8)


def test_what_was_not_written_is_zero(store):
    store.put(np.array([3]), ROWS[:1])
    np.testing.assert_array_equal(np.delete(store.rows(0, 50), 3, axis=0), np.zeros((49, 8)))


@pytest.mark.parametrize("rows", [[], [4], [49, 0, 7], np.random.default_rng(2).permutation(50)])
def test_gathered_rows_are_those_taken(matrix, monkeypatch, rows):
    numbers = np.array(rows, dtype=np.int64)
    for held in (1 << 20, 0):
        monkeypatch.setattr(stored, "HELD_BYTES", held)
        gathered = matrix.gathered(numbers)
        np.testing.assert_array_equal(gathered.rows(0, len(numbers)), ROWS[numbers])


def test_a_full_disk_is_one_line(monkeypatch):
    monkeypatch.setattr(stored, "HELD_BYTES", 0)
    store = store_for(*ROWS.shape)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
    try:
        with pytest.raises(ParameterError, match=r"^/.*, while vectors were written; TMPDIR names"):
            store.put(np.arange(50), ROWS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def test_no_folder_for_temporary_files_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(stored, "HELD_BYTES", 0)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "none")])
    with pytest.raises(ParameterError, match=r"^temporary files: No usable temporary directory"):
        store_for(*ROWS.shape)
