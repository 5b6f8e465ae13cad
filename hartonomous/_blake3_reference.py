"""The readable twin of the native BLAKE3: the specification in plain Python, for tests and readers.

Source: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere", 2020.
"""

from __future__ import annotations

import struct

_CHUNK_BYTES = 1024
_BLOCK_BYTES = 64
_CHUNK_START, _CHUNK_END, _PARENT, _ROOT = 1, 2, 4, 8
_IV = (
    *(0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A),
    *(0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19),
)
_PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
_COLUMNS_AND_DIAGONALS = (
    *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
    *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
)

Words = tuple[int, ...]


def blake3(data: bytes) -> bytes:
    """Return the 32-byte BLAKE3 digest of ``data``."""
    return struct.pack("<8I", *_tree_value(data, 0, _ROOT))


def _tree_value(data: bytes, first_chunk: int, root: int) -> Words:
    """Return the value of the subtree over ``data``; ``root`` is the flag of its last block."""
    if len(data) <= _CHUNK_BYTES:
        return _chunk_value(data, first_chunk, root)
    left = _left_length(len(data))
    children = _tree_value(data[:left], first_chunk, 0) + _tree_value(
        data[left:], first_chunk + left // _CHUNK_BYTES, 0
    )
    return _compress(_IV, children, 0, _BLOCK_BYTES, _PARENT | root)


def _left_length(length: int) -> int:
    """Return the largest power of two of chunks that leaves something for the right."""
    chunks = (length - 1) // _CHUNK_BYTES
    return _CHUNK_BYTES << (chunks.bit_length() - 1)


def _chunk_value(chunk: bytes, index: int, root: int) -> Words:
    """Chain the compression function over the chunk's 64-byte blocks."""
    value: Words = _IV
    starts = range(0, max(len(chunk), 1), _BLOCK_BYTES)
    for start in starts:
        block = chunk[start : start + _BLOCK_BYTES]
        flags = _CHUNK_START if start == 0 else 0
        if start == starts[-1]:
            flags |= _CHUNK_END | root
        words = struct.unpack("<16I", block.ljust(_BLOCK_BYTES, b"\0"))
        value = _compress(value, words, index, len(block), flags)
    return value


def _compress(value: Words, message: Words, counter: int, length: int, flags: int) -> Words:
    state = [*value, *_IV[:4], counter & 0xFFFFFFFF, counter >> 32, length, flags]
    for _ in range(7):
        for step, positions in enumerate(_COLUMNS_AND_DIAGONALS):
            _mix(state, positions, message[2 * step], message[2 * step + 1])
        message = tuple(message[p] for p in _PERMUTATION)
    return tuple(state[i] ^ state[i + 8] for i in range(8))


def _mix(state: list[int], positions: tuple[int, int, int, int], x: int, y: int) -> None:
    """Apply the quarter round, G in the paper."""
    a, b, c, d = positions
    for word, far, near in ((x, 16, 12), (y, 8, 7)):
        state[a] = (state[a] + state[b] + word) & 0xFFFFFFFF
        state[d] = _rotate_right(state[d] ^ state[a], far)
        state[c] = (state[c] + state[d]) & 0xFFFFFFFF
        state[b] = _rotate_right(state[b] ^ state[c], near)


def _rotate_right(word: int, bits: int) -> int:
    return (word >> bits | word << (32 - bits)) & 0xFFFFFFFF
