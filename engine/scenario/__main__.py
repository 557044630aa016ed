"""Print the tables of ``docs/scenarios.md``: ``python -m engine.scenario``, or put them in: ``… docs/scenarios.md``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from engine.figures import DERIVED
from engine.mm.image import schema
from engine.mm.schema import Group
from engine.scenario.assignment import Assignment, Criterion, MayChange
from engine.scenario.kernel import PRESETS
from engine.scenario.lesson import Option, Question, Step, When
from engine.scenario.machine import Swapfile, is_switch, read_value
from engine.scenario.model import (
    Check,
    ExecPart,
    ExitPart,
    ForkPart,
    IdlePart,
    MarkPart,
    ParallelPart,
    Process,
    RangePart,
    Region,
    Scenario,
    SetPart,
    Shmem,
    Shock,
    SwapPart,
    TouchPart,
    TracePart,
)  # fmt: skip
from engine.scenario.part import Part
from engine.scenario.patterns import MODELS, PatternPart, arguments_of
from engine.scenario.vary import Vary


def rows(headings: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    first = list(headings)
    every = [first, ["---"] * len(first), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in every)


def shown(value: Any) -> str:
    """A value as a file has it."""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def settings_table() -> str:
    """Every setting of ``[machine]`` with what is allowed and what holds when it is not given."""
    lines = []
    for setting in schema.settings:
        if setting.key.startswith("machine.swapfile."):
            continue
        allowed = "true or false" if is_switch(setting) else f"{setting.low} … {setting.high}"
        if setting.choices:
            allowed = ", ".join(shown(choice) for choice in setting.choices)
        meaning = setting.meaning + (f" ({setting.unit})" if setting.unit else "")
        kernel = f"`{setting.kernel}`" if setting.kernel else ""
        lines.append(
            (f"`{setting.key}`", meaning, allowed, shown(read_value(setting, setting.default)), kernel)
        )  # fmt: skip
    return rows(("key", "meaning", "allowed", "default", "the kernel's name"), lines)


def presets_table() -> str:
    """What each ``kernel`` preset sets."""
    keys = list(next(iter(PRESETS.values())))
    lines = [(f"`{key}`", *(shown(values[key]) for values in PRESETS.values())) for key in keys]
    return rows(("key", *(f'`kernel = "{kernel}"`' for kernel in PRESETS)), lines)


def patterns_table() -> str:
    """Every pattern with its own arguments."""
    lines = []
    for name, model in MODELS.items():
        arguments = []
        for argument in arguments_of(name):
            default = model.model_fields[argument].default
            arguments.append(f"`{argument}`" + (f" ({str(default).lower()})" if default is not None else ""))
        about = (model.model_fields["pattern"].description or "").replace("``", "`")
        lines.append((f"`{name}`", about, ", ".join(arguments)))
    return rows(("pattern", "references", "arguments (default)"), lines)


def keys_table(*models: type[Part], leave_out: tuple[str, ...] = ()) -> str:
    """The keys of tables of a file, with their meaning and default."""
    lines = []
    for model in models:
        for name, field in model.model_fields.items():
            if name in leave_out:
                continue
            meaning = field.description or ""
            if get_origin(field.annotation) is Literal:
                choices = ", ".join(shown(choice) for choice in get_args(field.annotation))
                meaning += (": " if meaning else "") + choices
            default = "needed" if field.is_required() else "" if field.default in (None, "") else _default(field)
            lines.append((f"`{name}`", meaning, default))
    return rows(("key", "meaning", "default"), lines)


def _default(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    return "" if isinstance(value, Part) or value == [] else shown(value)


def figures_table() -> str:
    """Everything that a check can name."""
    outcome = '`"finished"`, `"oom"` (memory ran out) or `"segfault"` (a page that is not mapped was touched)'
    lines = [
        ("`outcome`", outcome, ""),
        ("`references`, `transitions`", "References made, and state changes", ""),
        ("`simulated_ns`", "The running task's clock (ns)", ""),
    ]
    for group in (Group.GAUGE, Group.COUNTER):
        for scalar in schema.of_group(group):
            if not scalar.name.startswith("fault_latency_"):
                kernel = scalar.kernel if scalar.kernel != scalar.name else ""
                unit = f" ({scalar.unit})" if scalar.unit else ""
                lines.append((f"`{scalar.name}`", scalar.meaning + unit, f"`{kernel}`" if kernel else ""))
    lines += [(f"`{one.name}`", f"{one.meaning} ({one.unit})", "") for one in DERIVED.values()]
    return rows(("name", "meaning", "the kernel's name, where it is another"), lines)


OWN_TABLES = ("machine", "process", "shmem", "run", "shock", "vary", "check", "step", "assignment")
"""Keys of a scenario whose tables have a place of their own on the page."""

TABLES: dict[str, Callable[[], str]] = {
    "scenario": lambda: keys_table(Scenario, leave_out=OWN_TABLES),
    "settings": settings_table,
    "presets": presets_table,
    "swapfile": lambda: keys_table(Swapfile),
    "process": lambda: keys_table(Process),
    "region": lambda: keys_table(Region),
    "shmem": lambda: keys_table(Shmem),
    "pattern": lambda: keys_table(PatternPart, leave_out=("pattern",)),
    "patterns": patterns_table,
    "trace": lambda: keys_table(TracePart),
    "mark": lambda: keys_table(MarkPart),
    "set": lambda: keys_table(SetPart),
    "touch": lambda: keys_table(TouchPart),
    "range": lambda: keys_table(RangePart),
    "fork": lambda: keys_table(ForkPart),
    "exec": lambda: keys_table(ExecPart),
    "exit": lambda: keys_table(ExitPart),
    "swap": lambda: keys_table(SwapPart),
    "idle": lambda: keys_table(IdlePart),
    "parallel": lambda: keys_table(ParallelPart),
    "shock": lambda: keys_table(Shock),
    "vary": lambda: keys_table(Vary),
    "check": lambda: keys_table(Check),
    "step": lambda: keys_table(Step, leave_out=("question",)),
    "when": lambda: keys_table(When),
    "question": lambda: keys_table(Question, leave_out=("option",)),
    "option": lambda: keys_table(Option),
    "assignment": lambda: keys_table(Assignment, leave_out=("may_change", "check")),
    "may_change": lambda: keys_table(MayChange),
    "criterion": lambda: keys_table(Criterion),
    "figures": figures_table,
}
"""Every table of the page, by the name in its place."""

_PLACE = re.compile(r"<!-- (\w+) -->\n.*?<!-- end -->", re.S)


def put_in(text: str) -> str:
    """A page with the tables put into their places, ``<!-- name -->`` to ``<!-- end -->``."""
    return _PLACE.sub(lambda found: f"<!-- {found[1]} -->\n{TABLES[found[1]]()}\n<!-- end -->", text)


def main(arguments: list[str]) -> int:
    """Print the tables, or put them into the files that are named."""
    for name in arguments:
        page = Path(name)
        page.write_text(put_in(page.read_text(encoding="utf-8")), encoding="utf-8")
    if not arguments:
        for table, make in TABLES.items():
            print(f"{table}\n\n{make()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
