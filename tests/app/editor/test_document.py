"""The document: one text, one undo stack, one file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.editor.document import Document
from app.editor.text import changes
from engine.errors import InputError
from engine.resources import scenarios_dir
from tests.app.editor.conftest import TEXT

FRAMES = ("machine", "frames")


@pytest.fixture
def document(qapp, file):
    return Document.read(file)


def test_a_value_is_set_and_taken_back_to_the_byte(document):
    document.set(FRAMES, 32)
    assert document.text == TEXT.replace("frames = 64 ", "frames = 32 ")
    assert document.value(FRAMES) == 32
    assert document.steps.undo_name == "Set machine.frames to 32"
    assert document.dirty
    document.steps.undo()
    assert document.encoded() == TEXT.encode()
    assert not document.dirty
    document.steps.redo()
    assert document.value(FRAMES) == 32


def test_letters_of_one_field_are_one_step(document):
    for value in (3, 32, 321):
        document.set(FRAMES, value, merge=("frames", 1))
    assert len(document.steps) == 1
    assert document.steps.undo_name == "Set machine.frames to 321"
    document.set(FRAMES, 5, merge=("frames", 2))
    assert len(document.steps) == 2
    document.steps.undo()
    document.steps.undo()
    assert document.text == TEXT


def test_a_field_that_was_emptied_on_the_way_keeps_its_comment(document):
    document.set(FRAMES, None, 4096, merge=1)
    assert "few" not in document.text
    document.set(FRAMES, 7, 4096, merge=1)
    assert "frames = 7                  # few" in document.text
    document.set(FRAMES, 64, 4096, merge=1)
    assert document.text == TEXT
    assert not document.steps.can_undo


def test_the_default_is_not_written(document):
    document.set(("machine", "page_cluster"), 3, 3)
    assert document.text == TEXT
    document.set(("machine", "page_cluster"), 0, 3)
    assert document.value(("machine", "page_cluster")) == 0
    document.set(("machine", "page_cluster"), 3, 3)
    assert document.text == TEXT


def test_but_where_a_comment_would_go_with_it(document):
    document.set(FRAMES, 4096, 4096)
    assert "frames = 4096               # few" in document.text
    document.set(FRAMES, None, 4096)
    assert "frames" not in document.text
    assert document.steps.undo_name == "Reset machine.frames"


def test_a_process_is_renamed_everywhere(document):
    document.set(("process", 0, "name"), "writer")
    assert document.text == TEXT.replace('"editor"', '"writer"')


def test_a_text_that_is_no_toml_is_kept_and_forms_do_nothing(document):
    bad = TEXT.replace("frames = 64", "frames = = 64")
    document.change(bad, "Edit")
    assert document.trouble.line == 8
    assert document.value(FRAMES) == 64
    document.set(FRAMES, 3)
    assert document.text == bad
    document.steps.undo()
    assert document.trouble is None


@pytest.mark.parametrize("path", sorted(scenarios_dir().glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_of_the_library_is_saved_as_it_was(qapp, path, tmp_path):
    document = Document.read(path)
    document.set(FRAMES, 77)
    document.steps.undo()
    document.save(tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


@pytest.mark.parametrize("name", ["03-zswap-spills", "12-fork"])
def test_what_a_form_puts_in_is_known_without_reading_the_text_again(qapp, name):
    document = Document.read(scenarios_dir() / f"{name}.toml")
    for path, value in list(leaves(document.data)):
        document.set(path, f"{value} too" if isinstance(value, str) else not value if value in (True, False) else 3)
        assert document.data == tomllib.loads(document.text), path
        document.set(path, None)
        assert document.data == tomllib.loads(document.text), path
        document.steps.undo()
        document.steps.undo()
        assert document.value(path) == value
    document.set(("machine", "zswap", "second_chance"), True)
    document.set(("process", 0, "regions"), [])
    assert document.data == tomllib.loads(document.text)


def test_a_long_text_that_is_typed_is_read_in_a_thread(document, qtbot):
    long = TEXT + '\n[[run]]\npattern = "zipf"\nprocess = "shell"\nreferences = 90\n' * 300
    document.change(long, "Edit")
    assert document.waiting
    assert len(document.data["run"]) == 3, "what it was is shown until then"
    qtbot.waitUntil(lambda: not document.waiting)
    assert len(document.data["run"]) == 303
    document.change(long.replace("frames = 64", "frames = = 64"), "Edit")
    qtbot.waitUntil(lambda: document.trouble is not None)
    document.change(long, "Edit")
    document.set(FRAMES, 32)
    assert not document.waiting, "a form does not wait"
    assert document.value(FRAMES) == 32
    assert len(document.data["run"]) == 303
    document.close()


def test_only_lines_that_differ_are_written_anew():
    assert changes("a = 1\nb = 2\nc = 3", "a = 4\nb = 2\nc = 33") == [(4, 5, "4"), (17, 17, "3")]
    assert changes("a\nb", "a\nc\nb") == [(2, 2, "c\n")]
    assert changes("a", "a") == []


@pytest.mark.parametrize("data", [TEXT.replace("\n", "\r\n").encode(), TEXT.replace("\n", "\r\n", 3).encode(),
                                  TEXT.rstrip("\n").encode()])  # fmt: skip
def test_line_ends_are_kept(qapp, tmp_path, data):
    file = tmp_path / "ends.toml"
    file.write_bytes(data)
    document = Document.read(file)
    assert document.encoded() == data
    document.set(FRAMES, 9)
    if b"\r\n" in data:
        assert b"frames = 9                  # few\r\n" in document.encoded()
    document.steps.undo()
    document.save(file)
    assert file.read_bytes() == data


def test_the_file_is_written_whole_or_not_at_all(document, tmp_path):
    document.set(FRAMES, 9)
    with pytest.raises(InputError):
        document.save(tmp_path / "nowhere" / "x.toml")
    assert document.dirty
    assert document.path == tmp_path / "mine.toml"
    document.save(document.path)
    assert not document.dirty
    assert "frames = 9 " in document.path.read_text()
    assert [one.name for one in tmp_path.iterdir()] == ["mine.toml"]


def test_what_was_saved_is_not_merged_into(document):
    document.set(FRAMES, 3, merge=1)
    document.save(document.path)
    document.set(FRAMES, 33, merge=1)
    document.steps.undo()
    assert document.value(FRAMES) == 3
    assert not document.dirty


def test_another_program_is_noticed(document):
    assert not document.differs_on_disk()
    document.path.write_text(TEXT + "\n# more\n")
    assert document.differs_on_disk()
    document.read_again()
    assert document.text.endswith("# more\n")
    assert not document.dirty
    document.steps.undo()
    assert document.text == TEXT
    assert document.dirty


def test_a_file_that_is_no_text(qapp, tmp_path):
    file = tmp_path / "bad.toml"
    file.write_bytes(b"format = 1\n\xff\n")
    with pytest.raises(InputError) as caught:
        Document.read(file)
    assert caught.value.problems[0].line == 2
    with pytest.raises(InputError):
        Document.read(Path("nowhere.toml"))
