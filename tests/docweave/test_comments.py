from tokenize import ENDMARKER, NAME, NEWLINE, OP, TokenInfo

import pytest

from docweave.cells import syntax
from docweave.comments import Comment, comments, essence, translate

CODE = """\
# normalise first,
# then shuffle
x = load()  # one row a sample
if x:
    # nothing to do
    pass
print("# no comment")"""


def test_comments_have_their_places_and_a_run_of_lines_is_one():
    assert list(comments(CODE)) == [
        Comment("normalise first,\nthen shuffle", 1, 0),
        Comment("one row a sample", 3, 12),
        Comment("nothing to do", 5, 4),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "x = 1  # one\n# another\ny = 2",
        "x = 1  # one\n       # another",
        "# one\n\n# another\ny = 2",
        "if True:\n    # one\n    x = 1\n# another",
        "if True:\n    pass\n    # one\n# another",
    ],
)
def test_separate_comments_stay_separate(code):
    assert [comment.text for comment in comments(code)] == ["one", "another"]


@pytest.mark.parametrize("code", ["print(  # why", "x = = 1  # why", "if x:\n# why", 'x = "  # why'])
def test_code_that_does_not_parse_has_no_comments_and_stays_unchanged(code):
    assert not comments(code)
    assert translate(code, str.upper) == code


def test_every_comment_is_translated_and_nothing_else_changes():
    translated = translate(CODE, str.upper)
    assert (
        translated
        == """\
# NORMALISE FIRST,
# THEN SHUFFLE
x = load()  # ONE ROW A SAMPLE
if x:
    # NOTHING TO DO
    pass
print("# no comment")"""
    )
    assert syntax(translated) == syntax(CODE)


def test_a_comment_in_another_script_leaves_the_code_unchanged():
    assert translate("x = 1  # one", {"one": "一個"}.get) == "x = 1  # 一個"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("# one\n#     two\nx = 1", "# ONE\n#     TWO\nx = 1"),
        ("x = 1  #one", "x = 1  #ONE"),
        ("## one\nx = 1", "## ONE\nx = 1"),
        ("# one\n#\n# two\nx = 1", "# ONE\n#\n# TWO\nx = 1"),
    ],
)
def test_a_translated_comment_keeps_its_marks_and_its_inner_indent(code, expected):
    assert translate(code, str.upper) == expected


def test_an_empty_translation_leaves_no_trailing_space():
    assert translate("# one\nx = 1", lambda text: "") == "#\nx = 1"


def test_a_translation_with_another_number_of_lines_is_refused():
    with pytest.raises(ValueError, match="the translation of the comment “one row a sample” must keep its number of lines"):
        translate("x = 1  # one row a sample", lambda text: "a row\na sample")


def test_a_translation_that_would_become_code_is_refused():
    with pytest.raises(ValueError, match="the translated comments change the code"):
        translate("x = 1  # one", lambda text: "one\rx = 2")


# --- the essence of code ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x  =  1  # why"),
        ("x = f(1)\n\n\ny = 2", "# first\nx = f( 1 )\ny = 2\n"),
        ("if x:\n    y = 1", "if x:\n        y = 1"),
    ],
)
def test_comments_empty_lines_and_spaces_between_tokens_do_not_count(one, other):
    assert essence(one) == essence(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 'a b'", "x = 'a  b'"),
        ("x = f'{a} b'", "x = f'{a}  b'"),
        ("x = f'{a:.3f}'", "x = f'{a:.2f}'"),
        ("if x:\n    y = 1\nz = 2", "if x:\n    y = 1\n    z = 2"),
        ("x = (", "x = ["),
    ],
)
def test_everything_else_counts(one, other):
    assert essence(one) != essence(other)


def test_an_f_string_is_one_token_on_every_python():
    code = "x = f\"{a:{w}.3f} {{b}} {f'{q + 1}'}\""
    assert essence(code) == f"{code} NEWLINE"
    assert essence('x = f"""a\n  {b}"""') == 'x = f"""a\n  {b}""" NEWLINE'


def test_the_f_string_tokens_of_python_3_12_are_merged(monkeypatch):
    code = """x = f"{a} {f'{b}'}\""""
    start, middle, end = 901, 902, 903
    strings = {'f"': (start, 4), "f'": (start, 11), " ": (middle, 9), "'": (end, 16), '"': (end, 18)}
    tokens = [TokenInfo(NAME, "x", (1, 0), (1, 1), code), TokenInfo(OP, "=", (1, 2), (1, 3), code)]
    for text in ['f"', "{", "a", "}", " ", "{", "f'", "{", "b", "}", "'", "}", '"']:
        kind, column = strings.get(text, (OP, 0))
        tokens.append(TokenInfo(kind, text, (1, column), (1, column + len(text)), code))
    tokens += [TokenInfo(NEWLINE, "", (1, 19), (1, 20), code), TokenInfo(ENDMARKER, "", (2, 0), (2, 0), "")]
    monkeypatch.setattr("docweave.comments._tokens", lambda source: tokens)
    monkeypatch.setattr("docweave.comments.F_STRING_STARTS", {start})
    monkeypatch.setattr("docweave.comments.F_STRING_ENDS", {end})
    assert essence(code) == f"{code} NEWLINE"
