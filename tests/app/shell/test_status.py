"""The line at the bottom says one thing at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app.shell.window import MainWindow


def _label(window: MainWindow) -> QLabel:
    return next(label for label in window.status.findChildren(QLabel) if label.text() == window.status.said())


def _hover(window: MainWindow) -> None:
    """The pointer over an entry of a menu: Qt tells the window its tip."""
    QApplication.sendEvent(window, QStatusTipEvent(window.actions_by_name["legend"].statusTip()))


def test_a_tip_is_not_written_over_the_notice(window: MainWindow, qtbot: QtBot) -> None:
    """Also when what is around it is laid out anew meanwhile: with larger type."""
    notice = _label(window)
    assert notice.isVisible()
    _hover(window)
    assert window.status.currentMessage()
    assert not notice.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(50)
    assert not notice.isVisible()
    window.status.clearMessage()
    assert notice.isVisible()


def test_a_lasting_notice_and_its_button_come_back_after_a_tip(window: MainWindow, qtbot: QtBot) -> None:
    """What is to be dismissed waits for the tip."""
    close = next(b for b in window.status.findChildren(QToolButton) if b.accessibleName() == "Dismiss the notice")
    _hover(window)
    window.status.say("The settings could not be read.", lasting=True)
    assert not close.isVisible()
    window.status.clearMessage()
    assert close.isVisible()
    picture = close.grab().toImage()
    ground, across = picture.pixelColor(1, 1), range(picture.width())
    inked = [x for x in across if any(picture.pixelColor(x, y) != ground for y in range(2, picture.height() - 2))]
    assert inked[-1] - inked[0] >= 6, "its cross can be seen"
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not close.isVisible()
