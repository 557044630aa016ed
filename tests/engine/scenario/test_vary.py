"""What varies is drawn by the seed, within the author's limits; the file's own seed is the file as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.scenario import dump_scenario, load_scenario, parse_scenario
from engine.scenario.read import changed_scenario, check_variations

TEXT = """
format = 1
title = "Varied"
seed = 5

[machine]
design = "legacy"
frames = 48
page_cluster = 0

[[machine.swapfile]]
slots = 256

[[process]]
name = "editor"
pages = 96

[[run]]
pattern = "sequential"
references = 96

[[vary]]
key = "machine.frames"
low = 40
high = 56
step = 4

[[vary]]
key = "process.0.pages"
also = ["run.0.references"]
low = 90
high = 100

[[vary]]
key = "machine.design"
choices = ["legacy", "swap_desc"]

[[vary]]
key = "machine.swappiness"
low = 10
high = 20
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "varied.toml"
    made.write_text(TEXT, encoding="utf-8")
    return made


def test_its_own_seed_is_the_file_as_it_stands(file: Path) -> None:
    for sets in ((), ("seed=5",)):
        scenario = load_scenario(file, sets)
        assert (scenario.machine.frames, scenario.process[0].pages) == (48, 96)
        assert scenario.varied == {}


def test_another_seed_draws_within_the_limits_and_always_the_same(file: Path) -> None:
    seen = set()
    for seed in range(6, 46):
        scenario = load_scenario(file, [f"seed={seed}"])
        again = load_scenario(file, [f"seed={seed}"])
        assert dump_scenario(again) == dump_scenario(scenario)
        assert scenario.machine.frames in (40, 44, 48, 52, 56)
        assert 90 <= scenario.process[0].pages == scenario.run[0].references <= 100
        assert 10 <= scenario.machine.swappiness <= 20
        assert scenario.varied["machine.frames"] == (scenario.machine.frames, 48)
        assert scenario.varied["machine.swappiness"][1] is None, "the file leaves it at its default"
        assert len(scenario.build().ops) == scenario.process[0].pages
        seen.add((scenario.machine.frames, scenario.machine.design))
    assert len(seen) == 10, "everything comes up"


def test_a_value_that_is_set_by_hand_stays(file: Path) -> None:
    for seed in range(6, 16):
        scenario = load_scenario(file, [f"seed={seed}", "machine.frames=64"])
        assert scenario.machine.frames == 64
        assert "machine.frames" not in scenario.varied


def test_an_instance_that_is_changed_once_more_is_the_same_instance(file: Path) -> None:
    scenario = load_scenario(file, ["seed=9"])
    changed = changed_scenario(scenario, {"machine.page_cluster": 2}, None, "ann.toml")
    assert changed.machine.frames == scenario.machine.frames
    assert changed.process[0].pages == scenario.process[0].pages
    assert changed.machine.page_cluster == 2


def test_an_instance_can_be_written_and_read_again(file: Path) -> None:
    scenario = load_scenario(file, ["seed=9"])
    again = parse_scenario(dump_scenario(scenario), file)
    assert (again.machine.frames, again.process[0].pages) == (scenario.machine.frames, scenario.process[0].pages)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"machine.frames"', '"machine.farmes"', r":23: vary.0.key: there is no 'machine.farmes'.*'machine.frames'"),
        ('"machine.frames"', '"seed"', r"vary.0.key: 'seed' cannot vary; expected a key of machine"),
        ('["run.0.references"]', '["run.1.references"]', r"vary.1.also.0: there is no 'run.1.references' here"),
        ('["run.0.references"]', '["machine.frames"]', r"vary.1.also.0: 'machine.frames' varies already"),
        ("low = 40", "low = 60", r":25: vary.0.high: 56 is below low"),
        ("low = 40\n", "", r"vary.0: the key 'low' is missing"),
        ("step = 4", "step = 0", r"vary.0.step: 0 is too small"),
        ("step = 4", "steps = 4", r"vary.0.steps: there is no key 'steps' here"),
        ("step = 4", 'choices = ["a"]', r"vary.0: does not say what it can be"),
    ],
)
def test_mistakes_are_told_at_their_line(file: Path, old: str, new: str, said: str) -> None:
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_scenario(file)


def test_a_wrong_instance_is_told_by_its_seed_and_by_check(file: Path) -> None:
    file.write_text(TEXT.replace("low = 40", "low = 4").replace("high = 56", "high = 4"), encoding="utf-8")
    scenario = load_scenario(file)
    with pytest.raises(InputError, match=r"varied.toml \(seed 8\): machine.frames: 4 is too small"):
        load_scenario(file, ["seed=8"])
    with pytest.raises(InputError, match=r"varied.toml:22: vary.0: with the value 4: machine.frames: 4 is too small"):
        check_variations(scenario)
