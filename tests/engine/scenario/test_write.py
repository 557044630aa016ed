"""Scenarios written back say the same; the JSON Schema knows every key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.resources import scenarios_dir
from engine.scenario import Scenario, dump_scenario, json_schema, load_scenario, parse_scenario


@pytest.mark.parametrize("file", sorted(scenarios_dir().glob("*.toml")), ids=lambda file: file.stem)
def test_a_scenario_written_back_is_the_same(file: Path) -> None:
    scenario = load_scenario(file)
    text = dump_scenario(scenario)
    again = parse_scenario(text, file)
    assert again == scenario
    assert dump_scenario(again) == text


def test_the_program_is_the_same_too(right: str, read: Callable[..., Scenario]) -> None:
    text = right + '[[run]]\nset = "machine.frames"\nvalue = 50\n'
    text += '[[run]]\nop = "read"\nprocess = "editor"\npage = [1, 2]\n'
    scenario = read(text, "process.0.content={compressed=99}", 'summary="a \\"b\\" \\\\ c\\n\\td\u00a0"')
    assert scenario.source is not None
    again = parse_scenario(dump_scenario(scenario), scenario.source)
    assert again == scenario
    assert np.array_equal(again.build().ops, scenario.build().ops)
    assert again.build().settings == scenario.build().settings


def test_the_schema_names_every_key_with_its_limits() -> None:
    schema = json_schema()
    json.dumps(schema)
    assert set(schema["properties"]) == set(Scenario.model_fields)
    machine = schema["$defs"]["Machine"]
    assert machine["additionalProperties"] is False
    assert machine["properties"]["frames"]["minimum"] == 8
    assert machine["properties"]["design"]["enum"] == ["legacy", "swap_desc", "vswap"]
    assert machine["properties"]["frames"]["description"]
    assert schema["required"] == ["format", "title"]
