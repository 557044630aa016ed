"""The panels around the machine: docks on the right as tabs, and the sentence with the timeline below.

A panel is made when somebody asks for it, or one after the other once the window has been painted:
ten of them, and what they import, would take as long as all the rest of the start.
"""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QFrame, QTabBar, QTabWidget, QVBoxLayout, QWidget

from app import theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from app.panels.branches import BranchesPanel
    from app.panels.charts import ChartsPanel
    from app.panels.compare import ComparePanel
    from app.panels.find import FindPanel
    from app.panels.inspector import InspectorPanel
    from app.panels.lesson import LessonPanel
    from app.panels.pressure import PressurePanel
    from app.panels.tables import TablesPanel
    from app.panels.transitions import TransitionsPanel
    from app.panels.why import WhyPanel

PANELS = {
    "lesson": ("app.panels.lesson", "LessonPanel"),
    "inspector": ("app.panels.inspector", "InspectorPanel"),
    "pressure": ("app.panels.pressure", "PressurePanel"),
    "charts": ("app.panels.charts", "ChartsPanel"),
    "transitions": ("app.panels.transitions", "TransitionsPanel"),
    "tables": ("app.panels.tables", "TablesPanel"),
    "compare": ("app.panels.compare", "ComparePanel"),
    "why": ("app.panels.why", "WhyPanel"),
    "find": ("app.panels.find", "FindPanel"),
    "branches": ("app.panels.branches", "BranchesPanel"),
}
"""Module and class of each panel, in the order in which they are made."""

LAYOUT_VERSION = 3
"""Grows when docks are added or renamed: a layout kept from before is then not used."""
RIGHT_WIDTH = 348
BOTTOM_HEIGHT, LOW_BOTTOM = 214, 188
"""Pixels of the timeline, and where machines side by side want the room."""
ROWS: dict[str, tuple[tuple[tuple[str, ...], ...], int]] = {
    "explore": ((("lesson", "inspector", "pressure", "charts", "transitions"),), RIGHT_WIDTH),
    "lecture": ((("lesson",),), 400),
    "compare": ((("compare", "charts", "inspector", "pressure", "transitions"),), 360),
}
"""The panels of each arrangement in rows of tabs from above, and how wide they are.

The others are closed until somebody asks for them: beside the machine is room for five tabs.
"""


class _Card(QWidget):
    """Room for a panel, with an edge and some distance to its neighbours."""

    def __init__(self) -> None:
        super().__init__()
        card = QFrame()
        card.setProperty("card", True)
        self._inner = QVBoxLayout(card)
        self._inner.setContentsMargins(1, 1, 1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, theme.px(8), 0)
        outer.addWidget(card)

    def put(self, panel: QWidget) -> None:
        """The panel it was made for."""
        self._inner.addWidget(panel)


class Docks(QObject):
    """The docks of one window; a panel is an attribute by its name."""

    made = Signal(str, object)
    """A panel was made: its name, and the panel."""

    if TYPE_CHECKING:
        lesson: LessonPanel
        inspector: InspectorPanel
        pressure: PressurePanel
        charts: ChartsPanel
        transitions: TransitionsPanel
        tables: TablesPanel
        compare: ComparePanel
        why: WhyPanel
        find: FindPanel
        branches: BranchesPanel

    def __init__(self, window: QMainWindow, bottom: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._wanted: dict[QDockWidget, bool] = {}
        self._run_shown = True
        self._owed = 1.0
        """What the panels are to grow by when they are shown again."""
        window.setDockOptions(
            type(window).DockOption.AllowTabbedDocks
            | type(window).DockOption.AllowNestedDocks
            | type(window).DockOption.GroupedDragging
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._making = QTimer(self)
        self._making.setInterval(0)
        self._making.timeout.connect(self._make_next)
        self._begun = False
        self._sweeping = QTimer(self)
        self._sweeping.setSingleShot(True)
        self._sweeping.setInterval(0)
        self._sweeping.timeout.connect(self._sweep)
        self.right = [
            self._dock("lesson", window.tr("Lesson"), _Card()),
            self._dock("inspector", window.tr("Inspector"), _Card()),
            self._dock("pressure", window.tr("Pressure"), _Card()),
            self._dock("charts", window.tr("Charts"), _Card()),
            self._dock("transitions", window.tr("Transitions"), _Card()),
        ]
        self.asked = [
            self._dock("tables", window.tr("Tables"), _Card()),
            self._dock("compare", window.tr("Compare"), _Card()),
            self._dock("why", window.tr("Why"), _Card()),
            self._dock("find", window.tr("Find"), _Card()),
            self._dock("branches", window.tr("Branches"), _Card()),
        ]
        """Docks that come when asked for: beside the machine is room for five tabs."""
        self.bottom = self._dock("timeline", window.tr("Timeline"), bottom)
        self.arrange()
        theme.switch().changed.connect(self._dress)

    def __getattr__(self, name: str) -> Any:
        """A panel that is not there yet."""
        if name not in PANELS:
            raise AttributeError(name)
        return self._make(name)

    def has(self, name: str) -> bool:
        """Whether that panel has been made."""
        return name in self.__dict__

    def begin(self) -> None:
        """From now on make the panels: first what is in sight, then one at each turn of the event loop."""
        if not self._begun:
            self._begun = True
            self._making.start()

    @property
    def panels(self) -> list[Any]:
        """The panels that have been made."""
        return [getattr(self, name) for name in PANELS if self.has(name)]

    @property
    def all(self) -> list[QDockWidget]:
        """Every dock."""
        return [*self.right, *self.asked, self.bottom]

    def call(self, name: str) -> QDockWidget:
        """Bring a dock to the front, shown if it was not."""
        dock = self.named(name)
        dock.show()
        dock.raise_()
        self._dress()
        return dock

    def toggle(self, name: str) -> bool:
        """Bring a dock to the front, or close it when it is there; whether it is there now."""
        if self.in_sight(name):
            self.named(name).hide()
            return False
        self.call(name)
        return True

    def in_sight(self, name: str) -> bool:
        """Whether anybody can see that dock's panel."""
        dock = self.named(name)
        return dock.isVisible() and not dock.widget().visibleRegion().isEmpty()

    def toggles(self) -> list[QAction]:
        """Show and hide, one action a dock."""
        return [dock.toggleViewAction() for dock in self.all]

    @property
    def run_shown(self) -> bool:
        """The docks are there: a run is shown, and not in a lecture."""
        return self._run_shown

    def named(self, name: str) -> QDockWidget:
        """A dock by the name of its panel."""
        return next(dock for dock in self.all if dock.objectName() == name)

    def bring(self, dock: QDockWidget) -> None:
        """Show a panel, before those that share its place, and put the keyboard there."""
        dock.show()
        dock.raise_()
        dock.widget().setFocus()

    def arrange(self, name: str = "explore") -> None:
        """As it comes: all panels as tabs (explore), only the lesson (lecture), or the comparison first (compare)."""
        window = self._window
        rows, width = ROWS[name]
        for dock in self.all:
            dock.setFloating(False)
            window.removeDockWidget(dock)
        wanted = [[self.named(panel) for panel in row] for row in rows]
        wanted[0] += [dock for dock in (*self.right, *self.asked) if not any(dock in row for row in wanted)]
        for row in wanted:
            for dock in row:
                window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        for before, row in pairwise(wanted):
            window.splitDockWidget(before[0], row[0], Qt.Orientation.Vertical)
        for row in wanted:
            for dock in row[1:]:
                window.tabifyDockWidget(row[0], dock)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.bottom)
        hidden = [dock for dock in (*self.right, *self.asked) if not any(dock.objectName() in row for row in rows)]
        for dock in self.all:
            self._wanted[dock] = dock not in hidden
            dock.setVisible(self._run_shown and self._wanted[dock])
        for row in wanted:
            row[0].raise_()
        window.resizeDocks([row[0] for row in wanted], [theme.px(width)] * len(wanted), Qt.Orientation.Horizontal)
        bottom = theme.px(LOW_BOTTOM if name == "compare" else BOTTOM_HEIGHT)
        window.resizeDocks([self.bottom], [bottom], Qt.Orientation.Vertical)
        self._dress()

    def grow(self, ratio: float) -> None:
        """Panels as wide and the timeline as high as type that has become larger by a ratio needs."""
        self._owed *= ratio
        if self._run_shown:
            self._settle()

    def _settle(self) -> None:
        """What the panels are to grow by, once they are there."""
        ratio, self._owed = self._owed, 1.0
        seen = [dock for dock in (*self.right, *self.asked) if self.in_sight(dock.objectName())]
        there = [dock for dock in seen if not dock.isFloating()]
        if ratio == 1.0:
            return
        widths = [_grown(dock.width(), ratio, theme.px(RIGHT_WIDTH)) for dock in there]
        self._window.resizeDocks(there, widths, Qt.Orientation.Horizontal)
        high = _grown(self.bottom.height(), ratio, theme.px(LOW_BOTTOM))
        self._window.resizeDocks([self.bottom], [high], Qt.Orientation.Vertical)

    def show_run(self, there: bool) -> None:
        """Panels are there while a run is shown; which of them, the person decides."""
        if there == self._run_shown:
            return
        self._run_shown = there
        if there:
            for dock in self.all:
                dock.setVisible(self._wanted[dock])
            raised = next((dock for dock in (*self.right, *self.asked) if self._raised == dock.objectName()), None)
            if raised is not None:
                raised.raise_()
            if self._owed != 1.0:
                QTimer.singleShot(0, self._settle)
        else:
            seen = (dock for dock in (*self.right, *self.asked) if not dock.visibleRegion().isEmpty())
            self._raised = next((dock.objectName() for dock in seen), "")
            for dock in self.all:
                self._wanted[dock] = not dock.isHidden()
                dock.hide()
        for dock in self.all:
            dock.toggleViewAction().setEnabled(there)
        self._dress()

    _raised = "lesson"

    def save(self) -> QByteArray:
        """Where every dock is, as it would be with a run shown."""
        shown = self._run_shown
        self.show_run(True)
        kept = self._window.saveState(LAYOUT_VERSION)
        self.show_run(shown)
        return kept

    def restore(self, kept: QByteArray) -> None:
        """Put every dock where it was; a layout of another version is not used."""
        if self._window.restoreState(kept, LAYOUT_VERSION):
            for dock in self.all:
                self._wanted[dock] = not dock.isHidden()
        self._dress()

    def _make(self, name: str) -> Any:
        module, kind = PANELS[name]
        panel = getattr(import_module(module), kind)()
        setattr(self, name, panel)
        dock = self.named(name)
        card = dock.widget()
        assert isinstance(card, _Card)
        card.put(panel)
        # Qt counts what lies behind another tab as visible; a panel there should draw nothing.
        panel.setVisible(self.in_sight(name))
        dock.visibilityChanged.connect(panel.setVisible)
        self.made.emit(name, panel)
        return panel

    def _make_next(self) -> None:
        missing = [name for name in PANELS if not self.has(name)]
        if missing:
            self._make(next((name for name in missing if self.in_sight(name)), missing[0]))
        else:
            self._making.stop()
            theme.switch().dress_again()

    def _seen(self, name: str, there: bool) -> None:
        if there and self._begun and not self.has(name):
            self._make(name)

    def _dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        if name in PANELS:
            dock.visibilityChanged.connect(lambda there: self._seen(name, there))
        dock.topLevelChanged.connect(lambda _floating: theme.switch().dress_again())
        dock.dockLocationChanged.connect(lambda _area: self._dress())
        return dock

    def _dress(self) -> None:
        """A docked panel has its tab for a title, and the timeline says its name itself: no second title bar."""
        for dock in self.all:
            bare = not dock.isFloating() and (dock is self.bottom or bool(self._window.tabifiedDockWidgets(dock)))
            if bare and dock.titleBarWidget() is None:
                dock.setTitleBarWidget(QWidget(dock))
            elif not bare and dock.titleBarWidget() is not None:
                dock.titleBarWidget().deleteLater()
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]
        for bar in self._window.findChildren(QTabBar):
            bar.setExpanding(False)
            bar.setDocumentMode(True)
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)
        # Not at once: Qt gives the tabs to their bars when it lays the docks out.
        self._sweeping.start()

    def _sweep(self) -> None:
        """Hide tab bars that Qt forgot when the docks were put elsewhere: they lie over the one in use."""
        groups = {
            frozenset(one.windowTitle() for one in (dock, *self._window.tabifiedDockWidgets(dock)) if one.isVisible())
            for dock in self.all
        }
        seen: set[frozenset[str]] = set()
        for bar in reversed(self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)):
            tabs = frozenset(bar.tabText(tab) for tab in range(bar.count()))
            if tabs in seen or tabs not in groups:
                bar.hide()
            seen.add(tabs)


def _grown(length: int, ratio: float, usual: int) -> int:
    """A length times a ratio; what found no room to grow does not become smaller than usual on the way back."""
    return max(round(length * ratio), min(length, usual))
