"""Moments of machines built by hand, and where things are on a canvas that shows them."""

import numpy as np

from app.moment import Moment, Selected, Thing
from engine.mm.transitions import KINDS, START, Actor
from engine.reading import page_states
from engine.transition import Transition


def moment_of(built, number=1, kind=START, operands=(0, 0, 0), **more):
    transition = Transition(number, KINDS[kind], Actor.TASK, 0, 0, 0, operands)
    return Moment(built.program, built.view, transition, "Something happens.", **more)


def page_in(built, state, process=1, place=0):
    """A page of a process that is in a state."""
    states, _ = page_states(built.view, process)
    return Selected(Thing.PAGE, int(np.flatnonzero(states == state)[place]), process)


def centre_of(canvas, thing):
    """The middle of a thing on the canvas, where the mouse clicks it."""
    rect = canvas.scene.place(thing)
    assert rect is not None, thing
    return rect.center().toPoint()
