"""One place of a scenario's text is changed: the document says the new thing, and all else stays to the letter."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.resources import scenarios_dir
from engine.scenario import edit
from engine.scenario.positions import Path, layout_of

LIBRARY = sorted(scenarios_dir().glob("*.toml"))
TEXT = """\
# A file of somebody's.
format = 1
title = "mine"     # what it is called

[machine]
frames = 40                     # few
watermark_min = 2               # with 40 frames the formula leaves no room

[machine.zswap]
enabled = true

[[machine.swapfile]]
name = "swap0"
slots = 64

# The two of them.

# first the editor
[[process]]
name = "editor"     # it writes
pages = 64

# then the shell
[[process]]
name = "shell"
regions = [{ name = "heap", pages = 10 }, { name = "stack", pages = 6 }]

[[run]]
pattern = "sequential"
references = 32

[[run]]
turn = 4
[[run.parallel]]
pattern = "loop"
references = 9

[[run]]
mark = "end"
"""


def at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def comments(text: str) -> list[str]:
    return re.findall(r"#[^\n]*", text)


def test_a_value_is_changed_and_its_comment_keeps_its_column() -> None:
    made = edit.put(TEXT, ("machine", "frames"), 32768)
    line = next(line for line in made.splitlines() if line.startswith("frames"))
    assert line.index("#") == 32
    assert edit.put(made, ("machine", "frames"), 40) == TEXT


def test_a_long_value_pushes_its_comment_along() -> None:
    made = edit.put(TEXT, ("title",), "a longer name")
    assert 'title = "a longer name" # what it is called\n' in made


@pytest.mark.parametrize(
    ("path", "value", "line", "behind"),
    [
        (("seed",), 7, "seed = 7", 'title = "mine"     # what it is called'),
        (("machine", "page_cluster"), 0, "page_cluster = 0",
         "watermark_min = 2               # with 40 frames the formula leaves no room"),
        (("machine", "zswap", "max_pool_percent"), 5, "max_pool_percent = 5", "enabled = true"),
        (("machine", "swapfile", 0, "priority"), 3, "priority = 3", "slots = 64"),
        (("process", 0, "content"), {"compressed": 900}, "content = { compressed = 900 }", "pages = 64"),
        (("run", 1, "parallel", 0, "process"), "editor", 'process = "editor"', "references = 9"),
        (("run", 1, "repeat"), 2, "repeat = 2", "turn = 4"),
    ],
)  # fmt: skip
def test_a_missing_key_goes_to_the_end_of_its_table(path: Path, value: Any, line: str, behind: str) -> None:
    made = edit.put(TEXT, path, value)
    assert f"{behind}\n{line}\n" in made
    assert at(tomllib.loads(made), path) == value
    assert edit.remove(made, path) == TEXT


def test_a_missing_table_is_put_before_the_swapfiles() -> None:
    made = edit.put(TEXT, ("machine", "time", "hit_ns"), 20_000)
    assert "enabled = true\n\n[machine.time]\nhit_ns = 20000\n\n[[machine.swapfile]]" in made
    assert edit.remove(made, ("machine", "time", "hit_ns")) == TEXT


def test_a_table_with_a_comment_stays_when_its_last_key_goes() -> None:
    text = "a = 1\n\n[machine.zswap]\n# kept\nenabled = true\n\n[x]\n"
    assert edit.remove(text, ("machine", "zswap", "enabled")) == "a = 1\n\n[machine.zswap]\n# kept\n\n[x]\n"


def test_keys_with_dots_get_company() -> None:
    text = "[machine]\nzswap.enabled = true  # on\nframes = 9\n"
    made = edit.put(text, ("machine", "zswap", "max_pool_pages"), 4)
    assert made == "[machine]\nzswap.enabled = true  # on\nzswap.max_pool_pages = 4\nframes = 9\n"


def test_inside_braces_and_brackets() -> None:
    made = edit.put(TEXT, ("process", 1, "regions", 1, "locked"), True)
    assert '{ name = "stack", pages = 6, locked = true }]' in made
    assert edit.remove(made, ("process", 1, "regions", 1, "locked")) == TEXT
    assert '[{ name = "stack", pages = 6 }]' in edit.remove(TEXT, ("process", 1, "regions", 0))
    assert '[{ name = "heap", pages = 10 }]' in edit.remove(TEXT, ("process", 1, "regions", 1))
    turned = edit.reorder(TEXT, ("process", 1, "regions"), [1, 0])
    assert '[{ name = "stack", pages = 6 }, { name = "heap", pages = 10 }]' in turned
    more = edit.insert(TEXT, ("process", 1, "regions"), 1, {"name": "code", "pages": 3})
    assert 'pages = 10 }, { name = "code", pages = 3 }, {' in more
    twice = edit.duplicate(TEXT, ("process", 1, "regions", 0))
    assert twice.count('{ name = "heap", pages = 10 }') == 2


def test_an_array_over_several_lines_keeps_its_form() -> None:
    text = "a = [\n  1,  # one\n  2,\n]\n"
    data = tomllib.loads(edit.remove(text, ("a", 0)))
    assert data == {"a": [2]}
    assert edit.remove(text, ("a", 1)) == "a = [\n  1,\n]\n"


def test_elements_move_with_the_comments_right_above_them() -> None:
    made = edit.reorder(TEXT, ("process",), [1, 0])
    assert "# The two of them.\n\n# then the shell\n[[process]]\nname = \"shell\"" in made
    assert "\n\n# first the editor\n[[process]]\nname = \"editor\"     # it writes\npages = 64\n\n[[run]]" in made
    assert edit.reorder(made, ("process",), [1, 0]) == TEXT


def test_an_element_is_removed_with_everything_inside_it() -> None:
    made = edit.remove(TEXT, ("run", 1))
    assert tomllib.loads(made)["run"] == [{"pattern": "sequential", "references": 32}, {"mark": "end"}]
    assert "references = 32\n\n[[run]]\nmark" in made
    assert edit.remove(made, ("run", 1)).endswith("references = 32\n")


def test_a_new_element_before_between_and_behind() -> None:
    for index in range(4):
        made = edit.insert(TEXT, ("run",), index, {"op": "idle", "ns": 5})
        wanted = tomllib.loads(TEXT)
        wanted["run"].insert(index, {"op": "idle", "ns": 5})
        assert tomllib.loads(made) == wanted
        assert "\n\n\n" not in made
        assert edit.remove(made, ("run", index)) == TEXT


def test_the_first_element_of_its_kind_finds_its_place() -> None:
    made = edit.insert(TEXT, ("shmem",), 0, {"name": "ring", "pages": 4})
    assert made.index("[[shmem]]") < made.index("[[run]]")
    assert made.index("[[process]]") < made.index("[[shmem]]")
    inner = edit.insert(TEXT, ("run", 2, "parallel"), 0, {"pattern": "loop", "references": 1})
    assert inner.endswith('mark = "end"\n\n[[run.parallel]]\npattern = "loop"\nreferences = 1\n')
    first = edit.insert('format = 1\ntitle = "x"\n', ("run",), 0, {"mark": "m"})
    assert first == 'format = 1\ntitle = "x"\n\n[[run]]\nmark = "m"\n'


def test_a_copy_stands_behind_with_its_comments_inside() -> None:
    made = edit.duplicate(TEXT, ("process", 0))
    assert made.count('name = "editor"     # it writes\npages = 64\n') == 2
    assert made.count("# first the editor") == 1
    assert [process["name"] for process in tomllib.loads(made)["process"]] == ["editor", "editor", "shell"]


@pytest.mark.parametrize("path", [("run", 9, "repeat"), ("nothing", 0), ("run", 9)])
def test_a_place_that_is_not_there(path: Path) -> None:
    with pytest.raises(LookupError):
        edit.remove(TEXT, path)
    with pytest.raises(LookupError):
        edit.duplicate(TEXT, path)


def test_a_table_deep_inside_that_has_no_header_cannot_be_made() -> None:
    with pytest.raises(LookupError):
        edit.put(TEXT, ("run", 9, "repeat"), 2)


@pytest.mark.parametrize("file", LIBRARY, ids=[file.stem for file in LIBRARY])
def test_values_of_the_library_are_changed_at_its_place(file: File) -> None:
    text = file.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    for pair in layout_of(text).pairs[::6]:
        if pair.path[0] in ("step", "lesson"):
            continue
        made = edit.put(text, pair.path, 77)
        wanted = copy.deepcopy(data)
        at(wanted, pair.path[:-1])[pair.path[-1]] = 77
        assert tomllib.loads(made) == wanted
        kept = comments(text[: pair.value] + text[pair.end :])
        assert comments(made) == kept
        if not isinstance(pair.path[-1], int) or pair.inline:
            less = tomllib.loads(edit.remove(text, pair.path))
            del at(wanted, pair.path[:-1])[pair.path[-1]]
            assert less == wanted or prune(wanted) == less


def prune(data: dict[str, Any]) -> dict[str, Any]:
    """Without tables of the machine that have become empty."""
    data["machine"] = {key: value for key, value in data["machine"].items() if value != {}}
    return data


@pytest.mark.parametrize("file", LIBRARY, ids=[file.stem for file in LIBRARY])
def test_elements_of_the_library_are_moved_copied_and_removed(file: File) -> None:
    text = file.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    for array in (("run",), ("process",), ("check",), ("step",), ("machine", "swapfile")):
        try:
            elements = at(data, array)
        except KeyError:
            continue
        turned = list(reversed(range(len(elements))))
        made = edit.reorder(text, array, turned)
        assert at(tomllib.loads(made), array) == elements[::-1]
        assert sorted(comments(made)) == sorted(comments(text))
        assert edit.reorder(made, array, turned) == text
        for index, element in list(enumerate(elements))[::3]:
            twice = edit.duplicate(text, (*array, index))
            assert at(tomllib.loads(twice), array) == [*elements[: index + 1], element, *elements[index + 1 :]]
            less = edit.remove(text, (*array, index))
            rest = [*elements[:index], *elements[index + 1 :]]
            assert (at(tomllib.loads(less), array) if rest else []) == rest


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_row_of_changes_says_what_it_should(data: st.DataObject) -> None:
    text, wanted = TEXT, tomllib.loads(TEXT)
    for _ in range(data.draw(st.integers(1, 6))):
        array = data.draw(st.sampled_from([("run",), ("process",), ("machine", "swapfile"), ("check",)]))
        elements = wanted
        for part in array:
            elements = elements.setdefault(part, [] if part == array[-1] else {})
        do = data.draw(st.sampled_from(["insert", "remove", "put", "reorder"]))
        if do == "insert":
            index = data.draw(st.integers(0, len(elements)))
            element = {"name": data.draw(st.text("ab \"#", max_size=3)), "n": 1}
            text = edit.insert(text, array, index, element)
            elements.insert(index, element)
        elif not elements:
            continue
        elif do == "reorder":
            order = data.draw(st.permutations(range(len(elements))))
            text = edit.reorder(text, array, order)
            elements[:] = [elements[index] for index in order]
        else:
            index = data.draw(st.integers(0, len(elements) - 1))
            if do == "remove":
                text = edit.remove(text, (*array, index))
                del elements[index]
            else:
                text = edit.put(text, (*array, index, "note"), "x")
                elements[index]["note"] = "x"
        assert without_empty(tomllib.loads(text)) == without_empty(wanted)


def without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """A document without arrays that have no element, which a text of ``[[…]]`` tables cannot show."""
    return {
        key: without_empty(value) if isinstance(value, dict) else value for key, value in data.items() if value != []
    }


def test_a_table_goes_with_all_that_is_inside_and_the_comment_above() -> None:
    text = "a = 1\n\n# homework\n[work]\ntask = 'x'\n\n[[work.check]]\nthat = 'y'\n\n[z]\nb = 2\n"
    assert edit.remove(text, ("work",)) == "a = 1\n\n[z]\nb = 2\n"
    with pytest.raises(LookupError):
        edit.remove(text, ("nothing",))
