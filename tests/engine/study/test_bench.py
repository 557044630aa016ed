"""Figures, reports and their comparison; nothing here says how fast anything must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.cli.bench import NAMES
from engine.errors import InputError
from engine.study.bench import (
    TINY,
    Change,
    Figure,
    Report,
    at_least,
    at_most,
    changes,
    check_baseline,
    interleave,
    missing,
    number_text,
    ratio,
)
from engine.study.bench_report import growth_svg, markdown
from engine.study.bench_suite import BENCHES, run_benches

MACHINE = {"processor": "p", "cores": 2, "memory_gib": 1.0, "system": "s", "load": 0.1, "versions": {"python": "3"}}


def figure(name: str, *samples: float, more: bool = True, **others: Any) -> Figure:
    return Figure(name, f"what {name} is", samples, "×", more, **others)


def test_contenders_take_turns_and_each_round_begins_with_another() -> None:
    order: list[str] = []

    def run(name: str) -> Callable[[], float]:
        def once() -> float:
            order.append(name)
            return float(len(order))

        return once

    found = interleave(3, {name: run(name) for name in "abc"}, lambda _: None)
    assert order == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]
    assert found == {"a": [1, 6, 8], "b": [2, 4, 9], "c": [3, 5, 7]}


def test_a_ratio_is_taken_within_each_round() -> None:
    found = ratio("references.x", "x", [2.0, 30.0, 4.0], [1.0, 10.0, 4.0], at_least(1.5))
    assert found.samples == (2.0, 3.0, 1.0)
    assert (found.value, found.met) == (2.0, True)


def test_the_worst_is_the_largest_where_less_is_better() -> None:
    assert figure("a", 1.0, 5.0, 2.0, more=False, reduce="worst").value == 5.0
    assert figure("a", 1.0, 5.0, 2.0, reduce="worst").value == 1.0
    assert figure("a", 1.0, 5.0, 2.0).value == 2.0


def test_what_is_missing_is_neither_reached_nor_missed() -> None:
    found = missing("verify.ratio", "x", "×", "not there", at_most(1.3))
    assert (found.value, found.met, found.note) == (None, None, "not there")
    assert figure("a", 1.4, more=False, wanted=at_most(1.3)).met is False


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (3.14159, "3.14"), (96, "96"), (123.4, "123"), (12345.6, "12\u2009346")],
)
def test_numbers_are_told_with_three_digits(value: float, text: str) -> None:
    assert number_text(value) == text


def test_worse_means_less_of_what_should_be_more_and_more_of_what_should_be_less() -> None:
    before = Report("tiny", MACHINE, [figure("policy.a", 10.0), figure("policy.b", 10.0, more=False)])
    now = Report("tiny", MACHINE, [figure("policy.a", 8.0), figure("policy.b", 8.0, more=False), figure("policy.c", 1)])
    found = changes(before.to_json(), now.to_json())
    assert found == [
        Change("policy.a", 10.0, 8.0, "×", pytest.approx(0.25)),
        Change("policy.b", 10.0, 8.0, "×", pytest.approx(-0.2)),
    ]


@pytest.mark.parametrize("value", [[], {}, {"format": 99, "figures": []}, {"format": 1, "figures": [{"name": "a"}]}])
def test_another_file_is_no_baseline(value: Any) -> None:
    with pytest.raises(InputError, match="not a report"):
        check_baseline(value, "some.json")


def test_markdown_has_machine_and_every_figure() -> None:
    report = Report("full", MACHINE, [
        figure("references.a", 2.5, wanted=at_least(1.5)), missing("verify.ratio", "verify", "×", "no such mode"),
    ])  # fmt: skip
    text = markdown(report)
    assert "Machine: p, 2 cores, 1.0 GiB, s" in text
    assert "| what references.a is | 2.5 × | ≥ 1.5 ✓ |" in text
    assert "| verify (no such mode) | – |  |" in text


def test_the_growth_picture_has_a_dot_for_each_size_and_stays_inside() -> None:
    import xml.etree.ElementTree as ElementTree

    series = {"pages": [(1e3, 20.0), (1e4, 11.0), (1e6, 5.0)], "pool": [(0.0, 3.0), (10.0, 4.0)]}
    root = ElementTree.fromstring(growth_svg(series))
    dots = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in root.iter() if dot.tag.endswith("circle")]
    assert len(dots) == 5
    assert all(0 < x < 1000 and 0 < y < 340 for x, y in dots)
    heights = [y for _, y in dots[:3]]
    assert heights == sorted(heights), "less speed is lower down"


def test_the_names_of_the_command_are_those_of_the_benches() -> None:
    assert [bench.name for bench in BENCHES] == list(NAMES)


def test_every_bench_works_at_tiny_sizes_and_keeps_to_its_name() -> None:
    report = run_benches(TINY, None, lambda _: None)
    names = [one.name for one in report.figures]
    assert len(names) == len(set(names))
    own = {bench.name for bench in BENCHES if not bench.own_process}
    assert {name.partition(".")[0] for name in names} == own
    for one in report.figures:
        assert one.note or (one.value is not None and one.value > 0), one.name
    assert set(report.series) == {"pages", "pool", "processes"}
    again = json.loads(json.dumps(report.to_json()))
    assert check_baseline(again, "x")["figures"][0]["name"] == names[0]


def test_compare_tells_what_became_slower(swapscope: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    first = swapscope("bench", "--tiny", "--only", "textbook", "--json", file)
    assert (first.code, first.err) == (0, "")
    assert "OSTEP" in first.out
    report = json.loads(file.read_text())
    report["figures"][0]["value"] *= 1000
    file.write_text(json.dumps(report))
    said = swapscope("bench", "--tiny", "--only", "textbook", "--compare", file)
    assert said.code == 0
    assert "Slower by more than 10%" in said.out
    assert "textbook.lru" in said.out


def test_json_alone_on_stdout(swapscope: Callable[..., Any]) -> None:
    said = swapscope("bench", "--tiny", "--only", "textbook", "--json", "-")
    report = json.loads(said.out)
    assert (report["format"], report["effort"]) == (1, "tiny")
    assert {"name", "what", "value", "unit", "better", "samples", "wanted", "met", "note"} <= report["figures"][
        0
    ].keys()
    assert report["machine"]["versions"]["python"]


def test_a_baseline_that_cannot_be_read_is_bad_input(swapscope: Callable[..., Any], tmp_path: Path) -> None:
    said = swapscope("bench", "--tiny", "--compare", tmp_path / "none.json")
    assert said.code == 2
    assert "none.json" in said.err
    (tmp_path / "text.json").write_text("hello")
    assert swapscope("bench", "--compare", tmp_path / "text.json").code == 2
