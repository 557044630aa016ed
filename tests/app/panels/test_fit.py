"""At the width of a narrow dock nothing is cut off, in either theme and at larger type."""

from __future__ import annotations

import contextlib

import pytest
from PySide6.QtWidgets import QSizePolicy

from app import theme
from app.moment import Selected, Thing
from app.panels.charts import ChartsPanel
from app.panels.compare import ComparePanel
from app.panels.inspector import InspectorPanel
from app.panels.pressure import PressurePanel
from app.panels.transitions import TransitionsPanel
from app.panels.widgets import Text
from tests.engine.reading.built import Built


def inspector(moment, samples):
    panel = InspectorPanel()
    panel.show_moment(moment)
    return panel


def pressure(moment, samples):
    panel = PressurePanel()
    panel.show_moment(moment)
    panel.others.button.click()
    return panel


def charts(moment, samples):
    panel = ChartsPanel()
    pages = {"resident_pages": 4096, "zswap_stored_pages": 4096, "swapped_pages": 8192, "swap_used_pages": 4096}
    panel.set_series(samples(50, **pages))
    return panel


def transitions(moment, samples):
    panel = TransitionsPanel()
    panel.set_records([moment.transition], ["editor page 12 needs its page back: swap id 31 gets frame 17."])
    return panel


def compare(moment, samples):
    panel = ComparePanel()
    result = {"references": 1_200_000, "simulated_ns": 41_700_000, "outcome": "oom", "metadata_bytes": 12_000_000,
              "gauges": {"swapped_pages": 65_536, "swap_used_pages": 12_345}, "counters": {}}  # fmt: skip
    panel.set_results([{**result, "design": "swap_desc"}, {**result, "design": "legacy"}])
    return panel


LOOKS = [("dark", 1.0, 320), ("light", 1.0, 420), ("dark", 1.5, 480)]


@pytest.fixture(params=LOOKS, ids=str)
def look(request, qapp):
    name, scale, width = request.param
    theme.switch().choose(name)
    theme.switch().resize_type(scale)
    yield width
    theme.switch().resize_type(1.0)
    theme.switch().choose("dark")


@pytest.mark.parametrize("make", [inspector, pressure, charts, transitions, compare])
def test_nothing_is_cut_off(make, look, show, moment_of, samples, qtbot):
    built = Built()
    frame = built.frame((1, 5), (2, 5), active=True)
    built.swapped((1, 6), length=1612, cached=frame)
    panel = show(make(moment_of(built, Selected(Thing.PAGE, 6, 1)), samples), look, 700)
    last = []

    def fits():
        last[:] = cut_off(panel)
        return not last

    with contextlib.suppress(qtbot.TimeoutError):
        qtbot.waitUntil(fits, timeout=5000)
    assert last == []


def cut_off(panel):
    """Texts of a panel that are not seen in whole. Knobs are made and laid out some at a time."""
    cut = []
    for text in panel.findChildren(Text):
        if not text.isVisible() or not text.text():
            continue
        right = text.mapTo(panel, text.rect().topRight()).x()
        if right > panel.width():
            cut.append(f"'{text.text()}' ends at {right} of {panel.width()}")
        wide = text.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored
        if wide and not text.wordWrap() and text.width() < text.sizeHint().width():
            cut.append(f"'{text.text()}' has {text.width()} of {text.sizeHint().width()}")
        if text.wordWrap() and text.height() < text.heightForWidth(text.width()):
            cut.append(f"'{text.text()}' has too little height")
    return cut
