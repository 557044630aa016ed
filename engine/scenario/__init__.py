"""The scenario files: read, checked, written, and made into programs.

>>> from engine.scenario import load_scenario
>>> program = load_scenario("scenarios/03-zswap-spills.toml", ["machine.frames=64"]).build()
"""

from engine.scenario.model import FORMAT, Check, Scenario
from engine.scenario.read import load_scenario, parse_scenario
from engine.scenario.write import dump_scenario, json_schema

DEFAULT_SCENARIO = "03-zswap-spills.toml"
"""The scenario that the app opens when none is named."""

__all__ = [
    "DEFAULT_SCENARIO",
    "FORMAT",
    "Check",
    "Scenario",
    "dump_scenario",
    "json_schema",
    "load_scenario",
    "parse_scenario",
]
