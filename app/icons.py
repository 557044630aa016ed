"""Icons: glyphs of the Material Design font that comes in the package qtawesome, drawn in one colour.

Only the files of that package are used. Importing it reads a dozen fonts and loads half of Qt besides,
a quarter of a second before the first paint, for one glyph a button.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

PREFIX = "mdi6."
"""Before every name, as qtawesome has it: version 6 of the Material Design Icons."""
GLYPH = 0.875
"""Height of the type in an icon's: the glyphs reach a little beyond it."""


@lru_cache(maxsize=1024)
def icon(name: str, colour: str, disabled: str, flip: bool = False) -> QIcon:
    """An icon by its name (``mdi6.play``) in the colours ``#rrggbb``; KeyError when the font has no such glyph."""
    return QIcon(_Glyph(_codes()[name.removeprefix(PREFIX)], colour, disabled, flip))


class _Glyph(QIconEngine):
    """Draws one character, in any size asked for."""

    def __init__(self, character: str, colour: str, disabled: str, flip: bool) -> None:
        super().__init__()
        self._character, self._flip = character, flip
        self._colours = QColor(colour), QColor(disabled)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """The glyph, in the middle of ``rect``."""
        font = QFont(_family())
        font.setPixelSize(max(1, round(GLYPH * rect.height())))
        painter.save()
        painter.setFont(font)
        painter.setPen(self._colours[mode == QIcon.Mode.Disabled])
        if self._flip:
            painter.translate(2 * rect.x() + rect.width(), 0)
            painter.scale(-1, 1)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The same on a ground that is not there."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Another one, for an icon that is to be changed."""
        colour, disabled = self._colours
        return _Glyph(self._character, colour.name(), disabled.name(), self._flip)


def _file(pattern: str) -> Path:
    spec = find_spec("qtawesome")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return next((Path(spec.submodule_search_locations[0]) / "fonts").glob(pattern))


@lru_cache
def _codes() -> dict[str, str]:
    """The font's characters by the names of their icons."""
    codes = json.loads(_file("materialdesignicons6-webfont-charmap-*.json").read_bytes())
    return {name: chr(int(code, 16)) for name, code in codes.items()}


@lru_cache
def _family() -> str:
    """The font's name, once it is loaded."""
    number = QFontDatabase.addApplicationFont(str(_file("materialdesignicons6-webfont-[0-9]*.ttf")))
    return QFontDatabase.applicationFontFamilies(number)[0]
