"""Record the programs of ``scenarios/traces/`` again: ``python scenarios/traces/src/record_all.py [NAME…]``.

Run it at the top of the checkout, on a Debian or Ubuntu with valgrind, sqlite3 and xz-utils; it takes
some minutes. Each program runs in a new folder with nearly no environment, so that a recording tells
nothing of the machine it was made on.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
TRACES = SOURCES.parent
sys.path.insert(0, str(TRACES.parent.parent))

from engine.trace import load_trace, save_trace
from engine.trace.__main__ import table
from engine.trace.lackey import describe, record

TEXTS = Path("/usr/share/common-licenses")  # a real text that every Debian has

# file name -> (window of references, command)
PROGRAMS = {
    "sort": (1024, ["sort", "-o", "sorted.txt", "words.txt"]),
    "sqlite3": (4096, ["sqlite3", ":memory:", ".read session.sql"]),
    "python3": (4096, ["/usr/bin/python3", "-S", "-E", "catalogue.py"]),
    "xz": (1024, ["xz", "-k", "-2", "licences.txt"]),
}


def main() -> None:
    names = sys.argv[1:] or list(PROGRAMS)
    here = os.getcwd()
    os.environ.clear()
    os.environ.update(PATH="/usr/bin:/bin", LC_ALL="C", PYTHONHASHSEED="0")
    for name in names:
        window, command = PROGRAMS[name]
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            prepare(Path(folder))
            done = record(command, window=window)
            os.chdir(here)
        target = TRACES / f"{name}.swt"
        save_trace(done.recording, target)
        print(describe(done, str(target)), flush=True)
    readme = TRACES / "README.md"
    files = [TRACES / f"{name}.swt" for name in PROGRAMS if (TRACES / f"{name}.swt").exists()]
    rows = table([(path, load_trace(path)) for path in files])
    text = re.sub(r"(?s)(<!-- table -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{rows}\n{m[2]}", readme.read_text())
    readme.write_text(text)


def prepare(folder: Path) -> None:
    """Put what the programs read into ``folder``."""
    text = "".join(path.read_text() for path in sorted(TEXTS.iterdir()) if not path.is_symlink())
    (folder / "licences.txt").write_text(text[:100_000])
    (folder / "words.txt").write_text("\n".join(re.findall(r"\w+", text)) + "\n")
    for source in ("session.sql", "catalogue.py"):
        (folder / source).write_text((SOURCES / source).read_text())


if __name__ == "__main__":
    main()
