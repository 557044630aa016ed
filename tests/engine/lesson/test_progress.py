"""Progress is kept for each learner and instance, can be forgotten, and a broken file never stops anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.lesson.progress import Answered, Progress, data_dir


def test_the_best_answer_is_kept(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    assert progress.of("03", 1, "q1") == Answered()
    assert progress.note("03", 1, "q1", 0.5) == Answered(1, 0.5)
    assert progress.note("03", 1, "q1", 0.0) == Answered(2, 0.5)
    progress.note_hints("03", 1, "q1", 2)
    progress.note("03", 1, "q1", 1.0)
    again = Progress(tmp_path)
    assert again.of("03", 1, "q1") == Answered(3, 1.0, 2)
    assert again.of("03", 1, "q1").right
    assert again.right("03", 1, ["q1", "q2"]) == 1
    assert again.of("03", 2, "q1") == Answered(), "another instance"


def test_learners_do_not_see_each_other(tmp_path: Path) -> None:
    Progress(tmp_path, "ann").note("03", 1, "q1", 1.0)
    bob = Progress(tmp_path, "bob")
    assert not bob.of("03", 1, "q1").right
    bob.note("03", 1, "q1", 0.0)
    assert Progress(tmp_path, "ann").of("03", 1, "q1").right


def test_forgetting(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    for scenario, seed in (("03", 1), ("03", 2), ("03-x", 1)):
        progress.note(scenario, seed, "q1", 1.0)
    progress.reset("03")
    assert not progress.of("03", 1, "q1").tries
    assert not Progress(tmp_path).of("03", 2, "q1").tries
    assert Progress(tmp_path).of("03-x", 1, "q1").right
    progress.reset()
    assert not Progress(tmp_path).of("03-x", 1, "q1").tries


@pytest.mark.parametrize("text", ["{", "[]", "\0\1", '"x"', "nul"])
def test_a_broken_file_is_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "progress.json").write_text(text)
    progress = Progress(tmp_path)
    assert "could not be read" in progress.notice
    assert (tmp_path / "progress.broken.json").read_text() == text
    progress.note("03", 1, "q1", 1.0)
    assert Progress(tmp_path).of("03", 1, "q1").right
    assert Progress(tmp_path).notice == ""


@pytest.mark.parametrize("text", [
    '{"learners": 3}', '{"learners": {"": []}}', '{"learners": {"": {"03#1": 4}}}',
    '{"learners": {"": {"03#1": {"q1": 7}}}}', '{"learners": {"": {"03#1": {"q1": {"tries": "many"}}}}}',
])  # fmt: skip
def test_values_of_another_type_count_as_never_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / "progress.json").write_text(text)
    progress = Progress(tmp_path)
    assert progress.of("03", 1, "q1") == Answered()
    assert progress.note("03", 1, "q1", 1.0).right


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    progress = Progress(file / "inside")
    assert progress.note("03", 1, "q1", 1.0).right


def test_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWAPSCOPE_CONFIG_DIR", str(tmp_path / "config"))
    assert data_dir() == tmp_path / "config"
    monkeypatch.setenv("SWAPSCOPE_DATA_DIR", str(tmp_path / "data"))
    assert data_dir() == tmp_path / "data"
