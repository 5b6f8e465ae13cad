"""Native kernels kept from the best instruction set of this machine."""

from __future__ import annotations

from contextlib import contextmanager

from hartonomous._native import limit_instructions


@contextmanager
def instructions(most):
    """Let kernels use no better than ``plain`` or ``avx2``."""
    limit_instructions(most)
    try:
        yield
    finally:
        limit_instructions("best")
