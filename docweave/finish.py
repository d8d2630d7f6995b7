"""What is done to the HTML of a page when the theme has written it: boxes, a policy, and no weight for nothing."""

import re
from base64 import b64encode
from hashlib import sha256

# A table in prose; those with a class have a look of their own. Material puts the boxes around them by script.
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
BOX = r'<div class="md-typeset__scrollwrap"><div class="md-typeset__table">\g<0></div></div>'

# Templates indent what they write; only in these is that more than one space to a browser.
SPACE = re.compile(r"<(pre|script|style|textarea)\b.*?</\1>|[ \t]*\n\s*", re.DOTALL)

SCRIPT = re.compile(r"<script>(.+?)</script>", re.DOTALL)
START = '<meta charset="utf-8">'

# A page may use the site's own files and nothing else. Images as data: are Material's icons and the figures of notebooks.
# WebAssembly is what searching and running Python in a page need.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def finish(html: str) -> str:
    """Return a page's HTML with its tables in boxes and without superfluous space."""
    html = TABLE.sub(BOX, html)
    return SPACE.sub(lambda found: found[0] if found[1] else "\n", html).lstrip()


def protect(html: str) -> str:
    """Return a page's HTML with a content security policy, which names its inline scripts by their hashes.

    Other sites are not told which page a reader comes from.
    """
    hashes = {f" 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in SCRIPT.findall(html)}
    policy = POLICY | {"script-src": POLICY["script-src"] + "".join(sorted(hashes))}
    content = "; ".join(f"{name} {value}" for name, value in policy.items())
    head = f'<meta http-equiv="Content-Security-Policy" content="{content}">\n<meta name="referrer" content="same-origin">'
    return html.replace(START, f"{START}\n{head}", 1)
