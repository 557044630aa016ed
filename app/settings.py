"""What the window remembers between two starts, in one small JSON file.

A broken file never stops the start: it is set aside beside itself and :attr:`Settings.notice` says
so. Values are read through the declared defaults, so that a value of the wrong type counts as
never set. The folder is ``SWAPSCOPE_CONFIG_DIR``, or the platform's own place for settings.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths

from engine.kept import KeptTable

DEFAULTS: dict[str, Any] = {
    "theme": "dark",
    "type_scale": 1.0,
    "recent": [],
    "geometry": "",
    "layout": "",
    "speed": 12,
    "unit": "transition",
    "event": "written back",
    "follow_file": True,
    "motion": "full",
    "depth": "mechanism",
    "legend": True,
    "lesson_stops": True,
    "lecture_scale": 1.5,
    "language": "system",
    "arrangement": "explore",
    "arrangements": {},
    "bookmarks": {},
    "own_folder": "",
    "editor_layout": [],
    "compare_view": "side",
    "charts": {},
}
"""Every key there is, with its value until it is set. ``geometry`` and ``layout`` are Qt's bytes in base 64."""

RECENT_FILES = 10


def config_dir() -> Path:
    """The folder of the settings; it need not exist yet."""
    named = os.environ.get("SWAPSCOPE_CONFIG_DIR")
    if named:
        return Path(named)
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(place or Path.home()) / "swapscope"


def cache_dir() -> Path:
    """The folder of what can be made again, such as the scenarios' pictures; it need not exist yet."""
    named = os.environ.get("SWAPSCOPE_CACHE_DIR")
    if named:
        return Path(named)
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    return Path(place or Path.home()) / "swapscope"


class Settings:
    """The settings of one folder. A folder that cannot be written is no error: the window forgets, that is all."""

    def __init__(self, folder: Path | None = None) -> None:
        self._kept = KeptTable((folder or config_dir()) / "settings.json")

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return self._kept.file

    @property
    def notice(self) -> str:
        """What was wrong with the file, for the person to read; empty when nothing was."""
        kept = self._kept
        if not kept.trouble:
            return ""
        if kept.aside is None:
            return f"The settings in {kept.file} could not be read ({kept.trouble}); Swapscope starts anew."
        return f"The settings could not be read ({kept.trouble}). They are kept in {kept.aside}; Swapscope starts anew."

    def get(self, key: str) -> Any:
        """The value of a declared key; its default until it is set."""
        default = DEFAULTS[key]
        value = self._kept.values.get(key, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        return value if type(value) is type(default) else default

    @staticmethod
    def default(key: str) -> Any:
        """What a key is until it is set."""
        return DEFAULTS[key]

    def set(self, key: str, value: Any) -> None:
        """Remember a value; it is on disk when this returns."""
        if key not in DEFAULTS:
            raise KeyError(key)
        if self._kept.values.get(key) != value:
            self._kept.values[key] = value
            self._kept.write()

    def recent(self) -> list[Path]:
        """Files opened last, newest first, those that still exist."""
        paths = [Path(name) for name in self.get("recent") if isinstance(name, str)]
        return [path for path in paths if path.is_file()]

    def note_opened(self, path: Path) -> None:
        """Put a file at the top of the recent ones."""
        name = str(path.resolve())
        others = [other for other in self.get("recent") if isinstance(other, str) and other != name]
        self.set("recent", [name, *others][:RECENT_FILES])

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self.set("recent", [])
