"""``--set key.path=value`` changes a scenario before it is checked, and mistakes in it name the flag."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import InputError
from engine.scenario import Scenario

Read = Callable[..., Scenario]


def test_values_of_every_kind(right: str, read: Read) -> None:
    scenario = read(
        right, "machine.frames=128", "machine.zswap.enabled=false", 'title="another one"', "machine.design=legacy",
        "machine.swapfile.0.slots = 8_192", "machine.kernel=6.2", "process.0.content={compressed=1770}",
        "machine.swapfile.0.bad=[3, 4]", "run.0.write_share=0.5",
    )  # fmt: skip
    machine = scenario.machine.model_dump()
    assert (machine["frames"], machine["design"], machine["kernel"]) == (128, "legacy", "6.2")
    assert machine["zswap"]["enabled"] is False
    assert machine["swapfile"][0] == {
        "name": "swap0", "slots": 8192, "device": "nvme", "priority": -2, "bad": [3, 4], "active": True,
    }  # fmt: skip
    assert scenario.title == "another one"
    assert scenario.model_dump()["process"][0]["content"] == {"compressed": 1770}
    assert scenario.model_dump()["run"][0]["write_share"] == 0.5


def test_an_index_past_the_end_adds_an_element(right: str, read: Read) -> None:
    scenario = read(right, "machine.swapfile.1.slots=7", "process.2.name=third", "process.2.pages=5")
    assert [file.slots for file in scenario.machine.swapfile] == [100, 7]
    assert [process.name for process in scenario.process] == ["editor", "shell", "third"]


def test_tables_that_are_not_there_are_made(right: str, read: Read) -> None:
    text = right.replace('[[machine.swapfile]]\nname = "swap0"\nslots = 100\n', "")
    scenario = read(text, "machine.time.fault_ns=5", "machine.swapfile.0.slots=64")
    assert scenario.model_dump()["machine"]["time"]["fault_ns"] == 5
    assert scenario.machine.swapfile[0].slots == 64


def test_the_later_one_counts(right: str, read: Read) -> None:
    assert read(right, "machine.frames=128", "machine.frames=256").model_dump()["machine"]["frames"] == 256


WRONG = [
    ("machine.frames", "cannot be read", None, None),
    ("=5", "cannot be read", None, None),
    ("machine..frames=5", "cannot be read", None, None),
    ("machine.frmes=5", "no key 'frmes'", "machine.frmes", "frames"),
    ("machne.frames=5", "no key 'machne'", "machne", "machine"),
    ("machine.frames=5", "5 is too small", "machine.frames", None),
    ("machine.frames=lots", "'lots' has the wrong type", "machine.frames", None),
    ("machine.zswap.enabled=yes", "'yes' has the wrong type", "machine.zswap.enabled", None),
    ("title=two words", "is no value", "title", None),
    ("machine.design=swapdesc", "not possible", "machine.design", "swap_desc"),
    ("machine.swapfile.2.slots=5", "'2' is no index", "machine.swapfile.2.slots", None),
    ("machine.swapfile.slots=5", "'slots' is no index", "machine.swapfile.slots", None),
    ("machine.frames.x=5", "has no keys of its own", "machine.frames.x", None),
    ("machine.swapfile.0.slot=5", "no key 'slot'", "machine.swapfile.0.slot", "slots"),
    ("run.0.process=edtor", "no process 'edtor'", "run.0.process", "editor"),
    ("machine=3", "3 has the wrong type", "machine", None),
]


@pytest.mark.parametrize(("flag", "what", "key", "near"), WRONG)
def test_a_mistake_names_the_flag(
    flag: str, what: str, key: str | None, near: str | None, right: str, read: Read
) -> None:
    with pytest.raises(InputError) as caught:
        read(right, flag)
    problems = [problem for problem in caught.value.problems if problem.file == f"--set {flag}"]
    assert len(problems) == 1, [str(problem) for problem in caught.value.problems]
    assert what in problems[0].what
    assert problems[0].key == key
    assert problems[0].nearest == near
    assert problems[0].line is None


def test_all_flags_that_cannot_be_applied_at_once(right: str, read: Read) -> None:
    with pytest.raises(InputError) as caught:
        read(right, "x", "machine.swapfile.9.slots=5", "title=a b")
    assert len(caught.value.problems) == 3


def test_what_a_flag_has_replaced_is_not_looked_for_in_the_file(right: str, read: Read) -> None:
    with pytest.raises(InputError) as caught:
        read(right, "run=[{ pattern = 5 }]")
    assert [problem.file for problem in caught.value.problems] == ["--set run=[{ pattern = 5 }]"]


def test_mistakes_of_the_file_keep_their_line_beside_a_flag(right: str, read: Read) -> None:
    with pytest.raises(InputError) as caught:
        read(right.replace("enabled = true", "enabled = 3"), "machine.frames=5")
    assert [(problem.file or "")[-13:] for problem in caught.value.problems] == [
        "hine.frames=5", "scenario.toml",
    ]  # fmt: skip
    assert caught.value.problems[1].line == 7
