"""Cards stand where the cells leave room, and nowhere else; cells keep their size while pages move."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.canvas import Depth
from app.canvas.charts import LATENCY, OCCUPANCY
from app.canvas.column import EXTRA_GAP, Extra
from app.canvas.facts import read
from app.canvas.invitation import Invitation
from app.canvas.levels import Level
from app.canvas.memory import MemoryColumn
from app.canvas.places import Viewpoint
from app.canvas.run import NO_RUN, Run
from app.canvas.scene import Scene, viewpoints
from app.canvas.style import LEFT, Style
from app.canvas.versus import Pair, Versus
from app.export.picture import moment_of as moment_at
from app.series import Curve
from engine.timeline import Timeline
from tests.app.canvas.fixtures import moment_of
from tests.engine.reading.built import SWAP_DESC, Built, populated

LARGE, SMALL = (1656, 684), (1256, 478)
SQUARES = [Level(columns, 320 // columns) for columns in (4, 8, 16, 32)]


def scene_of(built, size, run=NO_RUN, depth=None):
    more = {} if depth is None else {"depth": depth}
    looks = viewpoints(depth) if depth is not None else [Viewpoint()] * 4
    return Scene.of(read(moment_of(built)), QRectF(0, 0, *size), Style.now(1.0), looks, run=run, **more)


def a_run():
    at = np.linspace(0, 1000, 50)
    parts = tuple(
        Curve(name, colour, np.full(50, value))
        for name, colour, value in (("memory", "active", 40.0), ("zswap", "zswap", 30.0), ("disk", "disk", 5.0))
    )
    percentiles = tuple(Curve(name, "zswap", np.linspace(1, 80, 50)) for name in ("p50", "p99"))
    return Run(1000, at, parts, at, percentiles, most_slots=60, most_descriptors=90, most_resident=44, most_stored=40)


pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def column(qapp):
    return scene_of(populated(), LARGE).memory


def rooms(level):
    return level.rows(64) * level.pitch_y


@pytest.mark.parametrize(
    ("height", "heights"),
    [(170, []), (280, [100]), (400, [100, 100])],
    ids=["none", "the first", "both"],
)
def test_cards_come_in_their_order_while_good_cells_fit(column, height, heights):
    extras = [Extra(100, 100), Extra(100, 100)]
    level, found = column.fit(SQUARES, rooms, height, 320, 20, extras)
    assert found == heights
    assert rooms(level) + sum(found) + EXTRA_GAP * len(found) <= height
    assert level.pitch >= 20


def test_what_is_left_over_makes_cards_higher_up_to_their_most(column):
    _, found = column.fit(SQUARES, rooms, 900, 320, 20, [Extra(100, 140), Extra(80, 90)])
    assert found == [140, 90]


def test_a_card_that_does_not_fit_keeps_the_later_ones_out(column):
    _, found = column.fit(SQUARES, rooms, 300, 320, 20, [Extra(500, 500), Extra(20, 20)])
    assert found == []


def test_charts_and_the_entry_stand_in_a_large_window_and_not_in_a_small_one():
    large, small = (scene_of(populated(), size, a_run()) for size in (LARGE, SMALL))
    assert not large.entry_box.isEmpty()
    assert small.entry_box.isEmpty()
    assert [len(scene.memory._charts()) for scene in (large, small)] == [2, 2]
    told = [sum("kernel" not in hint.terms and hint.terms[:1] in (("swapcache",), ("fault",))
                for hint in scene.memory.hints) for scene in (large, small)]  # fmt: skip
    assert told == [2, 0]


def test_without_samples_there_are_no_charts():
    assert scene_of(populated(), LARGE).memory._charts() == ()


def test_cells_keep_their_size_along_a_run():
    """What is known of the whole run says how much room things will need."""
    facts, pitches = read(moment_of(populated(SWAP_DESC))), set()
    run = replace(a_run(), most_resident=30, most_descriptors=120)
    for resident in (5, 28):
        memory = replace(facts.memory, resident=resident)
        looks = [Viewpoint()] * 4
        scene = Scene.of(replace(facts, memory=memory), QRectF(0, 0, *LARGE), Style.now(1.0), looks, run=run)
        pitches.add((scene.memory.fields[0].level.pitch, scene.descriptors.fields[0].level))
    assert len(pitches) == 1


def test_a_comparison_has_a_card_of_its_own(canvas):
    canvas.resize(1680, 760)
    canvas.show_moment(moment_of(populated()))
    before = canvas.grab().toImage()
    pairs = Pair("slots in use", 38, 79, "38", "79"), Pair("swapoff work", None, 5, "–", "5")
    versus = Versus("today's design", pairs)
    canvas.show_comparison(versus)
    assert canvas.scene.backends.run.versus == versus
    assert canvas.grab().toImage() != before
    canvas.show_comparison(None)
    assert canvas.grab().toImage() == before


def test_where_nobody_compares_a_click_on_the_offer_begins(canvas, qtbot):
    canvas.resize(1680, 900)
    canvas.show_moment(moment_of(populated()))
    canvas.show_comparison(Invitation("today's design"))
    box = canvas.scene.invitation_box
    assert not box.isEmpty()
    before = canvas.selection
    with qtbot.waitSignal(canvas.comparison_wanted):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert canvas.selection == before
    canvas.show_comparison(None)
    assert canvas.scene.invitation_box.isEmpty()


@pytest.mark.parametrize("chart", [OCCUPANCY, LATENCY])
@pytest.mark.parametrize("width", range(130, 330, 20))
def test_a_charts_title_and_figures_never_overlap(chart, width, monkeypatch):
    drawn = []
    write = Style.text

    def note(style, painter, box, text, size=11, colour="text", bold=False, **more):
        drawn.append((box.top(), box.left(), style.width(text, size, bold)))
        return write(style, painter, box, text, size, colour, bold, **more)

    monkeypatch.setattr(Style, "text", note)
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    facts = read(moment_of(populated()))
    run = a_run()
    chart.paint(painter, QRectF(0, 0, width, 80), run, facts, Style.now(1.0))
    painter.end()
    head = drawn[: len(chart.says(run, facts)) + 1]
    for top, left, wide in head:
        for other, start, _ in head:
            assert other != top or start <= left or left + wide <= start + 0.5


def test_the_samples_of_a_run_give_the_curves(program):
    timeline = Timeline(program)
    while not timeline.complete:
        timeline.explore(1000)
    run = Run.of(timeline.series)
    assert run.known == timeline.length
    assert [curve.name for curve in run.parts] == ["memory", "zswap", "disk"]
    assert run.most_stored == timeline.series.of("zswap_stored_pages").max()
    assert not run.outgrown(timeline.series)
    assert NO_RUN.outgrown(timeline.series)
    memory = run.parts[0]
    assert run.now(memory, run.at, timeline.length) == memory.values[-1]
    assert np.isnan(run.now(memory, run.at, -1))


def test_the_canvas_reads_a_growing_run_when_there_is_much_more_of_it(qtbot, canvas, program):
    timeline = Timeline(program)
    timeline.explore(20)
    canvas.show_moment(moment_of(populated()))
    canvas.show_series(timeline.series)
    first = canvas._run
    assert first.known > 0
    canvas.show_series(timeline.series)
    assert canvas._run is first
    while not timeline.complete:
        timeline.explore(1000)
    canvas.show_series(timeline.series)
    assert canvas._run.known == timeline.length
    qtbot.waitUntil(lambda: not canvas._settled.isActive(), timeout=2000)
    canvas.clear()
    assert canvas._run is NO_RUN


@pytest.mark.parametrize("size", [(916, 476), (1256, 478), (1656, 684)])
@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("at", [0, 30])
def test_no_text_is_cut_off(canvas, program, monkeypatch, size, depth, at):
    cut = []

    def note(self, painter, box, text, size=11, colour="text", bold=False, mono=False, align=LEFT):
        if box.width() > 0 and self.width(text, size, bold, mono) > box.width() + 0.5:
            cut.append(text)
        return draw(self, painter, box, text, size, colour, bold, mono, align)

    draw = Style.text
    monkeypatch.setattr(Style, "text", note)
    timeline = Timeline(program)
    timeline.jump(at)
    canvas.resize(*size)
    canvas.detail = depth
    canvas.show_moment(moment_at(timeline))
    canvas.show_series(timeline.series)
    canvas.grab()
    assert cut == []


def test_before_the_first_page_the_card_of_frames_says_that_all_are_free(monkeypatch):
    said = []
    monkeypatch.setattr(MemoryColumn, "_empty", lambda _column, _painter, _box, text, _rolled: said.append(text))
    for machine in (Built(SWAP_DESC), populated()):
        for size in (LARGE, SMALL):
            column = scene_of(machine, size, a_run()).memory
            picture = QImage(int(column.box.right()), int(column.box.bottom()), QImage.Format.Format_RGB32)
            painter = QPainter(picture)
            column.paint(painter)
            painter.end()
    assert len([text for text in said if "all are free" in text.lower()]) == 2


def test_a_chart_keeps_its_whole_title_where_a_second_line_has_room(monkeypatch):
    drawn, draw = [], Style.text

    def heard(style, painter, box, text, *rest, **more):
        drawn.append(text)
        return draw(style, painter, box, text, *rest, **more)

    monkeypatch.setattr(Style, "text", heard)
    facts, run, style = read(moment_of(populated())), a_run(), Style.now(1.0)
    picture = QImage(400, 200, QImage.Format.Format_RGB32)
    for wide, high, title in ((300, 110, "Where pages live"), (250, 110, "Where pages live"), (250, 86, "Pages"),
                              (190, 86, "Where pages live")):  # fmt: skip
        drawn.clear()
        painter = QPainter(picture)
        OCCUPANCY.paint(painter, QRectF(0, 0, wide, high), run, facts, style)
        painter.end()
        assert title in drawn
        assert len(drawn) == 4, "the title and three figures"
