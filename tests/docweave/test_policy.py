import re
from base64 import b64encode
from hashlib import sha256

from docweave.site.policy import compress, protect

PAGE = '<!doctype html>\n<head>\n<meta charset="utf-8">\n</head>\n'


def policy(html):
    content = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    return dict(part.split(" ", 1) for part in content.split("; "))


def test_space_between_lines_is_removed_but_not_between_words():
    assert compress("\n\n<p>\n    one\n\n    <b>two</b> three\n</p>") == "<p>\none\n<b>two</b> three\n</p>"


def test_code_and_scripts_keep_their_space():
    kept = "<pre><code>if x:\n\n    y</code></pre>"
    assert (
        compress(f"<div>\n  {kept}\n  <script>\n  1;\n  </script></div>") == f"<div>\n{kept}\n<script>\n  1;\n  </script></div>"
    )


def test_a_page_may_run_its_own_inline_scripts_and_no_others():
    html = protect(f"{PAGE}<script>one()</script><script src='a.js'></script><script>two()</script>")
    hashes = [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in (b"one()", b"two()")]
    assert policy(html)["script-src"].split() == ["'self'", *sorted(hashes)]


def test_sources_not_in_the_policy_are_blocked():
    assert policy(protect(PAGE))["default-src"] == "'none'"
    assert "unsafe-inline" not in protect(PAGE)


def test_the_policy_comes_before_everything_it_applies_to():
    html = protect(PAGE.replace("</head>", '<link rel="stylesheet" href="a.css"></head>'))
    assert html.index("Content-Security-Policy") < html.index("a.css")
