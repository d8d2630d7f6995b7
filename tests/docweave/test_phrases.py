from docweave.phrases import READ_ENGLISH, SHOW_CODE, phrases


def test_the_phrases_of_woven_pages_come_first_then_those_of_the_templates(tmp_path):
    (tmp_path / "partials").mkdir()
    (tmp_path / "main.html").write_text('{{ docweave.phrase("Edit this page") }} and {{ docweave.phrase( "Report it" ) }}')
    (tmp_path / "partials" / "top.html").write_text("{{ docweave.phrase('Skip to \"content\"', locale) }}")
    found = list(phrases(tmp_path))
    assert {SHOW_CODE, READ_ENGLISH} < set(found[:-3])
    assert found[-3:] == ["Edit this page", "Report it", 'Skip to "content"']


def test_only_translated_texts_of_a_template_are_phrases(tmp_path):
    (tmp_path / "main.html").write_text('<p title="Edit this page">{{ lang.t("source") }}</p>')
    assert "Edit this page" not in list(phrases(tmp_path))


def test_a_project_without_a_theme_has_the_phrases_of_woven_pages(tmp_path):
    assert SHOW_CODE in list(phrases(tmp_path / "nowhere"))
