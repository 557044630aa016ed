"""How the image is declared."""

from __future__ import annotations

import pytest

from engine.mm.schema import BYTE_MASK, HEADER_WORDS, MAX_TABLES, TABLE_SHIFT, WIDTH_SHIFT, Group, Schema


def test_scalars_lie_one_after_the_other_behind_the_header() -> None:
    schema = Schema()
    addresses = [schema.scalar(Group.STATE, name, "m") for name in "abc"]
    assert addresses == [HEADER_WORDS, HEADER_WORDS + 1, HEADER_WORDS + 2]
    assert schema.scalar_end == HEADER_WORDS + 3
    assert schema.named("b").address == addresses[1]
    with pytest.raises(KeyError):
        schema.named("d")


def test_a_name_is_declared_once() -> None:
    schema = Schema()
    schema.scalar(Group.STATE, "a", "m")
    with pytest.raises(ValueError, match="twice"):
        schema.scalar(Group.GAUGE, "a", "m")


def test_a_setting_has_a_number_a_key_and_its_choices_as_limits() -> None:
    schema = Schema()
    schema.setting("machine.one", "m", default=3, low=1, high=5)
    address = schema.setting("machine.two", "m", choices=("a", "b", "c"))
    two = schema.setting_for("machine.two")
    assert (two.number, two.name, two.address, two.low, two.high) == (1, "two", address, 0, 2)
    with pytest.raises(KeyError):
        schema.setting_for("two")


def test_a_column_knows_its_table_its_rows_width_and_its_place() -> None:
    schema = Schema()
    schema.table("first", 4, "m")
    table = schema.table("second", 8, "m")
    codes = [table.column(name, "m") for name in "xyz"]
    assert [code >> TABLE_SHIFT for code in codes] == [1, 1, 1]
    assert [code >> WIDTH_SHIFT & BYTE_MASK for code in codes] == [8, 8, 8]
    assert [code & BYTE_MASK for code in codes] == [0, 1, 2]


def test_a_row_has_no_more_columns_than_words_and_an_image_no_more_tables_than_its_header_holds() -> None:
    schema = Schema()
    table = schema.table("small", 1, "m")
    table.column("x", "m")
    with pytest.raises(ValueError, match="no room"):
        table.column("y", "m")
    for number in range(MAX_TABLES - 1):
        schema.table(f"t{number}", 1, "m")
    with pytest.raises(ValueError, match="at most"):
        schema.table("one too many", 1, "m")
