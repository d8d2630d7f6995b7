import gzip
import json

import pytest

from docweave.search import Entry, Section, entry, index

PAGE = """\
---
description: Nothing for a search.
---

# Layers & `models` {#layers}

A **layer** is a *func*tion,
see [the graph](index.md).

- one
- **shared weights**

## Build {#build}

```sh
pip install keras
```

::: greetings.greet

| a | b |
| --- | --- |
| 1 | **two** |

??? question "Check yourself"
    Why 1 < 2?

![One box](diagram:drawings.model "A model")

::: drawings.plot alt="A line"

::: greetings.fail output=false
"""


@pytest.fixture
def found(tiny):
    """The entry of a page with one of everything."""
    tiny.write("docs/en/layers.md", PAGE)
    return entry(tiny.project.pages["en"]["layers"], "layers/", tiny.project)


def test_a_section_is_a_heading_with_the_content_below_it(found):
    layers, build = found.sections
    assert (layers.id, layers.title) == ("layers", "Layers & models")
    assert layers.text == "A layer is a function, see the graph. one shared weights"
    assert (build.id, build.title) == ("build", "Build")
    assert build.text == "a b 1 two Check yourself Why 1 < 2? A model One box A line"


def test_bold_words_are_key_terms(found):
    assert [section.key for section in found.sections] == ["layer shared weights", "two"]


def test_names_in_code_and_outputs_are_indexed_once(found):
    layers, build = found.sections
    assert layers.code == ""
    names = "pip install keras say hello first then go on name reader print f Hello import matplotlib.pyplot as plt"
    assert build.code.startswith(names)
    assert "int" in build.code.split() and "ValueError" not in build.code


def test_comments_are_found_in_the_language_of_the_page(tiny):
    russian = entry(tiny.project.pages["ru"]["greetings"], "ru/greetings/", tiny.project)
    assert "здороваемся" in russian.sections[0].code


def test_the_index_is_reproducible_gzipped_json():
    layers = Section("layers", "Слои", "Слой — это функция.", "слой", "layers.Dense")
    build = Section("build", "Собрать", "Соберём сеть.", "", "keras.Model")
    entries = (Entry("ru/layers/", (layers, build)), Entry("ru/", (build,)))
    file = index(entries)
    assert json.loads(gzip.decompress(file)) == {
        "url": ["ru/layers/#layers", "ru/layers/#build", "ru/#build"],
        "page": ["", "Слои", ""],
        "title": ["Слои", "Собрать", "Собрать"],
        "key": ["слой", "", ""],
        "code": ["layers.Dense", "keras.Model", "keras.Model"],
        "text": ["Слой — это функция.", "Соберём сеть.", "Соберём сеть."],
    }
    index.cache_clear()
    assert index(entries) == file
