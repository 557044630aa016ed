"""The pinned PySide6 counts its references to None and True rightly.

PySide6 6.12.0 on Python 3.11 gives one back too many for most calls that return None and for every
``emit`` from Python; a small animated view then dies with ``none_dealloc`` after some 2 000 frames.
"""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

FRAMES = 3000
# Whatever else runs may take or give back a few; one lost in each frame is a few thousand.
SLACK = 300

# From Python 3.12 on both are immortal and their count stands still, so nothing could be lost.
counted = pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on")


class Animated(QWidget):
    """Paints a few cells a frame, as the canvas does."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for column in range(4):
            painter.setBrush(QColor("teal"))
            painter.drawRect(QRectF(column * 8, 0, 7, 7))
            painter.fillRect(0, 10, 5, 5, QColor("black"))
        painter.drawText(2, 30, str(self.painted))
        painter.end()
        Animated.painted += 1


class Source(QObject):
    moved = Signal(int)


@counted
def test_painting_loses_no_reference_to_none(qtbot):
    widget = Animated()
    label = QLabel(widget)
    qtbot.addWidget(widget)
    widget.resize(64, 64)
    with qtbot.waitExposed(widget):
        widget.show()
    painted = Animated.painted
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    for frame in range(FRAMES):
        label.setText(f"frame {frame}")
        widget.update()
        widget.repaint()
    assert Animated.painted >= painted + FRAMES
    assert abs(sys.getrefcount(None) - none) < SLACK
    assert abs(sys.getrefcount(True) - true) < SLACK


@counted
def test_emitting_loses_no_reference_to_true(qapp):
    source = Source()
    heard = []
    source.moved.connect(heard.append)
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(FRAMES):
        source.moved.emit(number)
    assert len(heard) == FRAMES
    assert abs(sys.getrefcount(None) - none) < SLACK
    assert abs(sys.getrefcount(True) - true) < SLACK


def test_an_animated_view_survives_many_frames(qtbot):
    """Holds on every version of Python: the process is still there, and each frame was painted."""
    widget = Animated()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    painted = Animated.painted
    for _ in range(FRAMES):
        widget.repaint()
    assert Animated.painted >= painted + FRAMES
