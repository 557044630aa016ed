"""The glossary as a dialogue: every word with its sentence and the kernel's names; a link leads to where it is seen."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
)

from app import theme
from app.moment import Selected, Thing
from app.panels.widgets import Text
from app.words.said import declared
from engine.glossary import GLOSSARY, Term
from engine.mm import image as im
from engine.mm.schema import Group
from engine.reading.tables import table

if TYPE_CHECKING:
    from app.shell.window import MainWindow

TABLES = {
    "pte": "pages", "shmem": "shmem", "page": "frames", "desc": "names", "descriptors": "names", "vcluster": "names",
    "zspage": "zswap", "zs_class": "zswap", "slot": "slots", "cluster": "slots", "swap_info": "slots",
    "zswap_stored_pages": "zswap", "zswap_pool_pages": "zswap", "zswpout": "zswap", "zswpwb": "zswap",
    "zswpin": "zswap", "stored_incompressible_pages": "zswap", "pool_limit_hit": "zswap", "swap_used_pages": "slots",
    "swap_clusters_used": "slots", "slots_held_by_zswap": "slots", "swapped_pages": "names", "nr_shmem": "shmem",
    "swapcached_pages": "frames", "nr_active_anon": "frames", "nr_inactive_anon": "frames", "nr_free_pages": "frames",
    "nr_anon_pages": "frames",
}  # fmt: skip
"""The table of the machine whose rows show a word, by where the glossary says it can be seen."""


def shown_by(window: MainWindow, term: Term) -> tuple[Selected, ...]:
    """A thing of the machine on screen that a word is about; none where there is none now."""
    frame = window.frame
    for place in term.see if frame is not None else ():
        name = TABLES.get(place)
        if name is None:
            continue
        assert frame is not None
        found = table(name, frame.moment.view, frame.moment.program)
        if found.thing and found.rows:
            row = found.rows // 2
            return (Selected(Thing(found.thing), int(found.numbers[row]), int(found.owners[row])),)
    return ()


class Glossary(QDialog):
    """A list that is searched on the left, the word that is chosen on the right."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Glossary"))
        self._window = window
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search: a word, or a name of the kernel"))
        self.search.setAccessibleName(self.tr("Search in the glossary"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Words"))
        self.list.currentItemChanged.connect(lambda *_items: self._tell())
        self.title = Text(size=17, bold=True, wrap=True)
        self.meaning = Text(size=13.5, wrap=True)
        self.kernel = Text(size=12, mono=True, colour="dim", wrap=True)
        self.links = Text(size=13, wrap=True)
        self.links.setTextFormat(Qt.TextFormat.RichText)
        self.links.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.links.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.links.linkActivated.connect(self.follow)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        told = QVBoxLayout()
        told.setSpacing(theme.px(10))
        for part in (self.title, self.meaning, self.kernel, self.links):
            told.addWidget(part)
        told.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(theme.px(18))
        both.addWidget(self.list, 2)
        both.addLayout(told, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(18),) * 4)
        column.setSpacing(theme.px(12))
        column.addWidget(self.search)
        column.addLayout(both, 1)
        column.addWidget(buttons)
        self.resize(min(theme.px(760), window.width()), min(theme.px(520), window.height()))
        self._fill("")

    @property
    def term(self) -> Term | None:
        """The word that is chosen."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def _fill(self, typed: str) -> None:
        found = sorted(GLOSSARY, key=lambda term: declared(term.term).lower())
        if typed.strip():
            ranked = [(_fits(typed.strip(), term), term) for term in found]
            found = [term for value, term in sorted(ranked, key=lambda pair: -pair[0]) if value > 0]
        self.list.clear()
        for term in found:
            item = QListWidgetItem(declared(term.term))
            item.setData(Qt.ItemDataRole.UserRole, term)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._tell()

    def _tell(self) -> None:
        term = self.term
        if term is None:
            self.title.show_text(self.tr("No word fits"))
            for part in (self.meaning, self.kernel, self.links):
                part.setText("")
            return
        self.title.show_text(declared(term.term))
        self.meaning.show_text(declared(term.meaning))
        self.kernel.show_text(" · ".join(term.kernel))
        links = []
        if shown_by(self._window, term):
            links.append(f'<a href="canvas:">{escape(self.tr("Show it on the canvas"))}</a>')
        for name in term.see:
            setting = name.startswith("machine.")
            kind = self.tr("setting") if setting else self.tr("figure")
            if setting or _drawn(name):
                href = f"{'setting' if setting else 'figure'}:{name}"
                links.append(f'<a href="{escape(href)}">{escape(kind)} {escape(name)}</a>')
        if term.scenario:
            found = next((one for one in self._window.scenarios if one.path.stem.endswith(term.scenario)), None)
            if found is not None:
                said = self.tr("scenario “{title}”").format(title=found.shown_title)
                links.append(f'<a href="scenario:{escape(found.path.name)}">{escape(said)}</a>')
        colour = theme.current().disk
        text = "<br>".join(f"→ {link}" for link in links).replace("<a ", f'<a style="color: {colour}" ')
        self.links.setText(text)

    def follow(self, href: str) -> None:
        """Go to where the word is seen; the dialogue stays."""
        kind, _, name = href.partition(":")
        window, term = self._window, self.term
        if kind == "scenario":
            window.open(next(one.path for one in window.scenarios if one.path.name == name))
        elif kind == "canvas" and term is not None:
            window.select(shown_by(window, term))
        elif window.docks.run_shown and kind == "setting":
            window.docks.call("pressure")
            panel = window.docks.pressure
            panel.others.button.setChecked(True)
            panel.filter.setText(name.removeprefix("machine."))
        elif window.docks.run_shown and kind == "figure":
            window.docks.call("charts")
            window.docks.charts.top.pick(name)


def _fits(typed: str, term: Term) -> int:
    """How well a word fits what was typed; 0 where it does not. Its own name counts most, its sentence least."""
    low = typed.lower()
    names = (declared(term.term).lower(), term.term.lower())
    if any(name.startswith(low) for name in names):
        return 4
    if any(low in name for name in names):
        return 3
    if any(low in name.lower() for name in term.kernel):
        return 2
    return int(low in declared(term.meaning).lower() or low in term.meaning.lower())


def _drawn(name: str) -> bool:
    try:
        return im.schema.named(name).group in (Group.GAUGE, Group.COUNTER)
    except KeyError:
        return False
