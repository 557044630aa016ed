"""A small table kept in a JSON file between two runs of a program: settings of the window, progress of a learner.

Nothing about the file is ever an error: one that cannot be read is set aside and the table begins
anew, and one that cannot be written is forgotten, that is all.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any


class KeptTable:
    """The table of one file; ``values`` may be changed at will, and are on disk after :meth:`write`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.values: dict[str, Any] = {}
        self.trouble = ""
        """Why the file could not be read; empty when it could, or was not there."""
        self.aside: Path | None = None
        """Where an unreadable file was put; None where it could not be moved either."""
        self._read()

    def write(self) -> None:
        """Put the table on disk, whole or not at all."""
        part = self.file.with_name(f"{self.file.name}.{os.getpid()}.part")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self.values, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            os.replace(part, self.file)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _read(self) -> None:
        try:
            values = json.loads(self.file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return
        except (OSError, ValueError, RecursionError) as error:  # UnicodeDecodeError and JSON's are ValueErrors
            self._set_aside(str(error))
            return
        if isinstance(values, dict):
            self.values = values
        else:
            self._set_aside("it does not hold a table")

    def _set_aside(self, why: str) -> None:
        self.trouble = why
        aside = self.file.with_name(f"{self.file.stem}.broken.json")
        with suppress(OSError):
            os.replace(self.file, aside)
            self.aside = aside
