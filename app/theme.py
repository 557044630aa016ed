"""Colours, shapes and type of everything on screen: dark, light, or as the system has it.

A state has one colour and one shape, the same in every view. Views read :func:`current` when they
paint, so that a switch needs nothing but a repaint; what caches colours (charts, maps) listens to
``switch().changed``. Sizes go through :func:`px`, so that the type size scales everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication


class State(StrEnum):
    """Where a page is."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    SWAPCACHE = "swapcache"
    ZSWAP = "zswap"
    DISK = "disk"
    NEVER = "never"
    ZERO = "zero"


class Shape(StrEnum):
    """How a state is drawn, for those who cannot go by colour."""

    SQUARE = "full square"
    RING = "ring around the square"
    BAR = "low bar"
    DISC = "outlined disc"
    SMALL_SQUARE = "small dark square"
    DOT = "dot"


@dataclass(frozen=True)
class Look:
    """How one state is named and drawn."""

    state: State
    shape: Shape
    label: str


LOOKS: tuple[Look, ...] = (
    Look(State.ACTIVE, Shape.SQUARE, "in memory, active"),
    Look(State.INACTIVE, Shape.SQUARE, "in memory, inactive"),
    Look(State.SWAPCACHE, Shape.RING, "also in the swapcache"),
    Look(State.ZSWAP, Shape.BAR, "in zswap"),
    Look(State.DISK, Shape.DISC, "in a swapfile"),
    Look(State.ZERO, Shape.DOT, "all zeroes: only a mark"),
    Look(State.NEVER, Shape.SMALL_SQUARE, "never touched"),
)
"""In the order of the legend."""

SHAPE: dict[State, Shape] = {look.state: look.shape for look in LOOKS}


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``."""

    name: str
    dark: bool
    window: str
    panel: str
    panel_edge: str
    raised: str
    """Buttons, fields and bars on a panel."""
    raised_edge: str
    hover: str
    text: str
    dim: str
    """Secondary text; readable on ``panel`` (4.5 : 1)."""
    accent: str
    on_accent: str
    """Text on a surface of ``accent``."""
    active: str
    inactive: str
    swapcache: str
    zswap: str
    disk: str
    never: str
    zero: str
    danger: str
    warning: str
    grid: str
    selection: str
    lane_colours: tuple[str, str, str, str, str, str]
    """One for each ``engine.mm.transitions.Lane``: references, faults, reclaim, zswap, disk, machine."""

    def state(self, state: State) -> str:
        """Colour of a state."""
        return str(getattr(self, state.value))

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """A colour by the name of its field, with an opacity 0 … 1."""
        value = QColor(getattr(self, name))
        value.setAlphaF(alpha)
        return value


DARK = Theme(
    name="dark", dark=True,
    window="#0e1319", panel="#161c24", panel_edge="#262f3a", raised="#1d2530", raised_edge="#323d4a", hover="#283341",
    text="#e6edf3", dim="#8b98a5", accent="#2fc39a", on_accent="#06231a",
    active="#2fc39a", inactive="#1f7a64", swapcache="#4cc9f0", zswap="#e8a33d", disk="#7c86f7", never="#232b35",
    zero="#aab6c2", danger="#ef5b5b", warning="#f2b95a", grid="#202934", selection="#ffffff",
    lane_colours=("#5d6b79", "#e6edf3", "#2fc39a", "#e8a33d", "#7c86f7", "#d38bd0"),
)  # fmt: skip

LIGHT = Theme(
    name="light", dark=False,
    window="#e9edf2", panel="#fbfcfe", panel_edge="#d3dbe4", raised="#f0f3f7", raised_edge="#c5cfda", hover="#e2e8ef",
    text="#18212b", dim="#566371", accent="#0b7f63", on_accent="#ffffff",
    active="#00503c", inactive="#46a086", swapcache="#0a83b3", zswap="#c17608", disk="#4a55d6", never="#dbe2ea",
    zero="#5d6a78", danger="#c62f35", warning="#a76200", grid="#e3e9ef", selection="#10161d",
    lane_colours=("#8d9aa8", "#2c3845", "#0b7f63", "#c17608", "#4a55d6", "#9b3d94"),
)  # fmt: skip

CONTRAST = Theme(
    name="contrast", dark=True,
    window="#000000", panel="#000000", panel_edge="#8c8c8c", raised="#101010", raised_edge="#b4b4b4", hover="#2e2e2e",
    text="#ffffff", dim="#d4d4d4", accent="#5dffc8", on_accent="#000000",
    active="#5dffc8", inactive="#16966f", swapcache="#6fd6ff", zswap="#ffb83d", disk="#9aa2ff", never="#3a3a3a",
    zero="#e6e6e6", danger="#ff7d7d", warning="#ffd166", grid="#4a4a4a", selection="#ffffff",
    lane_colours=("#9a9a9a", "#ffffff", "#5dffc8", "#ffb83d", "#9aa2ff", "#ffb3ff"),
)  # fmt: skip
"""High contrast: every edge can be seen and all text stands at 12 : 1 or more."""

THEMES: dict[str, Theme] = {theme.name: theme for theme in (DARK, LIGHT, CONTRAST)}
FOLLOW_SYSTEM = "system"
CHOICES: tuple[str, ...] = (*THEMES, FOLLOW_SYSTEM)

_SANS = ("Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Noto Sans", "Ubuntu", "DejaVu Sans")
_MONO = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Noto Sans Mono", "Ubuntu Mono", "DejaVu Sans Mono", "Consolas")


class Switch(QObject):
    """The one place where the theme and the type size are changed."""

    changed = Signal()
    """Theme or type size are others now; ``current()`` already gives the new one."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = DARK
        self.choice = "dark"
        self.scale = 1.0
        self._families: dict[str, str] = {}
        self._follows = False

    def choose(self, choice: str) -> None:
        """Switch to ``dark``, ``light``, ``contrast`` or ``system``; an unknown name counts as ``dark``."""
        self.choice = choice if choice in CHOICES else "dark"
        self._apply(_system_theme() if self.choice == FOLLOW_SYSTEM else THEMES[self.choice], self.scale)

    def resize_type(self, scale: float) -> None:
        """Scale all type and what is measured by it; 1.0 is normal, held within 0.75 … 2.5."""
        self._apply(self.theme, min(2.5, max(0.75, scale)))

    def dress_again(self) -> None:
        """Have every view set its fonts anew: with a style sheet, Qt forgets them when an ancestor changes place."""
        self.changed.emit()

    def family(self, wanted: tuple[str, ...]) -> str:
        """The first of the families that is installed; empty when none is."""
        if wanted[0] not in self._families:
            installed = set(QFontDatabase.families())
            self._families[wanted[0]] = next((name for name in wanted if name in installed), "")
        return self._families[wanted[0]]

    def _apply(self, theme: Theme, scale: float) -> None:
        self.theme, self.scale = theme, scale
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self._follow(app)
            sheet = stylesheet(theme)
            if sheet != app.styleSheet():  # it says every colour and size; Qt dresses every widget anew, changed or not
                app.setPalette(palette(theme))
                app.setFont(font(13))
                app.setStyleSheet(sheet)
        self.changed.emit()

    def _follow(self, app: QApplication) -> None:
        if not self._follows:
            self._follows = True
            app.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _system_changed(self, _scheme: object) -> None:
        if self.choice == FOLLOW_SYSTEM and self.theme is not _system_theme():
            self._apply(_system_theme(), self.scale)


_switch: Switch | None = None


def switch() -> Switch:
    """The switch of this process."""
    global _switch
    if _switch is None:
        _switch = Switch()
    return _switch


def current() -> Theme:
    """The theme now shown."""
    return switch().theme


def px(size: float) -> int:
    """A length in pixels at the type size now chosen; at least 1."""
    return max(1, round(size * switch().scale))


def font(size: float = 13, bold: bool = False) -> QFont:
    """The font of the interface; ``size`` in pixels at normal type size."""
    return _font(_SANS, size, bold, QFontDatabase.SystemFont.GeneralFont)


def mono(size: float = 12.5, bold: bool = False) -> QFont:
    """The font of numbers, bits and kernel names."""
    return _font(_MONO, size, bold, QFontDatabase.SystemFont.FixedFont)


def _font(families: tuple[str, ...], size: float, bold: bool, fallback: QFontDatabase.SystemFont) -> QFont:
    family = switch().family(families)
    made = QFont(family) if family else QFontDatabase.systemFont(fallback)
    made.setPixelSize(px(size))
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def _system_theme() -> Theme:
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.styleHints().colorScheme() == Qt.ColorScheme.Light:
        return LIGHT
    return DARK


def palette(theme: Theme) -> QPalette:
    """What Qt's own widgets take their colours from."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, theme.window), (role.WindowText, theme.text), (role.Base, theme.panel), (role.Text, theme.text),
        (role.AlternateBase, theme.raised), (role.Button, theme.raised), (role.ButtonText, theme.text),
        (role.BrightText, theme.danger), (role.ToolTipBase, theme.raised), (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.dim), (role.Highlight, theme.accent), (role.HighlightedText, theme.on_accent),
        (role.Link, theme.disk), (role.LinkVisited, theme.disk), (role.Light, theme.hover),
        (role.Mid, theme.panel_edge),
        (role.Midlight, theme.raised_edge), (role.Dark, theme.panel_edge), (role.Shadow, theme.window),
        (role.Accent, theme.accent),
    ):  # fmt: skip
        made.setColor(which, QColor(colour))
    faint = QColor(theme.dim)
    faint.setAlphaF(0.55)
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, faint)
    return made


def stylesheet(theme: Theme) -> str:
    """What the palette cannot say: round corners, edges and distances."""
    names = {name: getattr(theme, name) for name in theme.__dataclass_fields__ if isinstance(getattr(theme, name), str)}
    sizes = {f"p{size}": f"{px(size)}px" for size in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28)}
    text = _SHEET
    for name, value in sorted({**names, **sizes}.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"@{name}", value)
    return text


_SHEET = """
QToolTip { background: @raised; color: @text; border: 1px solid @raised_edge; padding: @p4 @p6; }
QMainWindow::separator { background: transparent; width: @p8; height: @p8; }
QMainWindow::separator:hover { background: @hover; }

QMenuBar { background: @window; color: @dim; padding: @p2 @p8; }
QMenuBar::item { padding: @p3 @p8; border-radius: @p4; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @hover; color: @text; }
QMenu { background: @panel; border: 1px solid @raised_edge; padding: @p5; }
QMenu::item { padding: @p5 @p24 @p5 @p10; border-radius: @p4; }
QMenu::item:selected { background: @hover; color: @text; }
QMenu::item:disabled { color: @dim; }
QMenu::separator { height: 1px; background: @panel_edge; margin: @p5 @p8; }
QMenu::icon { padding-left: @p6; }

QPushButton, QToolButton { background: @raised; color: @text; border: 1px solid @raised_edge; border-radius: @p5;
    padding: @p4 @p10; }
QToolButton { padding: @p4; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @panel_edge; }
QPushButton:focus, QToolButton:focus { border: 1px solid @accent; }
QPushButton:disabled, QToolButton:disabled { color: @dim; background: @panel; border-color: @panel_edge; }
QPushButton:checked, QToolButton:checked { border: 1px solid @accent; color: @accent; background: @panel; }
QPushButton[primary="true"], QToolButton[primary="true"] { background: @accent; color: @on_accent;
    border-color: @accent; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled { background: @panel; color: @dim;
    border-color: @panel_edge; }
QPushButton[flat="true"], QToolButton[flat="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover { background: @hover; }
QToolButton[tight="true"] { padding: 0; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit, QComboBox { background: @raised; color: @text;
    border: 1px solid @raised_edge; border-radius: @p5; padding: @p3 @p6; selection-background-color: @accent;
    selection-color: @on_accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 1px solid @accent; }
QAbstractSpinBox { qproperty-buttonSymbols: NoButtons; }
QComboBox::drop-down { border: none; width: @p20; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @raised_edge; outline: none; }

QCheckBox, QRadioButton { spacing: @p6; background: transparent; }
QCheckBox:focus, QRadioButton:focus { background: @hover; border-radius: @p4; }

QSlider { background: transparent; }
QSlider::groove:horizontal { height: @p4; background: @raised_edge; border-radius: @p2; }
QSlider::sub-page:horizontal { background: @accent; border-radius: @p2; }
QSlider::handle:horizontal { width: @p14; height: @p14; margin: -@p5 0; border-radius: @p7; background: @text; }
QSlider::handle:horizontal:hover { background: @accent; }
QSlider::handle:horizontal:focus { background: @accent; border: @p2 solid @text; }
QSlider::handle:horizontal:disabled { background: @dim; }
QSlider::sub-page:horizontal:disabled { background: @raised_edge; }

QProgressBar { background: @raised_edge; border: none; border-radius: @p2; max-height: @p4; min-height: @p4;
    color: transparent; }
QProgressBar::chunk { background: @accent; border-radius: @p2; }

QTabWidget::pane { border: none; background: transparent; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: @raised; color: @dim; border: 1px solid @panel_edge; border-radius: @p5;
    padding: @p5 @p6; margin: @p8 @p3 @p6 0; font-size: @p12; }
QTabBar::tab:hover { color: @text; background: @hover; }
QTabBar::tab:selected { color: @text; border: 1px solid @accent; background: @panel; }

QDockWidget { color: @text; titlebar-close-icon: none; }
QDockWidget::title { background: @window; color: @dim; padding: @p4 @p8; border-radius: @p4; }

QTableView, QTreeView, QListView { background: @panel; border: 1px solid @panel_edge; border-radius: @p5;
    gridline-color: @grid; selection-background-color: @hover; selection-color: @text; outline: none;
    alternate-background-color: @grid; }
QTableView:focus, QTreeView:focus, QListView:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 1px solid @accent; }
QListView::item { padding: @p2 @p4; }
QTableView::item { padding: 0 @p6; }
QTableView::item:selected { background: @hover; color: @text; }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @dim; border: none; border-bottom: 1px solid @panel_edge;
    padding: @p4 @p6; }
QTableCornerButton::section { background: @panel; border: none; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: @p10; margin: 0; }
QScrollBar:horizontal { background: transparent; height: @p10; margin: 0; }
QScrollBar::handle { background: @raised_edge; border-radius: @p4; margin: @p2; min-width: @p24; min-height: @p24; }
QScrollBar::handle:hover { background: @dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QFrame[card="true"] { background: @panel; border: 1px solid @panel_edge; border-radius: @p8; }
QLabel { background: transparent; }
QLabel[dim="true"] { color: @dim; }
QLabel[danger="true"] { color: @danger; }
QStatusBar { background: @window; color: @dim; }
QStatusBar QToolButton { padding: 0 @p8; }
QStatusBar::item { border: none; }
QGroupBox { border: 1px solid @panel_edge; border-radius: @p6; margin-top: @p12; padding-top: @p6; }
QGroupBox::title { subcontrol-origin: margin; left: @p8; color: @dim; }
"""
