"""Headings, cards and the legend explain their words, from the glossary."""

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.canvas import Depth, legend
from app.canvas.facts import read
from app.canvas.legend import HEIGHT, TERMS, hint_at, items, paint_legend
from app.canvas.style import Style
from app.canvas.terms import as_tooltip, explained
from engine.glossary import GLOSSARY, term_of
from tests.app.canvas.fixtures import moment_of

EVERY = pytest.mark.parametrize("depth", list(Depth))


@EVERY
def test_every_part_that_explains_itself_says_something(canvas, built, depth):
    canvas.resize(1680, 760)
    canvas.detail = depth
    canvas.show_moment(moment_of(built))
    for column in canvas.scene.columns:
        head = QPointF(column.box.left() + 30, column.box.top() + 20)
        assert column.terms
        assert all(f"<b>{term_of(name).term}</b>" in column.hint_at(head) for name in column.terms)
        for hint in column.hints:
            told = as_tooltip(hint.text if isinstance(hint.text, str) else hint.text(), hint.terms)
            assert "<table" in told
            assert all(term_of(name).meaning.split(";")[0][:20].split("'")[0] in told for name in hint.terms)


def test_what_a_reader_asks_first(canvas, built):
    canvas.resize(1680, 760)
    canvas.show_moment(moment_of(built))
    named = {name for column in canvas.scene.columns for hint in column.hints for name in (*hint.terms, *column.terms)}
    wanted = {"swapcache", "reverse map (of slots)", "inactive list", "active list", "slab", "watermarks", "kswapd",
              "count (of a swap entry)", "backend", "pool", "slot", "resident set"}  # fmt: skip
    if built.design == 0:
        wanted -= {"slab", "reverse map (of slots)"}
    assert named >= wanted


def test_a_term_has_its_kernel_names():
    told = explained(["swapcache"])
    assert "PG_swapcache" in told
    assert "Kernel" in told
    with pytest.raises(KeyError):
        explained(["no such word"])


def test_the_legend(canvas, built):
    canvas.show_moment(moment_of(built))
    style = canvas.scene.columns[0].style
    box = canvas._area(style)[1]
    found = {hint_at(box, QPointF(x, box.center().y()), canvas._facts, style) for x in range(0, int(box.right()), 4)}
    told = " ".join(found)
    for word in ("swapcache", "zswap", "active list"):
        assert f"<b>{word}</b>" in told
    assert hint_at(QRectF(), QPointF(20, 10), canvas._facts, style) == ""
    known = {one.term for one in GLOSSARY}
    assert all(term_of(name).term in known for terms in TERMS.values() for name in terms)


@pytest.mark.parametrize("width", [1312, 656])
def test_a_narrow_legend_has_shorter_names_and_still_every_state(canvas, built, width):
    facts, style = read(moment_of(built)), Style.now(1.0)
    box, names = QRectF(0, 0, width, HEIGHT), items(facts)[:7]
    picture = QImage(width, HEIGHT, QImage.Format.Format_RGB32)
    picture.fill(0)
    painter = QPainter(picture)
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(legend, "_item", _noting(shown))
        paint_legend(painter, box, facts, style)
    painter.end()
    assert len(shown) >= len(names)
    assert all(right <= width for _, right in shown)
    whole = [name for _, _, name in names]
    assert ([name for name, _ in shown[: len(whole)]] == whole) == (width > 1000)
    first = hint_at(box, QPointF(20, HEIGHT / 2), facts, style)
    assert (whole[0] in first) == (width < 1000), "what is not written in whole is told"


def _noting(shown):
    def item(painter, x, middle, image, text, style, colour):
        right = x + style.px(legend.CELL + legend.BEFORE) + style.width(text, 10.5)
        shown.append((text, right))
        return right

    return item
