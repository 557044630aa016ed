"""``python -m engine.content`` prints the table of ratios that docs/content.md holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.content.__main__ import main
from engine.content.library import load_library


def test_the_table_has_a_row_with_the_real_mean_for_each_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in capsys.readouterr().out.splitlines()]
    families = load_library().families
    assert [row[0].strip("`") for row in rows[2:]] == list(families)
    assert {len(row) for row in rows} == {8}
    for row, family in zip(rows[2:], families.values(), strict=True):
        assert int(row[1]) == len(family)
        assert abs(float(row[2]) - family.lz4_bytes.mean()) <= 0.5


def test_the_documentation_holds_this_very_table(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    text = Path(__file__).parents[3].joinpath("docs", "content.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() in text


def test_no_library_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "cannot read it" in capsys.readouterr().err
