"""The `docweave` command."""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from docweave import catalogs, outputs, translation, verified
from docweave.cells import Chapter
from docweave.check import check as check_project
from docweave.errors import WeaveError, nearest
from docweave.project import CATALOG, Project
from docweave.running import compare, noise
from docweave.running.verify import run_of
from docweave.site.markdown import disagreements
from docweave.weave import weave as weave_page


class Command(click.Group):
    """A group whose commands report an author's mistake in one line and exit with status 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except WeaveError as error:
            click.echo(context.obj.relative(error), err=True)
            sys.exit(1)


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The folder that holds docs/ and snippets/ (default: the current one).",
)
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """Weave tested code cells and prose into pages, in many languages.

    Every command exits with status 0 if all is well, 1 if an author has something to fix, and 2 if the command line is
    wrong.
    """
    context.obj = Project(root.resolve())


@main.command()
@click.argument("chapters", nargs=-1)
@click.option("--record", is_flag=True, help="Record the outputs instead of comparing them with the recorded ones.")
@click.option("--force", is_flag=True, help="With --record: run unchanged chapters, too.")
@click.option("--short", is_flag=True, help="Shorten the training in slow cells (not with --record).")
@click.pass_obj
def run(project: Project, chapters: tuple[str, ...], record: bool, force: bool, short: bool) -> None:
    """Run the cells of CHAPTERS (default: all) and compare their outputs with the recorded ones, or record them again."""
    if record and short:
        raise click.UsageError("--record needs the whole run, which --short would shorten")
    chosen = [_chapter(project, name) for name in chapters] or list(project.chapters.values())
    if record and not force:
        current = [chapter for chapter in chosen if outputs.is_current(chapter, project.records[chapter.name])]
        for chapter in current:
            click.echo(f"{chapter.name}: nothing has changed")
        chosen = [chapter for chapter in chosen if chapter not in current]
    if not chosen:
        return
    from docweave.running.run import lay_out, measured, run_chapters

    click.echo(f"Running {', '.join(chapter.name for chapter in chosen)}: Keras is imported once …", err=True)
    found = 0
    for number, (chapter, fresh) in enumerate(run_chapters(chosen, short), 1):
        if record:
            click.echo(f"{chapter.name}: measuring the noise of its numbers …", err=True)
            kept = lay_out(measured(chapter, fresh))
            outputs.write_record(project.outputs / chapter.name, kept)
            backend = chapter.backend or outputs.DEFAULT_BACKEND
            if not chapter.keras:
                verified.add(project.outputs, chapter, run_of(chapter, kept, kept, backend, _today()))
            click.echo(f"{chapter.name}: recorded ({number} of {len(chosen)})")
            continue
        expected = verified.here(chapter, project.records[chapter.name], project.verified)
        problems = list(compare.differences(chapter, expected, fresh, short))
        for problem in problems:
            click.echo(project.relative(problem))
        found += len(problems)
        click.echo(f"{chapter.name}: {len(problems)} differences ({number} of {len(chosen)})")
    sys.exit(1 if found else 0)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _chapter(project: Project, name: str) -> Chapter:
    name = Path(name).stem.replace("-", "_")
    if name not in project.chapters:
        raise WeaveError(f"there is no chapter “{name}” in snippets/.{nearest(name, project.chapters)}")
    return project.chapters[name]


@main.command()
@click.argument("chapters", nargs=-1)
@click.option("--backend", default=outputs.DEFAULT_BACKEND, type=click.Choice(sorted(outputs.BACKEND_PACKAGES)))
@click.pass_obj
def verify(project: Project, chapters: tuple[str, ...], backend: str) -> None:
    """Run CHAPTERS (default: all) on a backend, with this Python and this Keras, and store the differences.

    Slow cells are shortened. A chapter that stops with an error, or that gives other numbers on the backend and the
    Keras that recorded it, is a failure and is not stored.
    """
    from docweave.running.run import run_under

    def fresh(chapter: Chapter) -> outputs.Record:
        ((_, record),) = run_under(chapter, [noise.Setting(backend, backend=backend, wide=False)], short=True)
        return record

    chosen = [_chapter(project, name) for name in chapters] or list(project.chapters.values())
    chosen = [chapter for chapter in chosen if not chapter.keras and chapter.backend in ("", backend)]
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for chapter, running in [(chapter, pool.submit(fresh, chapter)) for chapter in chosen]:
            recorded = project.records[chapter.name]
            try:
                given = running.result()
                run = run_of(chapter, recorded, given, backend, _today())
            except WeaveError as error:
                failed += 1
                click.echo(project.relative(error))
                continue
            alike = all(recorded.versions.get(name) == given.versions[name] for name in ("keras", backend))
            if alike and run.differs:
                failed += 1
                for name in run.differs:
                    for difference in compare.output_differences(chapter[name], recorded, given.output(chapter[name])):
                        click.echo(
                            project.relative(
                                chapter[name].error(f"the cell “{name}” gave something else than is recorded:\n{difference}")
                            )
                        )
                continue
            verified.add(project.outputs, chapter, run)
            click.echo(f"{chapter.name}: ran on {backend}; {len(run.differs)} of {len(chapter.cells)} cells differ")
    sys.exit(1 if failed else 0)


@main.command("noise")
@click.argument("chapters", nargs=-1)
@click.option("--evidence", is_flag=True, help="Show how well the other settings predict each one, by leaving it out.")
@click.pass_obj
def show_noise(project: Project, chapters: tuple[str, ...], evidence: bool) -> None:
    """Show how far each printed number of CHAPTERS (default: all) moves when only the arithmetic changes.

    The figures were measured when the outputs were recorded; no cell is run.
    """
    chosen = [_chapter(project, name) for name in chapters] or list(project.chapters.values())
    if evidence:
        click.echo(f"{'left out':16} numbers  would pass within {noise.FACTOR:g} times the spread of the others")
        records = [project.records[chapter.name] for chapter in chosen]
        cells = [(record.cells[name].text, runs) for record in records for name, runs in record.numbers.items()]
        for name, (total, covered) in noise.evidence(cells).items():
            click.echo(f"{name:16} {total:7}  {covered:7}")
        return
    click.echo(f"{'cell':40} {'printed':>12} {'spread':>9} {'of its last digit':>18}")
    for chapter in chosen:
        record = project.records[chapter.name]
        for cell in chapter.cells:
            for printed, spread in noise.table(record.output(cell).text, record.numbers.get(cell.name, {})):
                click.echo(f"{cell.id:40} {printed:>12} {spread:9.1e} {spread / noise.digit(printed):17.0%}")


@main.command()
@click.pass_obj
def check(project: Project) -> None:
    """Report everything there is to fix, without running a cell."""
    problems = check_project(project) or list(disagreements(project))
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} to fix" if problems else "Nothing to fix.", err=True)
    sys.exit(1 if problems else 0)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, resolve_path=True, path_type=Path))
@click.pass_obj
def weave(project: Project, folder: Path) -> None:
    """Write the woven Markdown of every language into FOLDER, for any site generator."""
    if folder.exists() and any(folder.iterdir()):
        raise WeaveError("the folder is not empty: nothing was written", folder)
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for locale in project.languages:
        for name, page in project.pages[locale].items():
            path = fresh / locale / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(weave_page(page, project).plain(), "utf-8")
        click.echo(f"{locale}: {len(project.pages[locale])} pages")
    if folder.exists():
        folder.rmdir()
    fresh.replace(folder)


@main.command()
@click.argument("languages", nargs=-1)
@click.pass_obj
def status(project: Project, languages: tuple[str, ...]) -> None:
    """List what LANGUAGES (default: all) still lack, and each section whose English has changed, with the diff."""
    complete = True
    for locale in languages or project.translations:
        report = translation.status(project, locale)
        complete &= report.complete
        click.echo(f"{locale}: complete" if report.complete else f"{locale}:")
        for name in report.pages:
            click.echo(f"  page missing: {name}.md")
        for place in report.unstamped:
            click.echo(f"  not translated, or not stamped: {place}")
        for place, change in report.stale.items():
            click.echo(f"  stale: {place}")
            click.echo("".join(f"    {line}\n" for line in change.splitlines()), nl=False)
        for problem in report.words:
            click.echo(f"  {problem}")
    sys.exit(0 if complete else 1)


@main.command()
@click.argument("page")
@click.argument("sections", nargs=-1)
@click.pass_obj
def stamp(project: Project, page: str, sections: tuple[str, ...]) -> None:
    """Mark SECTIONS (default: all) of PAGE, such as `ru/index.md`, as matching the present English."""
    path = Path(page)
    locale, name = path.parent.name, path.stem
    if locale not in project.languages:
        raise WeaveError(f"“{page}” is not a page: expected `language/page.md`.{nearest(locale, project.languages)}")
    pages = project.pages[locale]
    if name not in pages:
        raise WeaveError(f"there is no page “{name}” in docs/{locale}/.{nearest(name, pages)}")
    changed = translation.stamp(project, pages[name], list(sections))
    click.echo(f"stamped: {', '.join(changed)}" if changed else "nothing to stamp: every stamp is up to date")


@main.command()
@click.pass_obj
def comments(project: Project) -> None:
    """Collect comments, texts in plots and phrases, and bring every catalogue up to date with them."""
    for locale in project.translations:
        total, untranslated = catalogs.update(project.docs / locale / CATALOG, project.messages)
        click.echo(f"docs/{locale}/{CATALOG}: {total} messages, {untranslated} to translate")
