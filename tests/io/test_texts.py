"""A text file is read in the encoding that it has, and another one than UTF-8 is said."""

import codecs
import logging

import pytest

from phototags.io.texts import decode_text, find_encoding, open_text, warn_of_encoding

ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "cp1252": "cp1252",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_files_encoding_is_found(tmp_path, encoding, caplog):
    path = tmp_path / "tags.txt"
    path.write_bytes("München\r\ncafé\n".encode(encoding))
    assert find_encoding(path) == ENCODINGS[encoding]
    with caplog.at_level(logging.WARNING), open_text(path) as file:
        assert file.read() == "München\ncafé\n"
    assert ("no UTF-8" in caplog.text) == (ENCODINGS[encoding] != "utf-8-sig")


def test_a_letter_across_two_pieces_and_one_cut_off_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr("phototags.io.texts.PIECE", 3)
    path = tmp_path / "tags.txt"
    path.write_bytes("aüöä€".encode())
    assert find_encoding(path) == "utf-8-sig"
    path.write_bytes(b"caf\xe9")  # the first byte of three, were it UTF-8
    assert find_encoding(path) == "cp1252"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"M\xfcnchen", "München"),
        (b"\x93mer\x94", "“mer”"),
        (b"\x81\xe9", "\x81é"),
        (codecs.BOM_UTF8 + b"sea", "sea"),
    ],
)
def test_a_text_of_an_archive_is_decoded_as_its_bytes_allow(content, text):
    assert decode_text(content, "a.zip") == text


def test_an_archive_is_warned_about_once(caplog):
    warn_of_encoding.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            decode_text(b"caf\xe9", "archive.zip")
    assert caplog.text.count("archive.zip holds text that is no UTF-8; it is read as cp1252") == 1
