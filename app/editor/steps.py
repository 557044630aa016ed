"""Steps that can be undone and done again, in plain Python.

Qt's own QUndoStack is not used: what it deletes (the steps behind one that was undone, when another is
taken) stays known to PySide, which falls over it when the stack is collected.
"""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal


class Step(Protocol):
    """One step."""

    name: str

    def redo(self) -> None:
        """Do it, or do it again."""

    def undo(self) -> None:
        """Make everything what it was before."""

    def take_in(self, other: Any) -> bool:
        """Make one step of this and the next; False: they are two."""

    @property
    def empty(self) -> bool:
        """Nothing is left of it."""


S = TypeVar("S", bound=Step)


class Steps(QObject, Generic[S]):
    """What was done, in order, and how much of it is done now."""

    moved = Signal()
    """A step was done, undone or done again, or the point where all is saved is another one."""

    def __init__(self, most: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self._steps: list[S] = []
        self._done = 0
        self._clean = 0
        """How many steps are done where all is saved; -1: that state cannot be come back to."""

    def push(self, step: S) -> None:
        """Do a new step; those that were undone are gone."""
        step.redo()
        del self._steps[self._done :]
        if self._clean > self._done:
            self._clean = -1
        last = self._steps[-1] if self._steps else None
        if last is not None and self._done != self._clean and last.take_in(step):
            if last.empty:
                self._steps.pop()
        else:
            self._steps.append(step)
        if len(self._steps) > self._most:
            del self._steps[0]
            self._clean = max(self._clean - 1, -1)
        self._done = len(self._steps)
        self.moved.emit()

    def undo(self) -> None:
        """Take the last step back."""
        if self.can_undo:
            self._done -= 1
            self._steps[self._done].undo()
            self.moved.emit()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.can_redo:
            self._done += 1
            self._steps[self._done - 1].redo()
            self.moved.emit()

    def forget(self) -> None:
        """There are no steps: this is where one begins, and it is saved."""
        self._steps, self._done = [], 0
        self.set_clean()

    def set_clean(self) -> None:
        """All is saved as it is now."""
        self._clean = self._done
        self.moved.emit()

    @property
    def can_undo(self) -> bool:
        """There is a step to take back."""
        return self._done > 0

    @property
    def can_redo(self) -> bool:
        """A step was taken back."""
        return self._done < len(self._steps)

    @property
    def undo_name(self) -> str:
        """What would be taken back; empty: nothing."""
        return self._steps[self._done - 1].name if self.can_undo else ""

    @property
    def redo_name(self) -> str:
        """What would be done again; empty: nothing."""
        return self._steps[self._done].name if self.can_redo else ""

    @property
    def growing(self) -> S | None:
        """The step that the next one may become a part of: the last, unless all was saved behind it."""
        at_end = self._done == len(self._steps) and self._done not in (0, self._clean)
        return self._steps[-1] if at_end else None

    def __len__(self) -> int:
        return len(self._steps)
