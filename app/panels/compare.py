"""Two runs of the same workload side by side: the figures that matter, as pairs of bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app import theme
from app.moment import Moment
from app.numbers import count, duration
from app.panels.widgets import Empty, Rule, Text, column_of, row_of, scrolled
from engine.difference import Difference

Result = Mapping[str, Any]
"""What ``swapscope run --json`` gives, and a ``label`` where the design's name would not tell which run it is."""

Other = tuple[str, int]
"""What to compare with: ``("design", number)`` or ``("branch", index)``."""

DESIGNS = {"legacy": "today's design", "swap_desc": "swap descriptors", "vswap": "virtual swap"}


@dataclass(frozen=True)
class Figure:
    """One figure of a run."""

    name: str
    tip: str
    value: Callable[[Result], float | None]
    """None where the run does not have it."""
    text: Callable[[float], str]
    less_is_better: bool | None = True
    """None: neither is better by itself."""


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


def _swapoff(result: Result) -> float | None:
    """What swapoff visited, where the run had one."""
    parts = [_counter(name)(result) for name in ("swapoff_ptes", "swapoff_descriptors", "swapoff_slots")]
    work = sum(part for part in parts if part is not None)
    return work or None


def _whole(value: float) -> str:
    return count(round(value))


def _bytes(value: float) -> str:
    for unit, size in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if value >= 10 * size or (unit == "KiB" and value >= size):
            return f"{value / size:.1f} {unit}"
    return f"{count(round(value))} B"


FIGURES = (
    Figure("pages in swap", "Page-table entries whose page is in swap when the run ends",
           _gauge("swapped_pages"), _whole, None),
    Figure("slots in use", "Slots of swapfiles that are taken", _gauge("swap_used_pages"), _whole),
    Figure("slots wasted", "Slots that hold nothing because the page is in zswap", _gauge("slots_held_by_zswap"),
           _whole),
    Figure("metadata", "Memory that the design takes to keep track of swapped pages", _metadata, _bytes),
    Figure("look-ups per fault", "Steps through trees, tables and descriptors for each major fault",
           _lookups_per_fault, lambda value: f"{value:.1f}"),
    Figure("swapoff work", "Page-table entries, descriptors and slots that swapoff visited", _swapoff, _whole),
)  # fmt: skip
"""In the order shown."""


class PairBar(QWidget):
    """Two bars on one scale: this run above, the other below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: tuple[float | None, float | None] = (None, None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_values(self, left: float | None, right: float | None) -> None:
        """The two values; None draws no bar."""
        self.values = (left, right)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(26), theme.px(18))

    minimumSizeHint = sizeHint

    def bars(self) -> list[QRectF]:
        """Where the two bars are; the longer one is as wide as the widget, 0 is a sliver."""
        scale = max((value or 0 for value in self.values), default=0) or 1
        height, boxes = theme.px(5), []
        for number, value in enumerate(self.values):
            width = 0.0 if value is None else max(2.0, self.width() * value / scale)
            boxes.append(QRectF(0, theme.px(3) + number * theme.px(7), width, height))
        return boxes

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for box, colour in zip(self.bars(), ("accent", "dim"), strict=True):
            painter.setBrush(now.colour(colour))
            painter.drawRoundedRect(box, 2, 2)
        painter.end()


class ComparePanel(QWidget):
    """Bars of two results; the shell runs the other one and hands both in."""

    other_chosen = Signal(object)
    """An :data:`Other`, or None for nothing any more."""
    jump_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Comparison"))
        self.results: tuple[Result, Result] | None = None
        self.title = Text(size=13, bold=True, wrap=True)
        self.legend = Text(size=12, wrap=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.outcome = Text(size=11.5, colour="dim", wrap=True)
        self.copy = QToolButton()
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the figures as text"))
        self.copy.setProperty("flat", True)
        self.copy.clicked.connect(self.copy_text)
        self.rows: list[tuple[Text, PairBar, Text, Text]] = []
        body = QWidget()
        column = column_of(body, 6)
        heading = row_of(self.title, self.copy)
        heading.setStretchFactor(self.title, 1)
        column.addLayout(heading)
        column.addWidget(self.legend)
        column.addLayout(self._grid())
        column.addWidget(self.outcome)
        self.empty = Empty(
            self.tr("Nothing to compare with yet"),
            self.tr("Choose Compare in the menu Run, or a run above: the same workload runs under the other design, "
                    "up to the same reference, and the figures that matter stand here side by side."),
        )  # fmt: skip
        self._add_difference(column)
        column.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled(body))
        self.other = QComboBox()
        self.other.setAccessibleName(self.tr("Compare with"))
        self.other.activated.connect(lambda _row: self.other_chosen.emit(self.other.currentData()))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("How far the other run is"))
        self.progress.setFixedHeight(theme.px(3))
        outer = column_of(self, 0, 0)
        top = row_of(Text(self.tr("with"), 12, colour="dim"), self.other)
        top.setContentsMargins(theme.px(12), theme.px(10), theme.px(12), theme.px(2))
        top.setStretchFactor(self.other, 1)
        outer.addLayout(top)
        outer.addWidget(self.progress)
        outer.addWidget(self._stack, 1)
        self.show_progress(-1)
        self.show_others([], None)
        theme.switch().changed.connect(self._show_names)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(6))
        grid.setVerticalSpacing(theme.px(3))
        grid.setColumnStretch(1, 1)
        for number, figure in enumerate(FIGURES):
            row = (Text(self.tr(figure.name), 12, colour="dim"), PairBar(), Text(size=12, mono=True, colour="accent"),
                   Text(size=12, mono=True, colour="dim"))  # fmt: skip
            for column, part in enumerate(row):
                part.setToolTip(self.tr(figure.tip))
                grid.addWidget(part, number, column)
            for text in row[2:]:
                assert isinstance(text, Text)
                text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.rows.append(row)
        return grid

    def _add_difference(self, column: QVBoxLayout) -> None:
        self.difference_title = Text(self.tr("First difference"), 12.5, bold=True)
        self.difference_text = Text(size=12, wrap=True)
        self.difference_theirs = Text(size=12, colour="dim", wrap=True)
        self.difference_go = QPushButton(self.tr("Go there"))
        self.difference_go.clicked.connect(self._go_to_difference)
        self.difference: Difference | None = None
        column.addSpacing(theme.px(4))
        column.addWidget(Rule())
        column.addLayout(row_of(self.difference_title, 1, self.difference_go))
        column.addWidget(self.difference_text)
        column.addWidget(self.difference_theirs)

    # -- what is shown ------------------------------------------------------------------------

    def show_others(self, others: Sequence[tuple[str, Other]], chosen: Other | None) -> None:
        """What it can be compared with, and which of them it is now."""
        self.other.clear()
        self.other.addItem(self.tr("nothing"), None)
        for text, other in others:
            self.other.addItem(text, other)
            if other == chosen:
                self.other.setCurrentIndex(self.other.count() - 1)

    def show_progress(self, share: float) -> None:
        """How far the other run is on its way to the cursor; negative: it is there."""
        self.progress.setRange(0, 1000)
        self.progress.setValue(0 if share < 0 else round(1000 * share))
        # It keeps its place, so that nothing moves when it is done.
        self.progress.setStyleSheet("" if share >= 0 else "QProgressBar, QProgressBar::chunk { background: none; "
                                    "border: none; }")  # fmt: skip

    def show_difference(self, difference: Difference | None, share: float | None = None) -> None:
        """Where the runs first differ; None with a share: looked for so far; None: they do not."""
        self.difference = difference
        self.difference_go.setEnabled(difference is not None and bool(difference.ours))
        self.difference_theirs.setVisible(difference is not None)
        if difference is None:
            text = self.tr("None: both do the same all the way.")
            if share is not None:
                text = self.tr("Looked through {share:.0%} of the run: none so far.").format(share=share)
            self.difference_text.show_text(text)
            return
        kinds = [self.tr("{name} {ours}\u00d7 here, {theirs}\u00d7 there").format(name=name, ours=ours, theirs=theirs)
                 for name, ours, theirs in difference.kinds[:4]]  # fmt: skip
        at = difference.parted
        ours = difference.our_sentences[at] if difference.our_sentences else self.tr("nothing")
        theirs = difference.their_sentences[min(at, len(difference.their_sentences) - 1)] \
            if difference.their_sentences else self.tr("nothing")
        self.difference_text.show_text(
            self.tr("Operation {number}: {kinds}.").format(number=count(difference.operation), kinds="; ".join(kinds))
            + "\n" + self.tr("Here: {sentence}").format(sentence=ours)
        )  # fmt: skip
        self.difference_theirs.show_text(self.tr("There: {sentence}").format(sentence=theirs))

    def _go_to_difference(self) -> None:
        if self.difference is not None and self.difference.ours:
            self.jump_requested.emit(self.difference.ours[self.difference.parted].number)

    def set_results(self, left: Result | None, right: Result | None) -> None:
        """This run and the one it is compared with; None for either empties the panel."""
        self.results = None if left is None or right is None else (left, right)
        self._stack.setCurrentIndex(1 if self.results else 0)
        if self.results is None:
            return
        ended = any(result.get("outcome") == "oom" for result in self.results)
        self.rows[0][0].show_text(self.tr("swapped before OOM") if ended else self.tr(FIGURES[0].name))
        for figure, (name, bar, ours, theirs) in zip(FIGURES, self.rows, strict=True):
            values = figure.value(self.results[0]), figure.value(self.results[1])
            bar.show_values(*values)
            for text, value in zip((ours, theirs), values, strict=True):
                text.show_text("–" if value is None else figure.text(value))
            said = self._difference(figure, *values)
            for part in (name, bar, ours, theirs):
                part.setToolTip(f"{self.tr(figure.tip)}.\n{said}" if said else self.tr(figure.tip))
            bar.setAccessibleName(f"{name.text()}: {ours.text()}, {theirs.text()}. {said}")
        self._show_names()

    def show_moment(self, moment: Moment) -> None:
        """The results come for themselves, once the other run is where this one is."""

    def copy_text(self) -> None:
        """Put the figures on the clipboard, columns apart by tabs."""
        if self.results is None:
            return
        lines = ["\t".join(("figure", *(str(result.get("design", "")) for result in self.results)))]
        lines += ["\t".join((name.text(), ours.text(), theirs.text())) for name, _bar, ours, theirs in self.rows]
        QGuiApplication.clipboard().setText("\n".join(lines).replace("\u202f", " "))

    def _show_names(self) -> None:
        if self.results is None:
            return
        names = [str(result.get("label") or DESIGNS.get(str(result.get("design")), str(result.get("design"))))
                 for result in self.results]  # fmt: skip
        self.title.show_text(self.tr("Compared with {}, same workload").format(names[1]))
        now = theme.current()
        marks = [
            f'<span style="color:{colour}">▬ {name}</span>'
            for name, colour in zip(names, (now.accent, now.dim), strict=True)
        ]
        self.legend.show_text(" &nbsp; ".join(marks))
        told = [f"{name}: {_outcome(result)}" for name, result in zip(names, self.results, strict=True)]
        self.outcome.show_text(told[0] + "\n" + told[1])

    def _difference(self, figure: Figure, left: float | None, right: float | None) -> str:
        if left is None or right is None:
            return self.tr("Not in both runs.")
        if left == right:
            return self.tr("The same in both.")
        if not right or not left:
            return ""
        more = left / right
        text = f"{more:.1f} times as much" if more >= 2 else f"{abs(more - 1):.0%} {'more' if more > 1 else 'less'}"
        return self.tr("This run: {}.").format(text)


def _outcome(result: Result) -> str:
    """How far a run came, and how it ended."""
    references = result.get("references")
    told = f"{count(int(references))} references" if references is not None else "unknown length"
    outcome, at = result.get("outcome"), result.get("oom_reference")
    if outcome == "oom":
        outcome = "out of memory" + (f" at reference {count(int(at))}" if at else "")
    nanoseconds = result.get("simulated_ns")
    when = f", {duration(int(nanoseconds))}" if nanoseconds is not None else ""
    return f"{told}{when}" + (f", {outcome}" if outcome else "")
