"""The bits of a word as a strip of coloured fields, highest bit first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from engine.explain import Field, Role, Word

HEIGHT = 26
GAP = 2
_PADDING = 8
_WIDE = 24
"""Least width of a field of several bits that has a name."""


class BitStrip(QWidget):
    """One field at a time can be pointed at: with the mouse, or with the arrow keys."""

    field_chosen = Signal(object)
    """A field was clicked or reached by a key: :class:`engine.explain.Field`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word: Word | None = None
        self.chosen = -1
        self.changed = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Bits of the word"))
        theme.switch().changed.connect(self.updateGeometry)

    def show_word(self, word: Word | None, changed: bool = False) -> None:
        """Draw this word; ``changed`` marks one that the transition wrote."""
        if word == self.word and changed == self.changed:
            return
        if word is None or self.word is None or len(word.fields) != len(self.word.fields):
            self.chosen = -1
        self.word, self.changed = word, changed
        self.setAccessibleDescription("" if word is None else "; ".join(map(field_text, word.fields)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(HEIGHT) + 4)

    minimumSizeHint = sizeHint

    def boxes(self) -> list[QRectF]:
        """Where each field is drawn: flags just wide enough, the widest fields share what is left."""
        if self.word is None:
            return []
        metrics = QFontMetricsF(theme.mono(11))
        gap = float(theme.px(GAP))
        least = [self._least(field, metrics) for field in self.word.fields]
        room = self.width() - 2 - gap * (len(least) - 1)
        if sum(least) > room:
            least = [width * room / sum(least) for width in least]
        spare = room - sum(least)
        weights = [f.width if f.width > 8 and f.role is not Role.UNUSED else 0 for f in self.word.fields]
        if not any(weights):
            weights = [field.width for field in self.word.fields]
        boxes, x = [], 1.0
        for width, weight in zip(least, weights, strict=True):
            wide = width + spare * weight / sum(weights)
            boxes.append(QRectF(x, 2.0, wide, float(theme.px(HEIGHT))))
            x += wide + gap
        return boxes

    def _least(self, field: Field, metrics: QFontMetricsF) -> float:
        label = _label(field)
        pad = theme.px(_PADDING)
        if field.width == 1:
            return max(metrics.horizontalAdvance("0") + pad, metrics.horizontalAdvance(label) + pad)
        if field.role is Role.UNUSED:
            return metrics.horizontalAdvance("00") + pad
        return max(theme.px(_WIDE), metrics.horizontalAdvance(label) + pad)

    # -- drawing ------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.word is None:
            return
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.mono(11))
        metrics, radius = QFontMetricsF(painter.font()), theme.px(3)
        for index, (field, box) in enumerate(zip(self.word.fields, self.boxes(), strict=True)):
            fill, ink = _colours(field, now)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(box, radius, radius)
            painter.setPen(ink)
            if metrics.horizontalAdvance(_label(field)) <= box.width():
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _label(field))
            if index == self.chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(now.colour("selection"), 1.5))
                painter.drawRoundedRect(box.adjusted(-0.5, -0.5, 0.5, 0.5), radius, radius)
        if self.changed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.colour("accent"))
            painter.drawRect(QRectF(1, self.height() - 2.0, self.width() - 2.0, 2.0))
        painter.end()

    # -- pointing -----------------------------------------------------------------------------

    def field_at(self, x: float) -> int:
        """Index of the field at a horizontal place, -1 beside them all."""
        for index, box in enumerate(self.boxes()):
            if box.left() - 1 <= x <= box.right() + 1:
                return index
        return -1

    def choose(self, index: int) -> None:
        """Point at a field."""
        if self.word is None or not 0 <= index < len(self.word.fields):
            return
        self.chosen = index
        self.update()
        self.field_chosen.emit(self.word.fields[index])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.choose(self.field_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self.word.fields) if self.word else 0
        steps = {Qt.Key.Key_Right: self.chosen + 1, Qt.Key.Key_Left: max(self.chosen - 1, 0), Qt.Key.Key_Home: 0,
                 Qt.Key.Key_End: count - 1}  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps and count:
            self.choose(min(steps[key], count - 1))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.field_at(event.pos().x())
            text = field_text(self.word.fields[index]) if self.word is not None and index >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def field_text(field: Field) -> str:
    """A field in one line: its bits, its value, its meaning and the kernel's name."""
    name = f"{field.name} = {field.value}" if field.name else f"= {field.value:#x}" if field.value else "= 0"
    kernel = f" · {field.kernel}" if field.kernel else ""
    return f"{field.bits} · {name}{kernel}: {field.meaning}"


def _label(field: Field) -> str:
    if field.role is Role.UNUSED:
        return "0" if field.width == 1 or field.raw == 0 else "…"
    if field.role is Role.PRESENT:
        return f"{field.name}={field.value}"
    return field.name


def _colours(field: Field, now: theme.Theme) -> tuple[QColor, QColor]:
    """Surface and ink of a field."""
    names = {Role.TYPE: "disk", Role.OFFSET: "zswap", Role.FRAME: "active", Role.COUNT: "zswap", Role.TAG: "disk"}
    if field.role is Role.PRESENT:
        name = "active" if field.value else "danger"
    elif field.role is Role.FLAG:
        name = "swapcache" if field.value else ""
    else:
        name = names.get(field.role, "")
    if not name:
        return now.colour("raised_edge" if field.role is Role.FLAG else "raised"), now.colour("dim")
    return now.colour(name), QColor("#10161d" if now.dark else "#ffffff")
