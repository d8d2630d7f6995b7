import subprocess

import pytest

from docweave.errors import WeaveError
from docweave.translation import stamp, status


def report(tiny, locale="ru"):
    return status(tiny.project, locale)


def stamped(tiny, name, *ids):
    locale, page = name.split("/")
    return stamp(tiny.project, tiny.project.pages[locale][page], list(ids))


def git(tiny, *arguments):
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *arguments]
    subprocess.run(command, cwd=tiny.root, check=True, capture_output=True)


@pytest.fixture
def history(tiny):
    """The tiny project in a git repository; commits the changes of a test."""

    def commit():
        git(tiny, "add", ".")
        git(tiny, "commit", "--message", "change")

    git(tiny, "init")
    commit()
    return commit


# --- status ---


def test_a_translation_without_gaps_is_complete(tiny):
    assert report(tiny).complete and report(tiny, "zh-Hant").complete


def test_a_missing_page_is_listed(tiny):
    tiny.path("docs/ru/greetings.md").unlink()
    assert report(tiny).pages == ["greetings"]
    assert not report(tiny).complete


def test_status_ignores_a_page_without_english_original(tiny):
    tiny.write("docs/ru/more.md", tiny.read("docs/ru/index.md"))
    assert report(tiny).complete


def test_sections_never_stamped_are_listed(tiny):
    front, _, rest = tiny.read("docs/ru/index.md").partition("sections:\n")
    tiny.write("docs/ru/index.md", front + "---\n" + rest.partition("---\n")[2])
    assert report(tiny).unstamped == ["index#start", "index#curves"]
    assert not report(tiny).complete


def test_a_section_listed_as_the_same_needs_no_stamp(tiny):
    for locale in ("en", "ru"):
        tiny.write(f"docs/{locale}/index.md", tiny.read(f"docs/{locale}/index.md") + "\n## Links {#links}\n")
    tiny.replace("docs/ru/index.md", "sections:", "same: [links]\nsections:")
    assert report(tiny).complete


def test_messages_without_translation_are_listed(tiny):
    tiny.replace("snippets/greetings.py", "one on each side", "left and right")
    (problem,) = report(tiny).words
    assert str(problem) == "docs/ru/comments.po: no translation of “left and right” (greetings.count)"
    assert not report(tiny).complete


def test_an_unknown_language_is_refused_with_the_nearest(tiny):
    with pytest.raises(WeaveError, match=r"there is no translation “zh-Hans” in docs/\. Did you mean “zh-Hant”\?"):
        report(tiny, "zh-Hans")


def test_english_is_not_a_translation(tiny):
    with pytest.raises(WeaveError, match=r"there is no translation “en” in docs/\. There are: ru, zh-Hant\."):
        report(tiny, "en")


CHANGE = """\
--- translated from
+++ now
@@ -2,3 +2,3 @@
 
-A program may fail.
+A program may fail, and say so.
 """  # noqa: W293 - an empty line has a space in a diff


def test_a_stale_section_is_shown_with_the_diff_since_its_stamp(tiny, history):
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    assert report(tiny).stale == {"greetings#mistakes": CHANGE}
    history()
    assert report(tiny).stale == {"greetings#mistakes": CHANGE}
    assert not report(tiny).complete


def test_the_diff_is_from_the_stamped_version_not_the_last_one(tiny, history):
    for old, new in [("may fail.", "may stop."), ("may stop.", "may fail, and say so.")]:
        tiny.replace("docs/en/greetings.md", old, new)
        history()
    assert report(tiny).stale == {"greetings#mistakes": CHANGE}


def test_an_older_version_that_breaks_a_later_rule_is_skipped(tiny, history):
    good = tiny.read("docs/en/greetings.md")
    for text in (good.replace("{#mistakes}", ""), good.replace("may fail.", "may fail, and say so.")):
        tiny.write("docs/en/greetings.md", text)
        history()
    assert report(tiny).stale == {"greetings#mistakes": CHANGE}


@pytest.mark.parametrize("missing", ["repository", "version", "git"])
def test_without_the_stamped_version_the_present_text_is_shown(tiny, missing, request, monkeypatch):
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    if missing == "version":
        request.getfixturevalue("history")
    elif missing == "git":
        monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tiny.root.parent))
    change = report(tiny).stale["greetings#mistakes"]
    assert change.startswith("the stamped English is not in the git history here; the present English is:\n## Mistakes")
    assert "A program may fail, and say so." in change


# --- stamp ---


def test_a_stamp_has_the_hash_of_the_present_english(tiny):
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    tiny.replace("docs/ru/greetings.md", "Программа может упасть.", "Программа может упасть и сказать об этом.")
    assert stamped(tiny, "ru/greetings") == ["mistakes"]
    assert report(tiny).complete


def test_a_second_stamp_changes_nothing(tiny):
    before = tiny.read("docs/ru/greetings.md")
    assert stamped(tiny, "ru/greetings") == []
    assert tiny.read("docs/ru/greetings.md") == before


def test_only_named_sections_are_stamped(tiny):
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    tiny.replace("docs/en/greetings.md", "A program may greet.", "A program may greet you.")
    assert stamped(tiny, "ru/greetings", "greetings") == ["greetings"]
    assert list(report(tiny).stale) == ["greetings#mistakes"]


def test_a_stamp_leaves_the_rest_of_the_page_unchanged(tiny):
    page = tiny.project.pages["ru"]["greetings"]
    tiny.replace("docs/ru/greetings.md", "description:", "same: []  # nothing\ndescription:")
    front, _, body = tiny.read("docs/ru/greetings.md").partition("sections:")
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    stamped(tiny, "ru/greetings")
    text = tiny.read("docs/ru/greetings.md")
    assert text.startswith(f"{front}sections:\n  greetings: ")
    assert text.partition("---\n\n")[2] == body.partition("---\n\n")[2]
    assert text.count("sections:") == 1
    assert tiny.project.pages["ru"]["greetings"].lines[-20:] == page.lines[-20:]


def test_stamps_follow_the_english_order_without_removed_sections(tiny):
    tiny.replace("docs/ru/greetings.md", "sections:\n", "sections:\n  gone: 0123456789ab\n")
    tiny.replace("docs/en/greetings.md", "A program may fail.", "A program may fail, and say so.")
    stamped(tiny, "ru/greetings")
    assert list(tiny.project.pages["ru"]["greetings"].meta["sections"]) == ["greetings", "mistakes"]


def test_stamps_written_by_hand_on_one_line_are_replaced(tiny):
    front, _, rest = tiny.read("docs/ru/index.md").partition("sections:\n")
    tiny.write("docs/ru/index.md", front + "sections: {start: old}\n---\n" + rest.partition("---\n")[2])
    assert stamped(tiny, "ru/index") == ["start", "curves"]
    assert tiny.read("docs/ru/index.md").count("sections:") == 1


def test_a_section_equal_to_its_english_is_not_stamped(tiny):
    english = tiny.project.pages["en"]["greetings"].sections[1].text
    ours = tiny.project.pages["ru"]["greetings"].sections[1].text
    tiny.replace("docs/ru/greetings.md", ours, english)
    tiny.replace("docs/en/greetings.md", "A program may greet.", "A program may greet you.")
    before = tiny.read("docs/ru/greetings.md")
    with pytest.raises(
        WeaveError, match=r"greetings\.md:14: the section “mistakes” still equals its English: translate it first"
    ):
        stamped(tiny, "ru/greetings")
    assert tiny.read("docs/ru/greetings.md") == before


def test_a_section_listed_as_the_same_may_be_stamped(tiny):
    for locale in ("en", "ru"):
        tiny.write(f"docs/{locale}/index.md", tiny.read(f"docs/{locale}/index.md") + "\n## Links {#links}\n")
    tiny.replace("docs/ru/index.md", "sections:", "same: [links]\nsections:")
    assert stamped(tiny, "ru/index") == ["links"]


def test_an_unknown_section_is_refused_with_the_nearest(tiny):
    with pytest.raises(WeaveError, match=r"the two languages have no section “mistake” in common\. Did you mean “mistakes”\?"):
        stamped(tiny, "ru/greetings", "mistake")


@pytest.mark.parametrize("name", ["en/index", "ru/more"])
def test_only_a_page_with_an_english_original_is_stamped(tiny, name):
    tiny.write("docs/ru/more.md", tiny.read("docs/ru/index.md"))
    with pytest.raises(
        WeaveError, match="only a translated page can be stamped, and it must have an English page of the same name"
    ):
        stamped(tiny, name)
