"""The Compare panel: what is chosen is asked for, figures of two and three runs, and where they part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app import theme
from app.panels.compare import ComparePanel
from app.panels.figures import FIGURES
from app.words.offers import Offer
from engine.difference import Difference, first_difference
from engine.variant import Change, Variant
from tests.engine.test_comparison import program

OURS = {
    "design": "swap_desc", "references": 120_000, "simulated_ns": 41_700_000, "outcome": "finished",
    "counters": {"swap_lookups": 2000, "pgmajfault": 1000, "pgfault": 4000, "swapoff_descriptors": 38,
                 "swapoff_ptes": 0, "fault_latency_9": 390, "fault_latency_17": 10},
    "gauges": {"swapped_pages": 312, "swap_used_pages": 38, "slots_held_by_zswap": 0, "fault_ns": 8_000_000},
    "metadata_bytes": {"descriptors": 3000, "slab": 168, "total": 3168},
}  # fmt: skip
THEIRS = {
    "design": "legacy", "references": 98_000, "simulated_ns": 39_700_000, "outcome": "oom", "oom_reference": 97_500,
    "counters": {"swap_lookups": 3400, "pgmajfault": 1000, "pgfault": 4000, "swapoff_ptes": 1152},
    "gauges": {"swapped_pages": 256, "swap_used_pages": 79, "slots_held_by_zswap": 41, "fault_ns": 6_000_000},
    "metadata_bytes": 5220,
}  # fmt: skip
TODAY = Offer("designs", "today's design", Variant(Change.DESIGN, 0))
OLD = Offer("kernels", "kernel 6.2", Variant(Change.KERNEL, 0, "6.2"))
BRANCH = Offer("branches", "less memory", Variant(Change.BRANCH, 1))
OFFERS = [TODAY, OLD, BRANCH]
BRANCHES = ["as the scenario has it", "less memory"]


@pytest.fixture
def panel(show):
    made = show(ComparePanel(), 360, 620)
    made.show_offers(OFFERS, [TODAY], BRANCHES, 0, program())
    made.show_names(["swap descriptors", "today's design"])
    made.set_results([OURS, THEIRS])
    return made


def figure(panel, name):
    row = next(row for row in panel.rows if row.name == name)
    return row


def pick(box, text):
    """As a person does: open the list, choose a line."""
    row = box.findText(text)
    assert row >= 0, text
    box.setCurrentIndex(row)
    box.activated.emit(row)


def test_empty_it_says_how_to_get_a_comparison(show):
    panel = show(ComparePanel())
    assert panel.empty.isVisible()
    assert "press C" in panel.empty.text
    assert not panel.others[1].isVisible()
    assert not panel.views["side"].isEnabled()
    panel.copy_text()


@pytest.mark.parametrize(("name", "texts"), [
    ("swapped before OOM", ("312", "256")), ("slots in use", ("38", "79")), ("slots wasted", ("0", "41")),
    ("metadata", ("3.1 KiB", "5.1 KiB")), ("look-ups per fault", ("2.0", "3.4")),
    ("fault latency", ("2.00 µs", "1.50 µs")), ("slowest 1 %", ("262 µs", "–")),
    ("swapoff work", ("38", "1\u202f152")),
])  # fmt: skip
def test_figures_of_both_runs(panel, name, texts):
    assert figure(panel, name).texts == texts


def test_bars_share_a_scale(panel):
    ours, theirs = figure(panel, "slots in use").bars()
    assert ours.width() == pytest.approx(theirs.width() * 38 / 79)
    assert theirs.top() >= ours.bottom()
    assert figure(panel, "slots wasted").bars()[0].width() == 2


def test_every_figure_says_how_it_is_computed(panel):
    for row in panel.rows:
        assert len(row.toolTip().splitlines()[0]) > 30
    assert "swap_lookups / pgmajfault" in figure(panel, "look-ups per fault").toolTip()


def test_three_runs_have_three_bars(panel, qtbot):
    panel.show_offers(OFFERS, [TODAY, OLD], BRANCHES, 0, program())
    panel.set_results([OURS, THEIRS, {**OURS, "gauges": {**OURS["gauges"], "swap_used_pages": 80}}])
    row = figure(panel, "slots in use")
    assert row.texts == ("38", "79", "80")
    assert len(row.bars()) == 3
    qtbot.waitUntil(lambda: row.bars()[2].bottom() < row.height())
    assert row.accessibleName() == "slots in use: 38, 79, 80. A has 52% less than B. A has 52% less than C."


def test_it_says_how_the_runs_ended(panel):
    assert panel.outcome.text().splitlines() == [
        "A  120\u202f000 references, 41.7 ms, finished",
        "B  98\u202f000 references, 39.7 ms, out of memory at reference 97\u202f500",
    ]


def test_what_a_run_does_not_have_is_left_open(panel):
    panel.set_results([{**OURS, "counters": {"pgmajfault": 0}, "metadata_bytes": None}, THEIRS])
    row = figure(panel, "look-ups per fault")
    assert row.texts == ("–", "3.4")
    assert row.bars()[0].width() == 0
    assert figure(panel, "metadata").texts[0] == "–"
    assert figure(panel, "swapoff work").texts[0] == "–"
    assert row.accessibleName().endswith("Not in both A and B.")


def test_without_an_oom_it_is_pages_in_swap(panel):
    panel.set_results([OURS, {**THEIRS, "outcome": "finished"}])
    assert figure(panel, "pages in swap").texts == ("312", "256")


def test_results_can_be_taken_away(panel):
    panel.set_results([])
    assert panel.empty.isVisible()
    assert "runs from the start" in panel.empty.text  # what is chosen is on its way
    panel.show_offers(OFFERS, [], BRANCHES, 0, program())
    assert "press C" in panel.empty.text


def test_copy(panel, qtbot):
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "figure\tswap descriptors\ttoday's design"
    assert "swapoff work\t38\t1 152" in lines
    assert len(lines) == 1 + len(FIGURES)


def test_both_sides_can_be_chosen(panel, qtbot):
    with qtbot.waitSignal(panel.branch_chosen) as said:
        pick(panel.ours, "less memory")
    assert said.args == [1]
    with qtbot.waitSignal(panel.other_chosen) as said:
        pick(panel.others[0], "kernel 6.2")
    assert said.args == [0, OLD.variant]
    assert panel.others[1].isVisible()
    with qtbot.waitSignal(panel.other_chosen) as said:
        pick(panel.others[1], "less memory")
    assert said.args == [1, BRANCH.variant]
    with qtbot.waitSignal(panel.other_chosen) as said:
        pick(panel.others[0], "nothing")
    assert said.args == [0, None]


def test_a_setting_is_found_by_typing_and_given_another_value(panel, qtbot):
    pick(panel.others[0], "a setting…")
    choice = panel.settings[0]
    assert choice.isVisible()
    assert choice.list.findText("design") < 0
    with qtbot.waitSignal(panel.other_chosen) as said:
        pick(choice.list, "frames")
    assert said.args == [0, Variant(Change.SETTING, 24, "machine.frames")]
    chosen = Offer("", "frames = 24 pages", said.args[1])
    panel.show_offers(OFFERS, [chosen], BRANCHES, 0, program())
    assert panel.others[0].currentText() == "frames = 24 pages"
    assert choice.knob.wanted == 24
    with qtbot.waitSignal(panel.other_chosen) as said:
        choice.knob.field.setValue(60)
    assert said.args == [0, Variant(Change.SETTING, 60, "machine.frames")]
    choice.knob.field.setValue(10**6)
    assert choice.knob.wanted == 4 * 48  # no further than its tables go
    with qtbot.waitSignal(panel.other_chosen) as said:
        qtbot.mouseClick(choice.close_button, Qt.MouseButton.LeftButton)
    assert said.args == [0, None]


def test_a_switch_begins_with_its_other_value(panel, qtbot):
    pick(panel.others[0], "a setting…")
    with qtbot.waitSignal(panel.other_chosen) as said:
        pick(panel.settings[0].list, "zswap.second_chance")
    assert said.args == [0, Variant(Change.SETTING, 0, "machine.zswap.second_chance")]


def test_the_way_of_showing_is_chosen_with_a_click(panel, qtbot):
    with qtbot.waitSignal(panel.beside_chosen) as said:
        qtbot.mouseClick(panel.views["over"], Qt.MouseButton.LeftButton)
    assert said.args == ["over"]
    panel.show_beside("over")
    assert [name for name, button in panel.views.items() if button.isChecked()] == ["over"]


def test_where_they_part_is_told_for_both(panel, qtbot):
    ours, theirs = program(1, slots=12), program(0, slots=12)
    found = list(first_difference(ours, theirs))[-1]
    assert isinstance(found, Difference)
    panel.show_difference(found)
    assert f"A  {found.our_sentences[found.parted]}" in panel.difference_text.text()
    assert panel.difference_theirs.text().startswith("B  ")
    panel.show_difference(replace(found, other=1))
    assert panel.difference_theirs.text().startswith("C  ")
    for button, direction in ((panel.difference_first, 0), (panel.difference_next, 1), (panel.difference_last, -1)):
        with qtbot.waitSignal(panel.difference_wanted) as said:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert said.args == [direction]
    panel.show_difference(None, 0.25)
    assert "25%" in panel.difference_text.text()
    panel.show_difference(None)
    assert "both do the same" in panel.difference_text.text()


def test_bars_and_chips_take_the_colours_of_the_theme(panel):
    before = panel.grab().toImage()
    try:
        theme.switch().choose("light")
        assert panel.grab().toImage() != before
    finally:
        theme.switch().choose("dark")
