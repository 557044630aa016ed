"""docs/image.md is what the declarations make of it now."""

from __future__ import annotations

from pathlib import Path

from engine.mm.image import schema
from engine.mm.reference import main, page
from engine.mm.schema import Group
from engine.mm.transitions import KINDS


def test_the_page_is_up_to_date(checkout: Path) -> None:
    """If this fails: ``python -m engine.mm.reference docs/image.md``."""
    assert (checkout / "docs" / "image.md").read_text(encoding="utf-8") == page()


def test_every_declaration_is_on_the_page(tmp_path: Path) -> None:
    where = tmp_path / "image.md"
    assert main([str(where)]) == 0
    text = where.read_text(encoding="utf-8")
    for setting in schema.settings:
        assert f"`{setting.key}`" in text
    for scalar in schema.scalars:
        # The bins of the histogram are told together.
        if scalar.group in (Group.STATE, Group.GAUGE, Group.COUNTER) and "fault_latency_" not in scalar.name:
            assert f"`{scalar.name}`" in text, scalar.name
    for table in schema.tables:
        assert f"### {table.name}\n" in text
        for column in table.columns:
            meaning = column.meaning.replace("|", "\\|")
            assert f"| `{column.name}` | {meaning} |" in text, column.name
    for kind in KINDS:
        assert f"| {kind.number} | {kind.name} |" in text


def test_every_declaration_has_a_meaning() -> None:
    assert all(scalar.meaning for scalar in schema.scalars)
    assert all(column.meaning for table in schema.tables for column in table.columns)
