"""Tables agree with the image they are read from."""

import numpy as np
import pytest

from engine.mm import image as im
from engine.reading import Marked, active_list, inactive_list, zswap_lru
from engine.reading.tables import TABLES, table
from tests.engine.reading.built import LEGACY, SWAP_DESC, populated


@pytest.fixture(params=[LEGACY, SWAP_DESC], ids=["legacy", "swap_desc"])
def built(request):
    return populated(request.param)


def values(found, name):
    return next(column for column in found.columns if column.name == name).values


@pytest.mark.parametrize("name", list(TABLES))
def test_all_columns_have_a_value_for_every_row(built, name):
    found = table(name, built.view, built.program)
    assert len(found.owners) == found.rows
    for column in found.columns:
        assert column.values.shape == (found.rows,), column.name
        if column.names:
            assert column.values.max(initial=0) < len(column.names)


def test_there_is_a_row_for_each_page_of_each_process(built):
    found = table("pages", built.view, built.program)
    assert found.rows == 96 + 48
    assert found.row_of(5, 2) == 96 + 5
    assert found.row_of(5, 3) == -1
    words = values(found, "word")
    assert words[96 + 5] == built.view.at(im.PTE, built.view.at(im.MM_PTE, 2) + 5)


def test_places_of_frames_are_those_on_their_lists(built):
    found = table("frames", built.view, built.program)
    places = values(found, "place")
    for listed in (active_list(built.view), inactive_list(built.view)):
        assert [int(places[found.row_of(int(frame), 0)]) for frame in listed] == list(range(1, len(listed) + 1))


def test_zswap_entries_have_their_lengths(built):
    found = table("zswap", built.view, built.program)
    rows = zswap_lru(built.view)
    assert np.array_equal(values(found, "length"), built.view.column(im.Z_LENGTH)[rows])


def test_slots_that_lie_in_a_second_swapfile_are_numbered_there():
    built = populated(slots=(32, 16))
    found = table("slots", built.view, built.program)
    assert found.rows == 33 + 17
    assert found.row_of(3, 1) == 33 + 3


def test_marks_that_are_there_already_are_used(built, monkeypatch):
    marked = Marked.of(built.view)
    monkeypatch.setattr("engine.reading.tables.Marked.of", lambda _view: pytest.fail("read again"))
    assert table("pages", built.view, built.program, marked).rows == 144


@pytest.mark.parametrize("name", list(TABLES))
def test_one_row_read_alone_says_the_same_as_all_of_them(built, name):
    alone, whole = (table(name, built.view, built.program) for _ in range(2))
    for one, other in zip(alone.columns, whole.columns, strict=True):
        assert [one.value(row) for row in range(alone.rows)] == other.values.tolist(), one.name
        if one.one is not None:
            assert one._values is None, "the whole column was read"
