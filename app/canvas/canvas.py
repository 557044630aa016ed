"""The widget that shows the machine: its columns, what is selected among them, and what moves.

It holds no state of the machine. A moment is read into facts, the facts are laid out as a scene,
the scene is painted once into a pixmap; selection, changes and tokens are drawn over that. Pointer
and keys only change the selection (said by ``selected``) and each column's scroll and zoom.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.canvas.backdrop import Backdrop
from app.canvas.changes import changed_things
from app.canvas.depth import Depth
from app.canvas.entry_card import EntryCard, subject
from app.canvas.facts import Facts, facts_of
from app.canvas.invitation import Invitation
from app.canvas.legend import HEIGHT as LEGEND_HEIGHT
from app.canvas.legend import hint_at as legend_hint
from app.canvas.links import paint_outline
from app.canvas.lit import MOST_OUTLINES, Lit
from app.canvas.marking import Marking
from app.canvas.motion import Amount, Motion
from app.canvas.moves import tokens
from app.canvas.places import Viewpoint
from app.canvas.pointer import Pointer
from app.canvas.run import NO_RUN, Run
from app.canvas.scene import GUTTER, Scene, viewpoints
from app.canvas.style import Style, keeps_lines
from app.canvas.telling import as_text, as_tip
from app.canvas.versus import Versus
from app.canvas.voices import Voices
from app.canvas.walk import ARROWS, Walk
from app.canvas.words import translate
from app.moment import Moment, Selected
from app.series import Series
from engine.reading import Chain

SETTLED_MS = 200
"""The run is taken to be known when no more of it came for so long."""
SMALLEST = 0.75
"""Large type gives way to this share of the normal size, where a canvas would be cut off otherwise."""
LEAST, SMALL = (640, 360), (250, 240)
"""Pixels of a canvas at normal type size at least, alone and with others beside it."""


class MachineCanvas(QWidget):
    """The machine at one moment."""

    selected = Signal(object)
    """tuple[Selected, ...]: what is selected now."""
    pointed_at = Signal(object)
    """The Selected under the pointer, or None."""
    looked = Signal()
    """The reader scrolled or zoomed."""
    comparison_wanted = Signal()
    """The reader takes up the offer to compare."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(translate("Canvas", "The machine"))
        self.motion = Motion(self)
        self.motion.moved.connect(self.update)
        self._legend = True
        self._depth = Depth.MECHANISM
        self._moment: Moment | None = None
        self._facts: Facts | None = None
        self._scene: Scene | None = None
        self._backdrop = Backdrop()
        self._run = NO_RUN
        self._series: Series | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._read_series)
        self._looks = viewpoints(self._depth)
        self._left: dict[Depth, list[Viewpoint]] = {}
        """How the reader looked at the other depths."""
        self._selection: tuple[Selected, ...] = ()
        self._changed: tuple[Selected, ...] = ()
        self.lit = Lit()
        self._hovered: Selected | None = None
        self._echoes: tuple[Selected, ...] = ()
        """What is pointed at in a canvas beside this one."""
        self._marking: Marking | None = None
        self._least = LEAST
        self.walk = Walk()
        self.pointer = Pointer(self)
        self.voices = Voices(self)
        self.entry = EntryCard()
        theme.switch().changed.connect(self._restyle)

    # -- what is shown ---------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """Show another moment, or the same one with another selection."""
        before, old = self._moment, self._scene
        self._moment = moment
        elsewhere = moment.selection != self._selection and bool(moment.selection)
        self._selection = moment.selection
        if (
            before is not None
            and old is not None
            and before.view is moment.view
            and before.transition is moment.transition
        ):
            if elsewhere:
                self._reveal()
            self._chains()
            self.update()
            return
        if before is not None and before.epoch != moment.epoch:
            self._looks, self._left = viewpoints(self._depth), {}
        self._facts = facts_of(moment)
        self._changed = () if moment.skipping else changed_things(moment)
        self._lay_out()
        self._set_off(before, old)
        self._tell()

    def show_series(self, series: Series) -> None:
        """The samples of the run, as far as it is known: what the charts and the room for things go by.

        While the run becomes known it is only read anew when there is much more of it, or when nothing more comes.
        """
        self._series = series
        if self._run.outgrown(series):
            self._read_series()
        else:
            self._settled.start()

    def _read_series(self) -> None:
        if self._series is not None:
            self._settled.stop()
            self._run = replace(Run.of(self._series), versus=self._run.versus)
            self._lay_out()

    def show_comparison(self, versus: Versus | Invitation | None) -> None:
        """How this run stands against another, or what it could be compared with; None: neither is to be shown."""
        if versus != self._run.versus:
            self._run = replace(self._run, versus=versus)
            self._lay_out()

    def clear(self) -> None:
        """Show nothing."""
        self.motion.stop()
        self._settled.stop()
        self._series, self._run = None, NO_RUN
        self._moment = self._facts = self._scene = None
        self._backdrop.forget()
        self.lit.clear()
        self._changed, self._selection, self._echoes, self._marking = (), (), (), None
        self.voices.follow(None)
        self.update()

    @property
    def scene(self) -> Scene | None:
        """The columns as they are laid out now."""
        return self._scene

    @property
    def amount(self) -> Amount:
        """How much moves."""
        return self.motion.amount

    @amount.setter
    def amount(self, amount: Amount) -> None:
        self.motion.amount = Amount(amount)
        if self.motion.amount is Amount.NONE:
            self.motion.stop()
        self.update()

    @property
    def detail(self) -> Depth:
        """How much of the machine is told."""
        return self._depth

    @detail.setter
    def detail(self, depth: Depth) -> None:
        if depth is not self._depth:
            self._left[self._depth] = self._looks
            self._depth = Depth(depth)
            self._looks = self._left.pop(self._depth, viewpoints(self._depth))
            self.motion.stop()
            self.walk.clicked(-1)
            self._lay_out()

    @property
    def looks(self) -> tuple[Viewpoint, ...]:
        """How the reader looks at each column."""
        return tuple(self._looks)

    @looks.setter
    def looks(self, looks: tuple[Viewpoint, ...]) -> None:
        if len(looks) == len(self._looks) and looks != tuple(self._looks):
            self._looks = list(looks)
            self.motion.stop()
            self._lay_out()

    @property
    def marking(self) -> Marking | None:
        """Where other machines differ from this one."""
        return self._marking

    @marking.setter
    def marking(self, marking: Marking | None) -> None:
        if marking is not self._marking:
            self._marking = marking
            if self._scene is not None:
                self._scene.mark(marking)
                self._backdrop.forget()
            self.update()

    def echo(self, things: tuple[Selected, ...]) -> None:
        """Light what is pointed at in a canvas beside this one."""
        if things != self._echoes:
            self._echoes = things
            self.update()

    @property
    def in_company(self) -> bool:
        """There are others beside it: it may be small, and shows its machine without what is known of the run."""
        return self._least is SMALL

    @in_company.setter
    def in_company(self, there: bool) -> None:
        if there != self.in_company:
            self._least = SMALL if there else LEAST
            self.updateGeometry()
            self._lay_out()

    def fit(self) -> None:
        """Show every column whole again."""
        self._looks = viewpoints(self._depth)
        self.motion.stop()
        self._lay_out()
        if self._scene is not None and any(column.most_scroll for column in self._scene.columns):
            # Lines of words may be longer than the column: all of it is in sight one kind of cell further out.
            self._looks = [Viewpoint(column.zooms[0]) for column in self._scene.columns]
            self._lay_out()
        self.looked.emit()

    @property
    def selection(self) -> tuple[Selected, ...]:
        """What is selected."""
        return self._selection

    @property
    def legend_visible(self) -> bool:
        """The legend stands under the columns."""
        return self._legend

    @legend_visible.setter
    def legend_visible(self, shown: bool) -> None:
        if shown != self._legend:
            self._legend = shown
            self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(1240), theme.px(640))

    def minimumSizeHint(self) -> QSize:
        scale = theme.switch().scale
        scale = SMALLEST if scale > 1 else scale
        return QSize(round(self._least[0] * scale), round(self._least[1] * scale))

    def _share(self) -> float:
        """How much of the type size is used: less where there is no room for large type, so that nothing is cut off."""
        scale = theme.switch().scale
        if scale <= 1:
            return 1.0
        fitting = min(self.width() / self._least[0], self.height() / self._least[1])
        return min(1.0, max(SMALLEST, int(fitting * 20) / 20) / scale)

    def description(self) -> str:
        """All that is selected as text."""
        return as_text(self._moment, self._selection) if self._moment is not None else ""

    def copy(self) -> None:
        """Put the description of what is selected into the clipboard."""
        text = self.description()
        if text:
            QGuiApplication.clipboard().setText(text)

    # -- laying out ------------------------------------------------------------------------------

    def _area(self, style: Style) -> tuple[QRectF, QRectF]:
        """Where the columns are, and the legend."""
        # Smaller than this nothing can be told apart: what does not fit is cut off.
        least = style.px(self._least[0]), style.px(self._least[1])
        whole = QRectF(0, 0, max(self.width(), least[0]), max(self.height(), least[1]))
        if not self._legend:
            return whole, QRectF()
        high = style.px(LEGEND_HEIGHT)
        legend = QRectF(whole.left(), style.snap(whole.bottom() - high), whole.width(), high)
        return whole.adjusted(0, 0, 0, -high - style.px(GUTTER) + style.px(2)), legend

    def _lay_out(self) -> None:
        self._backdrop.forget()
        if self._facts is not None and self.width() > 40 and self.height() > 40:
            style = Style.now(self.devicePixelRatioF(), self._share())
            area = self._area(style)[0]
            self._scene = Scene.of(
                self._facts, area, style, self._looks, self._depth, self._marking,
                NO_RUN if self.in_company else self._run,
            )  # fmt: skip
            self._looks = [column.look for column in self._scene.columns]
            self.voices.follow(self._scene)
            self._chains()
        self.update()

    def _chains(self) -> None:
        """Find what hangs together with the selection, and what the card of one entry is about."""
        self.lit.clear()
        first = None
        if self._moment is not None and self._scene is not None and self._selection:
            first = self.lit.follow(self._moment.view, self._scene, self._selection)
        self._tell_entry(first)

    def _tell_entry(self, selected: Chain | None) -> None:
        """What the card under the page tables is about, where there is one."""
        there = self._moment is not None and self._scene is not None and not self._scene.entry_box.isEmpty()
        about = None
        if there and self._moment is not None:
            about = subject(replace(self._moment, selection=self._selection), selected)
        self.entry.tell(self._moment if there else None, about)

    def _set_off(self, before: Moment | None, old: Scene | None) -> None:
        """Let what moved between two moments that are neighbours move on screen."""
        now = self._moment
        assert now is not None
        neighbours = (
            before is not None and before.epoch == now.epoch and before.branch == now.branch and not now.skipping
            and abs(now.transition.number - before.transition.number) == 1
        )  # fmt: skip
        if not neighbours or old is None or self._scene is None or before is None or not self.isVisible():
            self.motion.stop()
            return
        if now.transition.number > before.transition.number:
            self.motion.start(tokens(now.transition, old, self._scene, self._changed), playing=now.playing)
        else:
            self.motion.start(tokens(before.transition, self._scene, old, changed_things(before)), True, now.playing)

    def _restyle(self) -> None:
        self.motion.stop()
        self.updateGeometry()
        self._lay_out()

    def _tell(self) -> None:
        """What a screen reader says of the widget."""
        assert self._moment is not None
        if not self._moment.skipping:
            self.setAccessibleDescription(self._moment.sentence)

    # -- drawing ---------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            # A painter that outlives an error takes the process with it.
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._scene is None or self._facts is None:
            painter.fillRect(self.rect(), QColor(theme.current().window))
            painter.setPen(QColor(theme.current().dim))
            text = translate("Canvas", "Open a scenario to see its machine.")
            if self.in_company:
                text = translate("Canvas", "This machine is on its way to the cursor.")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        style = self._scene.columns[0].style
        if style.ratio != self.devicePixelRatioF():
            self._lay_out()
            style = self._scene.columns[0].style
        legend = self._area(style)[1]
        if keeps_lines(painter):
            self._backdrop.draw(painter, self._scene, legend, QRectF(self.rect()), style)
        else:
            self._backdrop.paint(painter, self._scene, legend, self.size(), style)
        self._paint_over(painter, style)

    def _paint_over(self, painter: QPainter, style: Style) -> None:
        assert self._scene is not None
        if not self._scene.entry_box.isEmpty():
            self.entry.paint(painter, self._scene.entry_box, style)
            self._paint_followed(painter, style)
        for thing in self._changed[:MOST_OUTLINES]:
            for rect in self._scene.places(thing):
                paint_outline(painter, rect, style, "warning", 1.4)
        self.lit.paint(painter, self._scene, style)
        for thing in self._echoes:
            for rect in self._scene.places(thing):
                paint_outline(painter, rect, style, "text", 1.6)
        if self._hovered is not None:
            for rect in self._scene.places(self._hovered):
                paint_outline(painter, rect, style, "dim", 1.2)
        if self.walk.walking and self.hasFocus():
            style.card(painter, self._scene.columns[self.walk.column].box, "", "accent", radius=8, width=1.6)
        if not self.pointer.band.isEmpty():
            painter.setPen(style.theme.colour("selection"))
            painter.setBrush(style.theme.colour("selection", 0.12))
            painter.drawRect(self.pointer.band)
        self.motion.paint(painter, style)

    def _paint_followed(self, painter: QPainter, style: Style) -> None:
        """The line of the card of one entry that the pointer could follow now."""
        link = self._link_at(self.pointer.at) if self._hovered is not None else None
        if link is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.theme.colour("selection", 0.12))
            painter.drawRoundedRect(link[0].adjusted(-style.px(4), 0, style.px(4), 0), style.px(3), style.px(3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.motion.stop()
        self._lay_out()

    # -- pointer ---------------------------------------------------------------------------------

    def at(self, point: QPointF) -> Selected | None:
        """The thing at a point: drawn there, or named by a line of the card of one entry."""
        link = self._link_at(point)
        return link[1] if link is not None else self._scene.at(point) if self._scene is not None else None

    def _link_at(self, point: QPointF) -> tuple[QRectF, Selected] | None:
        if self._scene is None or not self._scene.entry_box.contains(point):
            return None
        return self.entry.link_at(point, self._scene.entry_box, self._scene.columns[0].style)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.pointer.move(event):
            return
        found, inviting = self.at(event.position()), self._invites(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found or inviting else Qt.CursorShape.ArrowCursor)
        if found != self._hovered:
            self._hovered = found
            self.pointed_at.emit(found)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hovered = None
            self.pointed_at.emit(None)
            self.update()

    def _invites(self, point: QPointF) -> bool:
        return self._scene is not None and self._scene.invitation_box.contains(point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._invites(event.position()):
            self.comparison_wanted.emit()
        elif not self.pointer.press(event):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointer.release()
        self.update()
        super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        place = self._scene.column_at(event.position()) if self._scene is not None else -1
        turned = event.angleDelta().y()
        if place < 0 or not turned:
            event.ignore()
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(place, 1 if turned > 0 else -1, event.position())
        else:
            self.scroll_to(place, self._looks[place].scroll - turned * 0.6)
        event.accept()

    def zoom(self, place: int, steps: int, about: QPointF | None = None) -> None:
        """Show column ``place`` in more (or less) detail; the thing at ``about`` stays where it is."""
        if self._scene is None:
            return
        column, look = self._scene.columns[place], self._looks[place]
        wanted = min(column.zooms[1], max(column.zooms[0], look.zoom + steps))
        if wanted == look.zoom:
            return
        anchor = column.at(about) if about is not None else next(
            (thing for thing in (*self._selection, *self.lit.things) if column.find(thing)), None
        )  # fmt: skip
        before = column.raw(anchor) if anchor is not None else None
        self._looks[place] = Viewpoint(wanted, look.scroll)
        self.motion.stop()
        self._lay_out()
        after = self._scene.columns[place].raw(anchor) if anchor is not None else None
        if before is not None and after is not None:
            self.scroll_to(place, self._looks[place].scroll + after.center().y() - before.center().y())
        self.looked.emit()

    def zoom_of(self, place: int) -> int:
        """Steps by which column ``place`` is closer than at the level where everything fits."""
        return self._looks[place].zoom

    def scroll_to(self, place: int, scroll: float) -> None:
        """Show another part of column ``place``, ``scroll`` logical pixels from its top."""
        assert self._scene is not None
        scroll = min(max(0.0, scroll), self._scene.columns[place].most_scroll)
        if scroll != self._looks[place].scroll:
            self._looks[place] = Viewpoint(self._looks[place].zoom, scroll)
            self.motion.stop()
            self._lay_out()
            self.looked.emit()

    def _reveal(self) -> None:
        """Bring into sight what was selected in another view, where its column is scrolled elsewhere."""
        assert self._scene is not None
        first = self._selection[0]
        for place, column in enumerate(self._scene.columns):
            found = column.find(first)
            if found is not None and not found[0].echo and not column.visible(first):
                self.scroll_to(place, column.scroll_to(first))

    # -- selection -------------------------------------------------------------------------------

    def choose(self, things: tuple[Selected, ...]) -> None:
        """Select these, and say so."""
        if things == self._selection:
            self.update()
            return
        self._selection = things
        self._chains()
        self.update()
        told = things[:3]
        assert self._moment is not None
        self.setAccessibleDescription(as_text(self._moment, told).replace("\n", "; "))
        self.selected.emit(things)

    # -- keys ------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tip(event)
            return True
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            copies = event.matches(QKeySequence.StandardKey.Copy) and bool(self._selection)
            if copies or self.walk.wants(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._scene is None:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Escape and (self.walk.walking or self._selection):
            self.walk.leave()
            self.choose(())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.walk.enter(self._scene, (*self._selection, *self.lit.things)))
        elif self.walk.walking and event.key() in ARROWS:
            self._go(self.walk.step(self._scene, self._selection, event.key()))
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) and self.walk.column >= 0:
            self.zoom(self.walk.column, 1)
        elif event.key() == Qt.Key.Key_Minus and self.walk.column >= 0:
            self.zoom(self.walk.column, -1)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab goes from column to column, and on to the next widget after the last."""
        if self._scene is not None and self.walk.tab(forwards, len(self._scene.columns)):
            self._go(self.walk.enter(self._scene, (*self._selection, *self.lit.things)))
            return True
        self.update()
        return super().focusNextPrevChild(forwards)

    def _go(self, thing: Selected | None) -> None:
        """Select what the keyboard came to, and bring it into sight."""
        if thing is not None and self._scene is not None:
            place = self.walk.column
            self.scroll_to(place, self._scene.columns[place].scroll_to(thing))
            self.choose((thing,))
        self.update()

    # -- tooltips --------------------------------------------------------------------------------

    def _tip(self, event: QHelpEvent) -> None:
        if self._scene is None:
            return
        point = QPointF(event.pos())
        thing = self.at(point)
        text = as_tip(self._moment, thing) if thing is not None and self._moment is not None else ""
        if not text and self._scene.entry_box.contains(point):
            text = self.entry.tip()
        place = self._scene.column_at(point)
        if not text and place >= 0:
            text = self._scene.columns[place].hint_at(point)
        if not text and self._facts is not None:
            style = self._scene.columns[0].style
            text = legend_hint(self._area(style)[1], point, self._facts, style, self._marking)
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()
