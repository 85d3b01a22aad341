"""The checksum of halompi's files: Documentation/formats.md, Checksums."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# 8 MiB at a time, so that a checksum takes no memory that counts.
_BLOCK = 1 << 20


def checksum(data: bytes | npt.NDArray[np.generic]) -> str:
    """The checksum of bytes, or of the numbers of an array in C order: 16 hexadecimal digits.

    With n bytes, and w_i their 64-bit words, the last one padded with zeros, it is the sum of n and of the
    finalizer of SplitMix64 (doi:10.1145/2660193.2660195) of all w_i xor (i * 0x9e3779b97f4a7c15), modulo 2^64.
    """
    if isinstance(data, np.ndarray):
        octets = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
    else:
        octets = np.frombuffer(data, np.uint8)
    total = octets.size
    for first in range(0, octets.size, 8 * _BLOCK):
        block = octets[first : first + 8 * _BLOCK]
        words = np.zeros((block.size + 7) // 8, "<u8")
        words.view(np.uint8)[: block.size] = block
        words ^= np.arange(first // 8, first // 8 + words.size, dtype="<u8") * np.uint64(0x9E3779B97F4A7C15)
        words ^= words >> np.uint64(30)
        words *= np.uint64(0xBF58476D1CE4E5B9)
        words ^= words >> np.uint64(27)
        words *= np.uint64(0x94D049BB133111EB)
        words ^= words >> np.uint64(31)
        total += int(words.sum(dtype="u8"))
    return f"{total % 2**64:016x}"
