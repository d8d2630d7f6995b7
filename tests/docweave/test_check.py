import pytest


def test_the_tiny_project_has_no_problems(tiny):
    assert tiny.problems() == []


# --- cells and pages ---


def test_a_cell_that_no_page_shows_is_reported_with_its_fix(tiny):
    tiny.write("snippets/drawings.py", tiny.read("snippets/drawings.py") + "\n# %% extra\nx = 1\n")
    tiny.record("drawings")
    assert tiny.problems() == [
        "snippets/drawings.py:8: no page shows the cell “extra”: write `::: drawings.extra` or remove it"
    ]


def test_a_cell_shown_only_on_a_translated_page_is_reported(tiny):
    tiny.write("snippets/drawings.py", tiny.read("snippets/drawings.py") + "\n# %% extra\nx = 1\n")
    tiny.record("drawings")
    tiny.write("docs/ru/index.md", tiny.read("docs/ru/index.md") + "\n::: drawings.extra\n")
    assert tiny.problems()[0].startswith("snippets/drawings.py:8: no page shows the cell “extra”")


def test_an_unknown_cell_is_reported_on_every_page_that_names_it(tiny):
    for locale in ("en", "ru", "zh-Hant"):
        tiny.replace(f"docs/{locale}/greetings.md", "::: greetings.fail", "::: greetings.fial")
    message = "there is no cell “fial” in snippets/greetings.py. Did you mean “fail”?"
    assert [problem for problem in tiny.problems() if problem.endswith(message)] == [
        f"docs/en/greetings.md:15: {message}",
        f"docs/ru/greetings.md:18: {message}",
        f"docs/zh-Hant/greetings.md:18: {message}",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "snippets/greetings.py",
            "hands = 1 + 1",
            "hands = (1 + 1",
            "snippets/greetings.py:12: does not parse: '(' was never closed",
        ),
        ("snippets/greetings.py", "# %% count", "# %% greet", "snippets/greetings.py:11: the cell name “greet” is used twice"),
        ("docs/ru/index.md", "Добро пожаловать.", "```python", "docs/ru/index.md:10: a Python block written by hand"),
        ("docs/ru/index.md", "Один блок ведёт к другому", "", "docs/ru/index.md:12: the image has no alternative text"),
        ("docs/ru/comments.po", 'msgstr "шаг"', 'msgstr "шаг', "docs/ru/comments.po:{line}: the catalogue does not parse"),
        (
            "snippets/outputs/greetings/record.json",
            '"outputs"',
            '"output"',
            "snippets/outputs/greetings/record.json: unreadable",
        ),
    ],
)
def test_an_unreadable_file_is_the_only_problem_reported(tiny, file, old, new, message):
    tiny.replace(file, old, new)
    line = next((number for number, line in enumerate(tiny.read(file).splitlines(), 1) if new in line), 0)
    (problem,) = tiny.problems()
    assert problem.startswith(message.format(line=line))


def test_a_chapter_shows_its_cells_in_execution_order(tiny):
    for locale in ("en", "ru", "zh-Hant"):
        text = tiny.read(f"docs/{locale}/greetings.md")
        text = text.replace("greetings.greet", "@").replace("greetings.fail", "greetings.greet").replace("@", "greetings.fail")
        tiny.write(f"docs/{locale}/greetings.md", text)
    assert "docs/en/greetings.md:9: “fail” is out of the order in which the cells run: expected “greet” here" in tiny.problems()


def test_a_chapter_shows_a_cell_once(tiny):
    text = tiny.read("docs/en/greetings.md")
    tiny.write("docs/en/greetings.md", text + "\n::: greetings.count\n")
    expected = "docs/en/greetings.md:29: “count” is out of the order in which the cells run: every cell was shown already"
    assert expected in tiny.problems()


def test_a_chapter_must_show_cells_that_another_page_shows_too(tiny):
    tiny.replace("docs/en/greetings.md", "        ::: greetings.count collapsed\n", "")
    tiny.write("docs/en/index.md", tiny.read("docs/en/index.md") + "\n::: greetings.count\n")
    assert "docs/en/greetings.md:26: the page shows the cells up to here; “count” is missing" in tiny.problems()


def test_another_page_may_show_cells_in_any_order(tiny):
    for locale in ("en", "ru", "zh-Hant"):
        tiny.write(
            f"docs/{locale}/index.md", tiny.read(f"docs/{locale}/index.md") + "\n::: greetings.count\n\n::: greetings.greet\n"
        )
    for locale in ("ru", "zh-Hant"):
        tiny.stamp(f"{locale}/index")
    assert tiny.problems() == []


# --- recorded outputs ---


def test_a_missing_record_is_reported_with_the_command_to_record_it(tiny):
    tiny.write("snippets/fresh.py", "# %% one\nx = 1\n")
    tiny.write("docs/en/index.md", tiny.read("docs/en/index.md") + "\n::: fresh.one\n")
    message = "snippets/fresh.py:1: the outputs of the chapter “fresh” are not recorded: run `docweave run --record fresh`"
    assert message in tiny.problems()


def test_only_the_first_cell_changed_since_recording_is_reported(tiny):
    tiny.replace("snippets/greetings.py", 'name = "reader"', 'name = "you"')
    assert tiny.problems() == [
        "snippets/greetings.py:2: the cell “greet” changed since its output was recorded: run `docweave run --record greetings`"
    ]


def test_a_changed_comment_needs_no_new_record(tiny):
    tiny.replace("snippets/greetings.py", "one on each side", "a name is no number")
    assert tiny.problems() == []


def test_an_output_of_a_removed_cell_is_reported(tiny):
    tiny.replace("snippets/greetings.py", "\n# %% count\nhands = 1 + 1  # one on each side\nprint(hands)\n", "")
    message = "an output is recorded for “count”, which is no longer a cell: run `docweave run --record greetings`"
    assert f"snippets/greetings.py:1: {message}" in tiny.problems()


# --- the same structure in every language ---


@pytest.mark.parametrize("name", ["index", "greetings"])
def test_a_missing_page_is_reported(tiny, name):
    tiny.path(f"docs/ru/{name}.md").unlink()
    assert tiny.problems() == [f"docs/ru: the page {name}.md is missing"]


def test_a_page_without_english_original_is_reported_with_the_nearest_name(tiny):
    tiny.path("docs/ru/greetings.md").rename(tiny.path("docs/ru/greeting.md"))
    assert tiny.problems() == [
        "docs/ru: the page greetings.md is missing",
        "docs/ru/greeting.md:1: there is no English page of this name. Did you mean “greetings.md”?",
    ]


def test_an_unrelated_page_name_gets_no_suggestion(tiny):
    tiny.write("docs/ru/xyz.md", tiny.read("docs/ru/index.md"))
    assert tiny.problems() == ["docs/ru/xyz.md:1: there is no English page of this name."]


FIGURE = '![Один блок ведёт к другому](diagram:drawings.model "Самая маленькая модель")'


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "greetings",
            "\n## Ошибки {#mistakes}\n",
            "",
            "14: found paragraph; {english} heading ## {{#mistakes}} here (line 11)",
        ),
        (
            "greetings",
            "## Ошибки",
            "### Ошибки",
            "14: found heading ### {{#mistakes}}; {english} heading ## {{#mistakes}} here (line 11)",
        ),
        (
            "greetings",
            "{#mistakes}",
            "{#lapsus}",
            "14: found heading ## {{#lapsus}}; {english} heading ## {{#mistakes}} here (line 11)",
        ),
        ("greetings", "::: greetings.fail\n", "", "19: found question box; {english} cell greetings.fail here (line 15)"),
        (
            "greetings",
            " collapsed",
            "",
            "30: found cell greetings.count; {english} cell greetings.count collapsed here (line 27)",
        ),
        ("greetings", "!!! exercise", "!!! note", "24: found note box; {english} exercise box here (line 21)"),
        (
            "greetings",
            "        ::: greetings.count collapsed\n",
            "",
            "29: the page ends here; its English has cell greetings.count collapsed (line 27)",
        ),
        ("index", FIGURE, "", "14: found heading ## {{#curves}}; {english} figure drawings.model here (line 9)"),
        (
            "index",
            "Добро пожаловать.",
            "![Квадрат](diagram:drawings.square)",
            "10: found figure drawings.square; {english} paragraph here (line 7)",
        ),
        ("index", 'идёт вверх"\n', 'идёт вверх"\n\n!!! tip "T"\n    X.\n', "18: tip box is not in the English page"),
    ],
    ids=["heading", "level", "id", "cell", "folding", "exercise", "end", "figure", "added figure", "added box"],
)
def test_the_first_missing_added_or_moved_element_is_reported(tiny, name, old, new, message):
    tiny.replace(f"docs/ru/{name}.md", old, new)
    (problem,) = [problem for problem in tiny.problems() if "English page" in problem or "its English" in problem]
    assert problem == f"docs/ru/{name}.md:" + message.format(english="the English page has")


# --- translated, stamped, the same ---


def test_a_section_equal_to_its_english_is_reported(tiny):
    english = tiny.project.pages["en"]["greetings"].sections[1].text
    ours = tiny.project.pages["ru"]["greetings"].sections[1].text
    tiny.replace("docs/ru/greetings.md", ours, english)
    assert tiny.problems() == [
        "docs/ru/greetings.md:14: the section “mistakes” equals its English: translate it, or list it under `same:`"
    ]


def test_a_listed_section_must_equal_its_english(tiny):
    section = "## Links {#links}\n\n<https://keras.io>\n"
    for locale in ("en", "ru", "zh-Hant"):
        tiny.write(f"docs/{locale}/index.md", tiny.read(f"docs/{locale}/index.md") + f"\n{section}")
        if locale != "en":
            tiny.replace(f"docs/{locale}/index.md", "sections:", "same: [links]\nsections:")
    assert tiny.problems() == []
    tiny.replace("docs/ru/index.md", "## Links", "## Ссылки")
    assert tiny.problems() == [
        "docs/ru/index.md:1: the section “links” is listed under `same:` and differs: remove it from there",
        "docs/ru/index.md:19: the section “links” is not stamped: `docweave stamp ru/index.md`",
    ]


def test_an_unstamped_section_is_reported_with_the_command_to_stamp_it(tiny):
    text = tiny.read("docs/ru/index.md")
    line = next(line for line in text.splitlines() if line.startswith("  curves:"))
    tiny.replace("docs/ru/index.md", f"{line}\n", "")
    assert tiny.problems() == ["docs/ru/index.md:13: the section “curves” is not stamped: `docweave stamp ru/index.md`"]


def test_a_stamp_of_an_unknown_section_is_reported(tiny):
    tiny.replace("docs/ru/index.md", "sections:\n", "sections:\n  gone: 0123456789ab\n")
    assert tiny.problems() == ["docs/ru/index.md:1: the front matter names a section “gone”, which the page does not have"]


def test_a_stale_section_is_not_a_problem(tiny):
    tiny.replace("docs/en/index.md", "Welcome.", "Welcome, reader.")
    assert tiny.problems() == []


def test_a_comment_without_translation_is_reported_in_each_language(tiny):
    tiny.replace("snippets/greetings.py", "one on each side", "left and right")
    assert tiny.problems() == [
        "docs/ru/comments.po: no translation of “left and right” (greetings.count)",
        "docs/zh-Hant/comments.po: no translation of “left and right” (greetings.count)",
    ]


def test_phrases_of_the_site_and_texts_in_plots_need_a_translation(tiny):
    tiny.write("theme/main.html", tiny.read("theme/main.html").replace("Edit this page", "Fix this page"))
    tiny.replace("snippets/outputs/drawings/plot.plot-1.json", '"texts": [\n  "step"', '"texts": [\n  "epoch"')
    assert tiny.problems()[:2] == [
        "docs/ru/comments.po: no translation of “epoch” (drawings.plot)",
        "docs/ru/comments.po: no translation of “Fix this page” (site)",
    ]


def test_a_translated_comment_that_would_become_code_is_reported(tiny):
    tiny.replace("docs/ru/comments.po", "по одной с каждой стороны", "по одной\\rhands = 3")
    message = "snippets/greetings.py:12: the translated comments change the code (in docs/ru/comments.po)"
    assert message in tiny.problems()


def test_a_project_without_english_pages_is_reported(tiny):
    for page in ("index", "greetings"):
        tiny.path(f"docs/en/{page}.md").unlink()
    assert tiny.problems() == ["docs: there are no pages in docs/en/: expected a project with docs/ and snippets/"]


def test_a_page_shows_the_cells_of_each_backends_file_in_order(tiny):
    for backend in ("jax", "tensorflow"):
        tiny.write(f"snippets/greetings_{backend}.py", f"# %% first\na = 1\n\n# %% second\nprint('{backend}')\n")
    page = tiny.read("docs/en/greetings.md")
    cells = ("greetings_jax.first", "greetings_tensorflow.second", "greetings_jax.second", "greetings_tensorflow.first")
    tiny.write("docs/en/greetings.md", page + "".join(f"\n\n::: {cell}" for cell in cells) + "\n")
    lines = tiny.read("docs/en/greetings.md").splitlines()
    out_of_order = [problem for problem in tiny.problems() if "out of the order" in problem]
    assert out_of_order == [
        (
            f"docs/en/greetings.md:{lines.index('::: greetings_tensorflow.second') + 1}: “second” is out of the order in which"
            " the cells run: expected “first” here"
        )
    ]


def test_a_word_rejected_by_the_glossary_is_reported_at_its_line(tiny):
    front = "---\ndescription: Terms.\n%s---\n\n# %s {#glossary}\n"
    for locale in tiny.project.languages:
        title = {"en": "Terms", "ru": "Слова", "zh-Hant": "詞彙"}[locale]
        rejected = "rejected:\n  '\\bуров(ень|ня)\\b': слой\n" if locale == "ru" else ""
        tiny.write(
            f"docs/{locale}/glossary.md", front % (rejected, title) + ("\nНе уровень.\n" if locale == "ru" else "\nX.\n")
        )
    for locale in tiny.project.translations:
        tiny.stamp(f"{locale}/glossary")
    assert tiny.problems() == []
    tiny.replace("docs/ru/greetings.md", "Программа может поздороваться.", "Второй уровень, не `уровень`.")
    line = tiny.read("docs/ru/greetings.md").splitlines().index("Второй уровень, не `уровень`.") + 1
    assert tiny.problems() == [f"docs/ru/greetings.md:{line}: “уровень”: the glossary says “слой”"]


def test_a_rejected_word_is_found_when_marks_part_it_and_in_a_description(tiny):
    glossary = "---\ndescription: Слова.\nrejected:\n  'уровень': слой\n---\n\n# Слова {#glossary}\n"
    tiny.write("docs/ru/glossary.md", glossary)
    tiny.replace("docs/ru/greetings.md", "Программа может поздороваться.", "Второй уро**вень**.")
    tiny.replace("docs/ru/index.md", "Отсюда начинает читатель.", "Первый уровень.")
    found = [problem.partition(":")[0] for problem in tiny.problems() if "уровень" in problem]
    assert sorted(found) == ["docs/ru/greetings.md", "docs/ru/index.md"]


def test_recorded_outputs_of_a_removed_chapter_are_reported(tiny):
    tiny.path("snippets/outputs/farewells").mkdir()
    assert tiny.problems() == ["snippets/outputs/farewells: there is no longer a snippet file farewells.py: remove this folder"]


def test_highlighting_lines_beyond_the_end_of_a_cell_is_reported(tiny):
    tiny.replace("docs/en/greetings.md", "::: greetings.count", '::: greetings.count hl="2 40"')
    assert any(
        'hl="2 40" goes beyond the' in problem and problem.startswith("docs/en/greetings.md:") for problem in tiny.problems()
    )
