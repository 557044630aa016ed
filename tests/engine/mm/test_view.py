"""The image as people read it."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.schema import Group
from tests.engine.mm.machines import build


def test_scalars_tables_and_columns_by_name() -> None:
    toy = build()
    toy.write(0)
    view = toy.view
    assert view["pgfault"] == view.scalar(im.PGFAULT) == 1
    assert view.at(im.PAGE_MAPCOUNT, 1) == view.column(im.PAGE_MAPCOUNT)[1] == view.page[1, 4] == 1
    assert view.group(Group.COUNTER)["pgfault"] == 1
    assert "nr_free_pages" in view.group(Group.GAUGE)


def test_nothing_can_be_written_through_it() -> None:
    view = build().view
    with pytest.raises(ValueError):
        view.column(im.PTE)[0] = 1


def test_an_unknown_name_is_an_error() -> None:
    view = build().view
    with pytest.raises(KeyError):
        view["no_such"]
    with pytest.raises(AttributeError, match="no_such"):
        _ = view.no_such


def test_every_address_has_a_place_with_a_name() -> None:
    view = build().view
    page = view.layout.base["page"] + 5 * im.page.width + 3
    assert view.where([im.NOW, page]) == [("", 0, "now"), ("page", 5, "swap")]
