"""Three arrangements of the panels, each remembered as it was left: for a lecture, to explore, to compare."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject

if TYPE_CHECKING:
    from app.settings import Settings
    from app.shell.docks import Docks

NAMES: tuple[str, ...] = ("lecture", "explore", "compare")
FIRST = "explore"


class Arrangements(QObject):
    """Which arrangement there is now, and what the others were like when they were left."""

    def __init__(self, docks: Docks, settings: Settings) -> None:
        super().__init__(docks)
        self._docks, self._settings = docks, settings

    @property
    def current(self) -> str:
        """The name of the arrangement now shown."""
        name: str = self._settings.get("arrangement")
        return name if name in NAMES else FIRST

    def choose(self, name: str) -> None:
        """Leave this arrangement as it is and show another as it was left, or as it comes."""
        if name == self.current:
            return
        kept = dict(self._settings.get("arrangements"))
        kept[self.current] = as_text(self._docks.save())
        self._settings.set("arrangements", kept)
        self._settings.set("arrangement", name)
        layout = from_text(kept.get(name))
        self._docks.arrange(name)
        if layout is not None:
            self._docks.restore(layout)
        self._settings.set("layout", as_text(self._docks.save()))

    def reset(self) -> None:
        """This arrangement as it comes."""
        self._docks.arrange(self.current)


def as_text(layout: QByteArray) -> str:
    """A layout's bytes for a settings or replay file."""
    return base64.b64encode(layout.data()).decode()


def from_text(text: object) -> QByteArray | None:
    """The bytes again; None for what is no such text."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return None
