"""zspages, requests under way and readahead windows on machines that really ran."""

import pytest

from app.canvas import Depth
from app.canvas.pool_shape import PoolShape
from app.canvas.queues import Queue
from app.canvas.zspages import Zspages
from app.moment import Moment, Selected, Thing
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.transitions import KINDS, START, Actor
from engine.reading import PageState, zswap_lru
from engine.scenario import parse_scenario
from engine.transition import Transition
from tests.app.canvas.fixtures import page_in
from tests.engine.reading.test_agreement import SCENARIO


def ran(tmp_path, allocator="zsmalloc", operations=None):
    text = SCENARIO.format(design="swap_desc")
    text = text.replace("[machine.zswap]", f'[machine.zswap]\nenabled = true\nallocator = "{allocator}"', 1)
    machine = Machine(parse_scenario(text, tmp_path / "run.toml").build(), compiled=False)
    machine.run(operations) if operations else machine.run()
    return machine


def moment(machine, **more):
    start = Transition(0, KINDS[START], Actor.TASK, 0, 0, 0, (0, 0, 0))
    return Moment(machine.program, machine.view, start, "", **more)


@pytest.mark.parametrize("allocator", ["zsmalloc", "zbud", "z3fold"])
def test_every_entry_of_the_pool_is_in_just_one_place_and_the_rest_are_holes(tmp_path, allocator):
    machine = ran(tmp_path, allocator, 300)
    shape = PoolShape.of(machine.view)
    stored = sorted(number for number in zswap_lru(machine.view).tolist() if machine.view.at(im.Z_HANDLE, number))
    assert sorted(number for number in shape.objects.tolist() if number > 0) == stored
    assert len(stored) > 2
    assert shape.holes == (shape.objects < 0).sum() == len(shape.objects) - len(stored)
    assert sum(one.pages * one.zspages for one in shape.classes) == machine.view.scalar(im.POOL_PAGES)


def test_too_many_objects_are_only_summed_up(tmp_path, monkeypatch):
    monkeypatch.setattr("app.canvas.pool_shape.MOST_OBJECTS", 1)
    shape = PoolShape.of(ran(tmp_path, operations=300).view)
    assert shape.classes
    assert len(shape.objects) == 0


@pytest.mark.parametrize("allocator", ["zsmalloc", "z3fold"])
def test_an_object_of_a_zspage_can_be_clicked(qtbot, canvas, tmp_path, allocator):
    from PySide6.QtCore import Qt

    machine = ran(tmp_path, allocator)
    canvas.resize(1500, 900)
    canvas.detail = Depth.KERNEL
    canvas.show_moment(moment(machine))
    field = next(field for column in canvas.scene.columns for field in column.fields if isinstance(field, Zspages))
    index = next(index for index in range(field.count) if field.numbers[index] > 0)
    point = field.rect(index).center().toPoint()
    with qtbot.waitSignal(canvas.selected) as said:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    assert said.args[0] == (Selected(Thing.ZSWAP, int(field.numbers[index])),)
    hole = next((index for index in range(field.count) if field.numbers[index] < 0), None)
    if hole is not None:
        assert field.selected(hole) is None
    assert not canvas.grab().isNull()


def test_requests_come_in_the_order_in_which_they_complete(tmp_path):
    machine = ran(tmp_path)
    tried = 0
    for operations in range(20, 300, 10):
        machine = ran(tmp_path, operations=operations)
        queue = Queue.of(machine.view)
        assert queue.total == machine.view.scalar(im.NR_WRITEBACK)
        assert queue.left_ns.tolist() == sorted(queue.left_ns.tolist())
        tried += len(queue.frames)
        if tried:
            break
    assert tried, "some run has a page on its way"


def test_requests_are_shown_with_the_frames_they_hold(canvas, tmp_path):
    for operations in range(20, 400, 10):
        machine = ran(tmp_path, operations=operations)
        if machine.view.scalar(im.NR_WRITEBACK):
            break
    canvas.resize(1500, 900)
    canvas.show_moment(moment(machine))
    frame = Selected(Thing.FRAME, int(Queue.of(machine.view).frames[0]))
    echoes = [field for field in canvas.scene.backends.fields if field.echo]
    assert echoes
    assert echoes[0].index_of(frame) == 0
    assert canvas.scene.place(frame) == canvas.scene.memory.place(frame), "its proper place is in memory"
    assert len(canvas.scene.places(frame)) == 2


def test_a_readahead_window_is_drawn_around_one_thing_and_not_around_many(canvas, tmp_path):
    machine = ran(tmp_path)
    page = page_in(machine, PageState.DISK)
    canvas.show_moment(moment(machine, selection=(page,)))
    assert canvas.lit.windows
    assert all(link.thin for link in canvas.lit.around)
    other = page_in(machine, PageState.DISK, place=1)
    canvas.show_moment(moment(machine, selection=(page, other)))
    assert canvas.lit.windows == []
