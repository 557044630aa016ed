from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionSlider

from app.panels.knob import REST_MS
from app.panels.pressure import FIRST, PressurePanel, no_effect, sensible_range
from app.words.numbers import count
from engine.mm import image as im
from engine.shocks import SHOCKS
from tests.engine.reading.built import LEGACY, Built

MEMORY = "machine.frames"


@pytest.fixture
def panel(show, moment_of, built):
    made = show(PressurePanel())
    made.show_moment(moment_of(built))
    return made


@pytest.fixture
def asked(panel):
    heard = []
    panel.change_requested.connect(lambda key, value: heard.append((key, value)))
    return heard


@pytest.fixture
def unfolded(panel, qtbot):
    """The panel with all settings in view, laid out."""
    panel.others.button.click()
    qtbot.waitUntil(lambda: panel.knobs["machine.zswap.enabled"].check.width() < 60)
    return panel


def handle(slider):
    """Where the slider's handle is."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    return slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    ).center()


def test_without_a_machine_it_says_what_it_is_for(show):
    panel = show(PressurePanel())
    assert not panel.knobs[MEMORY].isVisible()


def test_there_is_a_knob_for_every_setting_and_the_important_ones_come_first(panel):
    assert set(panel.knobs) == {setting.key for setting in im.schema.settings}
    assert list(panel.knobs)[: len(FIRST)] == list(FIRST)
    assert all(panel.knobs[key].isVisible() for key in FIRST)
    assert not panel.knobs["machine.page_cluster"].isVisible()


def test_it_shows_the_values_at_the_cursor(panel, moment_of, built):
    assert panel.knobs[MEMORY].field.text() == "48 pages"
    assert panel.knobs[MEMORY].slider.value() == 48
    built.set(im.FRAMES, 32)
    built.set(im.MAX_POOL_PERCENT, 35)
    panel.show_moment(moment_of(built))
    assert panel.knobs[MEMORY].field.value() == 32
    assert panel.knobs["machine.zswap.max_pool_percent"].field.text() == "35 %"


def test_a_slider_commits_when_it_is_let_go(panel, asked, qtbot):
    slider = panel.knobs[MEMORY].slider
    start = handle(slider)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(slider, start + QPoint(-40, 0))
    qtbot.mouseMove(slider, start + QPoint(-60, 0))
    assert slider.value() < 48
    assert panel.knobs[MEMORY].field.value() == slider.value()
    assert asked == []
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=start + QPoint(-60, 0))
    assert asked == [(MEMORY, slider.value())]


def test_a_slider_that_rests_while_it_is_held_commits_too(panel, asked, qtbot):
    slider = panel.knobs[MEMORY].slider
    start = handle(slider)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(slider, start + QPoint(30, 0))
    qtbot.waitUntil(lambda: bool(asked), timeout=REST_MS * 20)
    assert asked == [(MEMORY, slider.value())]
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 0))
    assert len(asked) == 2 or slider.value() == asked[0][1]


def test_keys_on_a_slider_are_gathered_into_one_change(panel, asked, qtbot):
    slider = panel.knobs[MEMORY].slider
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: bool(asked), timeout=REST_MS * 20)
    assert asked == [(MEMORY, 44)]


def test_a_typed_value_commits_with_enter(panel, asked, qtbot):
    field = panel.knobs[MEMORY].field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "4 0")
    assert asked == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked == [(MEMORY, 40)]
    assert panel.knobs[MEMORY].slider.value() == 40


def test_a_typed_value_may_lie_beyond_the_slider(panel, asked, qtbot):
    field = panel.knobs[MEMORY].field
    field.selectAll()
    qtbot.keyClicks(field, "150")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked == [(MEMORY, 150)]
    assert panel.knobs[MEMORY].slider.maximum() == 150


@pytest.mark.parametrize("key", [MEMORY, "machine.swapfile.0.slots"])
def test_more_than_the_machine_has_room_for_becomes_the_most_it_has(panel, asked, moment_of, built, qtbot, key):
    most = moment_of(built).program.limits(key)[1]
    field = panel.knobs[key].field
    field.selectAll()
    qtbot.keyClicks(field, "70000")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked == [(key, most)]
    assert field.value() == most < 70000
    assert panel.knobs[key].toolTip().count(count(most)) == 1


def test_the_same_value_asks_for_nothing(panel, asked, qtbot):
    field = panel.knobs[MEMORY].field
    field.selectAll()
    qtbot.keyClicks(field, "48")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked == []


def test_a_moment_does_not_take_the_slider_out_of_the_hand(panel, moment_of, built, qtbot):
    slider = panel.knobs[MEMORY].slider
    start = handle(slider)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(slider, start + QPoint(-60, 0))
    held = slider.value()
    panel.show_moment(moment_of(built))
    assert slider.value() == held
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=start + QPoint(-60, 0))


def test_what_is_shown_by_the_machine_asks_for_nothing(panel, asked, moment_of, built):
    for value in (40, 60, 48):
        built.set(im.FRAMES, value)
        panel.show_moment(moment_of(built))
    assert asked == []


def test_the_wheel_scrolls_the_panel_and_leaves_the_sliders(panel, asked):
    slider = panel.knobs[MEMORY].slider
    wheel = QWheelEvent(QPointF(5, 5), QPointF(slider.mapToGlobal(QPoint(5, 5))), QPoint(0, 0), QPoint(0, -120),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
                        False)  # fmt: skip
    QApplication.sendEvent(slider, wheel)
    assert slider.value() == 48
    assert asked == []


def test_switches_and_choices(unfolded, asked, qtbot):
    panel = unfolded
    switch = panel.knobs["machine.zswap.enabled"].check
    assert switch.isChecked()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert asked == [("machine.zswap.enabled", 0)]
    choice = panel.knobs["machine.policy"].choice
    assert [choice.itemText(index) for index in range(choice.count())][:3] == ["linux", "fifo", "lru"]
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert asked[-1] == ("machine.policy", 1)


def test_the_filter_finds_by_name_meaning_and_kernel_name(unfolded, qtbot):
    panel = unfolded

    def found():
        return {key for key, knob in panel.knobs.items() if key not in FIRST and knob.isVisible()}

    everything = found()
    assert "machine.swapfile.1.slots" not in everything
    qtbot.keyClicks(panel.filter, "vm.page-cluster")
    assert found() == {"machine.page_cluster"}
    panel.filter.setText("second chance")
    assert found() == {"machine.zswap.second_chance"}
    panel.filter.setText("no such thing")
    assert found() == set()
    assert panel.nothing.isVisible()
    panel.filter.clear()
    assert found() == everything
    assert not panel.nothing.isVisible()


def test_tips_tell_meaning_kernel_name_default_and_range(panel):
    tip = panel.knobs["machine.zswap.accept_threshold_percent"].toolTip()
    for part in ("takes pages again", "accept_threshold_percent", "Default: 90 %", "1 to 100"):
        assert part in tip


def test_every_knob_shows_unit_meaning_kernel_name_and_default(panel):
    for setting in im.schema.settings:
        knob = panel.knobs[setting.key]
        tip, seen = knob.toolTip(), knob.note.text()
        assert setting.meaning in tip, setting.key
        assert setting.kernel in tip, setting.key
        assert "Default: " in tip, setting.key
        assert setting.unit in tip, setting.key
        assert knob.field is None or knob.field.suffix().strip() == setting.unit
        if not knob.reason:
            assert setting.kernel in seen, setting.key
            of_scenario = setting.key.startswith("machine.swapfile.")
            known = f"in the scenario {knob.text_of(knob.initial)}" if of_scenario else (
                f"default {knob.text_of(setting.default)}")
            assert known in seen, setting.key
        if setting.key not in FIRST:
            assert setting.meaning in seen, setting.key


def test_a_setting_without_effect_is_disabled_and_says_why(show, moment_of):
    bare = Built(LEGACY, slots=())
    panel = show(PressurePanel())
    panel.show_moment(moment_of(bare))
    swapfile = panel.knobs["machine.swapfile.0.slots"]
    assert not swapfile.slider.isEnabled()
    assert swapfile.note.isVisible()
    assert "no swapfile" in swapfile.note.text()
    assert not panel.knobs["machine.zswap.max_pool_percent"].slider.isEnabled()
    assert panel.knobs[MEMORY].slider.isEnabled()
    assert "no swapfile" in panel.shocks["swap_full"].toolTip()
    assert not panel.shocks["swap_full"].isEnabled()
    bare.set(im.ZSWAP_ENABLED, 1)
    panel.show_moment(moment_of(bare))
    assert panel.knobs["machine.zswap.max_pool_percent"].slider.isEnabled()
    assert panel.knobs["machine.zswap.max_pool_percent"].note.text() == "max_pool_percent · default 20 %"


@pytest.mark.parametrize(("address", "value", "key", "why"), [
    (im.MAX_POOL_PAGES, 4, "machine.zswap.max_pool_percent", "max_pool_pages"),
    (im.RECLAIM, 1, "machine.watermark_low", "hard limit"),
    (im.DESIGN, 0, "machine.swap_desc.reverse_map", "swap_desc design"),
    (im.ALLOCATOR, 1, "machine.zswap.chain_size", "zsmalloc"),
    (im.FRAMES, 48, "machine.design", "from its start"),
])  # fmt: skip
def test_why_a_setting_has_no_effect(moment_of, built, address, value, key, why):
    built.set(address, value)
    assert why in no_effect(moment_of(built), key)


def test_each_shock_is_asked_for_by_a_click_and_says_what_it_does(panel, qtbot):
    heard = []
    panel.shock_requested.connect(heard.append)
    for shock in SHOCKS:
        if panel.shocks[shock.key].isEnabled():
            qtbot.mouseClick(panel.shocks[shock.key], Qt.MouseButton.LeftButton)
    assert heard == ["memory", "swap_full", "slow_disk", "pool", "zswap_off"]
    assert "no room" in panel.shocks["scan"].toolTip(), "the machine of this test has no room laid out"
    assert "24 pages" in panel.shocks["memory"].toolTip()
    assert "machine.time.device_latency_ns" in panel.shocks["slow_disk"].toolTip()


def test_shocks_stop_where_nothing_is_left(panel, moment_of, built):
    built.set(im.FRAMES, 8)
    built.set(im.ZSWAP_ENABLED, 0)
    built.put(im.SI_INUSE, 1, 256)
    panel.show_moment(moment_of(built))
    on = [key for key, button in panel.shocks.items() if button.isEnabled()]
    assert on == ["slow_disk"]
    assert "only 8 frames" in panel.shocks["memory"].toolTip()
    assert "off already" in panel.shocks["zswap_off"].toolTip()


def test_it_tells_of_branches(panel, moment_of, built):
    assert "opens a branch" in panel.branch.text()
    panel.show_moment(moment_of(built, branch="less memory"))
    assert "less memory" in panel.branch.text()


@pytest.mark.parametrize("setting", im.schema.settings, ids=lambda setting: setting.key)
def test_sliders_have_sensible_ends(setting):
    for initial in {setting.low, setting.default, min(setting.high, max(setting.low, 48))}:
        low, high = sensible_range(setting, initial)
        assert setting.low <= low < high <= max(setting.high, low + 1)
        assert low <= max(initial, low)
    if setting.key == MEMORY:
        assert sensible_range(setting, 48) == (8, 96)


def test_a_second_swapfile_gets_a_knob(show, moment_of):
    two = Built(slots=(256, 64))
    two.set(im.SWAPFILE_SLOTS[0], 256)
    two.set(im.SWAPFILE_SLOTS[1], 64)
    panel = show(PressurePanel())
    panel.show_moment(moment_of(two))
    panel.others.button.click()
    assert panel.knobs["machine.swapfile.1.slots"].isVisible()
    assert panel.knobs["machine.swapfile.1.slots"].slider.maximum() == 128
    assert not panel.knobs["machine.swapfile.2.slots"].isVisible()


def test_the_scenarios_value_comes_back(panel, asked, moment_of, built):
    built.set(im.FRAMES, 20)
    panel.show_moment(moment_of(built))
    knob = panel.knobs[MEMORY]
    assert knob.initial == 48
    knob.ask(knob.initial)
    assert asked == [(MEMORY, 48)]


def test_hidden_it_asks_for_nothing(panel, asked, qtbot):
    qtbot.keyClick(panel.knobs[MEMORY].slider, Qt.Key.Key_Left)
    panel.hide()
    qtbot.wait(REST_MS + 100)
    assert asked == []
