"""LZ4 of one page: every image comes back as it was, and what is no page is said to be none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.content.codec import CFunctions, VerifyError, c_functions, compress, decompress, through_python
from engine.content.library import PAGE_BYTES, load_library
from engine.mm.intrinsics import call_c


@pytest.mark.parametrize("name", ["heap", "random", "zero", "filled", "text"])
def test_every_image_comes_back_and_has_the_length_the_library_says(name: str) -> None:
    family = load_library().family(name)
    for image, length in zip(family.images, family.lz4_bytes, strict=True):
        block = compress(image.tobytes())
        assert len(block) == length
        assert decompress(block) == image.tobytes()


def test_a_damaged_block_is_told() -> None:
    with pytest.raises(VerifyError, match="cannot be read"):
        decompress(b"\xff" * 100)


def test_a_block_of_less_than_a_page_is_told() -> None:
    with pytest.raises(VerifyError, match="4096"):
        decompress(compress(bytes(PAGE_BYTES - 1)))


@pytest.mark.parametrize("functions", [c_functions, through_python])
def test_c_functions_make_the_same_blocks(functions: Callable[[], CFunctions]) -> None:
    made, state = functions(), np.zeros(functions().state_bytes // 8 + 2, np.int64)
    block, page = np.zeros(1024, np.int64), np.zeros(512, np.int64)
    for image in load_library().family("text").images[:8]:
        state[:] = 0
        source = np.frombuffer(image.tobytes(), dtype=np.int64)
        places = (state.ctypes.data, source.ctypes.data, block.ctypes.data)
        length = call_c(made.compress, *places, PAGE_BYTES, block.nbytes, 1)
        assert block.view(np.uint8)[:length].tobytes() == compress(image.tobytes())
        assert call_c(made.decompress, block.ctypes.data, page.ctypes.data, length, PAGE_BYTES, 0, 0) == PAGE_BYTES
        assert np.array_equal(page, source)
        damaged = call_c(made.decompress, block.ctypes.data, page.ctypes.data, length - 1, PAGE_BYTES, 0, 0)
        assert damaged != PAGE_BYTES
    assert call_c(through_python().compress, *places, PAGE_BYTES, 8, 1) == 0, "no room"
