"""What a form asks for is what a file may say."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.mm.image import schema
from engine.operation import encode_mark, encode_references
from engine.resources import scenarios_dir
from engine.scenario import load_scenario, parse_scenario
from engine.scenario.build import build_with_parts
from engine.scenario.edit import insert
from engine.scenario.forms import OTHERS, Kind, fields_of, machine_groups, model_at
from engine.scenario.kernel import PRESETS
from engine.scenario.model import OPS, RUN_KINDS, MarkPart, TouchPart, run_model
from engine.scenario.names import free_name, named_at, names_for, rename
from engine.scenario.parts import new_element, new_part, run_choices, with_word
from engine.scenario.patterns import MODELS
from engine.scenario.reference_map import reference_map


def field(model: Any, key: str) -> Any:
    return next(one for one in fields_of(model) if one.key == key)


def test_every_setting_is_in_one_group() -> None:
    groups = machine_groups()
    keys = [".".join(map(str, one.path)) for group in groups for one in group.fields]
    wanted = [setting.key for setting in schema.settings if ".swapfile." not in setting.key] + ["machine.kernel"]
    assert sorted(keys) == sorted(wanted)
    assert OTHERS not in [group.title for group in groups], "a new setting wants a group"


def test_defaults_are_those_of_the_preset() -> None:
    for kernel, preset in PRESETS.items():
        shown = {".".join(map(str, one.path)): one.default for group in machine_groups(kernel) for one in group.fields}
        assert {key: shown[key] for key in preset} == preset


def test_a_setting_says_unit_range_and_the_kernels_name() -> None:
    frames = next(one for one in machine_groups()[1].fields if one.key == "frames")
    assert (frames.kind, frames.unit, frames.kernel, frames.low, frames.default) == (
        Kind.NUMBER, "pages", "MemTotal", 8, 4096)  # fmt: skip
    policy = next(one for group in machine_groups() for one in group.fields if one.key == "policy")
    assert "lru" in policy.choices
    assert "own" not in policy.choices


@pytest.mark.parametrize("name", MODELS)
def test_a_pattern_asks_for_its_own_arguments(name: str) -> None:
    fields = {one.key: one for one in fields_of(MODELS[name])}
    assert set(fields) == set(MODELS[name].model_fields)
    assert next(iter(fields)) == "pattern"
    assert fields["pattern"].choices == tuple(MODELS)
    assert fields["references"].needed
    assert (fields["write_share"].low, fields["write_share"].high) == (0, 1)
    assert fields["process"].names == "process"


def test_kinds_follow_the_types() -> None:
    assert field(TouchPart, "page").kind is Kind.NUMBERS
    assert field(model_at(("process", 0), {}), "content").kind is Kind.CONTENT
    assert field(model_at(("check", 0), {}), "value").kind is Kind.ANY
    assert field(model_at(("process", 0, "regions", 1), {}), "pages").low == 1
    assert field(model_at((), {}), "goals").kind is Kind.LINES
    assert field(model_at((), {}), "lesson").kind is Kind.LONG
    assert model_at(("run", 0), {"nothing": 1}) is None
    assert model_at(("run", 0), {"mark": "x"}) is MarkPart


def every_choice() -> list[tuple[str, str]]:
    return [(kind, word) for kind, words in run_choices().items() for word in words or ("",)]


@pytest.mark.parametrize("text", ["one", "two"])
@pytest.mark.parametrize(("kind", "word"), every_choice())
def test_a_new_part_is_right_at_once(kind: str, word: str, text: str, right: str) -> None:
    if text == "one":
        right = right[: right.index('[[process]]\nname = "shell"')] + right[right.index("[[run]]") :]
    data = tomllib.loads(right)
    made = insert(right, ("run",), len(data["run"]), new_part(data, kind, word))
    assert run_model(tomllib.loads(made)["run"][-1]) is not None
    # The file is chosen next; swap0 is in use already, and so are all programs.
    place = {"trace": "trace", "swapon": "swapfile", "exec": "process"}.get(word or kind)
    found = problems_of(made)
    assert [str(key).rpartition(".")[2] for key in found] == ([place] if place else []), found


def test_a_program_that_starts_is_one_that_nothing_else_is_about(right: str) -> None:
    right = insert(right, ("process",), 0, {"name": "late", "pages": 9})
    made = insert(right, ("run",), 2, new_part(tomllib.loads(right), "op", "exec"))
    assert tomllib.loads(made)["run"][2] == {"op": "exec", "process": "late"}
    assert problems_of(made) == []


def test_what_comes_in_between_has_parts_as_the_run_has(right: str) -> None:
    made = insert(right, ("shock",), 0, new_element(tomllib.loads(right), ("shock",)))
    assert "[[shock]]\nat = 0\nname = \"a shock\"\n\n[[shock.run]]\nset = \"machine.frames\"\nvalue = 32\n" in made
    data = tomllib.loads(made)
    made = insert(made, ("shock", 0, "run"), 1, new_part(data, "op", "write"))
    assert tomllib.loads(made)["shock"][0]["run"][1] == {"op": "write", "process": "editor", "page": 0}
    assert problems_of(made) == []
    assert model_at(("shock", 0, "run", 1), {"op": "write"}) is TouchPart
    renamed = rename(made, tomllib.loads(made), ("process", 0, "name"), "writer")
    assert tomllib.loads(renamed)["shock"][0]["run"][1]["process"] == "writer"


def problems_of(text: str) -> list[str | None]:
    try:
        parse_scenario(text, "x.toml")
    except InputError as error:
        return [problem.key for problem in error.problems]
    return []


def test_every_kind_of_part_can_be_made() -> None:
    assert set(run_choices()) == set(RUN_KINDS)
    assert set(run_choices()["op"]) == set(OPS)


@pytest.mark.parametrize(
    "array", [("process",), ("process", 1, "regions"), ("shmem",), ("machine", "swapfile"), ("check",)]
)
def test_a_new_element_is_right_at_once(array: Any, right: str) -> None:
    data = tomllib.loads(right)
    for _ in range(3):
        inner = data
        for part in array:
            inner = inner[part] if isinstance(inner, list) or part in inner else []
        right = insert(right, array, len(inner), new_element(data, array))
        data = tomllib.loads(right)
    parse_scenario(right, "x.toml")


def test_another_pattern_keeps_what_it_can(right: str) -> None:
    text = right.replace("references = 40", "references = 40  # all\nwrite_share = 0.5")
    part = tomllib.loads(text)["run"][0]
    made = with_word(text, ("run", 0), part, "pattern", "hot-cold")
    parse_scenario(made, "x.toml")
    assert tomllib.loads(made)["run"][0] == {**part, "pattern": "hot-cold"}
    more = with_word(made.replace("write_share = 0.5", "write_share = 0.5\nhot_share = 0.8"), ("run", 0),
                     {**part, "hot_share": 0.8}, "pattern", "zipf")  # fmt: skip
    assert "hot_share" not in more
    assert "references = 40  # all" in more
    forked = with_word(text, ("run", 1), {"mark": "filled"}, "op", "fork")
    assert tomllib.loads(forked)["run"][1] == {"op": "fork", "child": "child"}


def test_names_that_may_be_used(right: str) -> None:
    data = tomllib.loads(right)
    assert names_for(data, "process") == ["editor", "shell"]
    assert names_for({**data, "run": [{"op": "fork", "child": "twin"}]}, "process") == ["editor", "shell", "twin"]
    assert names_for(data, "shmem") == ["ring"]
    assert names_for(data, "swapfile") == ["swap0"]
    assert names_for(data, "mark") == ["filled"]
    data["run"].append({"pattern": "loop", "process": "shell"})
    assert names_for(data, "region", ("run", 2)) == ["heap", "shared"]
    assert names_for(data, "region", ("run", 0)) == []
    assert "heap" in names_for(data, "content")
    assert "pswpout" in names_for(data, "figure")
    assert "machine.frames" in names_for(data, "setting")
    assert "machine.design" not in names_for(data, "setting")
    values = {"machine.zswap.enabled": ["true", "false"], "machine.frames": [], "machine.readahead": ["auto"]}
    for key, words in values.items():
        data["run"][1] = {"set": key}
        assert names_for(data, "value", ("run", 1))[: len(words) or 1] == words
    assert (free_name(data, "process", "editor"), free_name(data, "mark", "x")) == ("editor-2", "x")
    assert names_for({"process": 3, "run": [1], "machine": {"swapfile": [2]}}, "process") == []


def test_a_thing_is_renamed_wherever_it_is_named(right: str) -> None:
    part = '{ pattern = "loop", process = "shell", region = "heap", references = 3 }'
    right += f"[[run]]\nturn = 2\nparallel = [{part}]\n"
    right += '[[check]]\nname = "pswpout"\nop = ">="\nvalue = 0\nat = "filled"\n'
    for path, new, times in (
        (("process", 0, "name"), "writer", 2), (("process", 1, "name"), "bash", 2), (("shmem", 0, "name"), "loop", 2),
        (("process", 1, "regions", 0, "name"), "data", 2), (("run", 1, "mark"), "full", 2),
        (("machine", "swapfile", 0, "name"), "disk", 1),
    ):  # fmt: skip
        assert named_at(path)
        right = rename(right, tomllib.loads(right), path, new)
        assert right.count(f'"{new}"') == times + (new == "loop"), new
        parse_scenario(right, "x.toml")
    assert named_at(("machine", "frames")) == ""


def test_a_region_of_another_process_keeps_its_name(right: str) -> None:
    right = right.replace('pages = 40', 'regions = [{ name = "heap", pages = 40 }]')
    right = right.replace('process = "editor"', 'process = "editor"\nregion = "heap"')
    made = tomllib.loads(rename(right, tomllib.loads(right), ("process", 1, "regions", 0, "name"), "data"))
    assert made["run"][0]["region"] == "heap"
    made = tomllib.loads(rename(right, tomllib.loads(right), ("process", 0, "regions", 0, "name"), "data"))
    assert made["run"][0]["region"] == "data"


def test_the_map_has_every_reference_at_its_place(program: Any) -> None:
    found = reference_map(program, [3, 1, 2], 5, 6)
    assert (found.references, found.operations) == (5, 6)
    wanted = np.zeros((6, 5), np.uint8)
    wanted[0, 0] = wanted[1, 1] = wanted[2, 2] = 1
    wanted[4, 3] = wanted[5, 4] = 2
    assert np.array_equal(found.who, wanted)
    assert np.argwhere(found.wrote).tolist() == [[1, 1]]
    assert found.marks == (("there", 3),)
    assert found.parts == ((0, 3), (3, 3), (3, 5))
    assert found.bands == (("a", 4), ("b", 2))


@pytest.fixture
def program() -> Any:
    from engine.program import Images, Process, Program, Region

    one = np.ones(5, np.int64)
    write = np.array([0, 1, 0, 0, 0], bool)
    ops = encode_references(np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 1]), write, one)
    ops = np.insert(ops, 3, encode_mark(0))
    images = Images(*(np.array([0, value], dtype=np.int64) for value in (1612, 0, 1, 1)))
    processes = tuple(Process(name, pages, (Region("heap", 0, pages, 1),)) for name, pages in (("a", 4), ("b", 2)))
    return Program("a map", processes, ops, images, {}, (), ("there",))


def test_parts_of_a_scenario_lie_one_behind_the_other() -> None:
    file = scenarios_dir() / "03-zswap-spills.toml"
    scenario = load_scenario(file)
    program, lengths = build_with_parts(scenario, file.parent)
    assert len(lengths) == len(scenario.run)
    assert sum(lengths) == len(program.ops)
    found = reference_map(program, lengths, 300, 100)
    assert found.parts[0][0] == 0
    assert found.parts[-1][1] == found.references
    assert {name for name, _ in found.marks} == set(program.marks)
    assert set(np.unique(found.who)) == {0, 1, 2}


def test_a_short_run_has_a_map_without_gaps(program: Any) -> None:
    found = reference_map(program, [6], 500, 300)
    assert found.who.shape == (6, 5)
    assert found.who.any(axis=0).all()


def test_a_run_without_a_reference_has_an_empty_map(program: Any) -> None:
    found = reference_map(program.with_ops(program.ops[3:4]), [1], 4, 4)
    assert not found.who.any()
    assert found.marks == (("there", 0),)
