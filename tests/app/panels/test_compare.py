from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app import theme
from app.panels.compare import FIGURES, ComparePanel

OURS = {
    "design": "swap_desc", "references": 120_000, "simulated_ns": 41_700_000, "outcome": "finished",
    "counters": {"swap_lookups": 2000, "pgmajfault": 1000, "swapoff_descriptors": 38, "swapoff_ptes": 0},
    "gauges": {"swapped_pages": 312, "swap_used_pages": 38, "slots_held_by_zswap": 0},
    "metadata_bytes": {"descriptors": 3000, "slab": 168, "total": 3168},
}  # fmt: skip
THEIRS = {
    "design": "legacy", "references": 98_000, "simulated_ns": 39_700_000, "outcome": "oom", "oom_reference": 97_500,
    "counters": {"swap_lookups": 3400, "pgmajfault": 1000, "swapoff_ptes": 1152},
    "gauges": {"swapped_pages": 256, "swap_used_pages": 79, "slots_held_by_zswap": 41},
    "metadata_bytes": 5220,
}  # fmt: skip


@pytest.fixture
def panel(show):
    made = show(ComparePanel(), 330, 320)
    made.set_results(OURS, THEIRS)
    return made


def figure(panel, name):
    for label, bar, ours, theirs in panel.rows:
        if label.text() == name:
            return bar, ours.text(), theirs.text()
    raise AssertionError(f"no figure {name}")


def test_empty_it_says_how_to_get_a_comparison(show):
    panel = show(ComparePanel())
    assert panel.empty.isVisible()
    assert "Choose Compare" in panel.empty.text
    panel.copy_text()


@pytest.mark.parametrize(("name", "ours", "theirs"), [
    ("swapped before OOM", "312", "256"), ("slots in use", "38", "79"), ("slots wasted", "0", "41"),
    ("metadata", "3.1 KiB", "5.1 KiB"), ("look-ups per fault", "2.0", "3.4"), ("swapoff work", "38", "1\u202f152"),
])  # fmt: skip
def test_figures_of_both_runs(panel, name, ours, theirs):
    assert figure(panel, name)[1:] == (ours, theirs)


def test_bars_share_a_scale(panel):
    bar = figure(panel, "slots in use")[0]
    ours, theirs = bar.bars()
    assert theirs.width() == bar.width()
    assert ours.width() == pytest.approx(bar.width() * 38 / 79)
    assert theirs.top() >= ours.bottom()
    assert figure(panel, "slots wasted")[0].bars()[0].width() == 2


def test_it_names_the_designs_and_how_the_runs_ended(panel):
    assert panel.title.text() == "Compared with today's design, same workload"
    assert "swap descriptors" in panel.legend.text()
    assert panel.outcome.text().splitlines() == [
        "swap descriptors: 120\u202f000 references, 41.7 ms, finished",
        "today's design: 98\u202f000 references, 39.7 ms, out of memory at reference 97\u202f500",
    ]


def test_the_difference_is_said_for_those_who_do_not_see_bars(panel):
    assert figure(panel, "slots in use")[0].accessibleName() == "slots in use: 38, 79. This run: 52% less."
    assert "less" in panel.rows[1][0].toolTip()


def test_what_a_run_does_not_have_is_left_open(panel):
    panel.set_results({**OURS, "counters": {"pgmajfault": 0}, "metadata_bytes": None}, THEIRS)
    bar, ours, theirs = figure(panel, "look-ups per fault")
    assert (ours, theirs) == ("–", "3.4")
    assert bar.bars()[0].width() == 0
    assert figure(panel, "metadata")[1] == "–"
    assert figure(panel, "swapoff work")[1] == "–"
    assert bar.accessibleName().endswith("Not in both runs.")


def test_without_an_oom_it_is_pages_in_swap(panel):
    panel.set_results(OURS, {**THEIRS, "outcome": "finished"})
    assert figure(panel, "pages in swap")[1:] == ("312", "256")


def test_results_can_be_taken_away(panel):
    panel.set_results(None, THEIRS)
    assert panel.empty.isVisible()


def test_copy(panel, qtbot):
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "figure\tswap_desc\tlegacy"
    assert "swapoff work\t38\t1 152" in lines
    assert len(lines) == 1 + len(FIGURES)


def test_the_legend_takes_the_colours_of_the_theme(panel):
    try:
        theme.switch().choose("light")
        assert theme.LIGHT.accent in panel.legend.text()
    finally:
        theme.switch().choose("dark")
    assert theme.DARK.accent in panel.legend.text()
