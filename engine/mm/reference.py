"""The page ``docs/image.md``, made from the declarations: ``python -m engine.mm.reference``, or ``… docs/image.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.mm import image as im
from engine.mm.image import schema
from engine.mm.schema import HEADER_WORDS, Group, Scalar, Setting, Table
from engine.mm.transitions import KINDS, RECORD_WORDS

OPENING = """\
# The image

Everything the machine has is in one array of 64-bit integers, and everything in it is declared once, in
`engine/mm/image.py`. This page is made from those declarations (`python -m engine.mm.reference docs/image.md`),
and a test compares them. What the rules do with it is in `docs/model.md`.

A *scalar* is one word with a name. A *table* has rows of so many words; row 0 is never used where a link
may be 0 for "none". The state hash covers all of it but the columns whose unit is "row", which depend on
how much room the tables were given.
"""
GROUPS = (
    (Group.STATE, "Clocks, list heads, windows", ""),
    (Group.GAUGE, "Gauges", "How much of a thing there is now."),
    (Group.COUNTER, "Counters", "They only grow, and have the kernel's names where it counts the same."),
)


def page() -> str:
    """The whole page."""
    parts = [OPENING, "## Settings\n\n" + _settings_told(), *(_scalars_told(*group) for group in GROUPS)]
    parts += ["## Tables\n", *(_table_told(table) for table in schema.tables), _kinds_told()]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _rows(headings: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    first = list(headings)
    every = [first, ["---"] * len(first), *lines]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in every) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _settings_told() -> str:
    def line(setting: Setting) -> tuple[str, ...]:
        allowed = " · ".join(setting.choices) or f"{setting.low} … {setting.high}"
        default = setting.choices[setting.default] if setting.choices else str(setting.default)
        fixed = "no" if setting.fixed else "yes"
        return _code(setting.key), setting.meaning, setting.unit, allowed, default, fixed, _code(setting.kernel)

    heading = ("key", "meaning", "unit", "allowed", "default", "while it runs", "the kernel's name")
    return _rows(heading, (line(setting) for setting in schema.settings))


def _scalars_told(group: Group, title: str, about: str) -> str:
    lines = [_scalar_line(scalar) for scalar in schema.of_group(group) if not scalar.name.startswith("fault_latency_")]
    if group is Group.COUNTER:
        for bins in (im.FAULT_LATENCY, im.FAULT_LATENCY_ZSWAP, im.FAULT_LATENCY_DEVICE):
            first, last = (schema.scalars[address - HEADER_WORDS] for address in (bins[0], bins[-1]))
            lines.append((_code(first.name) + " … " + _code(last.name), first.meaning + ", and so on", "faults", ""))
    opening = f"## {title}\n\n" + (about + "\n\n" if about else "")
    return opening + _rows(("name", "meaning", "unit", "the kernel's name"), lines)


def _scalar_line(scalar: Scalar) -> tuple[str, ...]:
    return _code(scalar.name), scalar.meaning, scalar.unit, _code(scalar.kernel if scalar.kernel != scalar.name else "")


def _table_told(table: Table) -> str:
    kernel = f", the kernel's `{table.kernel}`" if table.kernel else ""
    about = f"### {table.name}\n\n{table.meaning}{kernel}: rows of {table.width} words.\n\n"
    lines = ((_code(c.name), c.meaning, c.unit, _code(c.kernel)) for c in table.columns)
    return about + _rows(("column", "meaning", "unit", "the kernel's name"), lines)


def _kinds_told() -> str:
    def lines() -> Iterator[tuple[str, ...]]:
        for kind in KINDS:
            operands = ", ".join(name for name in kind.operands if name)
            yield str(kind.number), kind.name, kind.lane.name.lower(), _code(kind.function), operands, kind.sentence

    about = (
        f"## Transitions\n\nEach is a span of the journal with a record of {RECORD_WORDS} words: kind and actor, time, "
        "operation, cause, end of the span, and the operands. The sentence is made from them.\n\n"
    )
    return about + _rows(("no.", "kind", "lane", "kernel function", "operands", "sentence"), lines())


def main(arguments: list[str]) -> int:
    """Print the page, or write it to the file that is named."""
    for name in arguments:
        Path(name).write_text(page(), encoding="utf-8")
    if not arguments:
        print(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
