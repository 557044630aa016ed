"""Policies of somebody's own: a Python file decides what leaves memory or the pool, and its answers become data."""
