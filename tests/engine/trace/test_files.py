"""Files on disk: the form is told by the content, and a file is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.trace import Recording, load_trace, save_trace
from engine.trace.__main__ import main
from engine.trace.files import check_writable, write_whole


@pytest.fixture
def recording() -> Recording:
    return Recording(
        np.zeros(3, np.uint8), np.array([1, 2, 1], np.int64), np.array([True, False, True]), np.ones(3, np.int64)
    )


@pytest.mark.parametrize("name", ["a.swt", "a.txt", "a"])
def test_either_form_is_read_back(tmp_path: Path, recording: Recording, name: str) -> None:
    save_trace(recording, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(b"\x89SWT") == (name == "a.swt")
    assert load_trace(tmp_path / name).same_as(recording)


def test_the_content_and_not_the_name_tells_the_form(tmp_path: Path, recording: Recording) -> None:
    save_trace(recording, tmp_path / "a.txt", text=False)
    assert load_trace(tmp_path / "a.txt").same_as(recording)


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"r 1\n"])
def test_a_foreign_file_with_the_binary_suffix_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.swt").write_bytes(content)
    with pytest.raises(InputError, match="not a binary trace"):
        load_trace(tmp_path / "a.swt")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.swt: cannot be read: No such file"):
        load_trace(tmp_path / "no.swt")
    with pytest.raises(InputError, match="cannot be read"):
        load_trace(tmp_path)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path, recording: Recording) -> None:
    for write in (lambda path: save_trace(recording, path), check_writable):
        with pytest.raises(InputError, match="cannot be written: No such file"):
            write(tmp_path / "no" / "a.swt")
    with pytest.raises(InputError, match="it is a folder"):
        check_writable(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.swt"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_has_the_rights_that_the_umask_gives(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_the_table_lists_good_files_and_says_what_is_wrong_with_others(
    tmp_path: Path, recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    save_trace(recording, tmp_path / "a.swt")
    assert main([str(tmp_path / "a.swt"), str(tmp_path / "b.swt")]) == 2
    printed = capsys.readouterr()
    assert "| a.swt | `` | 3 | 2 | 3 | 2 | 3 | 1 |" in printed.out
    assert "b.swt: cannot be read" in printed.err
