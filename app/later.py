"""A place kept for a view that is still being built."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def view(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name)()
    except (ImportError, AttributeError):
        label = QLabel(name)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setProperty("dim", True)
        label.show_moment = lambda moment: None
        return label
