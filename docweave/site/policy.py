"""Post-process a rendered page: collapse white space, and add a Content-Security-Policy."""

import re
from base64 import b64encode
from hashlib import sha256

# White space from the indentation of templates; it is significant only in the elements named here.
SPACE = re.compile(r"<(pre|script|style|textarea)\b.*?</\1>|[ \t]*\n\s*", re.DOTALL)

SCRIPT = re.compile(r"<script>(.+?)</script>", re.DOTALL)
START = '<meta charset="utf-8">'

# A page may use the site's own files only. Material's icons and the figures of notebooks are images as `data:`.
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
    """Return a page's HTML with a content security policy that allows its inline scripts by their hashes.

    A referrer policy keeps the address of the reader's page from other sites.
    """
    hashes = {f" 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in SCRIPT.findall(html)}
    policy = POLICY | {"script-src": POLICY["script-src"] + "".join(sorted(hashes))}
    content = "; ".join(f"{name} {value}" for name, value in policy.items())
    head = f'<meta http-equiv="Content-Security-Policy" content="{content}">\n<meta name="referrer" content="same-origin">'
    return html.replace(START, f"{START}\n{head}", 1)
