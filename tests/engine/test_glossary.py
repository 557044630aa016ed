"""The glossary: every place where a term can be seen exists, and the page is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.glossary import GLOSSARY, kernel_names, main, page_table, term_of
from engine.mm.image import schema
from engine.resources import scenarios_dir

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_terms_are_told_once_in_one_sentence() -> None:
    terms = [one.term for one in GLOSSARY]
    assert len(set(terms)) == len(terms) >= 50
    for one in GLOSSARY:
        assert one.meaning.endswith(".")
        assert one.meaning.count(". ") == 0, one.term


def test_where_a_term_can_be_seen_exists() -> None:
    """Settings, counters and gauges by name, tables by name, and scenarios."""
    there = {scalar.name for scalar in schema.scalars} | {table.name for table in schema.tables}
    there |= {setting.key for setting in schema.settings}
    names = {file.stem.partition("-")[2] for file in scenarios_dir().glob("*.toml")}
    for one in GLOSSARY:
        assert one.see, one.term
        assert set(one.see) <= there, (one.term, set(one.see) - there)
        assert not one.scenario or one.scenario in names, (one.term, one.scenario)


@pytest.mark.parametrize("word", ["swapcache", "Swapcache", "zswap_writeback_entry", "PG_swapcache"])
def test_a_word_is_found_in_any_case(word: str) -> None:
    assert term_of(word) is not None


def test_a_word_that_is_not_there_is_not_found() -> None:
    assert term_of("hovercraft") is None
    assert "swap_map" in kernel_names()


def test_the_page_is_made_from_it(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page_table() in text
    copy = tmp_path / "glossary.md"
    copy.write_text("before\n<!-- glossary -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    main([str(copy)])
    assert copy.read_text(encoding="utf-8") == f"before\n<!-- glossary -->\n{page_table()}\n<!-- end -->\nafter\n"
