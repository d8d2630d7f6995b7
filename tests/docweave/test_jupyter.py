from docweave.site.jupyter import marked

BOX = '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
NAMES = {"en": "English", "pt-BR": "Português (Brasil)", "ru": "Русский"}


def boxed(html):
    """Return the content of a table's scrolling box."""
    assert html.startswith(BOX)
    return html.removeprefix(BOX).removesuffix("</div></div>")


def test_code_is_not_translated():
    assert marked('<p><code>a</code> <code class="x">b</code></p>', {}) == (
        '<p><code translate="no">a</code> <code translate="no" class="x">b</code></p>'
    )


def test_an_existing_attribute_is_kept():
    html = '<code class="x" translate="yes">a</code>'
    assert marked(html, {}) == html


def test_a_column_headed_by_a_language_has_its_lang():
    table = (
        '<table>\n<thead>\n<tr>\n<th>English</th>\n<th>Português</th>\n<th style="x">meaning</th>\n</tr>\n</thead>'
        "<tbody><tr><td>layer</td><td>camada</td><td>a <strong>step</strong></td></tr></tbody></table>"
    )
    assert boxed(marked(table, NAMES)) == (
        '<table>\n<thead>\n<tr>\n<th lang="en">English</th>\n<th lang="pt-BR">Português</th>\n'
        '<th style="x">meaning</th>\n</tr>\n</thead><tbody><tr><td lang="en">layer</td><td lang="pt-BR">camada</td>'
        "<td>a <strong>step</strong></td></tr></tbody></table>"
    )


def test_other_tables_are_left_alone():
    table = "<table><tr><th></th><th>English words</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert boxed(marked(table, NAMES)) == table
