"""``[[run]]`` with a pattern: one checked model for each pattern there is, made from the pattern's own arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, get_type_hints

from pydantic import Field, create_model

from engine.scenario.part import Part
from engine.trace.generate import PATTERNS

MAX_REFERENCES = 100_000_000
MAX_PAGES = 1 << 24
_TARGET_KEYS = ("references", "pages", "seed")
_LIMITS: dict[str, dict[str, Any]] = {
    "write_share": {"ge": 0, "le": 1},
    "hot_share": {"ge": 0, "le": 1},
    "scan_share": {"ge": 0, "le": 1},
    "s": {"ge": 0, "le": 8},
    "shift": {"ge": 0, "le": MAX_PAGES},
}
"""Limits of arguments that are not simply 1 to ``MAX_REFERENCES``."""
_ABOUT = {
    "write_share": "Share of the references that write",
    "length": "Pages of the loop",
    "step": "Pages from one reference to the next",
    "s": "Exponent: the k-th page has a share of 1/k^s",
    "scatter": "Deal the popular pages out over all pages",
    "hot_pages": "Pages of the hot set",
    "hot_share": "Share of the references that go to the hot set",
    "working_set": "Pages in use at a time",
    "phase_length": "References until the working set moves",
    "shift": "Pages it moves by",
    "scan_share": "Share of the references that belong to the scan",
}


class Target(Part):
    """Which pages of which process something is about."""

    process: str | None = Field(None, description="Name of the process; may be left out when there is only one")
    region: str | None = Field(None, description="Only this region of the process")
    first: int = Field(0, ge=0, le=MAX_PAGES, description="First page, counted inside the region or process")
    pages: int | None = Field(None, ge=1, le=MAX_PAGES, description="How many pages from there; all when not given")


class Repeated(Part):
    """A part of the run that may be carried out several times."""

    repeat: int = Field(1, ge=1, le=1_000_000, description="How many times in a row")


class PatternPart(Target, Repeated):
    """What every pattern has; each pattern's own model adds its arguments."""

    pattern: str
    references: int = Field(ge=1, le=MAX_REFERENCES, description="How many references to make")
    seed: int | None = Field(None, ge=0, le=(1 << 31) - 1, description="Other draws than the scenario's seed gives")


def arguments_of(pattern: str) -> list[str]:
    """The names of a pattern's own arguments, as ``write_share``."""
    function = PATTERNS[pattern]
    return [name for name in inspect.signature(function).parameters if name not in _TARGET_KEYS]


def _make(name: str, function: Callable[..., Any]) -> type[PatternPart]:
    hints = get_type_hints(function)
    parameters = inspect.signature(function).parameters
    fields: dict[str, Any] = {"pattern": (Literal[name], Field(description=(function.__doc__ or "").split("\n")[0]))}
    for argument in arguments_of(name):
        kind = {float: float, bool: bool}.get(hints[argument], int)
        limits: dict[str, Any] = {} if kind is bool else _LIMITS.get(argument, {"ge": 1, "le": MAX_REFERENCES})
        default = parameters[argument].default
        fields[argument] = (kind, Field(default, description=_ABOUT[argument], **limits))
    return create_model(f"pattern {name}", __base__=PatternPart, __doc__=function.__doc__, **fields)


MODELS: dict[str, type[PatternPart]] = {name: _make(name, function) for name, function in PATTERNS.items()}


def arguments(part: PatternPart) -> dict[str, Any]:
    """The pattern's own arguments as its function takes them; those not given are left to its defaults."""
    return {name: getattr(part, name) for name in arguments_of(part.pattern) if name in part.model_fields_set}
