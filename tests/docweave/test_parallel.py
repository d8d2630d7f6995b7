"""Links, numbers and letters of a translated section, beside its English."""

import pytest

SAID = "\n\n## Facts {{#facts}}\n\n{text}\n"
ENGLISH = (
    "See [more](index.md#curves) and [there](https://example.org/a). Of 392,500 weights 0.975 hold, and `1_000` more, 7 times."
)
RUSSIAN = "См. [ещё](index.md#curves) и [там](https://example.org/a). Из 392\u00a0500 весов 0,975 держат, и ещё `1_000`, 7 раз."


@pytest.fixture
def problems(tiny):
    """Gives what is wrong with a Russian section whose English is `ENGLISH`."""

    def problems(text):
        for locale, said in (("en", ENGLISH), ("ru", text), ("zh-Hant", ENGLISH.replace("See", "見"))):
            path = f"docs/{locale}/index.md"
            tiny.write(path, tiny.read(path) + SAID.format(text=said))
        for locale in ("ru", "zh-Hant"):
            tiny.stamp(f"{locale}/index")
        return [problem.partition(": ")[2] for problem in tiny.problems()]

    return problems


def test_other_separators_are_the_same_numbers(problems):
    assert problems(RUSSIAN) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("392\u00a0500", "395\u00a0200", "the section “facts” lacks the number “392500”, which its English has"),
        ("0,975", "0,957", "the section “facts” lacks the number “0975”, which its English has"),
        ("`1_000`", "`1_000` и 200", "the section “facts” has a number “200”, which its English has not"),
        ("index.md#curves", "index.md#start", "the section “facts” lacks the link to “index.md#curves”, which its English has"),
        (
            "example.org/a",
            "exmaple.org/a",
            "the section “facts” lacks the link to “https://example.org/a”, which its English has",
        ),
        ("весов", "вecов", "“вecов” mixes Latin and Cyrillic letters"),
        ("весов", "ве\u200bсов", "an unseen character (U+200B): remove it"),
        (" и [там]", ".\n\nИ [там]", "paragraph is not in the English page"),
    ],
)
def test_what_a_translation_says_otherwise_is_reported(problems, old, new, problem):
    assert old in RUSSIAN
    assert problem in problems(RUSSIAN.replace(old, new))
