"""A canvas that shows a machine built by hand."""

import pytest

from app import theme
from app.canvas import MachineCanvas
from tests.app.canvas.fixtures import moment_of
from tests.engine.reading.built import populated


@pytest.fixture
def canvas(qtbot):
    theme.switch().choose("dark")
    made = MachineCanvas()
    qtbot.addWidget(made)
    made.resize(1312, 640)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture(params=[0, 1], ids=["legacy", "swap_desc"])
def built(request):
    """A machine under pressure, in each design."""
    return populated(request.param)


@pytest.fixture
def shown(canvas, built):
    canvas.show_moment(moment_of(built))
    return canvas
