"""What is done to the HTML of a page when the theme has written it: less space, and a Content-Security-Policy."""

import re
from base64 import b64encode
from hashlib import sha256

# Templates indent what they write; only in these is that more than one space to a browser.
SPACE = re.compile(r"<(pre|script|style|textarea)\b.*?</\1>|[ \t]*\n\s*", re.DOTALL)

SCRIPT = re.compile(r"<script>(.+?)</script>", re.DOTALL)
START = '<meta charset="utf-8">'

# A page may use the site's own files and nothing else. Images as data: are Material's icons and the figures of notebooks.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def compress(html: str) -> str:
    """Return a page's HTML without superfluous space."""
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
