import numpy as np
import pytest

from phototags.corpora.esp_game import EspGame
from phototags.corpora.formats.hvecs import parse_hvecs, read_parts
from phototags.corpora.iaprtc12 import IaprTc12
from phototags.errors import CorpusError

CAPTION = """<DOC>
<DOCNO>annotations/00/25.eng</DOCNO>
<TITLE>Plaza de Armas</TITLE>
<DESCRIPTION>a bear &amp; a car in the city of S\xe3o;</DESCRIPTION>
<LOCATION>Cochabamba, Bolivia</LOCATION>
<DATE>1 February 2002</DATE>
</DOC>"""
MATRICES = {"train": [[1, 0, 1], [0, 0, 0]], "test": [[0, 1, 0]]}


def write_lists(layouts, path, name: str, lists: dict[str, str], **changed: bytes) -> None:
    files = {f"{name}_dictionary.txt": "bear\ncar\ncity\n"}
    files |= {f"{name}_{part}_list.txt": text for part, text in lists.items()}
    files |= {f"{name}_{part}_annot.hvecs": layouts.hvecs(rows) for part, rows in MATRICES.items()}
    layouts.write_tar(path, files | changed)


@pytest.fixture
def esp(tmp_path, layouts):
    files = {f"ESPGame100k/originals/{n}.jpg": layouts.jpeg("red") for n in ("15001", "15030", "x")}
    files["ESPGame100k/LabelList/15001.jpg.desc"] = "sea\nblue \n\nsea\n"
    files["ESPGame100k/LabelList/15030.desc"] = b"caf\xe9"
    layouts.write_tar(tmp_path / "ESP-ImageSet.tar", files)
    lists = {"train": "01/15001\n30/15030\n", "test": "97/15097\n"}
    write_lists(layouts, tmp_path / "espgame.20091111.tar", "espgame", lists)
    return tmp_path


@pytest.fixture
def iapr(tmp_path, layouts):
    files = {f"iaprtc12/images/00/{n}.jpg": layouts.jpeg("tan") for n in ("25", "26", "28")}
    files["iaprtc12/annotations_complete_eng/00/25.eng"] = CAPTION.encode("latin-1")
    files["iaprtc12/annotations_complete_eng/00/26.eng"] = b"<DOC></DOC>"
    files["iaprtc12/annotations_complete_eng/00/99.eng"] = CAPTION.encode("latin-1")
    layouts.write_tar(tmp_path / "iaprtc12.tar", files)
    lists = {"train": "00/25\n00/26\n", "test": "00/28\n"}
    write_lists(layouts, tmp_path / "iaprtc12.20091111.tar", "iaprtc12", lists)
    return tmp_path


def test_esp_games_words_are_the_lines_of_the_desc(esp, layouts):
    listing, drops = EspGame().list_photos(esp)
    assert listing.photo_id.tolist() == ["15001", "15030"]
    assert listing.tags.tolist() == [["sea", "blue"], ["café"]]
    assert [(drop.photo_id, drop.reason) for drop in drops] == [("x", "no_words")]
    found = list(EspGame().read_pictures(esp, listing, 10**6))
    assert found[0].content == layouts.jpeg("red")


def test_esp_games_268_words_come_from_the_matrices(esp):
    listing, drops = EspGame(tagprop=True).list_photos(esp)
    assert listing.tags.tolist() == [["bear", "city"], []]
    assert listing.split.tolist() == ["train", "train"]
    assert [(drop.photo_id, drop.reason) for drop in drops] == [("15097", "no_picture")]


def test_iapr_tags_are_the_nouns_of_a_latin_1_caption(iapr, wordnet_folder):
    listing, drops = IaprTc12().list_photos(iapr, wordnet_folder)
    assert listing.photo_id.tolist() == ["00/25"]
    photo = listing.iloc[0]
    assert photo.tags == ["bear", "car", "city"] and photo.title == "Plaza de Armas"
    assert photo.description == "a bear & a car in the city of São;"
    assert photo.taken_at == "1 February 2002"
    assert {(d.photo_id, d.reason) for d in drops} == {
        ("00/26", "no_caption"),
        ("00/99", "no_picture"),
    }


def test_iapr_291_words_keep_the_official_parts(iapr, layouts):
    listing, _ = IaprTc12(tagprop=True).list_photos(iapr)
    assert listing.photo_id.tolist() == ["00/25", "00/26", "00/28"]
    assert listing.split.tolist() == ["train", "train", "test"]
    assert listing.tags.tolist() == [["bear", "city"], [], ["car"]]
    assert next(IaprTc12(tagprop=True).read_pictures(iapr, listing, 10**6)).content == layouts.jpeg(
        "tan"
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\1", b"\3\0\1\0", b"\xff\xff\0\0", b"\1\0\2\0", b"\1\0\1\0\2\0\1\0", b"\0\0"],
)
def test_a_matrix_of_another_form_is_an_error(content):
    with pytest.raises(CorpusError, match="a matrix"):
        parse_hvecs(content, "a matrix")


def test_lists_that_do_not_fit_the_matrix_are_an_error(esp, layouts):
    lists = {"train": "01/15001\n", "test": "97/15097\n"}
    write_lists(layouts, esp / "espgame.20091111.tar", "espgame", lists)
    with pytest.raises(CorpusError, match="1 rows of 3 words"):
        EspGame(tagprop=True).list_photos(esp)


@pytest.mark.parametrize(
    "folder, name, photos, words",
    [("espgame", "esp", 2081, 268), ("iaprtc12", "iapr", 1962, 291)],
)
def test_the_real_test_matrix_survives_the_published_form(
    real_mirror, tmp_path, layouts, folder, name, photos, words
):
    at = real_mirror / f"{folder}_annotations"
    lines = (at / f"{name}_test_annot.txt").read_text().split()
    matrix = np.array([line.split(",") for line in lines], dtype=int)
    assert matrix.shape == (photos, words)
    listed = (at / f"{name}_test_list.txt").read_text()
    files = {
        f"{folder}_dictionary.txt": "\n".join(f"w{n}" for n in range(words)),
        f"{folder}_train_list.txt": "00/0",
        f"{folder}_train_annot.hvecs": layouts.hvecs([[0] * words]),
        f"{folder}_test_list.txt": listed,
        f"{folder}_test_annot.hvecs": layouts.hvecs(matrix.tolist()),
    }
    layouts.write_tar(tmp_path / "lists.tar", files)
    read = [one for one in read_parts(tmp_path / "lists.tar", folder) if one[0] == "test"]
    assert [photo for _, photo, _ in read] == listed.split()
    for row, (_, _, found) in zip(matrix, read, strict=True):
        assert found == [f"w{n}" for n in range(words) if row[n]]
