"""What the window remembers."""

from __future__ import annotations

import json

import pytest

from app.settings import DEFAULTS, Settings


def test_values_come_back(tmp_path):
    Settings(tmp_path).set("speed", 40)
    assert Settings(tmp_path).get("speed") == 40


def test_a_value_of_the_wrong_type_counts_as_never_set(tmp_path):
    (tmp_path / "settings.json").write_text(json.dumps({"speed": "fast", "recent": 3, "type_scale": 2, "theme": None}))
    settings = Settings(tmp_path)
    assert settings.notice == ""
    assert settings.get("speed") == DEFAULTS["speed"]
    assert settings.get("recent") == []
    assert settings.get("theme") == "dark"
    assert settings.get("type_scale") == 2.0


@pytest.mark.parametrize("text", ["{", "[1]", "\x00", "null"])
def test_a_broken_file_is_set_aside(tmp_path, text):
    (tmp_path / "settings.json").write_text(text)
    settings = Settings(tmp_path)
    assert "settings.broken.json" in settings.notice
    assert (tmp_path / "settings.broken.json").read_text() == text
    settings.set("speed", 3)
    assert Settings(tmp_path).get("speed") == 3


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "settings.json").write_bytes(b"\xff\xfe\x00")
    assert Settings(tmp_path).notice


def test_recent_files_newest_first_without_those_gone(tmp_path):
    settings = Settings(tmp_path / "config")
    paths = [tmp_path / f"{number}.toml" for number in range(12)]
    for path in paths:
        path.write_text("")
        settings.note_opened(path)
    settings.note_opened(paths[5])
    paths[11].unlink()
    names = [path.name for path in Settings(tmp_path / "config").recent()]
    assert names[:3] == ["5.toml", "10.toml", "9.toml"]
    assert len(names) == 9


def test_an_unknown_key_is_a_mistake(tmp_path):
    with pytest.raises(KeyError):
        Settings(tmp_path).set("sped", 3)


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file")
    settings.set("speed", 3)
    assert settings.get("speed") == 3
