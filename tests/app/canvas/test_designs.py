"""Machines that ran, of every design, on the canvas."""

import pytest

from app.canvas.descriptors import nothing, titles
from app.moment import Moment, Selected, Thing
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS
from engine.mm.transitions import KINDS, START, Actor
from engine.reading import PageState, chain
from engine.scenario import parse_scenario
from engine.transition import Transition
from tests.app.canvas.fixtures import page_in
from tests.engine.reading.test_agreement import SCENARIO

EVERY = pytest.mark.parametrize("design", [module.NAME for module in DESIGNS])


def ran(design, tmp_path):
    machine = Machine(parse_scenario(SCENARIO.format(design=design), tmp_path / "run.toml").build(), compiled=False)
    machine.run()
    return machine


@EVERY
def test_every_design_has_its_words(design):
    assert titles(design) != titles("unheard of")
    assert nothing(design) != nothing("unheard of")


@EVERY
def test_a_run_is_shown_and_its_chains_are_lit(canvas, design, tmp_path):
    machine = ran(design, tmp_path)
    start = Transition(0, KINDS[START], Actor.TASK, 0, 0, 0, (0, 0, 0))
    for state in (PageState.DISK, PageState.INACTIVE):
        page = page_in(machine, state)
        canvas.show_moment(Moment(machine.program, machine.view, start, "", selection=(page,)))
        assert canvas.scene.descriptors.title == titles(design)[0]
        assert len(canvas.lit.things) == len(list(chain(machine.view, page).places()))
        assert canvas.lit.links
        assert all(canvas.scene.place(thing) is not None for thing in canvas.lit.things)
        assert not canvas.grab().isNull()


@EVERY
def test_every_frame_in_use_is_somewhere(canvas, design, tmp_path):
    """On the active or inactive list, locked, or in reclaim's hands: each exactly once."""
    machine = ran(design, tmp_path)
    canvas.show_moment(
        Moment(machine.program, machine.view, Transition(0, KINDS[START], Actor.TASK, 0, 0, 0, (0, 0, 0)), "")
    )
    shown = [number for field in canvas.scene.memory.fields for number in field.numbers.tolist()]
    used = [frame for frame in range(1, len(machine.view.page)) if machine.view.at(im.PAGE_FLAGS, frame)]
    assert sorted(shown) == used
    assert canvas.scene.place(Selected(Thing.FRAME, used[0])) is not None
