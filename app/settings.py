"""What the window remembers between two starts, in one small JSON file.

A broken file never stops the start: it is set aside beside itself and :attr:`Settings.notice` says
so. Values are read through the declared defaults, so that a value of the wrong type counts as
never set. The folder is ``SWAPSCOPE_CONFIG_DIR``, or the platform's own place for settings.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths

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
        self.file = (folder or config_dir()) / "settings.json"
        self.notice = ""
        """What was wrong with the file, for the person to read; empty when nothing was."""
        self._values: dict[str, Any] = {}
        self._read()

    def get(self, key: str) -> Any:
        """The value of a declared key; its default until it is set."""
        default = DEFAULTS[key]
        value = self._values.get(key, default)
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
        if self._values.get(key) != value:
            self._values[key] = value
            self._write()

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

    def _read(self) -> None:
        try:
            text = self.file.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return
        except (OSError, UnicodeDecodeError) as error:
            self._set_aside(str(error))
            return
        try:
            values = json.loads(text)
        except ValueError as error:
            self._set_aside(str(error))
            return
        if not isinstance(values, dict):
            self._set_aside("it does not hold a table of settings")
            return
        self._values = values

    def _set_aside(self, why: str) -> None:
        aside = self.file.with_name("settings.broken.json")
        try:
            os.replace(self.file, aside)
        except OSError:
            self.notice = f"The settings in {self.file} could not be read ({why}); Swapscope starts with its defaults."
            return
        self.notice = f"The settings could not be read ({why}). They are kept in {aside}; Swapscope starts anew."

    def _write(self) -> None:
        part = self.file.with_name(f"settings.{os.getpid()}.part")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._values, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            os.replace(part, self.file)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
