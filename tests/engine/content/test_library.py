"""The library's facts are those of the bytes, and a damaged library is refused with every reason."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from pathlib import Path

import lz4.block
import numpy as np
import pytest

from engine.content.capture import MIN_NONZERO_BYTES, USUAL_DIRECTORIES, reveals
from engine.content.library import (
    INDEX,
    PAGE_BYTES,
    default_directory,
    load_library,
    lz4_size,
    make_family,
    synthetic,
    synthetic_min,
)
from engine.errors import InputError

FAMILIES = ("heap", "database", "text", "json", "code", "random", "zero", "filled")
ORDINARY = FAMILIES[:6]


def damaged_copy(directory: Path) -> Path:
    return Path(shutil.copytree(default_directory(), directory / "pages"))


def test_every_family_is_there_and_small_enough_to_ship() -> None:
    families = load_library().families
    assert tuple(families) == FAMILIES
    assert sum(len(family) for family in families.values()) >= 250
    assert sum(file.stat().st_size for file in default_directory().iterdir()) < 2_000_000


@pytest.mark.parametrize("name", FAMILIES)
def test_facts_are_computed_from_the_bytes(name: str) -> None:
    family = load_library().families[name]
    assert family.images.shape == (len(family), PAGE_BYTES)
    for i in range(len(family)):
        page = family.images[i].tobytes()
        block = lz4.block.compress(page, store_size=False)
        assert family.lz4_bytes[i] == len(block)
        assert lz4.block.decompress(block, uncompressed_size=PAGE_BYTES) == page
        assert family.checksum[i] == zlib.crc32(page)
        assert family.zero[i] == (page == bytes(PAGE_BYTES))
        assert family.same_filled[i] == (page == page[:8] * 512)


def test_facts_cannot_be_changed_by_accident() -> None:
    family = load_library().families["heap"]
    for fact in (family.images, family.lz4_bytes, family.same_filled, family.fill_word, family.zero, family.checksum):
        assert not fact.flags.writeable


@pytest.mark.parametrize("name", ORDINARY)
def test_pages_follow_the_rule_of_capture(name: str) -> None:
    family = load_library().families[name]
    # Only what is the same on every machine: the host's name of whoever runs the test may be any word.
    private = re.compile("|".join(USUAL_DIRECTORIES).encode())
    assert not family.same_filled.any()
    assert ((family.images != 0).sum(axis=1) >= MIN_NONZERO_BYTES).all()
    assert len(np.unique(family.checksum)) == len(family)
    assert not any(reveals(page.tobytes(), private) for page in family.images)


def test_families_compress_as_their_kind_does() -> None:
    families = load_library().families
    assert (families["random"].lz4_bytes > PAGE_BYTES).all()
    mean = {name: float(family.lz4_bytes.mean()) for name, family in families.items()}
    assert mean["zero"] < mean["heap"] < mean["text"] < mean["code"] < mean["random"]


def test_zero_and_filled_pages_are_told_apart_by_their_word() -> None:
    families = load_library().families
    assert families["zero"].zero.all()
    assert families["zero"].same_filled.all()
    assert families["zero"].fill_word.tolist() == [0]
    filled = families["filled"]
    assert filled.same_filled.all()
    assert not filled.zero.any()
    # A page of ones is the word -1, so no word can stand for "not same-filled".
    assert -1 in filled.fill_word.tolist()
    assert 0 not in filled.fill_word.tolist()


def test_one_different_byte_makes_a_page_not_same_filled() -> None:
    family = make_family("test", b"ab" * 2048 + b"ab" * 2047 + b"ac" + b"abcdefgh" * 512, "test")
    assert family.same_filled.tolist() == [True, False, True]
    assert family.fill_word.tolist()[1] == 0
    assert family.fill_word.tolist()[2] == int.from_bytes(b"abcdefgh", "little")


def test_an_unknown_family_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        load_library().family("databse")
    (problem,) = caught.value.problems
    assert problem.nearest == "database"
    assert problem.expected is not None
    assert "heap" in problem.expected


def test_a_missing_directory_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_library(tmp_path / "none")
    assert caught.value.problems[0].file == str(tmp_path / "none" / INDEX)


def test_all_damaged_families_are_named_at_once(tmp_path: Path) -> None:
    pages = damaged_copy(tmp_path)
    heap = bytearray((pages / "heap.pages").read_bytes())
    heap[5000] ^= 1
    (pages / "heap.pages").write_bytes(heap)
    (pages / "text.pages").write_bytes(b"x" * 5000)
    (pages / "json.pages").unlink()
    index = json.loads((pages / INDEX).read_text())
    del index["families"]["code"]["crc32"]
    (pages / INDEX).write_text(json.dumps(index))
    with pytest.raises(InputError) as caught:
        load_library(pages)
    named = {Path(str(problem.file)).name: problem for problem in caught.value.problems}
    assert set(named) == {"heap.pages", "text.pages", "json.pages", INDEX}
    assert named[INDEX].key == "families.code"


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99, "families": {}}', '{"format": 1, "families": {}}'])
def test_an_index_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).write_text(text)
    with pytest.raises(InputError):
        load_library(tmp_path)


@pytest.mark.parametrize("compressed", [36, 40, 64, 333, 1024, 1770, 2049, 3000, 4000, 4081, 4095, 4096])
def test_synthetic_pages_have_the_real_length_that_was_asked_for(compressed: int) -> None:
    family = synthetic(compressed)
    real = [lz4_size(page.tobytes()) for page in family.images]
    assert family.lz4_bytes.tolist() == real
    assert all(abs(length - compressed) <= 2 for length in real)
    assert len(set(family.checksum.tolist())) == len(family) > 1
    assert not family.same_filled.any()


def test_synthetic_pages_are_the_same_every_time() -> None:
    before = synthetic(1770).images.copy()
    synthetic.cache_clear()
    assert np.array_equal(synthetic(1770).images, before)


@pytest.mark.parametrize("compressed", [-1, 0, 35, 4097, 100_000])
def test_a_length_no_page_can_have_is_refused(compressed: int) -> None:
    with pytest.raises(InputError) as caught:
        synthetic(compressed)
    assert caught.value.problems[0].expected == f"{synthetic_min()} to 4096"
