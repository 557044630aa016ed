"""The Why panel by keys and clicks: causes, the life of what is selected, and its next and last change."""

import pytest
from PySide6.QtCore import QPoint, Qt

from app.moment import Selected, Thing
from engine.mm import transitions as tr
from engine.timeline import Timeline
from engine.why import causes, life

PAGE = Selected(Thing.PAGE, 17, 1)


@pytest.fixture
def run(program):
    made = Timeline(program, False)
    made.run_to_end()
    return made


@pytest.fixture
def numbers(run):
    return [change.number for part in life(run, PAGE) for change in part]


@pytest.fixture
def asked(window, qtbot, run, cursor):
    """The window at a write-back in the middle, with the Why panel open by its key."""
    run.jump(400)
    assert run.seek(tr.WRITE_BACK)
    window.player.jump(run.cursor)
    qtbot.waitUntil(lambda: cursor() == run.cursor)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_W)
    panel = window.docks.why
    qtbot.waitUntil(lambda: bool(panel.cards), timeout=10_000)
    return panel


def test_the_chain_ends_with_the_operation_and_a_click_goes_back(asked, run, qtbot, cursor):
    expected = causes(run, run.cursor)
    assert [card.number for card in asked.cards] == [reason.transition.number for reason in expected] + [-1]
    assert [card.text for card in asked.cards[:-1]] == [reason.sentence for reason in expected]
    assert "the program writes to page" in asked.cards[-1].text
    qtbot.mouseClick(asked.cards[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: cursor() == expected[1].transition.number)
    qtbot.waitUntil(lambda: len(asked.cards) == len(expected))


def test_a_card_works_by_the_keyboard(asked, run, qtbot, cursor):
    target = asked.cards[1].number
    asked.cards[1].setFocus()
    qtbot.keyClick(asked.cards[1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cursor() == target)


def test_the_life_of_a_page_is_listed_and_jumped_through(window, asked, numbers, qtbot, cursor):
    window.select((PAGE,))
    qtbot.waitUntil(lambda: asked.list.count() == len(numbers), timeout=10_000)
    assert "page 17" in asked.life_title.text()
    assert [asked.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(asked.list.count())] == numbers
    asked.list.scrollToTop()
    rectangle = asked.list.visualItemRect(asked.list.item(0))
    qtbot.mouseClick(asked.list.viewport(), Qt.MouseButton.LeftButton, pos=rectangle.center())
    qtbot.waitUntil(lambda: cursor() == numbers[0])


def test_the_strip_jumps_to_the_change_that_began_a_stretch(window, asked, numbers, qtbot, cursor):
    window.select((PAGE,))
    qtbot.waitUntil(lambda: len(asked.strip.changes) == len(numbers), timeout=10_000)
    left, right, _state = max(asked.strip.stretches(), key=lambda stretch: stretch[1] - stretch[0])
    expected = asked.strip.change_at((left + right) / 2).number
    qtbot.mouseClick(asked.strip, Qt.MouseButton.LeftButton, pos=QPoint(round((left + right) / 2), 10))
    qtbot.waitUntil(lambda: cursor() == expected)
    assert expected in numbers


def test_keys_go_to_the_next_and_last_change(window, asked, numbers, qtbot, cursor):
    here = cursor()
    window.select((PAGE,))
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Period)
    following = min(number for number in numbers if number > here)
    qtbot.waitUntil(lambda: cursor() == following, timeout=10_000)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: cursor() == numbers[numbers.index(following) - 1], timeout=10_000)


def test_the_ends_of_a_life_are_said(window, asked, numbers, qtbot, cursor):
    window.select((PAGE,))
    window.player.jump(numbers[0])
    qtbot.waitUntil(lambda: cursor() == numbers[0])
    qtbot.mouseClick(asked.last, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Nothing more happens to page 17" in window.status.said(), timeout=10_000)
    assert cursor() == numbers[0]


def test_without_a_selection_it_says_what_to_do(window, asked, qtbot):
    window.select(())
    window.actions_by_name["next_change"].trigger()
    assert "Select something first" in window.status.said()
    assert not asked.next.isVisible()


def test_a_click_on_its_tab_is_enough(window, asked, run, qtbot, cursor):
    """While another tab is in front nothing is looked for; it is as soon as the tab is chosen."""
    window.docks.named("inspector").raise_()
    qtbot.waitUntil(lambda: not window.docks.in_sight("why"))
    before = [card.number for card in asked.cards]
    target = causes(run, run.cursor)[1].transition.number
    window.player.jump(target)
    qtbot.waitUntil(lambda: cursor() == target)
    assert [card.number for card in asked.cards] == before
    window.docks.named("why").raise_()
    qtbot.waitUntil(lambda: asked.cards[0].number == target, timeout=10_000)


def test_why_did_this_page_go_takes_two_clicks(window, qtbot, run, cursor):
    """A click on the page and one on Why: the chain that took it out, whatever the cursor's transition is about."""
    changes = [change for part in life(run, PAGE) for change in part]
    out = next(change for change in changes if change.state in ("in a swapfile", "in zswap"))
    window.player.jump(out.number + 1)
    qtbot.waitUntil(lambda: cursor() == out.number + 1)
    place = window.canvas.scene.place(PAGE).center().toPoint()
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(window.sentence.why, Qt.MouseButton.LeftButton)
    panel = window.docks.why
    qtbot.waitUntil(lambda: bool(panel.cards) and panel.cards[0].number == out.number, timeout=10_000)
    assert panel.of_thing.isChecked()
    assert panel._title.text() == f"Page 17: {out.state}. Why?"
    assert [card.number for card in panel.cards[:-1]] == [one.transition.number for one in causes(run, out.number)]
    qtbot.mouseClick(panel.of_transition, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(panel.cards) and panel.cards[0].number == cursor(), timeout=10_000)
    assert panel._title.text() == "Why did this happen?"
    window.select(())
    qtbot.waitUntil(lambda: panel.of_thing.isHidden())


def test_without_a_selection_the_chain_has_the_room_and_a_line_tells_what_to_select(window, asked, qtbot):
    window.select(())
    qtbot.waitUntil(lambda: not asked.list.isVisible())
    assert not asked.strip.isVisible()
    assert asked.life_note.text().startswith("Select a page")
    assert asked._area.height() > 2 * asked._lower.height()
    window.select((PAGE,))
    qtbot.waitUntil(asked.list.isVisible)


def test_the_chain_is_told_anew_in_another_language(window, asked, qtbot):
    english = [card.text for card in asked.cards]
    window.looks.choose_language("zh_CN")
    qtbot.waitUntil(lambda: bool(asked.cards) and [card.text for card in asked.cards] != english, timeout=10_000)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in asked.cards[0].text)
    window.looks.choose_language("en")
    qtbot.waitUntil(lambda: [card.text for card in asked.cards] == english, timeout=10_000)


def test_while_it_looks_it_does_not_say_that_nothing_has_happened(asked):
    def said() -> list[str]:
        return [item.widget().text() for item in map(asked._chain.itemAt, range(asked._chain.count())) if item.widget()]

    asked.look()
    assert said() == ["Looking…"]
    asked.empty()
    assert said()[0].startswith("Step or play")
    asked.show_causes([], "")
    assert said() == ["This is the start: nothing has happened yet."]
