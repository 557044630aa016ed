"""The tables of docs/scenarios.md are those the program makes, and every key has a meaning there."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scenario.__main__ import TABLES, main, put_in
from engine.scenario.read import parse_scenario


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_page_has_every_table_as_it_is_now(page: str) -> None:
    for name in TABLES:
        assert f"<!-- {name} -->" in page
    assert put_in(page) == page


def test_no_key_is_without_a_meaning() -> None:
    for name, make in TABLES.items():
        for line in make().splitlines()[2:]:
            assert line.split(" | ")[1].strip(), (name, line)


def test_the_example_of_the_page_is_right(page: str, tmp_path: Path) -> None:
    example = page.split("```toml\n")[1].split("```")[0]
    program = parse_scenario(example, tmp_path / "example.toml").build()
    assert len(program.ops) == 96 + 1 + 1500


def test_tables_are_printed_or_put_in(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([]) == 0
    assert TABLES["presets"]() in capsys.readouterr().out
    file = tmp_path / "page.md"
    file.write_text("a\n<!-- presets -->\nold\n<!-- end -->\nb\n")
    assert main([str(file)]) == 0
    assert file.read_text() == f"a\n<!-- presets -->\n{TABLES['presets']()}\n<!-- end -->\nb\n"
