"""Panels beside the canvas: inspector, pressure, charts, transitions, comparison, transport."""
