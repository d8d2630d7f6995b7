"""A tiny but complete project in three languages for tests to break; its cells need no Keras."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from docweave.check import check
from docweave.drawings.graphs import Box, Curve, Diagram, Edge, Layout, Node
from docweave.drawings.plots import Plot
from docweave.outputs import Output, Record, code_hashes, installed_versions, write_record
from docweave.project import Project
from docweave.translation import stamp

FILES = {
    "pyproject.toml": """\
[project.optional-dependencies]
cells = ["keras>=3", "tensorflow"]
""",
    "snippets/greetings.py": """\
# %% greet
# say hello first,
# then go on
name = "reader"
print(f"Hello, {name}!")

# %% fail tags=["raises-exception"] active="ipynb"
# # a name is no number
# int(name)

# %% count
hands = 1 + 1  # one on each side
print(hands)
""",
    "snippets/drawings.py": """\
# %% plot
import matplotlib.pyplot as plt

plt.plot([1, 2], [3, 4])
plt.xlabel("step")
plt.show()
""",
    "docs/en/index.md": """\
---
description: Where readers begin.
---

# Start {#start}

Welcome.

![One box leads to another](diagram:drawings.model "The smallest model")

## Curves {#curves}

::: drawings.plot alt="A line that rises"
""",
    "docs/en/greetings.md": """\
---
description: How a program greets.
---

# Greetings {#greetings}

A program may greet.

::: greetings.greet hl="3-4"

## Mistakes {#mistakes}

A program may fail.

::: greetings.fail

??? question "Check yourself: why?"

    A name has letters.

!!! exercise "Exercise 1: hands"

    Count your hands.

    ??? success "Solution"

        ::: greetings.count collapsed
""",
    "docs/ru/index.md": """\
---
description: Отсюда начинает читатель.
---

# Начало {#start}

Добро пожаловать.

![Один блок ведёт к другому](diagram:drawings.model "Самая маленькая модель")

## Кривые {#curves}

::: drawings.plot alt="Прямая идёт вверх"
""",
    "docs/ru/greetings.md": """\
---
description: Как программа здоровается.
---

# Приветствия {#greetings}

Программа может поздороваться.

::: greetings.greet hl="3-4"

## Ошибки {#mistakes}

Программа может упасть.

::: greetings.fail

??? question "Проверьте себя: почему?"

    В имени буквы.

!!! exercise "Упражнение 1: руки"

    Сосчитайте руки.

    ??? success "Решение"

        ::: greetings.count collapsed
""",
    "docs/zh-Hant/index.md": """\
---
description: 讀者從這裡開始。
---

# 開始 {#start}

歡迎。

![一個方塊通往另一個](diagram:drawings.model "最小的模型")

## 曲線 {#curves}

::: drawings.plot alt="一條上升的線"
""",
    "docs/zh-Hant/greetings.md": """\
---
description: 程式如何打招呼。
---

# 問候 {#greetings}

程式可以打招呼。

::: greetings.greet hl="3-4"

## 錯誤 {#mistakes}

程式可能失敗。

::: greetings.fail

??? question "自我檢查：為什麼？"

    名字是字母。

!!! exercise "練習 1：手"

    數一數你的手。

    ??? success "解答"

        ::: greetings.count collapsed
""",
    "theme/main.html": """\
<html lang="{{ docweave.locale }}"><body>
<nav>
{% for locale in docweave.languages %}
<a lang="{{ locale }}">{{ docweave.name(locale) }}: {{ docweave.phrase("Edit this page", locale) }}</a>
{% endfor %}
</nav>
{{ page.content }}
<footer>{{ docweave.phrase("Edit this page") }}</footer>
</body></html>
""",
}

WORDS = {
    "ru": {
        "say hello first,\nthen go on": "сначала здороваемся,\nпотом остальное",
        "a name is no number": "имя не число",
        "one on each side": "по одной с каждой стороны",
        "step": "шаг",
        "Show the code": "Показать код",
        "Edit this page": "Править страницу",
        "Read it in English": "Читать по-английски",
        "The English text of this section has changed since it was translated.": "Английский текст раздела изменился.",
    },
    "zh-Hant": {
        "say hello first,\nthen go on": "先打招呼，\n再繼續",
        "a name is no number": "名字不是數字",
        "one on each side": "左右各一",
        "step": "步",
        "Edit this page": "編輯此頁",
    },
}

SVG = '<svg xmlns="http://www.w3.org/2000/svg" class="model-plot">\n<text x="1">step</text>\n</svg>\n'
PLOT = Plot({"axes": [{"xlabel": "step", "lines": [{"label": "", "x": [1.0, 2.0], "y": [3.0, 4.0]}]}], "texts": ["step"]}, SVG)
DIAGRAM = Diagram(
    nodes=(
        Node("x", "input", "InputLayer", "x", "(None, 1)", "input"),
        Node("y", "layer", "Dense", "y", "(None, 2)", "output"),
    ),
    edges=(Edge("x", "y"),),
    layout=Layout(
        80, 100, (Box("x", 2, 2, 70, 40), Box("y", 2, 60, 70, 40)), (Curve("x", "y", (37, 42, 37, 50, 37, 52, 37, 60)),)
    ),
)
OUTPUTS = {
    "greetings": Record(
        cells={
            "greet": Output("Hello, reader!\n"),
            "fail": Output(error="ValueError: invalid literal for int() with base 10: 'reader'\n"),
            "count": Output("2\n"),
        }
    ),
    "drawings": Record(cells={"plot": Output(plots=(PLOT,))}, diagrams={"model": DIAGRAM}),
}


@dataclass(frozen=True)
class Tiny:
    """The files of the project, which a test may change, and the project read from them."""

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root)

    def path(self, name: str) -> Path:
        return self.root / name

    def read(self, name: str) -> str:
        return self.path(name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        assert self.read(name).count(old) == 1, f"{name} holds “{old}” {self.read(name).count(old)} times"
        self.write(name, self.read(name).replace(old, new))

    def record(self, chapter: str) -> None:
        """Write the recorded outputs of a chapter, as if its cells had just run."""
        code = code_hashes(self.project.chapters[chapter])
        given = OUTPUTS[chapter]
        record = Record(installed_versions(), code, given.cells, given.diagrams, given.rebound)
        write_record(self.project.outputs / chapter, record)

    def translate(self, locale: str) -> None:
        """Write a language's catalogue, with a made-up translation of every message."""
        blocks = ['msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n']
        for message in self.project.messages:
            words = WORDS[locale].get(message.text, f"[{locale}] {message.text}")
            blocks.append(f"msgid {quoted(message.text)}\nmsgstr {quoted(words)}\n")
        self.write(f"docs/{locale}/comments.po", "\n".join(blocks))

    def stamp(self, name: str) -> None:
        """Stamp every section of a translated page."""
        locale, page = name.split("/")
        stamp(self.project, self.project.pages[locale][page], [])

    def problems(self) -> list[str]:
        """Return the problems that `docweave check` reports."""
        return [str(problem) for problem in check(self.project)]


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@pytest.fixture
def tiny(tmp_path) -> Tiny:
    """The tiny project in a new folder, without any problems."""
    tiny = Tiny(tmp_path / "tiny")
    for name, text in FILES.items():
        tiny.write(name, text)
    for chapter in OUTPUTS:
        tiny.record(chapter)
    for locale in WORDS:
        tiny.translate(locale)
        for page in ("index", "greetings"):
            tiny.stamp(f"{locale}/{page}")
    return tiny
