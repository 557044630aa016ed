"""Our machine, and others it is compared with: beside it, each a canvas of its own, or as marks laid over it.

All canvases show the same depth, zoom and selection. Things are the same in two machines where
pages are: what is selected or pointed at in one is lit in the others by its page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.canvas import Amount, Depth, MachineCanvas
from app.canvas.legend import HEIGHT as LEGEND_HEIGHT
from app.canvas.legend import difference_text, paint_legend
from app.canvas.marking import Marking
from app.canvas.style import RIGHT, Style
from app.chip import LETTERS, paint_chip
from app.moment import Moment, Selected, Thing
from app.thread.company import Seen
from app.words.numbers import count
from app.words.said import said
from engine.mm.view import View
from engine.reading import chain
from engine.reading.apart import merged

MOST = 3
"""Machines on the screen."""


MOST_CHAINS = 24
"""Things other than pages whose pages are looked for."""


class Beside(StrEnum):
    """How others are shown."""

    ALONE = "alone"
    SIDE = "side"
    OVER = "over"


class Heading(QWidget):
    """Which machine a canvas shows, what it has otherwise, and what it did last."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place
        self.name, self.difference, self.sentence = "", "", ""
        self.share = -1.0
        """How far it is on its way to the cursor; negative: it is there."""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.switch().changed.connect(self.updateGeometry)

    def say(self, name: str, difference: str, sentence: str, share: float = -1.0) -> None:
        """Show these."""
        if (name, difference, sentence, share) != (self.name, self.difference, self.sentence, self.share):
            self.name, self.difference, self.sentence, self.share = name, difference, sentence, share
            self.setToolTip("\n".join(text for text in (name, difference, sentence) if text))
            self.setAccessibleName(name)
            self.setAccessibleDescription("; ".join(text for text in (difference, sentence) if text))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        style = Style.now(self.devicePixelRatioF())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high, across = style.px(19), float(self.width()) - style.px(4)
        chip = QRectF(style.px(2), style.px(2.5), style.px(16), style.px(16))
        paint_chip(painter, chip, self._place, style)
        left = chip.right() + style.px(7)
        # Who it is goes before how much differs, of which the tooltip has the rest.
        named = min(style.width(self.name, 13, bold=True) + style.px(10), across - left)
        style.text(painter, QRectF(left, style.px(1), named, high), self.name, 13, bold=True)
        room = across - left - named
        if room > style.px(40):
            style.text(painter, QRectF(left + named, style.px(1), room, high), self.difference, 11.5, "dim",
                       align=RIGHT)  # fmt: skip
        style.text(painter, QRectF(style.px(2), high + style.px(1), across, style.px(17)), self.sentence, 11.5, "dim")
        if self.share >= 0:
            line = QRectF(0, self.height() - style.px(2.5), self.width(), style.px(2))
            painter.fillRect(line, style.colour("grid"))
            painter.fillRect(QRectF(line.left(), line.top(), line.width() * self.share, line.height()),
                             style.colour("accent"))  # fmt: skip
        painter.end()


class Legend(QFrame):
    """One legend for all canvases."""

    def __init__(self, canvas: MachineCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("Legend"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.switch().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(LEGEND_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        scene = self._canvas.scene
        if scene is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_legend(painter, QRectF(self.rect()), scene.facts, Style.now(self.devicePixelRatioF()), scene.marking)
        painter.end()


class Machines(QWidget):
    """One to three canvases that go together; the first shows the machine at the cursor."""

    selected = Signal(object)
    """tuple[Selected, ...]: what is selected now, as things of our machine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MachineCanvas()
        self.canvases = [self.canvas]
        self.headings = [Heading(0)]
        self.beside = Beside.ALONE
        self.names: tuple[str, ...] = ()
        """Of all machines, ours first; empty while there is nothing to compare with."""
        self._seen: list[Seen] = []
        self._moment: Moment | None = None
        self._legend = True
        self.legend = Legend(self.canvas)
        self._cells = QGridLayout()
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setRowStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._cells, 1)
        whole.addWidget(self.legend)
        self._put(0)
        self.canvas.selected.connect(self.selected)
        theme.switch().changed.connect(self._dress)
        self.arrange(Beside.ALONE, ())

    # -- which machines -------------------------------------------------------------------------

    def arrange(self, beside: Beside, names: Sequence[str]) -> None:
        """Show as many machines as there are names, ours first, in that way."""
        self.beside, self.names = beside, tuple(names[:MOST])
        together = len(self.names) if beside is Beside.SIDE else 1
        # First of all: the window must never grow for what is about to become small.
        self.canvas.in_company = together > 1
        while len(self.canvases) < together:
            self._add()
        for place, (heading, canvas) in enumerate(zip(self.headings, self.canvases, strict=True)):
            heading.setVisible(together > 1 and place < together)
            if place:
                canvas.setVisible(place < together)
            self._cells.setColumnStretch(place, int(place < together))
        self._seen = []
        for canvas in self.canvases:
            canvas.marking = None
            canvas.echo(())
        for canvas in self.canvases[1:]:
            canvas.clear()
        self._show_legend()
        self._show_headings()
        self._dress()

    @property
    def together(self) -> list[MachineCanvas]:
        """The canvases that are shown."""
        return self.canvases[: len(self.names)] if self.beside is Beside.SIDE and len(self.names) > 1 else [self.canvas]

    @property
    def caught_up(self) -> bool:
        """All machines that are to be drawn have been at the cursor."""
        return self.beside is Beside.ALONE or len(self._seen) >= len(self.names) - 1

    def _add(self) -> None:
        canvas = MachineCanvas()
        canvas.setObjectName(f"canvas {LETTERS[len(self.canvases)]}")
        canvas.in_company = True
        canvas.amount = Amount.NONE
        canvas.legend_visible = False
        canvas.detail = self.canvas.detail
        self.canvases.append(canvas)
        self.headings.append(Heading(len(self.headings)))
        self._put(len(self.canvases) - 1)
        canvas.selected.connect(lambda things, canvas=canvas: self._selected_there(canvas, things))

    def _put(self, place: int) -> None:
        canvas = self.canvases[place]
        self._cells.addWidget(self.headings[place], 0, place)
        self._cells.addWidget(canvas, 1, place)
        canvas.pointed_at.connect(lambda thing, canvas=canvas: self._point(canvas, thing))
        canvas.looked.connect(lambda canvas=canvas: self._look(canvas))

    # -- what is shown --------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """Our machine at another moment, or with another selection; the others come when they are there."""
        self._moment = moment
        self.canvas.show_moment(moment)
        self._show_companions()
        self._show_headings()
        self.legend.update()

    def show_others(self, seen: list[Seen]) -> None:
        """The other machines at the same operation."""
        self._seen = seen
        names = self.names[1:]
        if self.beside is Beside.OVER:
            self.canvas.marking = Marking(tuple(one.from_ours for one in seen), names)
        elif self.beside is Beside.SIDE:
            self.canvas.marking = Marking((merged([one.from_ours for one in seen]),), names, pictured=False)
        self._show_companions()
        for canvas, one in zip(self.together[1:], seen, strict=False):
            canvas.marking = Marking((one.from_theirs,), self.names[:1], pictured=False)
        self._look(self.canvas)
        self._show_headings()
        self.legend.update()

    def show_waiting(self, share: float) -> None:
        """The others are on their way: what they were before is not marked any more."""
        for canvas in self.canvases:
            canvas.marking = None
        for heading in self.headings[1:]:
            heading.say(heading.name, self.tr("catching up, {share:.0%}").format(share=share), heading.sentence, share)

    def take_after(self, other: Machines) -> None:
        """Show the machines that another one shows, at the same moment and as they are looked at there."""
        self.arrange(other.beside, other.names)
        self.canvas.looks = other.canvas.looks
        if other._moment is not None:
            self.show_moment(other._moment)
        if other._seen:
            self.show_others(other._seen)

    def clear(self) -> None:
        """Show nothing."""
        self._moment = None
        self.arrange(Beside.ALONE, ())
        self.canvas.clear()

    def _show_companions(self) -> None:
        selection = self._moment.selection if self._moment is not None else ()
        if self._moment is not None and selection:
            selection = pages_of(self._moment.view, selection)
        for canvas, one in zip(self.together[1:], self._seen, strict=False):
            canvas.show_moment(replace(one.moment, selection=selection))

    def _show_headings(self) -> None:
        if len(self.together) < 2:
            return
        ours = self._moment.sentence if self._moment is not None else ""
        self.headings[0].say(self.names[0], self.tr("at the cursor"), ours)
        for place, heading in enumerate(self.headings[1 : len(self.names)]):
            name = self.names[place + 1]
            if place >= len(self._seen):
                heading.say(name, self.tr("catching up"), "")
                continue
            one = self._seen[place]
            told = said(one.moment.sentence) if one.said else ""
            if one.outcome == "oom":
                told = self.tr("out of memory at reference {number}").format(number=count(one.oom_reference))
            heading.say(name, difference_text(one.from_ours), told)

    def _show_legend(self) -> None:
        several = len(self.together) > 1
        self.legend.setVisible(several and self._legend)
        self.canvas.legend_visible = self._legend and not several

    def _dress(self) -> None:
        several = len(self.together) > 1
        self._cells.setHorizontalSpacing(theme.px(14) if several else 0)
        self._cells.setVerticalSpacing(theme.px(3) if several else 0)
        self.layout().setSpacing(theme.px(8) if several else 0)

    # -- going together -------------------------------------------------------------------------

    def set_depth(self, depth: Depth) -> None:
        """How much of each machine is told."""
        for canvas in self.canvases:
            canvas.detail = depth

    def set_legend(self, shown: bool) -> None:
        """The legend under the machines, or more room for them."""
        self._legend = shown
        self._show_legend()

    def _look(self, canvas: MachineCanvas) -> None:
        """All as one of them is looked at."""
        for other in self.together:
            if other is not canvas:
                other.looks = canvas.looks

    def _point(self, canvas: MachineCanvas, thing: Selected | None) -> None:
        """Light in the others what is pointed at in one."""
        if len(self.together) < 2:
            return
        view = self._view_of(canvas)
        pages = pages_of(view, (thing,)) if thing is not None and view is not None else ()
        for other in self.together:
            other.echo(() if other is canvas else pages)

    def _selected_there(self, canvas: MachineCanvas, things: tuple[Selected, ...]) -> None:
        view = self._view_of(canvas)
        self.selected.emit(pages_of(view, things) if view is not None else ())

    def _view_of(self, canvas: MachineCanvas) -> View | None:
        place = self.canvases.index(canvas)
        if place == 0:
            return self._moment.view if self._moment is not None else None
        return self._seen[place - 1].moment.view if place <= len(self._seen) else None


def pages_of(view: View, things: Sequence[Selected]) -> tuple[Selected, ...]:
    """The pages that some things of a machine are about: what can be found again in another machine."""
    found: dict[Selected, None] = {}
    for place, thing in enumerate(things):
        if thing.thing in (Thing.PAGE, Thing.SHMEM):
            found[thing] = None
            continue
        if place >= MOST_CHAINS:
            continue
        hanging = chain(view, thing)
        found.update((Selected(Thing.PAGE, page, process), None) for process, page in hanging.pages)
        found.update((Selected(Thing.SHMEM, index, mapping), None) for mapping, index in hanging.shmem)
    return tuple(found)


