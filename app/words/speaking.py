"""What just happened, spoken where a screen reader listens."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.moment import Moment


def listens() -> bool:
    """A screen reader, or another helper, is at work."""
    return QAccessible.isActive()


def announce(widget: QWidget, text: str) -> None:
    """Have a text spoken; a newer one may come before it is finished."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Speaker:
    """Speaks the sentence of each moment, once; nothing while the run goes by too fast to follow."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._said: tuple[int, str] | None = None

    def show_moment(self, moment: Moment) -> None:
        """Speak of the moment's transition, if it is another one."""
        now = (moment.transition.number, moment.sentence)
        if now == self._said:
            return
        self._said = now
        if not moment.skipping and listens():
            announce(self._widget, moment.sentence)
