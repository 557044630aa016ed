"""Figures reckoned from several: right by themselves, and nameable wherever a counter is."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from engine.cli.command import main
from engine.errors import InputError
from engine.figures import DERIVED, derived, fault_latency
from engine.lesson.lesson import make_lesson
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.transitions import KINDS
from engine.resources import scenarios_dir
from engine.scenario import load_scenario, parse_scenario
from engine.timeline import Timeline

METADATA = scenarios_dir() / "16-metadata.toml"
CHECK = '\n[[check]]\nname = "{name}"\nop = "{op}"\nvalue = {value}\nat = "50 percent"\n'


def test_a_percentile_is_the_end_of_the_bin_it_falls_into() -> None:
    machine = Machine(load_scenario(METADATA).build(), False)
    rng = np.random.default_rng(7)
    times = (2 ** rng.uniform(5, 20, 500)).astype(np.int64)
    for time in times.tolist():
        machine.words[im.FAULT_LATENCY[time.bit_length() - 6]] += 1
    for percent in (1, 50, 90, 99, 100):
        exact = int(np.sort(times)[-(-len(times) * percent // 100) - 1])
        assert fault_latency(machine.view, percent) == 1 << exact.bit_length()


def test_without_a_fault_there_is_no_latency() -> None:
    assert fault_latency(Machine(load_scenario(METADATA).build(), False).view, 99) == 0


def test_a_run_that_waits_for_a_disk_has_a_long_tail() -> None:
    machine = Machine(load_scenario(scenarios_dir() / "09-sizing-the-pool.toml").build(), False)
    machine.run()
    found = derived(machine.view)
    assert found["fault_latency_p50_ns"] <= found["fault_latency_p90_ns"] <= found["fault_latency_p99_ns"]
    assert found["fault_latency_p99_ns"] > 4 * found["fault_latency_p50_ns"]


def test_checks_can_name_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = METADATA.read_text(encoding="utf-8")
    text = text[: text.index("[[check]]")]
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(text + CHECK.format(name="metadata_bytes", op="==", value=13312), encoding="utf-8")
    bad.write_text(text + CHECK.format(name="metadata_static_bytes", op=">", value=13312), encoding="utf-8")
    assert main(["run", str(good)]) == 0
    assert main(["run", str(bad)]) == 1
    assert re.search(r"metadata_static_bytes at '50 percent' > 13312: it is \d+", capsys.readouterr().out)
    bad.write_text(text + CHECK.format(name="metadata_byte", op=">", value=1), encoding="utf-8")
    assert main(["check", str(bad)]) == 2
    assert "did you mean 'metadata_bytes'" in capsys.readouterr().err


def test_queries_can_name_them_but_no_step_waits_for_one(tmp_path: Path) -> None:
    text = METADATA.read_text(encoding="utf-8")
    text = text[: text.index("[[step]]")]
    step = """
[[step]]
title = "s"
when = "50 percent"
text = "{metadata_bytes} {fault_latency_p99_ns}"
[[step.question]]
kind = "number"
ask = "How many bytes more at the end?"
answer = "metadata_bytes at end - metadata_bytes"
"""
    lesson = make_lesson(parse_scenario(text + step, METADATA), compiled=False)
    timeline = Timeline(lesson.program, False)
    timeline.jump(lesson.steps[0].moment)
    here = derived(timeline.view)["metadata_bytes"]
    assert lesson.steps[0].text.replace("\u202f", "").startswith(str(here))
    timeline.jump(lesson.course.end)
    assert lesson.questions[0].right == derived(timeline.view)["metadata_bytes"] - here > 0
    waiting = step.replace('when = "50 percent"', 'when = { condition = "metadata_bytes > 9000" }')
    with pytest.raises(InputError, match="is no condition; expected a counter or gauge"):
        parse_scenario(text + waiting, METADATA)


def test_the_reference_at_which_memory_ran_out() -> None:
    scenario = load_scenario(scenarios_dir() / "08-both-full.toml")
    machine = Machine(scenario.build(), False)
    assert DERIVED["oom_reference"].value(machine.view) == 0
    machine.run()
    assert machine.outcome == "oom"
    assert DERIVED["oom_reference"].value(machine.view) == machine.view["references"]


def test_no_name_is_taken_twice() -> None:
    scalars = {scalar.name for scalar in im.schema.scalars} - {"oom_reference"}
    assert not scalars & set(DERIVED)
    assert not {kind.name for kind in KINDS} & set(DERIVED)
