"""The pinned PySide6 counts its references to None and True rightly.

PySide6 6.12.0 on Python 3.11 gives one back too many for most calls that return None, and for every
``emit`` from Python; a small animated view then ends the process with ``none_dealloc``. So each
measurement is made in a process of its own, which this file is the program of.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

FRAMES = 3000
SLACK = 300
"""Whatever else runs may take or give back a few references; one lost in each frame is 3 000."""


def measure(what: str) -> tuple[int, int, int]:
    """Paint or emit up to FRAMES times: (times done, change of the count of None, and of True)."""
    from PySide6.QtCore import QObject, QRectF, Signal
    from PySide6.QtGui import QColor, QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QWidget

    class Animated(QWidget):
        """Paints a few cells a frame, as the canvas does, and counts its frames."""

        frames = 0

        def paintEvent(self, event: QPaintEvent) -> None:
            painter = QPainter(self)
            for column in range(4):
                painter.setBrush(QColor("teal"))
                painter.drawRect(QRectF(column * 8, 0, 7, 7))
                painter.fillRect(0, 10, 5, 5, QColor("black"))
            painter.drawText(2, 30, str(self.frames))
            painter.end()
            self.frames += 1

    class Source(QObject):
        moved = Signal(int)

    application = QApplication([])
    widget, source, heard = Animated(), Source(), []
    label = QLabel(widget)
    source.moved.connect(heard.append)
    widget.show()
    application.processEvents()
    first = widget.frames

    def paint(number: int) -> None:
        label.setText(f"frame {number}")
        widget.update()
        widget.repaint()

    step: Callable[[int], None] = paint if what == "paint" else source.moved.emit
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(FRAMES):
        step(number)
        if number % 25 == 0 and max(none - sys.getrefcount(None), true - sys.getrefcount(True)) > SLACK:
            break  # before the last reference is gone and the process with it
    done = widget.frames - first if what == "paint" else len(heard)
    return done, sys.getrefcount(None) - none, sys.getrefcount(True) - true


@pytest.mark.parametrize("what", ["paint", "emit"])
def test_no_reference_to_none_or_true_is_lost(what: str) -> None:
    """From Python 3.12 on both are immortal and their counts stand still; then only the frames count."""
    run = subprocess.run([sys.executable, __file__, what], capture_output=True, text=True, timeout=100, check=False)
    assert run.returncode == 0, run.stderr
    done, none, true = map(int, run.stdout.split())
    assert abs(none) <= SLACK, f"{none:+} references to None after {done} times {what}"
    assert abs(true) <= SLACK, f"{true:+} references to True after {done} times {what}"
    assert done >= FRAMES


if __name__ == "__main__":
    print(*measure(sys.argv[1]), flush=True)
    os._exit(0)  # without Qt's and Python's clearing up, which a wrong count may not survive
