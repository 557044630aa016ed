"""What moves, from where to where, and that it comes to rest."""

import pytest

from app.canvas import Amount
from app.canvas.motion import DURATION_MS, SHAPES
from app.canvas.moves import MOVES, SAYS, Token, tokens
from app.moment import Selected, Thing
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.mm.pageflags import PG_ACTIVE
from engine.mm.swapops import mk_pte
from engine.reading import chain, swap_entry
from tests.app.canvas.fixtures import moment_of
from tests.app.canvas.test_columns import scene_of
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated


def ends(token):
    return token.path.pointAtPercent(0), token.path.pointAtPercent(1)


def near(rect):
    return rect.adjusted(-1, -1, 1, 1)


@pytest.fixture(autouse=True)
def _app(qapp):
    """Scenes need fonts."""


def test_a_page_written_to_disk_moves_from_its_frame_to_its_slot():
    built = populated(LEGACY)
    frame = built.frame()
    entry = built.swapped((1, 0), to="none", cached=frame)
    found = chain(built.view, Selected(Thing.FRAME, frame))
    assert found.slot == entry
    scene = scene_of(built)
    transition = moment_of(built, 5, tr.DISK_WRITE, (found.frame, found.entry, found.slot)).transition
    (token,) = tokens(transition, scene, scene)
    start, end = ends(token)
    assert near(scene.place(Selected(Thing.FRAME, found.frame))).contains(start)
    assert near(scene.slot(found.slot)).contains(end)


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
def test_a_load_comes_from_where_the_entry_was(design):
    """The entry is gone once it is loaded: its place is the one in the scene before."""
    built = Built(design)
    built.swapped((1, 1), to="zswap")
    entry = built.swapped((1, 3), to="zswap")
    before = scene_of(built)
    bar = before.bar_of(entry)
    built.backend(entry, 0, 0)
    built.put(im.Z_NEXT, 1, 0)
    built.set(im.ZLRU_TAIL, 1)
    frame = built.frame()
    after = scene_of(built)
    assert after.bar_of(entry) is None
    (token,) = tokens(moment_of(built, 5, tr.ZSWAP_LOAD, (entry, frame, 1612)).transition, before, after)
    start, end = ends(token)
    assert near(bar).contains(start)
    assert near(after.place(Selected(Thing.FRAME, frame))).contains(end)


def test_unmapping_sends_the_name_into_every_entry():
    built = Built(SWAP_DESC)
    frame = built.frame()
    entry = built.swapped((1, 2), (2, 5), to="none", cached=frame)
    scene = scene_of(built)
    changed = (Selected(Thing.PAGE, 2, 1), Selected(Thing.PAGE, 5, 2), Selected(Thing.FRAME, frame))
    found = tokens(moment_of(built, 3, tr.UNMAP, (frame, entry, 2)).transition, scene, scene, changed)
    assert len(found) == 2
    for token, page in zip(found, changed, strict=False):
        start, end = ends(token)
        assert near(scene.name_of(entry)).contains(start)
        assert near(scene.place(page)).contains(end)


def test_pages_that_change_lists_move_between_them():
    built = Built(SWAP_DESC)
    first, second = built.frame((1, 0), active=True), built.frame((1, 1), active=True)
    before = scene_of(built)
    built.put(im.PAGE_FLAGS, first, built.view.at(im.PAGE_FLAGS, first) & ~PG_ACTIVE)
    built.set(im.ACTIVE_TAIL, second)
    built.put(im.PAGE_NEXT, second, 0)
    built.set(im.INACTIVE, first)
    built.set(im.INACTIVE_TAIL, first)
    after = scene_of(built)
    (token,) = tokens(moment_of(built, 2, tr.DEACTIVATE, (1, 0, 0)).transition, before, after)
    start, end = ends(token)
    thing = Selected(Thing.FRAME, first)
    assert near(before.place(thing)).contains(start)
    assert near(after.place(thing)).contains(end)


def touched(built, canvas, **more):
    """Show a first touch: a frame is taken and a page mapped."""
    canvas.show_moment(moment_of(built, 1))
    frame = built.frame((1, 7), active=True)
    built.pte(1, 7, mk_pte(frame, 2))
    return moment_of(built, 2, tr.FIRST_TOUCH, (1 << 32 | 7, frame, 1), **more)


def test_motion_ends_and_its_clock_stops(qtbot, canvas):
    built = Built(SWAP_DESC)
    canvas.show_moment(touched(built, canvas))
    assert canvas.motion.running
    assert len(canvas.motion.tokens) == 2
    canvas.grab()
    qtbot.waitUntil(lambda: not canvas.motion.running, timeout=20 * DURATION_MS[Amount.FULL])
    assert canvas.motion.tokens == []
    assert not canvas.motion._timer.isActive()


def test_stepping_back_runs_the_same_way_backwards(qtbot, canvas):
    built = Built(SWAP_DESC)
    moment = touched(built, canvas)
    canvas.show_moment(moment)
    forwards = [ends(token) for token in canvas.motion.tokens]
    canvas.motion.stop()
    frame = moment.transition.operand("frame")
    built.pte(1, 7, 0)
    built.put(im.PAGE_FLAGS, frame, 0)
    built.set(im.ACTIVE, 0)
    canvas.show_moment(moment_of(built, 1))
    assert canvas.motion.running
    assert canvas.motion._backwards
    assert [ends(token) for token in canvas.motion.tokens] == forwards
    canvas.motion.stop()


@pytest.mark.parametrize(
    ("more", "number"), [({"skipping": True}, 2), ({"branch": "what if"}, 2), ({"epoch": 3}, 2), ({}, 40)]
)
def test_nothing_moves_when_it_would_mislead(canvas, more, number):
    """Not while transitions are skipped, not between branches or runs, not over a jump."""
    from dataclasses import replace

    built = Built(SWAP_DESC)
    moment = touched(built, canvas, **more)
    canvas.show_moment(replace(moment, transition=replace(moment.transition, number=number)))
    assert not canvas.motion.running


def test_no_motion_for_those_who_do_not_want_it(canvas):
    built = Built(SWAP_DESC)
    canvas.amount = Amount.NONE
    canvas.show_moment(touched(built, canvas))
    assert not canvas.motion.running


def test_short_is_shorter_than_full():
    assert 0 == DURATION_MS[Amount.NONE] < DURATION_MS[Amount.SHORT] < DURATION_MS[Amount.FULL]


def test_the_next_moment_overtakes_what_moves(canvas):
    built = Built(SWAP_DESC)
    canvas.show_moment(touched(built, canvas))
    first = canvas.motion.tokens
    frame = built.frame((1, 8), active=True)
    canvas.show_moment(moment_of(built, 3, tr.FIRST_TOUCH, (1 << 32 | 8, frame, 1)))
    assert canvas.motion.running
    assert canvas.motion.tokens is not first
    canvas.show_moment(moment_of(built, 4, tr.MARK, (0, 0, 0)))
    assert not canvas.motion.running


def test_slot_operands_are_slots_of_their_swapfile():
    built = Built(LEGACY, slots=(8, 8))
    entry = built.swapped((1, 1), to="disk", kind=1, offset=5)
    scene = scene_of(built)
    assert entry == swap_entry(1, 5)
    assert scene.slot(entry) == scene.backends.place(Selected(Thing.SLOT, 5, 1))


def test_the_descriptor_stays_while_its_backend_changes_and_is_framed():
    """Written back: what moves goes from the pool to the slot, and hangs on the descriptor all the way."""
    built = Built(SWAP_DESC)
    built.swapped((1, 1), to="zswap")
    entry = built.swapped((1, 3), to="zswap")
    scene = scene_of(built)
    slot = swap_entry(0, 9)
    (token,) = tokens(moment_of(built, 5, tr.WRITE_BACK, (entry, slot, 1612)).transition, scene, scene)
    assert token.keeper == scene.name_of(entry)
    assert near(scene.slot(slot)).contains(ends(token)[1])


def test_in_todays_design_there_is_nothing_that_stays():
    built = Built(LEGACY)
    entry = built.swapped((1, 3), to="zswap")
    scene = scene_of(built)
    (token,) = tokens(moment_of(built, 5, tr.WRITE_BACK, (entry, entry, 1612)).transition, scene, scene)
    assert token.keeper is None


def test_motion_turns_itself_off_when_steps_come_too_fast_to_be_seen(canvas, qtbot):
    from PySide6.QtCore import QRectF

    from app.canvas.links import curve

    token = Token(curve(QRectF(0, 0, 9, 9), QRectF(200, 90, 9, 9)), "active")
    canvas.motion.start([token], playing=True)
    assert canvas.motion.running
    canvas.motion.start([token], playing=True)
    assert not canvas.motion.running, "the one before was a moment ago"
    qtbot.wait(120)
    canvas.motion.start([token], playing=True)
    assert canvas.motion.running, "slow enough, and done before the next is due"
    assert canvas.motion._duration < DURATION_MS[Amount.FULL]
    canvas.motion.start([token])
    assert canvas.motion.running, "a step by hand is always seen"


def test_a_word_says_what_happens_and_stays_a_while_after_it_has(canvas, qtbot):
    built = Built(SWAP_DESC)
    canvas.show_moment(touched(built, canvas))
    assert canvas.motion.said == ["takes a free frame"]
    qtbot.waitUntil(lambda: not canvas.motion.running, timeout=20 * DURATION_MS[Amount.FULL])
    assert canvas.motion.said == ["takes a free frame"]
    standing = canvas.grab().toImage()
    canvas.motion._lingering.setInterval(1)
    canvas.motion._lingering.start()
    qtbot.waitUntil(lambda: not canvas.motion.said)
    assert canvas.grab().toImage() != standing


def test_what_moves_too_fast_to_be_read_says_nothing(canvas, qtbot):
    canvas.amount = Amount.SHORT
    canvas.show_moment(touched(Built(SWAP_DESC), canvas))
    assert canvas.motion.running
    assert canvas.motion.said == []
    qtbot.waitUntil(lambda: not canvas.motion.running, timeout=20 * DURATION_MS[Amount.FULL])
    assert canvas.motion.said == []


@pytest.mark.parametrize(("design", "says"), [(LEGACY, "written back"),
                                              (SWAP_DESC, "written back: takes a slot only now")])  # fmt: skip
def test_a_token_changes_its_shape_on_its_way_and_knows_its_cells(design, says):
    built = Built(design)
    entry = built.swapped((1, 3), to="zswap")
    scene = scene_of(built)
    slot = entry if design == LEGACY else swap_entry(0, 9)
    (token,) = tokens(moment_of(built, 5, tr.WRITE_BACK, (entry, slot, 1612)).transition, scene, scene)
    assert (token.before, token.colour, token.says) == ("zswap", "disk", says)
    assert (token.source, token.target) == (scene.bar_of(entry), scene.slot(slot))


def test_every_kind_that_moves_says_a_word():
    assert set(MOVES) <= set(SAYS)
    assert all(move.colour in SHAPES or move.colour in ("danger", "dim") for moves in MOVES.values() for move in moves)
