"""Numba is changed only while the model is compiled."""

from __future__ import annotations

import pytest

from engine.mm.linking import link_late


def test_numba_is_left_as_it_was_after_linking_late() -> None:
    from numba.core import codegen

    before = (codegen.CPUCodeLibrary.finalize, codegen.JITCPUCodegen.set_env)
    with link_late({"run"}):
        assert before[0] != codegen.CPUCodeLibrary.finalize
    assert (codegen.CPUCodeLibrary.finalize, codegen.JITCPUCodegen.set_env) == before
    with pytest.raises(RuntimeError), link_late({"run"}):
        raise RuntimeError
    assert (codegen.CPUCodeLibrary.finalize, codegen.JITCPUCodegen.set_env) == before
