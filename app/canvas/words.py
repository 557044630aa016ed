"""Texts of the canvas in the language chosen: each goes through :func:`translate`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def translate(context: str, text: str) -> str:
    """``text`` in the language chosen; its ``{names}`` are filled in by whoever asks.

    Always called as ``translate("Canvas", "…")``, with the text written out: that is what lupdate finds.
    """
    return QCoreApplication.translate(context, text)
