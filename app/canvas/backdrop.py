"""The still picture of a scene, shown many times while tokens and outlines move over it.

A scene that is shown once, as in a run that plays fast, is painted where it is wanted; from the second
time on it is copied from a picture.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.canvas.legend import legend_key, paint_legend
from app.canvas.scene import Scene
from app.canvas.style import Style, keeps_lines
from app.canvas.way_out import paint_way


class Backdrop:
    """Pixmaps of the columns with all they hold, and of the empty cards below them."""

    def __init__(self) -> None:
        self._picture: QPixmap | None = None
        self._stale = True
        self._shown = False
        """The scene was painted before."""
        self._legend: tuple[object, QPixmap] | None = None
        self._ground: tuple[object, QPixmap] | None = None

    def forget(self) -> None:
        """The scene is another one."""
        self._stale, self._shown = True, False

    def paint(self, painter: QPainter, scene: Scene, legend: QRectF, size: QSize, style: Style) -> None:
        """Paint columns and legend (none where its box is empty), ``size`` logical pixels large."""
        if self._shown:
            painter.drawPixmap(QPoint(0, 0), self.picture(scene, legend, size, style))
            return
        self._shown = True
        painter.drawPixmap(QPoint(0, 0), self._cards(scene, legend, size, style))
        self._contents(painter, scene, legend, style)

    def picture(self, scene: Scene, legend: QRectF, size: QSize, style: Style) -> QPixmap:
        """Columns and legend (none where its box is empty), ``size`` logical pixels large."""
        if self._picture is not None and not self._stale and self._picture.size() == size * style.ratio:
            return self._picture
        ground = self._cards(scene, legend, size, style)
        if self._picture is None or self._picture.size() != ground.size():
            self._picture = QPixmap(ground.size())
        self._picture.setDevicePixelRatio(style.ratio)
        # The same pixels are painted again: new ones for every frame would cost more than what is drawn.
        painter = QPainter(self._picture)
        try:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawPixmap(0, 0, ground)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._contents(painter, scene, legend, style)
        finally:
            # A painter that outlives an error takes the process with it.
            painter.end()
        self._stale = False
        return self._picture

    def draw(self, painter: QPainter, scene: Scene, legend: QRectF, box: QRectF, style: Style) -> None:
        """The same with a painter of one's own, for what keeps lines as lines."""
        painter.fillRect(box, QColor(style.theme.window))
        for card in self._boxes(scene, legend):
            style.card(painter, card, "panel", radius=8)
        self._contents(painter, scene, legend, style)

    @staticmethod
    def _boxes(scene: Scene, legend: QRectF) -> list[QRectF]:
        return [column.box for column in scene.columns] + ([] if legend.isEmpty() else [legend])

    def _contents(self, painter: QPainter, scene: Scene, legend: QRectF, style: Style) -> None:
        for column in scene.columns:
            column.paint(painter)
        paint_way(painter, scene, style)
        if legend.isEmpty():
            return
        if keeps_lines(painter):
            paint_legend(painter, legend, scene.facts, style, scene.marking)
            return
        # It says the same from one moment to the next, nearly always.
        key = (style.theme.name, style.scale, style.ratio, legend.size(), legend_key(scene.facts, scene.marking))
        if self._legend is None or self._legend[0] != key:
            made = QPixmap((legend.size() * style.ratio).toSize())
            made.setDevicePixelRatio(style.ratio)
            made.fill(Qt.GlobalColor.transparent)
            inner = QPainter(made)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_legend(inner, QRectF(0, 0, legend.width(), legend.height()), scene.facts, style, scene.marking)
            inner.end()
            self._legend = key, made
        painter.drawPixmap(legend.topLeft(), self._legend[1])

    def _cards(self, scene: Scene, legend: QRectF, size: QSize, style: Style) -> QPixmap:
        """The empty cards; the same for every moment, and large enough to be worth keeping."""
        boxes = self._boxes(scene, legend)
        key = (style.theme.name, style.scale, style.ratio, size, tuple(box.getRect() for box in boxes))
        if self._ground is None or self._ground[0] != key:
            ground = QPixmap(size * style.ratio)
            ground.setDevicePixelRatio(style.ratio)
            ground.fill(QColor(style.theme.window))
            painter = QPainter(ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for box in boxes:
                style.card(painter, box, "panel", radius=8)
            painter.end()
            self._ground = key, ground
        return self._ground[1]
