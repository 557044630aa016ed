"""A recording: the memory references of one or more programs, page by page, in the order they happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.operation import MAX_PROCESSES, MAX_VALUE

PAGE_BYTES = 4096
MAX_PAGE = MAX_VALUE
"""The highest page number: an operation's word has 31 bits for it."""


@dataclass(frozen=True)
class Region:
    """A run of pages of one process that belong together, as one mapping of ``/proc/PID/maps`` does.

    ``first_page`` is the dense page number inside the process (see :class:`Recording`);
    ``address`` is the byte address that page had in the program that was recorded, 0 where nobody knows.
    """

    process: int
    name: str
    """``heap``, ``stack``, ``anon``, or the name of the mapped file such as ``libc.so.6``."""
    first_page: int
    pages: int
    address: int = 0
    file: bool = False
    """Whether a file is behind it; Linux drops clean pages of a file instead of swapping them."""

    @property
    def end_page(self) -> int:
        """The first page after the region."""
        return self.first_page + self.pages


@dataclass(frozen=True, eq=False)
class Recording:
    """References of shape (n,) with the address spaces they fall in.

    The pages of a process are numbered 0, 1, 2 …: only the parts of its address space that were used
    are numbered, in the order of their addresses, packed without holes. ``regions`` says what each
    number stands for. A process without regions has its pages up to the highest one referenced.

    Raises ValueError when the parts contradict each other; readers of files turn that into InputError.
    """

    process: NDArray[np.uint8]
    """(n,) index into ``processes``."""
    page: NDArray[np.int64]
    """(n,) page of that process."""
    write: NDArray[np.bool_]
    """(n,) whether the reference writes."""
    count: NDArray[np.int64]
    """(n,) how many references in the program this one stands for, at least 1."""
    processes: tuple[str, ...] = ("program",)
    regions: tuple[Region, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
    """(position, name): the mark lies before the reference with that index; n is the end."""
    command: str = ""
    """What was run to get this recording."""
    window: int = 1
    """References were folded within windows of so many (1: only immediate repeats)."""

    def __post_init__(self) -> None:
        for name, kind in (("process", np.uint8), ("page", np.int64), ("write", np.bool_), ("count", np.int64)):
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.dtype != kind or array.shape != (len(self.page),):
                raise ValueError(f"'{name}' must be an array of {np.dtype(kind)} of shape ({len(self.page)},)")
        self._check_processes()
        if len(self.page):
            if int(self.process.max()) >= len(self.processes):
                raise ValueError(f"a reference names process {int(self.process.max())} of {len(self.processes)}")
            if int(self.page.min()) < 0 or int(self.page.max()) > MAX_PAGE:
                raise ValueError(f"page numbers must be 0 to {MAX_PAGE}")
            if int(self.count.min()) < 1:
                raise ValueError("every count must be at least 1")
        if self.window < 1:
            raise ValueError("the window must be at least 1 reference")
        self._check_regions()
        position = 0
        for mark, name in self.marks:
            check_word("mark", name)
            if not position <= mark <= len(self.page):
                raise ValueError(f"mark '{name}' lies at {mark}, out of order or past the end")
            position = mark

    def _check_processes(self) -> None:
        if not 1 <= len(self.processes) <= MAX_PROCESSES:
            raise ValueError(f"a recording has 1 to {MAX_PROCESSES} processes, not {len(self.processes)}")
        if len(set(self.processes)) != len(self.processes):
            raise ValueError("two processes have the same name")
        for name in self.processes:
            check_word("process", name)

    def _check_regions(self) -> None:
        ends = [0] * len(self.processes)
        for region in self.regions:
            check_word("region", region.name)
            if not 0 <= region.process < len(self.processes):
                raise ValueError(f"region '{region.name}' belongs to process {region.process}, which does not exist")
            if region.first_page != ends[region.process] or region.pages < 1 or region.address < 0:
                raise ValueError(
                    f"region '{region.name}' at page {region.first_page} leaves a hole, overlaps or is empty; "
                    f"expected it at page {ends[region.process]} with at least 1 page"
                )
            ends[region.process] = region.end_page
        for process, end in enumerate(ends):
            highest = self._highest_page(process)
            if end > MAX_PAGE + 1 or (end and highest >= end):
                raise ValueError(f"'{self.processes[process]}' uses page {highest}, but its regions end at {end}")

    def _highest_page(self, process: int) -> int:
        pages = self.page if len(self.processes) == 1 else self.page[self.process == process]
        return int(pages.max()) if len(pages) else -1

    def __len__(self) -> int:
        """Folded references: the length of the arrays."""
        return len(self.page)

    @property
    def references(self) -> int:
        """References the program made: the sum of the counts."""
        return int(self.count.sum())

    @property
    def writes(self) -> int:
        """How many of :attr:`references` write."""
        return int(self.count[self.write].sum())

    def pages_of(self, process: int) -> int:
        """Pages of the address space of ``process``: every page number is below it."""
        ends = [region.end_page for region in self.regions if region.process == process]
        return max(ends, default=self._highest_page(process) + 1)

    def touched_pages(self, process: int | None = None) -> int:
        """How many different pages are referenced, by ``process`` or by all together."""
        keys = (self.process.astype(np.int64) << 32) | self.page
        if process is not None:
            keys = keys[self.process == process]
        return len(np.unique(keys))

    def region_of(self, process: int, page: int) -> Region | None:
        """The region a page lies in, or None where the recording does not know."""
        for region in self.regions:
            if region.process == process and region.first_page <= page < region.end_page:
                return region
        return None

    def first(self, references: int) -> Recording:
        """The recording cut after its first ``references`` folded references."""
        kept = slice(0, max(references, 0))
        return Recording(
            self.process[kept], self.page[kept], self.write[kept], self.count[kept], self.processes, self.regions,
            tuple(mark for mark in self.marks if mark[0] <= references), self.command, self.window,
        )  # fmt: skip

    def same_as(self, other: Recording) -> bool:
        """Whether both hold the same references, names, regions and marks."""
        plain = ("processes", "regions", "marks", "command", "window")
        return all(getattr(self, name) == getattr(other, name) for name in plain) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in ("process", "page", "write", "count")
        )


def check_word(what: str, name: str) -> None:
    """Raise ValueError unless ``name`` can stand as one word of the plain text form."""
    if not name or name.startswith(("#", "*")) or not name.isprintable() or any(c.isspace() for c in name):
        raise ValueError(f"a {what}'s name must be one word and must not begin with '#' or '*', not {name!r}")


def as_word(name: str) -> str:
    """``name`` with everything that :func:`check_word` refuses made into underscores."""
    word = "".join("_" if c.isspace() or not c.isprintable() else c for c in name) or "_"
    return "_" + word[1:] if word[0] in "#*" else word
