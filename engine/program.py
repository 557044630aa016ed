"""What a machine is given: its settings, who runs on it, what is in the pages, and the operations.

A :class:`Program` is what a scenario becomes once it is read and its patterns are drawn; the
model never sees a scenario. It is plain data: two equal programs give the same state at every
operation, on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.mm.image import FRAMES, SWAPFILE_SLOTS, schema
from engine.mm.layout import ROOM
from engine.operation import KIND_MASK, Op, Ops


@dataclass(frozen=True)
class Region:
    """Pages of a process that belong together."""

    name: str
    first: int
    """First page in the process' own numbering."""
    pages: int
    image: int
    """First image its pages are made from, a row of :class:`Images` (counted from 1)."""
    images: int = 1
    """How many images the family has."""
    shared: str | None = None
    """Name of the shmem object it maps; None for anonymous memory."""
    offset: int = 0
    """First page of the shmem object."""
    locked: bool = False
    address: int = 0
    """Address of its first byte, where a recording knows it."""


@dataclass(frozen=True)
class Process:
    """One process: a name and its regions, ordered, without overlap."""

    name: str
    pages: int
    """Room of its page table: regions lie in pages 0 … pages-1."""
    regions: tuple[Region, ...]
    late: bool = False
    """Not there before an ``EXEC`` starts it. Such processes come behind all others."""


@dataclass(frozen=True)
class Spare:
    """Room in the image for processes that a branch of the run may start."""

    processes: int
    pages: int = 0
    operations: int = 4096
    """Operations it may add where the policy knows the future."""


@dataclass(frozen=True)
class Swapfile:
    """One swapfile as swapon finds it."""

    name: str
    slots: int
    """Slots that can hold a page: the header is not counted."""
    device: str = "nvme"
    priority: int = -2
    bad: tuple[int, ...] = ()
    active: bool = True
    """False: there, but only used after a swapon."""


@dataclass(frozen=True)
class Images:
    """Facts of the page images, row 0 unused; all arrays have shape (images + 1,)."""

    lz4: NDArray[np.int64]
    """Bytes LZ4 makes of it."""
    filled: NDArray[np.int64]
    """1: one repeated word, 3: all zeroes, 0 otherwise."""
    first: NDArray[np.int64]
    """First image of its family."""
    count: NDArray[np.int64]
    """Images of its family."""
    checksum: NDArray[np.int64] | None = None
    """CRC-32 of its bytes, where they are known."""
    family: NDArray[np.int64] | None = None
    """Its family, an index of ``names``, where they are known."""
    names: tuple[str, ...] = ()
    """Names of the families."""


@dataclass(frozen=True)
class Program:
    """All that decides a run."""

    title: str
    processes: tuple[Process, ...]
    ops: Ops
    """Operation words, shape (n,); see :mod:`engine.operation`."""
    images: Images
    settings: dict[str, int] = field(default_factory=dict)
    """Value of each setting that is not at its default, by dotted key."""
    swapfiles: tuple[Swapfile, ...] = ()
    marks: tuple[str, ...] = ()
    """Names of the marks, by the number in the operation."""
    seed: int = 1
    shmem: tuple[tuple[str, int], ...] = ()
    """Shmem objects: name and pages."""
    spare: Spare | None = None
    """Room that is laid out and not used: the state is the same with and without it."""
    decisions: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """What a policy of somebody's own answered (``machine.policy`` or ``machine.zswap.writeback_policy`` is ``own``),
    question by question, shape (questions,): process << 32 | page, processes counted from 1, or the number of
    a zswap entry; see :mod:`engine.policies`."""

    kernel: str = ""
    """Name of the kernel preset the settings come from; empty where nobody says."""
    chosen: frozenset[str] = frozenset()
    """Keys of the settings that the scenario itself sets: another preset leaves them as they are."""

    def __post_init__(self) -> None:
        known = {setting.key for setting in schema.settings}
        unknown = set(self.settings) - known
        if unknown:
            raise ValueError(f"no such settings: {', '.join(sorted(unknown))}")

    def setting(self, key: str) -> int:
        """The value of a setting at the start."""
        return self.settings.get(key, schema.setting_for(key).default)

    def limits(self, key: str) -> tuple[int, int]:
        """The least and greatest value a setting may have: tables grow so far and no further."""
        setting = schema.setting_for(key)
        high = setting.high
        if setting.address == FRAMES:
            high = self.setting(key) * ROOM
        for type_, address in enumerate(SWAPFILE_SLOTS):
            if setting.address == address:
                high = self.swapfiles[type_].slots * ROOM if type_ < len(self.swapfiles) else 0
        return setting.low, high

    @cached_property
    def mark_operations(self) -> tuple[int, ...]:
        """The operations that set marks, in order; millions of operations are looked through for them only once."""
        return tuple(np.flatnonzero(self.ops.astype(np.uint8) & KIND_MASK == int(Op.MARK)).tolist())

    def with_ops(self, ops: Ops) -> Program:
        """The same machine on other operations."""
        return replace(self, ops=ops)

    def with_settings(self, changes: dict[str, int]) -> Program:
        """The same run with settings changed from the start, by dotted key."""
        return replace(self, settings={**self.settings, **changes})
