"""How the image is declared: scalars at fixed addresses, tables of rows, one word (int64) each.

A *column* is known to the model by one integer that holds the table's number, the width of its
rows and the place in the row, so that ``get(m, DESC_COUNT, d)`` folds to one multiplication and
one addition once compiled. A *scalar* is known by its address. Row 0 of every table is never
used, so that 0 can mean "none" in every link.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

MAX_TABLES = 32
HEADER_WORDS = 64
"""Words 0 … 31 hold the address of each table's row 0; the rest belong to the journal."""

TABLE_SHIFT = 16
WIDTH_SHIFT = 8
BYTE_MASK = 0xFF


class Words(Protocol):
    """What the model computes on: the image as an ``int64`` array, or a memoryview of the same words."""

    def __len__(self) -> int: ...
    def __getitem__(self, address: int, /) -> int: ...
    def __setitem__(self, address: int, value: int, /) -> None: ...


class Group(StrEnum):
    """What kind of fact a scalar is."""

    SETTING = "setting"
    STATE = "state"
    GAUGE = "gauge"
    COUNTER = "counter"
    KIND = "transitions of a kind"


@dataclass(frozen=True)
class Scalar:
    """One word of the image with a name of its own."""

    name: str
    address: int
    group: Group
    meaning: str
    unit: str = ""
    kernel: str = ""
    """The kernel's own name for it, where it has one."""


@dataclass(frozen=True)
class Setting(Scalar):
    """A scalar that an operation may change: a knob of the machine."""

    number: int = 0
    """What ``operation.encode_setting`` takes."""
    key: str = ""
    """Dotted path in a scenario file."""
    default: int = 0
    low: int = 0
    high: int = (1 << 31) - 1
    choices: tuple[str, ...] = ()
    """Names of the values 0, 1, … where the setting is a choice."""
    fixed: bool = False
    """It belongs to the machine's build and cannot change while it runs."""


@dataclass(frozen=True)
class Column:
    """One word of every row of a table."""

    name: str
    code: int
    meaning: str
    unit: str = ""
    kernel: str = ""


@dataclass
class Table:
    """Rows of ``width`` words; declared column by column."""

    name: str
    number: int
    width: int
    meaning: str
    kernel: str
    columns: list[Column] = field(default_factory=list)

    def column(self, name: str, meaning: str, unit: str = "", kernel: str = "") -> int:
        """Declare the next column; gives the code the model uses."""
        place = len(self.columns)
        if place >= self.width:
            raise ValueError(f"table {self.name} has rows of {self.width} words; no room for {name}")
        code = self.number << TABLE_SHIFT | self.width << WIDTH_SHIFT | place
        self.columns.append(Column(name, code, meaning, unit, kernel))
        return code


class Schema:
    """Everything an image holds, in the order of declaration."""

    def __init__(self) -> None:
        self.scalars: list[Scalar] = []
        self.settings: list[Setting] = []
        self.tables: list[Table] = []
        self._named: dict[str, Scalar] = {}

    @property
    def scalar_end(self) -> int:
        """Address behind the last scalar."""
        return HEADER_WORDS + len(self.scalars)

    def scalar(self, group: Group, name: str, meaning: str, unit: str = "", kernel: str = "") -> int:
        """Declare a scalar; gives its address."""
        return self._declare(Scalar(name, self.scalar_end, group, meaning, unit, kernel))

    def setting(
        self,
        key: str,
        meaning: str,
        unit: str = "",
        kernel: str = "",
        *,
        default: int = 0,
        low: int = 0,
        high: int = (1 << 31) - 1,
        choices: tuple[str, ...] = (),
        fixed: bool = False,
    ) -> int:
        """Declare a setting by its key in a scenario file; gives its address."""
        if choices:
            high = len(choices) - 1
        declared = Setting(
            key.removeprefix("machine."),
            self.scalar_end,
            Group.SETTING,
            meaning,
            unit,
            kernel,
            len(self.settings),
            key,
            default,
            low,
            high,
            choices,
            fixed,
        )
        self.settings.append(declared)
        return self._declare(declared)

    def table(self, name: str, width: int, meaning: str, kernel: str = "") -> Table:
        """Declare a table whose rows have ``width`` words."""
        if len(self.tables) == MAX_TABLES:
            raise ValueError(f"an image has at most {MAX_TABLES} tables")
        table = Table(name, len(self.tables), width, meaning, kernel)
        self.tables.append(table)
        return table

    def named(self, name: str) -> Scalar:
        """The scalar of that name; KeyError when there is none."""
        return self._named[name]

    def of_group(self, group: Group) -> list[Scalar]:
        """All scalars of a group, in the order of declaration."""
        return [scalar for scalar in self.scalars if scalar.group is group]

    def setting_for(self, key: str) -> Setting:
        """The setting of a dotted key; KeyError when there is none."""
        for setting in self.settings:
            if setting.key == key:
                return setting
        raise KeyError(key)

    def _declare(self, scalar: Scalar) -> int:
        if scalar.name in self._named:
            raise ValueError(f"scalar {scalar.name} is declared twice")
        self.scalars.append(scalar)
        self._named[scalar.name] = scalar
        return scalar.address
