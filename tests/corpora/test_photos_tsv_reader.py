"""The user's own photos.tsv: valid lines are read as written, errors name their line."""

import logging

import pytest

from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.listing import list_corpus
from phototags.corpora.photos_tsv import PhotosTsv, WebPhotosTsv
from phototags.errors import CorpusError
from phototags.params.own_tables import OwnTable

READER, WEB = PhotosTsv(), WebPhotosTsv()
HEAD = "photo_id\tfile\ttags"


@pytest.fixture
def write(tmp_path):
    def write_table(*lines: str, encoding="utf-8"):
        (tmp_path / "photos.tsv").write_text("\n".join(lines) + "\n", encoding=encoding)
        return tmp_path

    return write_table


def test_tags_are_as_written_without_the_blanks_around_them(write):
    listing, drops = READER.list_photos(write(HEAD, "a\ta.png\tRed, red sea ,,Été", "b\tb.png\t"))
    assert listing["tags"].tolist() == [["Red", "red sea", "Été"], []]
    assert listing["row"].tolist() == [0, 1]
    assert drops == []


def test_every_optional_column_is_read(write):
    values = {
        "user_id": "ann",
        "split": "test",
        "title": 'The "sea"',
        "description": "",
        "taken_at": "2020-01-01",
        "longitude": "-179.5",
        "latitude": "1e1",
        "licence": "CC0",
        "licence_url": "urn:l",
        "author": "Ann",
        "page_url": "urn:p",
        "photo_url": "urn:q",
    }
    head, line = "\t".join([HEAD, *values]), "\t".join(["a", "a.png", "x", *values.values()])
    row = READER.list_photos(write(head, line))[0].iloc[0]
    assert {name: row[name] for name in values if name != "description"} == {
        **{name: value for name, value in values.items() if value},
        "longitude": -179.5,
        "latitude": 10.0,
    }
    assert row.isna()["description"]


def test_captions_become_the_description_one_a_line(write):
    lines = [HEAD + "\tcaptions", "a\ta.png\tx\tA dog . |  Two cats . ", "b\tb.png\tx\t"]
    listing, _ = READER.list_photos(write(*lines))
    assert listing["description"].fillna("").tolist() == ["A dog .\nTwo cats .", ""]


def test_a_quotation_mark_is_a_quotation_mark(write):
    head = HEAD + "\ttitle"
    listing, _ = READER.list_photos(write(head, 'a\ta.png\tx\t"open', "b\tb.png\ty\tclosed"))
    assert listing["title"].tolist() == ['"open', "closed"]


def test_on_the_web_an_address_takes_the_place_of_a_file(write):
    lines = ["photo_id\ttags\tphoto_url", "a\tsea\thttps://photos.example/a"]
    listing, _ = WEB.list_photos(write(*lines))
    assert listing["photo_url"].tolist() == ["https://photos.example/a"]
    with pytest.raises(CorpusError, match="without photo_url"):
        WEB.list_photos(write(HEAD, "a\ta.png\tx"))
    with pytest.raises(CorpusError, match="line 3: photo_url is empty"):
        WEB.list_photos(write(*lines, "b\tsea\t"))


def test_a_byte_order_mark_is_no_part_of_a_name(write):
    assert len(READER.list_photos(write(HEAD, "a\ta.png\tx", encoding="utf-8-sig"))[0]) == 1


def test_unused_columns_are_logged(write, caplog):
    with caplog.at_level(logging.INFO):
        READER.list_photos(write(HEAD + "\tlens\tsha256", "a\ta.png\tx\tnone\t00"))
    assert "lens, sha256" in caplog.text


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["photo_id\ttags", "a\tx"], "without file"),
        (["photo_id,file,tags", "a,b,c"], "photo_id, file, tags"),
        ([HEAD + "\ttags", "a\ta.png\tx\ty"], "each once"),
        ([], "found \\[\\]"),
        ([HEAD, "a\ta.png"], "line 2.*fields"),
        ([HEAD, "a\ta.png\tx\ty"], "line 2.*fields"),
        ([HEAD, "a\ta.png\tx", " \ta.png\tx"], "line 3.*photo_id is empty"),
        ([HEAD, "a\t\tx"], "line 2.*file is empty"),
        ([HEAD, "a\ta.png\tx", "b\tb.png\tx", "a\tc.png\ty"], "'a' in lines 2 and 4"),
        ([HEAD + "\tsplit", "a\ta.png\tx\tdev"], "line 2.*'dev'.*validation"),
        ([HEAD + "\tlatitude", "a\ta.png\tx\tnorth"], "line 2.*'north'.*-90 to 90"),
        ([HEAD + "\tlongitude", "a\ta.png\tx\t181"], "-180 to 180"),
        ([HEAD + "\tlongitude", "a\ta.png\tx\tnan"], "-180 to 180"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(write, lines, message):
    with pytest.raises(CorpusError, match=message):
        READER.list_photos(write(*lines))


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8"])
def test_other_encodings_are_recognised_and_said(write, caplog, encoding):
    with caplog.at_level(logging.WARNING):
        listing, _ = READER.list_photos(write(HEAD, "a\ta.png\tété, MÜNCHEN", encoding=encoding))
    assert listing["tags"].tolist() == [["été", "MÜNCHEN"]]
    assert ("no UTF-8" in caplog.text) == (encoding != "utf-8")


@pytest.mark.parametrize(
    ("separators", "written", "tags"),
    [
        (";", "sea; sky; red boat", ["sea", "sky", "red boat"]),
        ("|", "Places|Italy|Rome", ["Places", "Italy", "Rome"]),
        (",|", "Places|Italy|Rome, sea", ["Places", "Italy", "Rome", "sea"]),
        ("、", "海、空、夕焼け", ["海", "空", "夕焼け"]),
        ("，,", "山，川,海", ["山", "川", "海"]),
        ("#", "#sea #sky #red boat", ["sea", "sky", "red boat"]),
        ("/", "Places/Italy", ["Places", "Italy"]),
        ("^]-", "a^b]c-d", ["a", "b", "c", "d"]),
    ],
)
def test_separators_are_a_setting(write, caplog, separators, written, tags):
    folder = write(HEAD, f"a\ta.png\t{written}")
    settings = {"photos": 3, "separators": separators}
    corpus = find_corpus("mine", {"mine": OwnTable(**settings)})
    with caplog.at_level(logging.WARNING):
        ((listing, _),) = list_corpus(corpus, folder, None, user_ids="kept", salt="")
    assert listing["tags"].tolist() == [tags]
    assert "ends a tag" not in caplog.text


@pytest.mark.parametrize(
    ("written", "mark"),
    [
        ("sea; sky; red boat", ";"),
        ("Places|Italy|Rome", "|"),
        ("海、空、夕焼け", "、"),
        ("山，川", "，"),
        ("#sea #sky #boat", "#"),
        ("sea #sky #boat", "#"),
        ("Places/Italy/Rome", "/"),
    ],
)
def test_one_tag_that_looks_like_many_is_said(write, caplog, written, mark):
    with caplog.at_level(logging.WARNING):
        READER.list_photos(write(HEAD, f"a\ta.png\t{written}", f"b\tb.png\t{written}"))
    assert f"the one tag of 2 photos has {mark!r} in it" in caplog.text
    assert "corpora.tables" in caplog.text


def test_tags_that_are_one_are_not_warned_about(write, caplog):
    tags = ["b/w", "#sunset", "c#", "at&t", "1/2", ":)", ";-)", "sea, sky; boat"]
    with caplog.at_level(logging.WARNING):
        READER.list_photos(write(HEAD, *(f"{n}\ta.png\t{tag}" for n, tag in enumerate(tags))))
    assert not caplog.text


def test_a_field_of_any_length_is_read(write):
    head, line = HEAD + "\tdescription", "a\ta.png\tsea\t" + "x" * 140_000
    assert READER.list_photos(write(head, line))[0]["description"].str.len().tolist() == [140_000]


def test_a_line_of_another_width_is_named_and_the_others_are_read(write):
    lines = ["a\ta.png\tsea", "b\tb.png\tone\ttwo", 'c\tc.png\t"open', 'tag"', "", "d\td.png\tsky"]
    listing, drops = READER.list_photos(write(HEAD, *lines))
    assert listing["photo_id"].tolist() == ["a", "c", "d"]
    assert [(drop.photo_id, drop.reason) for drop in drops] == [
        ("line 3", "bad_line"),
        ("line 5", "bad_line"),
    ]


def test_pictures_are_found_with_and_without_the_tars_top_folder(write, make_tar):
    source = write(HEAD, "a\timages/a.png\tx", "b\tb.png\ty", "c\t../c.png\tz", "d\tgone.png\tz")
    make_tar("images.tar", {"images/a.png": b"A", "images/b.png": b"B", "c.png": b"C"})
    found = list(READER.read_pictures(source, READER.list_photos(source)[0], 100))
    assert [(photo.photo_id, photo.content) for photo in found] == [
        ("a", b"A"),
        ("b", b"B"),
        ("c", b"C"),
        ("d", None),
    ]
    assert all(photo.svg is None for photo in found)
