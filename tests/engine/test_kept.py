"""A kept table comes back; one that cannot be read is set aside, one that cannot be written is no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.kept import KeptTable


def test_it_comes_back(tmp_path: Path) -> None:
    table = KeptTable(tmp_path / "new" / "a.json")
    assert (table.values, table.trouble) == ({}, "")
    table.values["x"] = {"y": [1, "ü"]}
    table.write()
    assert KeptTable(table.file).values == {"x": {"y": [1, "ü"]}}
    assert [path.name for path in table.file.parent.iterdir()] == ["a.json"]


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff\xfe\x00", b"", b"[" * 100_000, b'{"a": 1}x'])
def test_what_cannot_be_read_is_set_aside(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(data)
    table = KeptTable(file)
    assert table.values == {}
    assert table.trouble
    assert table.aside == tmp_path / "a.broken.json"
    assert table.aside.read_bytes() == data
    assert KeptTable(file).trouble == "", "once is enough"


def test_a_folder_in_its_place_stays_there(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    table = KeptTable(tmp_path / "a.json")
    assert table.trouble
    table.values["x"] = 1
    table.write()
    assert list(tmp_path.glob("*.part")) == []
