"""The widget that shows the machine: four columns, what is selected among them, and what moves.

It holds no state of the machine. A moment is read into facts, the facts are laid out as a scene,
the scene is painted once into a pixmap; selection, changes and tokens are drawn over that. Pointer
and keys only change the selection (said by ``selected``) and each column's scroll and zoom.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
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
from app.canvas.column import Viewpoint
from app.canvas.depth import Depth
from app.canvas.facts import Facts, facts_of
from app.canvas.legend import HEIGHT as LEGEND_HEIGHT
from app.canvas.links import Link, chain_links, paint_links, paint_outline
from app.canvas.motion import Amount, Motion, tokens
from app.canvas.scene import COLUMNS, GUTTER, Scene
from app.canvas.style import Style
from app.canvas.telling import as_text, as_tip
from app.canvas.walk import ARROWS, Walk
from app.moment import Moment, Selected, Thing
from engine.reading import Place, chain

MOST_OUTLINES = 300


class MachineCanvas(QWidget):
    """The machine at one moment."""

    selected = Signal(object)
    """tuple[Selected, ...]: what is selected now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("The machine")
        self.motion = Motion(self)
        self.motion.moved.connect(self.update)
        self._legend = True
        self._depth = Depth.MECHANISM
        self._moment: Moment | None = None
        self._facts: Facts | None = None
        self._scene: Scene | None = None
        self._backdrop = Backdrop()
        self._looks = [Viewpoint() for _ in COLUMNS]
        self._selection: tuple[Selected, ...] = ()
        self._changed: tuple[Selected, ...] = ()
        self._outlined: list[Selected] = []
        self._links: list[Link] = []
        self._hovered: Selected | None = None
        self.walk = Walk()
        theme.switch().changed.connect(self._restyle)

    # -- what is shown ---------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """Show another moment, or the same one with another selection."""
        before, old = self._moment, self._scene
        self._moment = moment
        self._selection = moment.selection
        if (
            before is not None
            and old is not None
            and before.view is moment.view
            and before.transition is moment.transition
        ):
            self._chains()
            self.update()
            return
        if before is not None and before.epoch != moment.epoch:
            self._looks = [Viewpoint() for _ in COLUMNS]
        self._facts = facts_of(moment)
        self._changed = () if moment.skipping else changed_things(moment)
        self._lay_out()
        self._set_off(before, old)
        self._tell()

    def clear(self) -> None:
        """Show nothing."""
        self.motion.stop()
        self._moment = self._facts = self._scene = None
        self._backdrop.forget()
        self._outlined, self._links, self._changed, self._selection = [], [], (), ()
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
    def depth(self) -> Depth:
        """How much of the machine is told."""
        return self._depth

    @depth.setter
    def depth(self, depth: Depth) -> None:
        if depth is not self._depth:
            self._depth = Depth(depth)
            self.motion.stop()
            self.fit()

    def fit(self) -> None:
        """Show every column whole again."""
        self._looks = [Viewpoint() for _ in self._looks]
        self._lay_out()

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
        return QSize(theme.px(640), theme.px(360))

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
        least = self.minimumSizeHint()
        whole = QRectF(0, 0, max(self.width(), least.width()), max(self.height(), least.height()))
        if not self._legend:
            return whole, QRectF()
        high = style.px(LEGEND_HEIGHT)
        legend = QRectF(whole.left(), style.snap(whole.bottom() - high), whole.width(), high)
        return whole.adjusted(0, 0, 0, -high - style.px(GUTTER) + style.px(2)), legend

    def _lay_out(self) -> None:
        self._backdrop.forget()
        if self._facts is not None and self.width() > 40 and self.height() > 40:
            style = Style.now(self.devicePixelRatioF())
            self._scene = Scene.of(self._facts, self._area(style)[0], style, self._looks)
            self._looks = [column.look for column in self._scene.columns]
            self._chains()
        self.update()

    def _chains(self) -> None:
        """Find what hangs together with the selection, and the curves along it."""
        self._outlined, self._links = [], []
        if self._moment is None or self._scene is None:
            return
        style = self._scene.columns[0].style
        for thing in self._selection:
            found = chain(self._moment.view, thing)
            self._links += chain_links(found, self._scene, style)
            self._outlined += [_selected(place) for place in found.places()]
            if thing not in self._outlined:
                self._outlined.append(thing)

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
            self.motion.start(tokens(now.transition, old, self._scene, self._changed))
        else:
            self.motion.start(tokens(before.transition, self._scene, old, changed_things(before)), backwards=True)

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
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Open a scenario to see its machine.")
            return
        style = self._scene.columns[0].style
        if style.ratio != self.devicePixelRatioF():
            self._lay_out()
            style = self._scene.columns[0].style
        picture = self._backdrop.picture(self._scene, self._area(style)[1], self.size(), style)
        painter.drawPixmap(QPoint(0, 0), picture)
        self._paint_over(painter, style)

    def _paint_over(self, painter: QPainter, style: Style) -> None:
        assert self._scene is not None
        for thing in self._changed[:MOST_OUTLINES]:
            for rect in self._scene.places(thing):
                paint_outline(painter, rect, style, "warning", 1.4)
        paint_links(painter, self._links, style)
        for thing in self._outlined[:MOST_OUTLINES]:
            for rect in self._scene.places(thing):
                paint_outline(painter, rect, style)
        if self._hovered is not None:
            for rect in self._scene.places(self._hovered):
                paint_outline(painter, rect, style, "dim", 1.2)
        if self.walk.walking and self.hasFocus():
            style.card(painter, self._scene.columns[self.walk.column].box, "", "accent", radius=8, width=1.6)
        self.motion.paint(painter, style)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.motion.stop()
        self._lay_out()

    # -- pointer ---------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._scene.at(event.position()) if self._scene is not None else None
        if found != self._hovered:
            self._hovered = found
            self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hovered = None
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._scene is None:
            super().mousePressEvent(event)
            return
        self.walk.clicked(self._scene.column_at(event.position()))
        found = self._scene.at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if found is not None:
                self._select(_toggled(self._selection, found))
        else:
            self._select((found,) if found is not None else ())

    def wheelEvent(self, event: QWheelEvent) -> None:
        place = self._scene.column_at(event.position()) if self._scene is not None else -1
        turned = event.angleDelta().y()
        if place < 0 or not turned:
            event.ignore()
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(place, 1 if turned > 0 else -1, event.position())
        else:
            self._scroll(place, self._looks[place].scroll - turned * 0.6)
        event.accept()

    def zoom(self, place: int, steps: int, about: QPointF | None = None) -> None:
        """Show column ``place`` in more (or less) detail; the thing at ``about`` stays in sight."""
        look = self._looks[place]
        wanted = min(40, max(0, look.zoom + steps))
        if wanted == look.zoom or self._scene is None:
            return
        anchor = self._scene.columns[place].at(about) if about is not None else None
        self._looks[place] = Viewpoint(wanted, look.scroll if wanted else 0.0)
        self._lay_out()
        if anchor is not None:
            self._scroll(place, self._scene.columns[place].scroll_to(anchor))

    def zoom_of(self, place: int) -> int:
        """Steps by which column ``place`` is closer than at the level where everything fits."""
        return self._looks[place].zoom

    def _scroll(self, place: int, scroll: float) -> None:
        assert self._scene is not None
        scroll = min(max(0.0, scroll), self._scene.columns[place].most_scroll)
        if scroll != self._looks[place].scroll:
            self._looks[place] = Viewpoint(self._looks[place].zoom, scroll)
            self.motion.stop()
            self._lay_out()

    # -- selection -------------------------------------------------------------------------------

    def _select(self, things: tuple[Selected, ...]) -> None:
        if things == self._selection:
            self.update()
            return
        self._selection = things
        self._chains()
        self.update()
        self.setAccessibleDescription(self.description().replace("\n", "; "))
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
            self._select(())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.walk.enter(self._scene, (*self._selection, *self._outlined)))
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
        if self._scene is not None and self.walk.tab(forwards):
            self._go(self.walk.enter(self._scene, (*self._selection, *self._outlined)))
            return True
        self.update()
        return super().focusNextPrevChild(forwards)

    def _go(self, thing: Selected | None) -> None:
        """Select what the keyboard came to, and bring it into sight."""
        if thing is not None and self._scene is not None:
            place = self.walk.column
            self._scroll(place, self._scene.columns[place].scroll_to(thing))
            self._select((thing,))
        self.update()

    # -- tooltips --------------------------------------------------------------------------------

    def _tip(self, event: QHelpEvent) -> None:
        if self._scene is None:
            return
        point = QPointF(event.pos())
        thing = self._scene.at(point)
        text = as_tip(self._moment, thing) if thing is not None and self._moment is not None else ""
        place = self._scene.column_at(point)
        if not text and place >= 0:
            text = self._scene.columns[place].hint_at(point)
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()


def _selected(place: Place) -> Selected:
    return Selected(Thing(place.thing), place.number, place.owner)


def _toggled(selection: tuple[Selected, ...], thing: Selected) -> tuple[Selected, ...]:
    return tuple(one for one in selection if one != thing) if thing in selection else (*selection, thing)
