import os

import pytest

from docweave.errors import WeaveError
from docweave.files import read_text, write_text


def test_a_text_is_written_unchanged(tmp_path):
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


def test_a_byte_order_mark_and_crlf_are_removed(tmp_path):
    (tmp_path / "page.md").write_bytes("\ufeffone\r\ntwo\rthrée\n".encode())
    assert read_text(tmp_path / "page.md") == "one\ntwo\nthrée\n"


@pytest.mark.parametrize(("encoding", "line"), [("cp1252", 2), ("utf-16", 1)])
def test_another_encoding_is_reported_at_its_line(tmp_path, encoding, line):
    page = tmp_path / "page.md"
    page.write_bytes("one\nthrée\n".encode(encoding))
    with pytest.raises(WeaveError, match=rf"page\.md:{line}: not UTF-8 \(.*\): save it in that encoding"):
        read_text(page)


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), lambda path: path.symlink_to("nowhere")], ids=["folder", "dangling link"]
)
def test_an_unreadable_file_is_reported(tmp_path, make):
    make(tmp_path / "page.md")
    with pytest.raises(WeaveError, match=r"page\.md: cannot be read: "):
        read_text(tmp_path / "page.md")
