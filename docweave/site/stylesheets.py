"""Build one style sheet for the whole site: the rules of the theme and of our own sheets that its pages can use.

The theme has styles for anything that any site may use, many times more than our pages need. A rule is dropped if no element
of any page can match its selector in any state. Scripts set states; rather than keep a list of these by hand, every word in a
script counts as a name.
"""

import re
from collections.abc import Iterable, Sequence

import tinycss2
from tinycss2.ast import Node

TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
ATTRIBUTE = re.compile(r"([^\s=/]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")
SCRIPT = re.compile(r"<script\b[^>]*>([^<].*?)</script>", re.DOTALL)
PROPERTY = re.compile(r"--[\w-]+")

# Functional pseudo-classes of which at least one argument must match. Others, such as :not(), never exclude a rule.
ONE_OF = ("is", "where", "has")


def names_in_page(html: str) -> set[str]:
    """Return the names on a page that selectors can match.

    These are its `tag`s, `.class`es, `#id`s, `[attribute`s and the `=value`s of any attribute.
    """
    names = set(PROPERTY.findall(html))
    for tag, attributes in set(TAG.findall(html)):
        names.add(tag.lower())
        for name, *values in ATTRIBUTE.findall(attributes):
            value = "".join(values)
            names |= {f"[{name}", f"={value}"}
            if name == "class":
                names |= {f".{each}" for each in value.split()}
            elif name == "id":
                names.add(f"#{value}")
    return names.union(*map(names_in_script, SCRIPT.findall(html)))


def names_in_script(script: str) -> set[str]:
    """Return the names that a script may add: each of its words as a tag, a class, an id, an attribute and a value."""
    words = set(re.findall(r"[\w-]+", script))
    hyphened = {re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", word) for word in words}
    words |= hyphened | {f"data-{word}" for word in hyphened}
    return words.union(*({f".{word}", f"#{word}", f"[{word}", f"={word}"} for word in words))


def join(sheets: Iterable[str]) -> str:
    """Return style sheets merged into one, in order.

    Material's script sets a class on the element with keyboard focus. Browsers have a pseudo-class for it, used instead.
    """
    return "\n".join(sheets).replace(".focus-visible", ":focus-visible")


def trim(css: str, names: set[str]) -> str:
    """Return a style sheet without the rules and custom properties that pages cannot use.

    Args:
        css: the style sheet.
        names: the names of all pages and scripts.
    """
    css, longer = _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), names, None), ""
    # Repeat until stable: dropping one custom property can orphan another.
    while css != longer:
        used = {*re.findall(r"var\(\s*(--[\w-]+)", css), *filter(PROPERTY.match, names)}
        css, longer = _rules(tinycss2.parse_stylesheet(css), None, used), css
    return f'@charset "utf-8";{css}\n'


def _rules(rules: Iterable[Node], names: set[str] | None, properties: set[str] | None) -> str:
    """Return as text the rules whose selectors can match one of the names, with only the given custom properties."""
    kept = []
    for rule in rules:
        body = rule.content
        if rule.type == "qualified-rule":
            selectors = _split(rule.prelude, ",")
            if names is not None:
                selectors = [selector for selector in selectors if _possible(selector, names)]
            head = ",".join(map(_text, selectors))
            declarations = [text for part in _split(body, ";") if (text := _declaration(part, properties))]
            kept.append(f"{head}{{{';'.join(declarations)}}}" if head and declarations else "")
        elif body is not None:  # not @charset
            head = f"@{rule.at_keyword} {_text(rule.prelude)}".strip()
            inner = _text(body)
            if rule.at_keyword in ("media", "supports"):
                inner = _rules(tinycss2.parse_rule_list(body, skip_comments=True, skip_whitespace=True), names, properties)
            kept.append(f"{head}{{{inner}}}" if inner else "")
    return "".join(kept)


def _possible(selector: Sequence[Node], names: set[str]) -> bool:
    before = None
    for token in selector:
        if token.type == "ident" and before != ":":
            wanted = [f".{token.value}" if before == "." else token.lower_value]
        elif token.type == "hash":
            wanted = [f"#{token.value}"]
        elif token.type == "[] block":
            name, *rest = [part for part in token.content if part.type != "whitespace"]
            wanted = [f"[{name.value}"] + ([f"={rest[1].value}"] if rest and rest[0] == "=" else [])
        elif token.type == "function" and token.lower_name in ONE_OF:
            wanted = [] if any(_possible(each, names) for each in _split(token.arguments, ",")) else [""]
        else:
            wanted = []
        if not names.issuperset(wanted):
            return False
        before = token.value if token.type == "literal" else None
    return True


def _declaration(tokens: Sequence[Node], properties: set[str] | None) -> str:
    text = _text(tokens)
    name = text.partition(":")[0].rstrip()
    return "" if properties is not None and name.startswith("--") and name not in properties else text


def _split(tokens: Iterable[Node], separator: str) -> list[list[Node]]:
    parts: list[list[Node]] = [[]]
    for token in tokens:
        if token.type == "literal" and token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _text(tokens: Iterable[Node]) -> str:
    """Return tokens as text, without comments and superfluous white space."""
    parts = [" " if token.type == "whitespace" else token.serialize() for token in tokens if token.type != "comment"]
    return "".join(parts).strip()
