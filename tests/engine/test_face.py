"""What `import engine` gives, by the examples of its page in the docs."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import engine

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_examples_of_the_page_do_what_it_says() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert failed == 0
    assert tried > 20


def test_the_example_of_the_package_does_what_it_says() -> None:
    assert doctest.testmod(engine).failed == 0


def test_a_design_that_is_none_is_named_with_the_nearest() -> None:
    with pytest.raises(engine.InputError, match="swap_desc"):
        engine.run(engine.load_scenario("zswap-spills"), design="swapdesc")


def test_all_that_is_promised_is_there() -> None:
    for name in engine.__all__:
        assert callable(getattr(engine, name))
    with pytest.raises(AttributeError, match="Machines"):
        _ = engine.Machines


def test_importing_it_loads_nothing_else() -> None:
    code = "import engine, sys; print([name for name in sys.modules if name.startswith(('engine.', 'numpy'))])"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PAGE.parents[1]
    ).stdout
    assert said.strip() == "[]"
