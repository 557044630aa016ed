"""What lights up with a selection: its chain outlined in every column, the curves along it, the window around it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.canvas.links import Link, chain_links, neighbour_links, paint_links, paint_outline, paint_outlines
from app.canvas.scene import Scene
from app.canvas.style import Style
from app.moment import Selected, Thing
from engine.mm.view import View
from engine.reading import Chain, Place, chains, neighbours

MOST_OUTLINES = 600
MOST_CHAINS, MANY_ROWS = 24, 4_000_000
"""Selected things whose chains are followed, and the page-table entries from which it is only the first."""


class Lit:
    """Outlines and curves of one selection in one scene."""

    def __init__(self) -> None:
        self.things: list[Selected] = []
        """What is outlined: the selection and all that hangs together with it."""
        self.links: list[Link] = []
        """Curves along the chains."""
        self.around: list[Link] = []
        """Thin curves to the rest of the readahead window."""
        self.windows: list[QRectF] = []
        """That window, a box for each row of cells."""

    def clear(self) -> None:
        """Nothing is selected."""
        self.things, self.links, self.around, self.windows = [], [], [], []

    def follow(self, view: View, scene: Scene, selection: tuple[Selected, ...]) -> Chain | None:
        """Find what hangs together with a selection; gives the chain of the first thing in it."""
        self.clear()
        style, first = scene.columns[0].style, None
        lit: dict[Selected, None] = {}
        followed = selection[: MOST_CHAINS if len(view.pte) < MANY_ROWS else 1]
        for found in chains(view, followed):
            first = first or found
            self.links += chain_links(found, scene, style)
            lit.update((_selected(place), None) for place in found.places())
            if len(selection) == 1:
                self.around, self.windows = neighbour_links(neighbours(view, found), found, scene, style)
        lit.update((thing, None) for thing in selection)
        self.things = list(lit)
        return first

    def paint(self, painter: QPainter, scene: Scene, style: Style) -> None:
        """Curves, the window, and outlines over them."""
        paint_links(painter, self.around + self.links, style)
        for box in self.windows:
            paint_outline(painter, box, style, "text", 1.0)
        lit = self.things[:MOST_OUTLINES]
        paint_outlines(painter, [rect for thing in lit for rect in scene.places(thing)], style)


def _selected(place: Place) -> Selected:
    return Selected(Thing(place.thing), place.number, place.owner)
