"""The machine drawn: page tables, descriptors, memory and backends as one picture."""

from app.canvas.canvas import MachineCanvas
from app.canvas.depth import Depth
from app.canvas.motion import Amount

__all__ = ["Amount", "Depth", "MachineCanvas"]
