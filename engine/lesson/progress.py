"""How far a person has come: which questions were answered, in one small JSON file in the folder of their data.

The folder is ``SWAPSCOPE_DATA_DIR``, else ``SWAPSCOPE_CONFIG_DIR``, else the platform's own place for
data. A broken file never stops anything: it is set aside, and :attr:`Progress.notice` says so.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "progress.json"


def data_dir() -> Path:
    """The folder of a person's data; it need not exist yet."""
    for name in ("SWAPSCOPE_DATA_DIR", "SWAPSCOPE_CONFIG_DIR"):
        if os.environ.get(name):
            return Path(os.environ[name])
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", home)) / "swapscope"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "swapscope"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "swapscope"


@dataclass(frozen=True)
class Answered:
    """What is known of one question of one instance."""

    tries: int = 0
    score: float = 0.0
    """The best so far, 0 … 1."""
    hints: int = 0
    """Hints that were looked at."""

    @property
    def right(self) -> bool:
        """Whether it was answered rightly once."""
        return self.score == 1.0


class Progress:
    """The progress of one learner. A folder that cannot be written is no error: it is forgotten, that is all."""

    def __init__(self, folder: Path | None = None, learner: str = "") -> None:
        self.file = (folder or data_dir()) / FILE
        self.learner = learner
        self.notice = ""
        """What was wrong with the file; empty when nothing was."""
        self._all: dict[str, Any] = {}
        self._read()

    def of(self, scenario: str, seed: int, question: str) -> Answered:
        """What is known of a question."""
        kept = self._own().get(self._name(scenario, seed), {})
        found = kept.get(question) if isinstance(kept, dict) else None
        if not isinstance(found, dict):
            return Answered()
        tries, score, hints = (found.get(key, 0) for key in ("tries", "score", "hints"))
        good = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (tries, score, hints))
        return Answered(int(tries), float(score), int(hints)) if good else Answered()

    def note(self, scenario: str, seed: int, question: str, score: float) -> Answered:
        """An answer was checked; it is on disk when this returns."""
        before = self.of(scenario, seed, question)
        return self._put(scenario, seed, question, Answered(before.tries + 1, max(before.score, score), before.hints))

    def note_hints(self, scenario: str, seed: int, question: str, hints: int) -> Answered:
        """So many hints were looked at."""
        before = self.of(scenario, seed, question)
        return self._put(scenario, seed, question, Answered(before.tries, before.score, max(before.hints, hints)))

    def right(self, scenario: str, seed: int, questions: list[str]) -> int:
        """How many of these questions were answered rightly."""
        return sum(self.of(scenario, seed, question).right for question in questions)

    def reset(self, scenario: str | None = None) -> None:
        """Forget one scenario in all its instances, or everything of this learner."""
        own = self._own()
        for name in list(own):
            if scenario is None or name.rpartition("#")[0] == scenario:
                del own[name]
        self._write()

    @staticmethod
    def _name(scenario: str, seed: int) -> str:
        return f"{scenario}#{seed}"

    def _own(self) -> dict[str, Any]:
        learners = self._all.setdefault("learners", {})
        if not isinstance(learners, dict):
            learners = self._all["learners"] = {}
        own = learners.setdefault(self.learner, {})
        if not isinstance(own, dict):
            own = learners[self.learner] = {}
        return own

    def _put(self, scenario: str, seed: int, question: str, answered: Answered) -> Answered:
        own = self._own()
        kept = own.get(self._name(scenario, seed))
        if not isinstance(kept, dict):
            kept = own[self._name(scenario, seed)] = {}
        kept[question] = {"tries": answered.tries, "score": answered.score, "hints": answered.hints}
        self._write()
        return answered

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
        except (ValueError, RecursionError) as error:
            self._set_aside(str(error))
            return
        if not isinstance(values, dict):
            self._set_aside("it does not hold a table")
            return
        self._all = values

    def _set_aside(self, why: str) -> None:
        aside = self.file.with_name("progress.broken.json")
        try:
            os.replace(self.file, aside)
        except OSError:
            self.notice = f"The progress in {self.file} could not be read ({why}); it begins anew."
            return
        self.notice = f"The progress could not be read ({why}). It is kept in {aside} and begins anew."

    def _write(self) -> None:
        part = self.file.with_name(f"{FILE}.{os.getpid()}.part")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._all, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            os.replace(part, self.file)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
