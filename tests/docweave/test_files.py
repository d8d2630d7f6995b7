import os

import pytest

from docweave.files import write_text


def test_a_text_is_written_as_it_is(tmp_path):
    write_text(tmp_path / "page.md", "Größe\r\nи всё\n")
    assert (tmp_path / "page.md").read_bytes() == "Größe\r\nи всё\n".encode()
    assert os.listdir(tmp_path) == ["page.md"]


def test_an_interrupted_write_leaves_the_old_text(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    write_text(page, "old")

    def interrupted(*paths):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(page, "new")
    assert page.read_text() == "old"
