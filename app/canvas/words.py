"""Texts of the canvas in the language chosen: every one goes through :func:`say`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "Canvas"
"""The context under which a translation file keeps these texts."""


def translate(context: str, text: str, **values: object) -> str:
    """``text`` in the language chosen, with its ``{names}`` filled in.

    Written as ``translate("Canvas", "…")`` everywhere, which is what lupdate looks for.
    """
    said = QCoreApplication.translate(context, text)
    return said.format(**values) if values else said
