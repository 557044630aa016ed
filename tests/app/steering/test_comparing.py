"""Comparing with other runs: by key, menu and choice; in step with the cursor; to where they differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.canvas.invitation import Invitation
from engine.comparison import Follower, Lockstep
from engine.difference import Difference, first_difference
from engine.mm import image as im
from engine.scenario.kernel import PRESETS
from engine.variant import Change, Variant, on_kernel, throughout
from tests.app.panels.test_compare import pick


@pytest.fixture
def compared(window, qtbot, cursor):
    window.player.jump(400)
    qtbot.waitUntil(lambda: cursor() == 400)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_C)
    panel = window.docks.compare
    qtbot.waitUntil(lambda: len(panel.results) == 2, timeout=20_000)
    return panel


def expected(window, *others):
    """Figures of ours and of others at the cursor."""
    lockstep = Lockstep(window.frame.moment.program, (), [Follower(other) for other in others])
    for _ in lockstep.reach(window.frame.operations + 1):
        pass
    lockstep.step_to(window.frame.moment.transition.number)
    return [follower.figures() for follower in (lockstep.ours, *lockstep.others)]


def seen(window, qtbot, count):
    """The other machines, once they are drawn where the cursor is."""
    def there():
        shown = [one for one in window.machines._seen if one.moment.view["references"] > 0]
        return len(shown) == count and len(window.docks.compare.results) == count + 1

    qtbot.waitUntil(there, timeout=20_000)
    return window.machines._seen


def test_a_key_compares_with_todays_design(window, compared, program):
    assert window.docks.in_sight("compare")
    assert compared.results == expected(window, program.with_settings({"machine.design": 0}))
    assert compared.others[0].currentText() == "today's design"


def test_the_bars_follow_the_cursor(window, compared, qtbot, program, cursor):
    before = compared.results
    window.player.jump(700)
    qtbot.waitUntil(lambda: cursor() == 700 and compared.results != before, timeout=20_000)
    legacy = program.with_settings({"machine.design": 0})
    assert compared.results == expected(window, legacy)


def test_where_both_do_the_same_it_is_said(window, compared, qtbot, program, cursor):
    assert not [one for one in first_difference(program, program.with_settings({"machine.design": 0}))
                if isinstance(one, Difference)]  # fmt: skip
    qtbot.waitUntil(lambda: "both do the same" in compared.difference_text.text(), timeout=20_000)
    qtbot.mouseClick(compared.difference_next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "both do the same" in compared.difference_text.text(), timeout=20_000)
    assert cursor() == 400


def test_differences_are_gone_to_with_buttons_and_keys(window, qtbot, program, cursor):
    pool = im.schema.setting_for("machine.zswap.max_pool_pages")
    found = list(first_difference(program, throughout(program, pool, 2)))[-1]
    window.comparing.choose((Variant(Change.SETTING, 2, pool.key),))
    panel = window.docks.compare
    qtbot.waitUntil(lambda: panel.difference is not None, timeout=20_000)
    assert panel.difference == found
    assert cursor() == 0  # only told, not gone to
    assert found.our_sentences[found.parted] in panel.difference_text.text()
    qtbot.mouseClick(panel.difference_first, Qt.MouseButton.LeftButton)
    first = found.ours[found.parted].number
    qtbot.waitUntil(lambda: cursor() == first, timeout=20_000)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: cursor() > first, timeout=20_000)
    second = window.frame.operations
    assert second > found.operation
    qtbot.waitUntil(lambda: panel.difference is not None and panel.difference.operation == second)
    qtbot.keyClick(window.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: cursor() == first, timeout=20_000)
    qtbot.mouseClick(panel.difference_next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.frame.operations == second, timeout=20_000)
    qtbot.mouseClick(panel.difference_last, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: cursor() == first, timeout=20_000)
    QTest.keySequence(window, "Ctrl+D")
    qtbot.waitUntil(lambda: panel.difference == found, timeout=20_000)


def test_nothing_is_chosen_in_the_panel(window, compared):
    pick(compared.others[0], "nothing")
    assert compared.results == []
    assert window.comparing.others == ()
    assert compared.empty.isVisible()
    assert not window.machines.headings[0].isVisible()


@pytest.mark.parametrize("kernel", PRESETS)
def test_another_kernel_preset_is_compared(window, compared, qtbot, program, kernel):
    pick(compared.others[0], f"kernel {kernel}")
    both = expected(window, on_kernel(program, kernel))
    qtbot.waitUntil(lambda: compared.results == both, timeout=20_000)


def test_three_machines_one_of_them_with_a_setting_changed(window, compared, qtbot, program):
    pick(compared.others[1], "a setting…")
    pick(compared.settings[1].list, "frames")
    smaller = throughout(program, im.schema.setting_for("machine.frames"), 24)
    three = expected(window, program.with_settings({"machine.design": 0}), smaller)
    qtbot.waitUntil(lambda: compared.results == three, timeout=20_000)
    compared.settings[1].knob.field.setValue(30)
    qtbot.waitUntil(lambda: window.comparing.others[1] == Variant(Change.SETTING, 30, "machine.frames"))
    qtbot.waitUntil(lambda: len(compared.results) == 3 and compared.results[2] != three[2], timeout=20_000)
    assert window.machines.names == ("swap descriptors · frames = 48 pages", "today's design", "frames = 30 pages")


def test_a_branch_is_compared_with_the_run_it_left(window, compared, qtbot):
    window.branching.change("machine.frames", 40)
    qtbot.waitUntil(lambda: len(window.frame.branches) == 2)
    window.menus.fill_compared()
    texts = [action.text() for action in window.menus.compared.actions()]
    assert "as the scenario has it" in texts
    window.menus.compared.actions()[texts.index("as the scenario has it")].trigger()
    qtbot.waitUntil(lambda: len(compared.results) == 2, timeout=20_000)
    assert window.machines.names == ("machine.frames = 40", "as the scenario has it")
    window.player.last()
    qtbot.waitUntil(lambda: window.frame.moment.complete and len(compared.results) == 2 and
                    all(result["outcome"] == "finished" for result in compared.results), timeout=20_000)  # fmt: skip
    assert compared.results[0]["counters"]["pgmajfault"] >= compared.results[1]["counters"]["pgmajfault"]


def test_choosing_the_branch_beside_ours_swaps_them(window, compared, qtbot):
    window.branching.change("machine.frames", 40)
    qtbot.waitUntil(lambda: len(window.frame.branches) == 2 and window.frame.branch == 1)
    pick(compared.others[0], "as the scenario has it")
    qtbot.waitUntil(lambda: len(compared.results) == 2, timeout=20_000)
    pick(compared.ours, "as the scenario has it")
    qtbot.waitUntil(lambda: window.frame.branch == 0, timeout=20_000)
    qtbot.waitUntil(lambda: window.comparing.others == (Variant(Change.BRANCH, 1),))
    qtbot.waitUntil(lambda: len(compared.results) == 2, timeout=20_000)
    assert window.machines.names == ("as the scenario has it", "machine.frames = 40")


def test_a_comparison_ends_with_its_branch(window, compared, qtbot):
    window.branching.change("machine.frames", 40)
    qtbot.waitUntil(lambda: len(window.frame.branches) == 2)
    window.branching.switch(0)
    qtbot.waitUntil(lambda: window.frame.branch == 0)
    window.comparing.choose((Variant(Change.BRANCH, 1), Variant(Change.DESIGN, 0)))
    window.branching.remove(1)
    assert window.comparing.others == (Variant(Change.DESIGN, 0),)


def test_what_is_played_fast_waits_for_the_others(window, compared, qtbot, cursor):
    """At any speed every frame of ours is followed by theirs at the same place."""
    window.player.jump(1)
    qtbot.waitUntil(lambda: cursor() == 1)
    together = []

    def note(name, answer):
        if name == "compare" and not isinstance(answer[1], float):
            together.append((window.frame.operations + 1, answer[1].figures[1]["references"]))

    window.worker.told.connect(note)
    window.player.choose_speed(60)  # more a second than are shown
    window.player.toggle(1)
    qtbot.waitUntil(lambda: len(together) > 3, timeout=20_000)
    window.player.pause()
    places = [place for place, _references in together]
    assert places == sorted(places)


def test_it_is_kept_while_the_panel_is_closed_and_the_machines_are_drawn(window, compared, qtbot, cursor):
    seen(window, qtbot, 1)
    window.docks.named("compare").close()
    before = window.machines._seen
    window.player.step(1)
    qtbot.waitUntil(lambda: cursor() == 401 and window.machines._seen is not before, timeout=20_000)


def test_a_policy_of_ones_own_stands_beside_the_others(window, qtbot, program):
    """Only where a policy was chosen are others offered; the kernel's is one of them."""
    def policies():
        offers = window.comparing.offers(window.frame)
        return {offer.text: offer.variant for offer in offers if offer.group == "policies"}

    assert policies() == {}
    mine = replace(program.with_settings({"machine.policy": 6}), title="mine", decisions=np.zeros(1, dtype=np.int64))
    window.worker.open(lambda: mine, "Reading")
    qtbot.waitUntil(lambda: window.frame.moment.program.title == "mine", timeout=20_000)
    qtbot.waitUntil(lambda: window.frame.moment.complete, timeout=20_000)
    assert list(policies()) == ["policy = linux", "policy = fifo", "policy = lru", "policy = clock", "policy = random",
                                "policy = opt"]  # fmt: skip
    window.player.jump(700)
    window.comparing.choose((policies()["policy = lru"], policies()["policy = linux"]))
    panel = window.docks.compare
    qtbot.waitUntil(lambda: len(panel.results) == 3, timeout=20_000)
    theirs = [mine.with_settings({"machine.policy": number}) for number in (2, 0)]
    qtbot.waitUntil(lambda: panel.results == expected(window, *theirs), timeout=20_000)
    assert window.comparing.names() == ["policy = own", "policy = lru", "policy = linux"]


def test_a_writeback_policy_stands_beside_the_kernels(window, qtbot, program):
    mine = program.with_settings({"machine.zswap.writeback_policy": 1})
    mine = replace(mine, title="mine", decisions=np.zeros(1, dtype=np.int64))
    window.worker.open(lambda: mine, "Reading")
    qtbot.waitUntil(lambda: window.frame.moment.program.title == "mine", timeout=20_000)
    offered = [offer.text for offer in window.comparing.offers(window.frame) if offer.group == "policies"]
    assert offered == ["zswap.writeback_policy = lru"]


def test_with_the_panel_closed_the_figures_stand_in_the_picture(window, compared, qtbot):
    window.actions_by_name["machines_alone"].trigger()
    qtbot.waitUntil(lambda: len(compared.results) == 2)
    assert window.canvas._run.versus is None
    window.docks.named("compare").close()
    qtbot.waitUntil(lambda: window.canvas._run.versus is not None)
    versus = window.canvas._run.versus
    assert versus.other == "today's design"
    shown = {pair.name: (pair.our_text, pair.their_text) for pair in versus.pairs}
    assert shown["slots in use"] == next(row.texts for row in compared.rows if row.name == "slots in use")
    window.docks.call("compare")
    qtbot.waitUntil(lambda: window.canvas._run.versus is None)


def test_where_nobody_compares_the_picture_offers_to(window, qtbot):
    window.resize(1680, 1050)
    qtbot.waitUntil(lambda: isinstance(window.canvas._run.versus, Invitation))
    assert window.canvas._run.versus.other == "today's design"
    qtbot.waitUntil(lambda: not window.canvas.scene.invitation_box.isEmpty())
    place = window.canvas.scene.invitation_box.center().toPoint()
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: len(window.docks.compare.results) == 2, timeout=20_000)
    assert window.canvas._run.versus is None, "the panel has the figures"
    window.comparing.choose(())
    assert window.docks.compare.begin.isVisible()
    qtbot.mouseClick(window.docks.compare.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.docks.compare.results) == 2, timeout=20_000)
