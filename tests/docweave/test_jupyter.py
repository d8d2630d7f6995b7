from docweave.site.jupyter import marked

BOX = '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
NAMES = {"en": "English", "pt-BR": "Português (Brasil)", "ru": "Русский"}


def boxed(html):
    """Return what is in the box that a table scrolls in."""
    assert html.startswith(BOX)
    return html.removeprefix(BOX).removesuffix("</div></div>")


def test_code_is_not_translated():
    assert marked('<p><code>a</code> <code class="x">b</code></p>', {}) == (
        '<p><code translate="no">a</code> <code translate="no" class="x">b</code></p>'
    )


def test_what_says_so_already_is_left_alone():
    html = '<code class="x" translate="yes">a</code>'
    assert marked(html, {}) == html


def test_a_column_headed_by_the_name_of_a_language_is_in_that_language():
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
