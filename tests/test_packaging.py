"""What is handed out is whole and says the truth: the engine without Qt, the wheel, the pins, the set-up."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

IMPORT_ALL = """
import importlib, pkgutil, sys
import engine
names = [module.name for module in pkgutil.walk_packages(engine.__path__, "engine.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
print(*sorted(name for name in sys.modules if name.split(".")[0] in sys.argv[1:]))
"""


def normalised(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(requirement: str) -> str:
    return normalised(re.split(r"[ \[<>=!~;]", requirement, maxsplit=1)[0])


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, Any]:
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(checkout: Path) -> dict[str, str]:
    """The pinned version of each package in constraints.txt."""
    lines = (checkout / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {normalised(name): version for name, version in pairs}


def test_every_module_of_the_engine_imports_without_qt(python_in_checkout: Callable[..., str]) -> None:
    printed = python_in_checkout(IMPORT_ALL, "PySide6", "shiboken6", "pyqtgraph", "qtawesome", "app")
    count, loaded = printed.split("\n")[:2]
    assert int(count) > 5, "the walk found no modules"
    assert loaded == ""


# ---------------------------------------------------------------- versions


def test_the_installed_version_is_the_declared_one(project: dict[str, Any]) -> None:
    try:
        installed = importlib.metadata.version("swapscope")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("run from a checkout that is not installed")
    assert installed == project["project"]["version"]


def test_the_changelog_knows_the_version(project: dict[str, Any], checkout: Path) -> None:
    """Its newest section is this version's, or what is not released yet."""
    newest = re.search(r"^## \[(.+?)\]", (checkout / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] in ("Unreleased", project["project"]["version"])


def test_every_dependency_is_pinned(project: dict[str, Any], pins: dict[str, str]) -> None:
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    assert {requirement_name(requirement) for requirement in wanted} - pins.keys() == set()


def test_the_pins_are_allowed_by_the_declared_ranges(project: dict[str, Any], pins: dict[str, str]) -> None:
    packaging = pytest.importorskip("packaging.requirements")
    wanted = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    for requirement in map(packaging.Requirement, wanted):
        assert requirement.specifier.contains(pins[normalised(requirement.name)]), requirement


def test_the_tests_run_on_the_pinned_versions(project: dict[str, Any], pins: dict[str, str]) -> None:
    for requirement in project["project"]["dependencies"]:
        name = requirement_name(requirement)
        assert importlib.metadata.version(name) == pins[name], name


def test_a_pin_is_a_name_and_a_version(checkout: Path) -> None:
    for line in (checkout / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line), line


# ---------------------------------------------------------------- the files


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine(checkout: Path) -> None:
    listed = subprocess.run(["git", "-C", str(checkout), "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    # Written so that this file does not match itself.
    registry = re.compile(r"(?:files\.python|py|test\.py)(?:hosted|pi)\.org|registry\.npm[j]s", re.IGNORECASE)
    places = {str(place) for place in (checkout, Path.home(), Path(sys.prefix)) if len(place.parts) > 2}
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        file = checkout / name
        content = file.read_bytes() if file.is_file() else b""
        if b"\0" in content[:8192]:
            continue
        text = content.decode("utf-8", errors="replace")
        found += [f"{name}: {match[0]}" for match in registry.finditer(text)]
        found += [f"{name}: {place}" for place in places if f"{place}/" in text]
    assert found == []


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of the files in a wheel built from this checkout, without asking any index."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("the build backend is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=checkout,
                           capture_output=True, text=True, timeout=100, check=False)
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("swapscope-*.whl")
    return zipfile.ZipFile(file).namelist()


def test_the_wheel_holds_every_module(wheel: list[str], checkout: Path) -> None:
    for package in ("engine", "app"):
        modules = {str(file.relative_to(checkout).as_posix()) for file in (checkout / package).rglob("*.py")}
        assert modules
        assert modules - set(wheel) == set()


def test_the_wheel_holds_the_scenarios_and_assets(wheel: list[str], checkout: Path) -> None:
    for folder in ("scenarios", "assets"):
        files = {file.relative_to(checkout).as_posix() for file in (checkout / folder).rglob("*")
                 if file.is_file() and "__pycache__" not in file.parts}
        assert files
        assert {f"engine/_share/{file}" for file in files} - set(wheel) == set()


def test_the_wheel_holds_nothing_else(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.startswith("swapscope-")} == {"engine", "app"}


def test_the_folders_are_found_in_an_installed_wheel_too(tmp_path: Path, checkout: Path) -> None:
    package = tmp_path / "engine"
    (package / "_share" / "scenarios").mkdir(parents=True)
    source = (checkout / "engine" / "resources.py").read_text(encoding="utf-8")
    (package / "resources.py").write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("resources_in_a_wheel", package / "resources.py")
    assert spec is not None
    assert spec.loader is not None
    resources = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(resources)
    assert resources.scenarios_dir() == package.resolve() / "_share" / "scenarios"
    with pytest.raises(FileNotFoundError, match="assets is missing"):
        resources.assets_dir()


def test_the_default_scenario_is_there() -> None:
    from engine.resources import scenarios_dir
    from engine.scenario import DEFAULT_SCENARIO

    assert (scenarios_dir() / DEFAULT_SCENARIO).is_file()


def test_every_link_of_the_readme_leads_somewhere(checkout: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (checkout / "README.md").read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if "://" not in link and not (checkout / link).exists()] == []


# ---------------------------------------------------------------- the set-up


@pytest.fixture
def set_up(checkout: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``.ci/setup`` with commands of our own before the system's, and libraries of our choice."""
    if not sys.platform.startswith("linux"):
        pytest.skip("system packages are looked for on Linux only")
    commands = tmp_path / "commands"
    commands.mkdir()

    def command(name: str, body: str) -> None:
        file = commands / name
        file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def run(kind: str, libraries: str, **fakes: str) -> subprocess.CompletedProcess[str]:
        for name, body in {"valgrind": "exit 0", **fakes}.items():
            command(name.replace("_", "-"), body)
        environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "PYTHON": sys.executable,
                       "SWAPSCOPE_LIBRARIES": libraries, "CALLS": str(tmp_path / "calls")}
        return subprocess.run(["sh", str(checkout / ".ci" / "setup"), kind], env=environment, capture_output=True,
                              text=True, timeout=100, check=False)

    return run


Run = Callable[..., subprocess.CompletedProcess[str]]


def test_setup_names_the_package_of_a_missing_library(set_up: Run) -> None:
    done = set_up("missing", "libc.so.6=libc6 libnosuchthing.so.1=libnosuchthing1")
    assert (done.returncode, done.stdout.split()) == (0, ["libnosuchthing1"])


def test_setup_tells_an_ordinary_user_the_one_line(set_up: Run) -> None:
    done = set_up("run", "libnosuchthing.so.1=libnosuchthing1 libnorthis.so.2=libnorthis2", id="echo 1000",
                  apt_get="echo called >>$CALLS")
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if "apt-get install" in line]
    assert len(lines) == 1
    assert re.search(r"sudo .*apt-get install .*libnosuchthing1 libnorthis2", lines[0])
    assert "Traceback" not in done.stderr


def test_setup_installs_as_root_and_says_what_is_still_missing(set_up: Run, tmp_path: Path) -> None:
    done = set_up("run", "libnosuchthing.so.1=libnosuchthing1", id="echo 0", apt_get='echo "$@" >>$CALLS')
    update, install = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert update.startswith("update")
    assert install.startswith("install")
    assert install.endswith("libnosuchthing1")
    # The apt-get of this test installs nothing, so the library is still not there.
    assert done.returncode != 0
    assert "libnosuchthing1" in done.stderr


def test_setup_refuses_a_python_that_is_too_old(set_up: Run, checkout: Path, tmp_path: Path) -> None:
    old = tmp_path / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    done = subprocess.run(["sh", str(checkout / ".ci" / "setup"), "missing"], env={**os.environ, "PYTHON": str(old)},
                          capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode != 0
    assert "Python 3.11 or later" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.timeout(400)  # the first run on a machine compiles the model
def test_without_a_display_make_run_runs_and_draws_the_scenario(checkout: Path, tmp_path: Path) -> None:
    """``.ci/start`` in a folder of its own, whose ``.venv`` is the Python of this test."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "start").write_text((checkout / ".ci" / "start").read_text(encoding="utf-8"), encoding="utf-8")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        environment.pop(name, None)
    done = subprocess.run(["sh", ".ci/start"], cwd=tmp_path, env=environment, capture_output=True, text=True,
                          timeout=380, check=False)
    assert done.returncode == 0, done.stderr
    assert "no display" in done.stderr
    assert "pswpout" in done.stdout
    picture = tmp_path / "swapscope-end.png"
    assert str(picture) in done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
