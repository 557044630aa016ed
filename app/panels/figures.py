"""The figures that runs are compared by: what each is, how it is computed, and the bars that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.canvas.style import RIGHT, Style
from app.chip import COLOURS
from app.words.numbers import count, duration

Result = Mapping[str, Any]
"""What ``swapscope run --json`` gives."""

NAME_WIDTH, LINE = 114, 15
FIRST_BIN = 5
"""Power of two of the first bin of the histogram of fault latency."""


@dataclass(frozen=True)
class Figure:
    """One figure of a run."""

    name: str
    tip: str
    """What it is and how it is computed."""
    value: Callable[[Result], float | None]
    """None where the run does not have it."""
    text: Callable[[float], str]


def _gauge(name: str) -> Callable[[Result], float | None]:
    return lambda result: _number(result.get("gauges", {}).get(name))


def _counter(name: str) -> Callable[[Result], float | None]:
    return lambda result: _number(result.get("counters", {}).get(name))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _metadata(result: Result) -> float | None:
    found = result.get("metadata_bytes")
    if isinstance(found, Mapping):
        return _number(found["total"] if "total" in found else sum(found.values()))
    return _number(found)


def _lookups_per_fault(result: Result) -> float | None:
    lookups, faults = _counter("swap_lookups")(result), _counter("pgmajfault")(result)
    return lookups / faults if lookups is not None and faults else None


def _latency(result: Result) -> float | None:
    took, faults = _gauge("fault_ns")(result), _counter("pgfault")(result)
    return took / faults if took is not None and faults else None


def _slow_fault(result: Result) -> float | None:
    """Upper end of the histogram's bin in which the hundredth slowest fault is."""
    bins = {
        int(name.rpartition("_")[2]): number for name, number in result.get("counters", {}).items()
        if name.startswith("fault_latency_")
    }  # fmt: skip
    left = sum(bins.values()) // 100
    if not sum(bins.values()):
        return None
    for power in sorted(bins, reverse=True):
        left -= bins[power]
        if left < 0:
            return float(2 << power)
    return None


def _swapoff(result: Result) -> float | None:
    """What swapoff visited, where the run had one."""
    parts = [_counter(name)(result) for name in ("swapoff_ptes", "swapoff_descriptors", "swapoff_slots")]
    work = sum(part for part in parts if part is not None)
    return work or None


def whole(value: float) -> str:
    """A count."""
    return count(round(value))


def in_bytes(value: float) -> str:
    """Bytes in the unit that reads best."""
    for unit, size in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if value >= 10 * size or (unit == "KiB" and value >= size):
            return f"{value / size:.1f} {unit}"
    return f"{count(round(value))} B"


FIGURES = (
    Figure("pages in swap", "Page-table and shmem entries that hold a swap entry now: gauge swapped_pages. Where a run "
           "ended out of memory: how many it had swapped out by then", _gauge("swapped_pages"), whole),
    Figure("slots in use", "Slots of all swapfiles that are taken: gauge swap_used_pages, as /proc/swaps has it",
           _gauge("swap_used_pages"), whole),
    Figure("slots wasted", "Slots that hold nothing because their page is in zswap: gauge slots_held_by_zswap",
           _gauge("slots_held_by_zswap"), whole),
    Figure("metadata", "Memory that the design takes to keep track of swapped pages: by its formula, what the "
           "swapfiles cost by their size and what is swapped out", _metadata, in_bytes),
    Figure("major faults", "Faults that had to bring a page back: counter pgmajfault", _counter("pgmajfault"), whole),
    Figure("pages read", "Pages read from a swap device: counter pswpin", _counter("pswpin"), whole),
    Figure("look-ups per fault", "Steps through trees, tables and descriptors for each major fault: counters "
           "swap_lookups / pgmajfault", _lookups_per_fault, lambda value: f"{value:.1f}"),
    Figure("fault latency", "Mean time of a fault, minor or major: gauge fault_ns / counter pgfault", _latency,
           duration),
    Figure("slowest 1 %", "99 of 100 faults were done within this time: from the histogram fault_latency_*, the upper "
           "end of the bin", _slow_fault, duration),
    Figure("swapoff work", "Page-table entries, descriptors and slots that swapoff read: counters swapoff_ptes + "
           "swapoff_descriptors + swapoff_slots", _swapoff, whole),
)  # fmt: skip
"""In the order shown."""


class FigureRow(QWidget):
    """One figure of two or three runs: a bar and its value for each, on one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.values: tuple[float | None, ...] = ()
        self.texts: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.switch().changed.connect(self.updateGeometry)

    def show_values(self, name: str, values: Sequence[float | None], texts: Sequence[str]) -> None:
        """A value and its text for each run, ours first; None draws no bar."""
        grown = len(values) != len(self.values)
        self.name, self.values, self.texts = name, tuple(values), tuple(texts)
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(LINE * max(2, len(self.values)) + 3))

    minimumSizeHint = sizeHint

    def bars(self) -> list[QRectF]:
        """Where the bars are; the longest is as wide as there is room for it, 0 is a sliver."""
        style = Style.now(self.devicePixelRatioF())
        scale = max((value or 0 for value in self.values), default=0) or 1
        left = style.px(NAME_WIDTH + 8)
        texts = max((style.width(text, 12, mono=True) for text in self.texts), default=0)
        room = max(4.0, self.width() - left - max(texts, style.px(46)) - style.px(10))
        boxes = []
        for number, value in enumerate(self.values):
            width = 0.0 if value is None else max(2.0, room * value / scale)
            boxes.append(QRectF(left, style.px(LINE * number + 4), width, style.px(8)))
        return boxes

    def paintEvent(self, _event: QPaintEvent) -> None:
        style = Style.now(self.devicePixelRatioF())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style.text(painter, QRectF(0, 0, style.px(NAME_WIDTH), style.px(16)), self.name, 12, "dim")
        for number, (box, text) in enumerate(zip(self.bars(), self.texts, strict=True)):
            colour = COLOURS[number]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour(colour))
            painter.drawRoundedRect(box, style.px(2), style.px(2))
            line = QRectF(0, style.px(LINE * number), self.width() - style.px(1), style.px(16))
            style.text(painter, line, text, 12, colour, mono=True, align=RIGHT)
        painter.end()
