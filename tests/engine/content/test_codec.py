"""LZ4 of one page: every image comes back as it was, and what is no page is said to be none."""

from __future__ import annotations

import pytest

from engine.content.codec import VerifyError, compress, decompress
from engine.content.library import PAGE_BYTES, load_library


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
