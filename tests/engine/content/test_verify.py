"""Verify mode: real bytes travel, and any byte that is not the right one is found."""

from __future__ import annotations

import pytest

from engine.content.library import PAGE_BYTES
from engine.content.table import ImageTable
from engine.content.verify import Bytes, VerifyError, compress, decompress, mismatches


@pytest.fixture
def table() -> ImageTable:
    table = ImageTable()
    for name in ("heap", "random", "zero", "filled", "text"):
        table.add(name)
    return table


def test_every_image_survives_pool_and_file(table: ImageTable) -> None:
    store = Bytes(table)
    for image in range(len(table)):
        assert store.store_compressed(("zswap", image), image) == table.lz4_bytes[image]
    for image in range(len(table)):
        store.write_back(("zswap", image), ("swap0", image))
    assert len(store) == len(table)
    for image in range(len(table)):
        assert store.load(("swap0", image), image) == table.bytes_of(image)
        store.free(("swap0", image))
    assert len(store) == 0


def test_a_page_that_comes_back_from_the_wrong_place_is_found(table: ImageTable) -> None:
    store = Bytes(table)
    store.store_compressed(1, 3)
    store.store_raw(2, 4)
    assert store.load(1, 3) == table.bytes_of(3)
    with pytest.raises(VerifyError):
        store.load(1, 4)
    with pytest.raises(VerifyError):
        store.load(2, 3)


def test_a_place_with_nothing_in_it_is_found(table: ImageTable) -> None:
    store = Bytes(table)
    with pytest.raises(VerifyError):
        store.load(1, 0)
    with pytest.raises(VerifyError):
        store.free(1)
    store.store_compressed(1, 0)
    store.write_back(1, 2)
    with pytest.raises(VerifyError):
        store.load(1, 0)


def test_a_batch_names_the_wrong_pages(table: ImageTable) -> None:
    blocks = [compress(table.bytes_of(image)) for image in range(len(table))]
    checksums = table.checksum.tolist()
    assert mismatches(blocks, checksums) == []
    blocks[5], blocks[9] = blocks[9], blocks[5]
    blocks[20] = blocks[20][:-40]
    assert mismatches(blocks, checksums) == [5, 9, 20]


def test_a_block_of_another_length_is_no_page() -> None:
    assert decompress(compress(bytes(PAGE_BYTES))) == bytes(PAGE_BYTES)
    for size in (100, 4095, 4097, 8192):
        with pytest.raises(VerifyError):
            decompress(compress(bytes(size)))
