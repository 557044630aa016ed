"""The image table numbers the images of the families a scenario uses."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from engine.content.library import load_library, synthetic
from engine.content.table import ImageTable
from engine.errors import InputError


def test_families_follow_each_other_and_are_in_it_once() -> None:
    table = ImageTable()
    heap = table.add("heap")
    zero = table.add("zero")
    made = table.add({"compressed": 1770})
    families = load_library().families
    assert heap == (0, len(families["heap"]))
    assert zero == (heap[1], 1)
    assert made == (heap[1] + 1, len(synthetic(1770)))
    assert table.add("heap") == heap
    assert table.add({"compressed": 1770}) == made
    assert len(table) == sum(made)
    assert table.names == ("heap", "zero", "compressed=1770")


def test_facts_and_bytes_are_those_of_the_family() -> None:
    table = ImageTable()
    for name in ("filled", "random", "zero", "code"):
        first, count = table.add(name)
        family = load_library().families[name]
        part = slice(first, first + count)
        assert np.array_equal(table.lz4_bytes[part], family.lz4_bytes)
        assert np.array_equal(table.same_filled[part], family.same_filled)
        assert np.array_equal(table.fill_word[part], family.fill_word)
        assert np.array_equal(table.zero[part], family.zero)
        assert [table.names[i] for i in table.family[part]] == [name] * count
        assert [table.bytes_of(i) for i in range(first, first + count)] == [page.tobytes() for page in family.images]
    assert [zlib.crc32(table.bytes_of(i)) for i in range(len(table))] == table.checksum.tolist()


def test_an_empty_table_has_empty_facts() -> None:
    table = ImageTable()
    assert len(table) == len(table.lz4_bytes) == len(table.family) == len(table.zero) == 0


@pytest.mark.parametrize("image", [-1, 48])
def test_a_number_that_is_not_in_the_table_is_refused(image: int) -> None:
    table = ImageTable()
    table.add("heap")
    with pytest.raises(IndexError):
        table.bytes_of(image)


@pytest.mark.parametrize(
    "content", ["heep", {}, {"compressed": "1770"}, {"compressed": True}, {"compressed": 9000}, {"size": 5},
                {"compressed": 1770, "family": "heap"}],
)  # fmt: skip
def test_content_that_is_none_is_refused(content: object) -> None:
    table = ImageTable()
    with pytest.raises(InputError):
        table.add(content)  # type: ignore[arg-type]
    assert len(table) == 0
