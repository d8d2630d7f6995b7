import os

import pytest

from docweave.catalogs import Message, Translation, collect, missing, read_catalog, update
from docweave.errors import WeaveError

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
BEGIN = Message("normalise first", ("greetings.greet",))
BOTH = Message("say hello,\nthen go on", ("greetings.greet", "greetings.count"))


@pytest.fixture
def po(tmp_path):
    """Writes a catalogue with these messages and returns its path."""

    def write(body="", header=HEADER):
        path = tmp_path / "ru" / "comments.po"
        path.parent.mkdir(exist_ok=True)
        path.write_text(header + body, "utf-8")
        return path

    return write


def problems(path, *messages):
    return [str(error).removeprefix(str(path)) for error in missing(read_catalog(path), messages)]


def test_texts_are_collected_once_with_all_their_places():
    pairs = [("one", "a.x"), ("two", "a.x"), ("one", "b.y"), ("one", "a.x")]
    assert collect(pairs) == [Message("one", ("a.x", "b.y")), Message("two", ("a.x",))]


def test_a_catalogue_translates_a_text(po):
    catalog = read_catalog(po('#: greetings.greet\nmsgid "normalise first"\nmsgstr "сначала нормализуем"\n'))
    assert catalog("normalise first") == "сначала нормализуем"


def test_a_text_without_translation_stays_unchanged(po):
    assert read_catalog(po())("normalise first") == "normalise first"


def test_a_missing_catalogue_is_empty(tmp_path):
    assert read_catalog(tmp_path / "ru" / "comments.po").translations == {}


def test_a_translation_knows_its_line_and_whether_it_may_be_the_same(po):
    catalog = read_catalog(po('# same in both\nmsgid "loss"\nmsgstr "loss"\n'))
    assert catalog.translations == {"loss": Translation("loss", True, 6)}


@pytest.mark.parametrize(
    "body",
    [
        'msgid "normalise first"\nmsgstr ""\n',
        '#, fuzzy\nmsgid "normalise first"\nmsgstr "нормализуем"\n',
        '#~ msgid "normalise first"\n#~ msgstr "нормализуем"\n',
    ],
    ids=["empty", "fuzzy", "obsolete"],
)
def test_empty_fuzzy_and_obsolete_messages_are_not_translations(po, body):
    assert read_catalog(po(body)).translations == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('msgid "one"\nmsgstr "один\n', '6: the catalogue does not parse: expected `msgid "…"`, `msgstr "…"` or a comment'),
        ('msgid "one"\nmsgstr "од"ин"\n', "6: the catalogue does not parse"),
        ('msgid one\nmsgstr "один"\n', "5: the catalogue does not parse"),
        ('msgid "one"\nmsgstr "один"\n\n<<<<<<< HEAD\n', "8: the catalogue does not parse"),
        ('msgid "one"\nmsgstr ""\n\nmsgid "one"\nmsgstr "один"\n', "8: duplicate message, first in line 5"),
        ('msgid "one"\nmsgstr ""\n\nmsgid ""\n"on"\n"e"\nmsgstr "один"\n', "8: duplicate message, first in line 5"),
        ('#~ msgid "one"\n#~ msgstr "один\n', "6: the catalogue does not parse"),
        ('msgid "one"\n\nmsgid "two"\nmsgstr "два"\n', "5: the catalogue does not parse: missing msgstr for msgid 'one'"),
    ],
)
def test_a_catalogue_with_a_syntax_error_is_refused_and_never_overwritten(po, body, message):
    path = po(body)
    for use in (read_catalog, lambda path: update(path, [BEGIN])):
        with pytest.raises(WeaveError) as caught:
            use(path)
        assert str(caught.value).startswith(f"{path}:{message}")
    assert path.read_text("utf-8") == HEADER + body


def test_a_catalogue_in_another_encoding_is_refused(po):
    path = po()
    path.write_bytes(path.read_bytes() + 'msgid "one"\nmsgstr "один"\n'.encode("koi8-r"))
    with pytest.raises(WeaveError, match=r"comments\.po:\d+: not UTF-8"):
        read_catalog(path)


# --- missing translations ---


def test_a_comment_without_translation_is_reported_with_its_cells(po):
    path = po()
    assert problems(path, BOTH) == [": no translation of “say hello,⏎then go on” (greetings.greet, greetings.count)"]


def test_a_complete_catalogue_has_no_problems(po):
    path = po(
        'msgid "normalise first"\nmsgstr "сначала нормализуем"\n\n'
        'msgid "say hello,\\nthen go on"\nmsgstr "здороваемся,\\nпотом остальное"\n\n'
        '# same in both\nmsgid "loss"\nmsgstr "loss"\n'
    )
    assert problems(path, BEGIN, BOTH, Message("loss", ("a.b",))) == []


def test_a_translation_equal_to_its_original_must_be_marked_as_the_same(po):
    path = po('msgid "normalise first"\nmsgstr "normalise first"\n')
    assert problems(path, BEGIN) == [
        (
            ":5: “normalise first” (greetings.greet) equals its original: translate it,"
            " or write the comment `# same in both` above it"
        )
    ]


def test_a_translation_wrongly_marked_as_the_same_is_reported(po):
    path = po('# same in both\nmsgid "normalise first"\nmsgstr "нормализуем"\n')
    (problem,) = problems(path, BEGIN)
    assert (
        problem == ":6: “normalise first” (greetings.greet) is marked as the same in both, and differs: remove `# same in both`"
    )


def test_a_translation_keeps_the_number_of_lines(po):
    path = po('msgid "say hello,\\nthen go on"\nmsgstr "здороваемся"\n')
    (problem,) = problems(path, BOTH)
    assert problem.startswith(":5: the translation of “say hello,⏎then go on”")
    assert problem.endswith("must keep its number of lines")


@pytest.mark.parametrize("markup", ["<script>x</script>", "ссылка & слово", 'слово" onclick="x'])
def test_a_phrase_of_the_site_holds_no_markup_since_templates_show_it_as_it_is(po, markup):
    path = po(f'msgid "loss"\nmsgstr "{markup.replace(chr(34), chr(92) + chr(34))}"\n')
    assert problems(path, Message("loss", ("a.b",))) == []
    (problem,) = problems(path, Message("loss", ("site",)))
    assert problem.startswith(":5: the translation of “loss” (site) holds “")


# --- updates ---


def test_a_new_catalogue_has_every_message_with_its_cells(po, tmp_path):
    path = tmp_path / "zh-Hant" / "comments.po"
    path.parent.mkdir()
    assert update(path, [BEGIN, BOTH]) == (2, 2)
    text = path.read_text("utf-8")
    assert '#: greetings.greet\nmsgid "normalise first"\nmsgstr ""\n' in text
    assert "#: greetings.count greetings.greet\n" in text or "#: greetings.greet greetings.count\n" in text
    assert "Language: zh_Hant" in text


def test_an_update_keeps_translations_and_the_translators_comments(po):
    path = po(
        '# the usual word\nmsgid "normalise first"\nmsgstr "сначала нормализуем"\n\n'
        '# same in both\nmsgid "loss"\nmsgstr "loss"\n'
    )
    assert update(path, [BEGIN, BOTH, Message("loss", ("a.b",))]) == (3, 1)
    catalog, text = read_catalog(path), path.read_text("utf-8")
    assert catalog("normalise first") == "сначала нормализуем"
    assert catalog.translations["loss"].may_be_same
    assert "# the usual word\n#: greetings.greet\n" in text


def test_an_unused_message_is_kept_as_obsolete(po):
    path = po('msgid "gone"\nmsgstr "ушло"\n')
    assert update(path, [BEGIN]) == (1, 1)
    assert '#~ msgid "gone"\n#~ msgstr "ушло"\n' in path.read_text("utf-8")


def test_a_message_used_again_gets_its_old_translation(po):
    path = po('#~ msgid "back"\n#~ msgstr "снова"\n')
    assert update(path, [BEGIN, Message("back", ("a.b",))]) == (2, 1)
    assert read_catalog(path)("back") == "снова"
    assert "#~" not in path.read_text("utf-8")


def test_a_slightly_changed_message_is_fuzzy_and_counts_as_untranslated(po):
    path = po('msgid "normalise at first"\nmsgstr "нормализуем"\n')
    assert update(path, [BEGIN]) == (1, 1)
    assert "#, fuzzy\n" in path.read_text("utf-8")


def test_a_second_update_does_not_change_a_byte(po):
    path = po('msgid "gone"\nmsgstr "ушло"\n\n# same in both\nmsgid "loss"\nmsgstr "loss"\n')
    messages = [BEGIN, BOTH, Message("loss", ("a.b",)), Message("a long message " * 12, ("a.c",))]
    update(path, messages)
    before = path.read_bytes()
    assert update(path, messages) == (4, 3)
    assert path.read_bytes() == before


def test_an_interrupted_update_leaves_the_old_catalogue(po, monkeypatch):
    path = po('msgid "gone"\nmsgstr "ушло"\n')
    before = path.read_bytes()

    def interrupted(*paths):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        update(path, [BEGIN])
    assert path.read_bytes() == before


def test_a_catalogue_is_written_as_utf_8_whatever_its_header_says(po):
    path = po('msgid "normalise first"\nmsgstr "нормализуем"\n', HEADER.replace("utf-8", "us-ascii"))
    update(path, [BEGIN])
    assert "charset=utf-8" in path.read_text("utf-8")
    assert read_catalog(path)("normalise first") == "нормализуем"


# --- files written by editors ---


@pytest.mark.parametrize(
    "line",
    [
        r"POT-Creation-Date: \n",
        r"PO-Revision-Date: \n",
        r"POT-Creation-Date: YEAR-MO-DA HO:MI+ZONE\n",
        r"PO-Revision-Date: 2024-05-01 10:00:00+0000\n",
        r"PO-Revision-Date: 2024-05-01T10:00:00+00:00\n",
        r"PO-Revision-Date: 2024-05-01\n",
        r"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\n",
        r"X-Generator: Poedit 3.4\n",
        r"Language: \n",
    ],
)
def test_a_header_is_kept_as_its_editor_wrote_it(po, line):
    header = f'msgid ""\nmsgstr ""\n"{line}"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path = po('msgid "normalise first"\nmsgstr "нормализуем"\n', header)
    assert read_catalog(path).translations["normalise first"].line == 6
    update(path, [BEGIN])
    assert header in path.read_text("utf-8")


@pytest.mark.parametrize(
    "body",
    [
        'msgid "one"\nmsgid_plural "ones"\nmsgstr[0] "один"\nmsgstr[1] "одни"\nmsgstr[2] "одних"\n',
        'msgctxt "menu"\nmsgid "one"\nmsgstr "один"\n\nmsgid "one"\nmsgstr "раз"\n',
        '#, fuzzy\n#| msgid "on"\nmsgid "one"\nmsgstr "один"\n',
        '#~| msgid "on"\n#~ msgid "one"\n#~ msgstr "один"\n',
        '#. a hint\n#: greetings.greet:3\n#, python-format\nmsgid "one"\nmsgstr "один"\n',
    ],
    ids=["plural", "context", "previous", "previous of an obsolete one", "comments"],
)
def test_valid_gettext_is_never_refused(po, body):
    path = po(body + '\nmsgid "normalise first"\nmsgstr "нормализуем"\n')
    assert read_catalog(path)("normalise first") == "нормализуем"
    update(path, [BEGIN, Message("one", ("a.b",))])
    assert read_catalog(path)("normalise first") == "нормализуем"


def test_an_update_keeps_the_previous_text_of_a_fuzzy_message(po):
    path = po('#, fuzzy\n#| msgid "on"\nmsgid "one"\nmsgstr "один"\n')
    update(path, [Message("one", ("a.b",))])
    assert '#| msgid "on"\n' in path.read_text("utf-8")


def test_crlf_line_ends_and_a_byte_order_mark_are_accepted(po):
    path = po()
    path.write_bytes(("\ufeff" + HEADER + 'msgid "one"\nmsgstr "один"\n').replace("\n", "\r\n").encode())
    assert read_catalog(path)("one") == "один"
