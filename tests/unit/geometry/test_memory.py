from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from hartonomous import _native

# 20,000 lists of 19,999 need 3.2 GB; the process may have 2.
TOO_LARGE = """
import resource
import numpy as np
from hartonomous.errors import ParameterError
from hartonomous.geometry.knn import knn_self_join
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
try:
    knn_self_join(np.zeros((20_000, 1), np.float32), 19_999, method="{method}", threads=1)
except ParameterError as error:
    print(error)
"""


@pytest.mark.parametrize("method", ["exact", "blocks", "hnsw"])
def test_a_join_larger_than_memory_is_one_line(method):
    done = subprocess.run(
        [sys.executable, "-c", TOO_LARGE.format(method=method)],
        capture_output=True,
        text=True,
        check=True,
        env={"OPENBLAS_NUM_THREADS": "1", "PATH": ""},
    )
    expected = "a join of 20,000 rows with k = 19,999 does not fit into memory"
    assert done.stdout.strip() == expected
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("shape", [(2**31, 0), (0, 2**31)])
def test_more_rows_or_columns_than_numbers_is_refused(shape):
    """Nothing wraps around: such arrays are empty, so they fit into any memory."""
    rows = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match=r"at most 2\^31 - 1 rows and columns"):
        _native.knn_self_join(rows, 1)
    with pytest.raises(ValueError, match=r"at most 2\^31 - 1 rows and columns"):
        _native.knn_join(np.zeros((1, shape[1]), np.float32), rows, 1)
