"""How far a person has come: which questions were answered, in one small JSON file in the folder of their data.

The folder is ``SWAPSCOPE_DATA_DIR``, else ``SWAPSCOPE_CONFIG_DIR``, else the platform's own place for
data. A broken file never stops anything: it is set aside, and :attr:`Progress.notice` says so.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.kept import KeptTable

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
        self.learner = learner
        self._kept = KeptTable((folder or data_dir()) / FILE)

    @property
    def notice(self) -> str:
        """What was wrong with the file; empty when nothing was."""
        kept = self._kept
        if not kept.trouble:
            return ""
        if kept.aside is None:
            return f"The progress in {kept.file} could not be read ({kept.trouble}); it begins anew."
        return f"The progress could not be read ({kept.trouble}). It is kept in {kept.aside} and begins anew."

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
        self._kept.write()

    @staticmethod
    def _name(scenario: str, seed: int) -> str:
        return f"{scenario}#{seed}"

    def _own(self) -> dict[str, Any]:
        learners = self._kept.values.setdefault("learners", {})
        if not isinstance(learners, dict):
            learners = self._kept.values["learners"] = {}
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
        self._kept.write()
        return answered
