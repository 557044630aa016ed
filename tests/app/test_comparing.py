"""Comparing with another run: by key, menu and choice; in step with the cursor; to the first difference."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engine.comparison import Follower
from engine.difference import Difference, first_difference
from engine.program import Swapfile


@pytest.fixture
def compared(window, qtbot, cursor):
    window.player.jump(400)
    qtbot.waitUntil(lambda: cursor() == 400)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_C)
    panel = window.docks.compare
    qtbot.waitUntil(lambda: panel.results is not None, timeout=20_000)
    return panel


def expected(program, operations):
    follower = Follower(program)
    for _ in follower.reach(operations):
        pass
    return follower.figures()


def test_a_key_compares_with_todays_design(window, compared, program):
    assert window.docks.in_sight("compare")
    operations = window.frame.operations + 1
    legacy = program.with_settings({"machine.design": 0})
    assert compared.results[0] == expected(program, operations)
    assert compared.results[1] == expected(legacy, operations)
    assert "today" in compared.title.text()


def test_the_bars_follow_the_cursor(window, compared, qtbot, program, cursor):
    before = compared.results
    window.player.jump(700)
    qtbot.waitUntil(lambda: cursor() == 700 and compared.results != before, timeout=20_000)
    legacy = program.with_settings({"machine.design": 0})
    assert compared.results[1] == expected(legacy, window.frame.operations + 1)


def test_where_both_do_the_same_it_is_said(compared, qtbot, program):
    assert not [one for one in first_difference(program, program.with_settings({"machine.design": 0}))
                if isinstance(one, Difference)]  # fmt: skip
    qtbot.waitUntil(lambda: "None: both" in compared.difference_text.text(), timeout=20_000)
    assert not compared.difference_go.isEnabled()


def test_the_first_difference_is_found_and_gone_to(window, qtbot, program, cursor):
    program = replace(program, swapfiles=(Swapfile("swap0", 12),))
    window.worker.open(lambda: program, "Reading")
    qtbot.waitUntil(lambda: window.frame.moment.program.swapfiles == program.swapfiles and window.frame.moment.complete)
    window.actions_by_name["compare"].trigger()
    panel = window.docks.compare
    found = list(first_difference(program, program.with_settings({"machine.design": 0})))[-1]
    qtbot.waitUntil(lambda: panel.difference is not None, timeout=20_000)
    assert panel.difference == found
    assert found.our_sentences[found.parted] in panel.difference_text.text()
    qtbot.mouseClick(panel.difference_go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: cursor() == found.ours[found.parted].number)


def test_nothing_is_chosen_in_the_panel(window, compared, qtbot):
    compared.other.setCurrentIndex(0)
    compared.other.activated.emit(0)
    assert compared.results is None
    assert window.comparing.other is None
    assert compared.empty.isVisible()


def test_a_branch_is_compared_with_the_run_it_left(window, compared, qtbot):
    window._change("machine.frames", 40)
    qtbot.waitUntil(lambda: len(window.frame.branches) == 2)
    window.menus.fill_compared()
    texts = [action.text() for action in window.menus.compared.actions()]
    assert "as the scenario has it" in texts
    window.menus.compared.actions()[texts.index("as the scenario has it")].trigger()
    qtbot.waitUntil(lambda: compared.results is not None, timeout=20_000)
    assert [result["label"] for result in compared.results] == ["machine.frames = 40", "as the scenario has it"]
    window.player.last()
    qtbot.waitUntil(lambda: window.frame.moment.complete and compared.results[0]["outcome"] == "finished"
                    and compared.results[1]["outcome"] == "finished", timeout=20_000)  # fmt: skip
    assert compared.results[0]["counters"]["pgmajfault"] >= compared.results[1]["counters"]["pgmajfault"]
