"""One weight of an ONNX model as the model uses it: scaled, and turned where it was stored so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.models.onnx_tensors import OnnxTensor
from hartonomous.readers.models.stored_tensor import made_matrix, turned


@dataclass(frozen=True)
class OnnxWeight:
    """A tensor of an ONNX model with what its graph says of it.

    Parameters
    ----------
    name
        What it is called.
    stored
        The tensor as the file has it.
    scale, zero_point
        Of a tensor of 8 bits: a number q stands for scale (q - zero_point).
    axis
        Which lengths a scale of one dimension goes along; None where its length has to tell.
    is_turned
        Whether rows and columns change places.
    """

    name: str
    stored: OnnxTensor
    scale: OnnxTensor | None = None
    zero_point: OnnxTensor | None = None
    axis: int | None = None
    is_turned: bool = False

    def __str__(self) -> str:
        return str(self.stored)

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its numbers lie, the model's file or one beside it."""
        parts = (self.stored, self.scale, self.zero_point)
        return tuple(part.path for part in parts if part)

    @property
    def dtype(self) -> str:
        """The type it is stored in, by safetensors' name."""
        return self.stored.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Its lengths, as it is given."""
        return self.stored.shape[::-1] if self.is_turned else self.stored.shape

    def open_matrix(self) -> Matrix:
        """Return it as a matrix, in a file of ours where it is scaled or turned.

        Raises
        ------
        ModelFormatError
            When it is no matrix, of a type that isn't read, of 8 bits without a scale, or one that
            doesn't fit; or its file isn't there or ends too soon.
        """
        matrix = self.stored.open_matrix()
        if self.scale is not None:
            matrix = self._scaled(matrix, self.scale)
        elif self.dtype in ("I8", "U8"):
            raise ModelFormatError(f"{self}: is of 8 bits, and no scale of it was found")
        return turned(matrix) if self.is_turned else matrix

    def read_numbers(self) -> NDArray[np.float64]:
        """Return it whole.

        Raises
        ------
        ModelFormatError
            When it has more than 2^24 numbers, or as by `open_matrix`.
        """
        numbers = self.stored.read_numbers()
        if self.scale is not None:
            zero = self._along(self.zero_point) if self.zero_point else 0.0
            numbers = (numbers - zero) * self._along(self.scale)
        return numbers.T if self.is_turned else numbers

    def _scaled(self, matrix: Matrix, scale: OnnxTensor) -> Matrix:
        shape = matrix.shape
        scales = np.broadcast_to(self._along(scale), shape)
        zeros = np.broadcast_to(self._along(self.zero_point) if self.zero_point else 0.0, shape)

        def rows_of(block: slice) -> NDArray[np.float64]:
            numbers = matrix.rows(block.start, block.stop)
            with np.errstate(all="ignore"):  # a hostile scale becomes an infinite row
                restored: NDArray[np.float64] = (numbers - zeros[block]) * scales[block]
            return restored

        return made_matrix(rows_of, shape)

    def _along(self, scale: OnnxTensor) -> NDArray[np.float64]:
        """Return scales or zero points in a shape that stretches to the tensor's."""
        numbers, shape = scale.read_numbers(), self.stored.shape
        if numbers.size == 1:
            return numbers.reshape((1,) * len(shape))
        if numbers.ndim == 1 and shape:
            axes = range(len(shape)) if self.axis is None else (self.axis % len(shape),)
            fitting = [axis for axis in axes if shape[axis] == len(numbers)]
            lengths = [1] * len(shape)
            lengths[fitting[-1] if fitting else 0] = len(numbers)
            numbers = numbers.reshape(lengths)
        stretches = numbers.ndim == len(shape) and all(
            n in (1, length) for n, length in zip(numbers.shape, shape, strict=True)
        )
        if not stretches:
            raise ModelFormatError(f"{scale}: is no scale of {self.name}")
        return numbers
