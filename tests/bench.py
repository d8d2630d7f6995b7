"""Measure the cost of building the site and running the cells: `make bench` prints a table. Nothing here passes or fails.

The project is copied to a temporary folder, with its pages once, four and eight times. CPU seconds include child
processes. The first build of a copy renders all notebooks; later builds find them in the cache, and each figure is the
smallest of these.
"""

import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from docweave.cells import read_chapter, read_chapters
from docweave.outputs import code_hashes

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
FACTORS = (1, 4, 8)
RUNS = 3
# The edits while the site is served: a file, a text in it, and the page that shows the change.
EDITS = [
    ("a page", "docs/en/functional-api.md", "# A layer is a function", "functional-api/"),
    ("a translated page", "docs/ru/functional-api.md", "# Слой\u00a0— это функция", "ru/functional-api/"),
    ("a cell", "snippets/functional_api.py", "# the last 500 samples are kept for the test", "functional-api/"),
    ("a catalogue", "docs/ru/comments.po", "последние 500 примеров", "ru/functional-api/"),
]
COPIED = ("docs", "docweave", "snippets", "theme", "mkdocs.yml", "pyproject.toml")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        building(Path(folder))
        reloading(Path(folder))
        running(Path(folder))


def building(folder: Path) -> None:
    """Print the CPU seconds of a strict build of all languages for growing numbers of pages, with a linear fit."""
    points = []
    for factor in FACTORS:
        project, pages = copy(folder / f"times-{factor}", factor)
        first, *others = (cpu_seconds("mkdocs", "--quiet", "build", "--strict", cwd=project) for _ in range(RUNS))
        points.append((pages, min(others)))
        print(
            f"build, {factor}× the pages: {pages:>4} pages {min(others):6.2f} s of CPU, the first time {first:6.2f} s",
            flush=True,
        )
    (few, low), (many, high) = points[0], points[-1]
    slope = (high - low) / (many - few)
    print(f"build, a page:  {1000 * slope:.1f} ms of CPU (wanted: at most 40)")
    print(f"build, start:   {low - few * slope:.2f} s of CPU (wanted: at most 3)")
    pages, cpu = points[1]
    expected = low + (pages - few) * slope
    print(f"build, growth:  {cpu / expected:.2f} of the straight line at {FACTORS[1]}× (1 is linear)")


def reloading(folder: Path) -> None:
    """Print the time from an edit of a page, a cell and a catalogue until the served page shows the change."""
    project, _ = copy(folder / "served", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    serve = [BIN / "mkdocs", "--quiet", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(serve, cwd=project, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = wait_for(address, project)
        for what, name, old, path in EDITS:
            seconds = []
            file = project / name
            text = file.read_text("utf-8")
            assert old in text, f"{old} is not in {name}: change EDITS"
            for run in range(RUNS):
                mark = f"benchmark{run}{time.time_ns()}"
                started = time.perf_counter()
                file.write_text(text.replace(old, f"{old} {mark}", 1), "utf-8")
                wait_for(base + path, project, mark)
                seconds.append(time.perf_counter() - started)
                time.sleep(1)
            file.write_text(text, "utf-8")  # otherwise the catalogue would not match the cell's comment
            print(f"reload after an edit of {what} ({name}): {min(seconds):.2f} s (wanted: at most 1.5)", flush=True)
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, project: Path, mark: str = "") -> str:
    """Request a page until it arrives and contains `mark`; return its address."""
    path = re.search(r'site_url:.*https?://[^/]+(/[^"\s\]]*)', (project / "mkdocs.yml").read_text("utf-8"))[1]
    if path not in address:
        address += path
    for _ in range(3000):
        try:
            with urlopen(address, timeout=10) as answer:
                if mark in answer.read().decode("utf-8"):
                    return address
        except OSError:
            pass  # not up yet, or between two builds
        time.sleep(0.02)
    raise TimeoutError(address)


def running(folder: Path) -> None:
    """Print the cost of running all cells, slow ones in their short form, and of recording again.

    Recording is measured without changes and with one chapter changed.
    """
    imported = cpu_seconds("python", "-c", "from docweave.running.run import prepare; prepare()", cwd=ROOT)
    print(f"import of Keras and matplotlib: {imported:.1f} s of CPU")
    project, _ = copy(folder / "run", 1)
    chapters = sorted(path.stem for path in (project / "snippets").glob("*.py"))
    alone = {name: cpu_seconds("docweave", "run", "--short", name, cwd=project) for name in chapters}
    for name, cpu in alone.items():
        print(f"cells of {name} alone: {cpu:.1f} s of CPU")
    together = cpu_seconds("docweave", "run", "--short", cwd=project)
    apart = sum(alone.values())
    print(f"cells of all {len(chapters)} chapters: {together:.1f} s of CPU; each in its own process {apart:.1f} s")
    print(f"make outputs, nothing changed: {cpu_seconds('docweave', 'run', '--record', cwd=project):.2f} s of CPU")
    with (project / "snippets" / f"{chapters[0]}.py").open("a", encoding="utf-8") as snippet:
        snippet.write("\n# %% benchmark\nprint('one cell more')\n")
    cpu = cpu_seconds("docweave", "run", "--record", cwd=project)
    print(f"make outputs, {chapters[0]} changed: {cpu:.1f} s of CPU")


def copy(target: Path, factor: int) -> tuple[Path, int]:
    """Copy the project with each page and its cells `factor` times; return the folder and the number of pages.

    The code of each copy differs slightly, since equal cells would be highlighted only once.
    """
    target.mkdir()
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / name)
    pages = sorted((target / "docs").glob("*/*.md"))
    names = sorted({path.stem for path in pages})
    chapters = read_chapters(target / "snippets")
    for number in range(2, factor + 1):
        for chapter in chapters.values():
            text = re.sub(r"\blayers(?=\.)|(?<=import )layers\b", f"layers_{number}", chapter.path.read_text("utf-8"))
            fresh = chapter.path.with_stem(f"{chapter.name}_copy_{number}")
            fresh.write_text(text, "utf-8")
            outputs = target / "snippets" / "outputs"
            shutil.copytree(outputs / chapter.name, outputs / fresh.stem)
            index = outputs / fresh.stem / "record.json"
            record = json.loads(index.read_text("utf-8")) | {"code": code_hashes(read_chapter(fresh))}
            index.write_text(json.dumps(record), "utf-8")
        for path in pages:
            text = path.read_text("utf-8")
            for chapter in chapters:
                text = re.sub(rf"(::: |diagram:){chapter}\.", rf"\g<1>{chapter}_copy_{number}.", text)
            for name in names:  # copies link within themselves, so that the cost of a page does not depend on their number
                text = text.replace(f"]({name}.md", f"]({name}-copy-{number}.md")
            path.with_stem(f"{path.stem}-copy-{number}").write_text(text, "utf-8")
    config = target / "mkdocs.yml"
    copies = "".join(f"  - {name}-copy-{number}.md\n" for number in range(2, factor + 1) for name in names)
    text = config.read_text("utf-8")
    config.write_text(re.sub(r"^(nav:\n(?:  - .*\n)+)", rf"\g<1>{copies}", text, flags=re.MULTILINE), "utf-8")
    return target, len(pages) * factor


def cpu_seconds(program: str, *arguments: str, cwd: Path) -> float:
    """Run a program of this environment and return its CPU seconds, user plus system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([BIN / program, *arguments], cwd=cwd, env=environment(), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def environment() -> dict[str, str]:
    return os.environ | {"NO_MKDOCS_2_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


if __name__ == "__main__":
    main()
