import bz2
import gzip
import json

import pytest

from phototags.corpora.formats.hvecs import PARTS, parse_hvecs
from phototags.corpora.readers import READERS
from phototags.photos.photo_table import (
    Drop,
    make_photo_table,
    read_drops,
    read_photos,
    write_drops,
    write_photos,
)

YFCC = "7\t8@N00\ta+b\t2012-01-01 00:00:00.0\t1342000000\tCanon\tT%26\t%E6%9D%B1\tblue+sky,a%2C\t"
YFCC += "geo%3Alat\t1.5\t-2.25\t16\thttp://p/\thttp://f/\tCC\thttp://l/\t7\t1\tab\tcd\tjpg\t0\n"
TSV = (
    b"photo_id\tfile\ttags\tuser_id\tlatitude\n1\t1.jpg\tsea, blue sky\tann\t1.5\n2\t2.jpg\t\t\t\n"
)
HVECS = bytes([3, 0, 1, 0, 0, 0, 1, 0]) * 2
GENOME = {
    "image_data": [{"image_id": 1, "url": "https://x/VG_100K/1.jpg", "width": 8, "height": 6}],
    "objects": [{"image_id": 1, "objects": [{"names": ["clock "], "synsets": ["clock.n.01"]}]}],
    "region_descriptions": [{"id": 1, "regions": [{"phrase": "a clock"}]}],
}
INSTANCES = {
    "images": [{"id": 9, "file_name": "9.jpg", "license": 4, "flickr_url": "http://f/9.jpg"}],
    "licenses": [{"id": 4, "name": "Attribution", "url": "http://l/"}],
    "categories": [{"id": 1, "name": "dog"}],
    "annotations": [{"image_id": 9, "category_id": 1}],
}
CAPTIONS = {"annotations": [{"image_id": 9, "caption": "A dog."}]}
NUS_WIDE = {
    "ImageList.zip": {"Imagelist.txt": b"a\\1_7.jpg\r\na\\2_8.jpg\r\n"},
    "NUS_WID_Tags.zip": {"All_Tags.txt": b"7 sea blue\n8 dog\n"},
    "ConceptsList.zip": {"Concepts81.txt": b"sea\n"},
    "Groundtruth.zip": {"AllLabels/Labels_sea.txt": b"1\n0\n"},
}
NUS_WIDE["ImageList.zip"]["TestImagelist.txt"] = b"a\\2_8.jpg\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_damaged_yfcc_lines_are_drops_or_a_named_error(survives, packing, pack):
    def write(content, folder):
        (folder / "yfcc100m_dataset").write_bytes(pack(content))

    survives(YFCC.encode() * 3, READERS["yfcc100m"].list_photos, write)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_damaged_yfcc_file_is_a_named_error(survives, packing, pack):
    content = pack(YFCC.encode() * 3)
    survives(content, READERS["yfcc100m"].list_photos, packing.as_file("yfcc100m_dataset.packed"))


def test_damaged_lines_of_an_own_table_are_a_named_error(survives, packing):
    survives(TSV, READERS["table"].list_photos, packing.as_file("photos.tsv"))


def test_a_damaged_matrix_is_a_named_error(survives, packing):
    survives(HVECS, lambda at: parse_hvecs((at / "m").read_bytes(), "m"), packing.as_file("m"))


INRIA = {"corel_train_list.txt": b"1000/1\n", "corel_test_list.txt": b"2000/2\n"}
INRIA |= {"corel_train_annot.txt": b"1,0\n", "corel_test_annot.txt": b"0,1\n"}
INRIA |= {"recovered_words.tsv": b"column\tword\n0\tsea\n1\tsky\n"}


@pytest.mark.parametrize("name", INRIA)
def test_damaged_lists_of_corel_are_a_named_error(survives, packing, name):
    def write(content, folder):
        for other, sound in {**INRIA, name: content}.items():
            (folder / other).write_bytes(sound)

    survives(INRIA[name], READERS["inria"].list_photos, write)


@pytest.mark.parametrize("name", GENOME)
def test_damaged_json_of_visual_genome_is_a_named_error(survives, packing, name):
    def write(content, folder):
        for other, sound in GENOME.items():
            inside = content if other == name else json.dumps(sound).encode()
            packing.in_zip(f"{other}.json.zip", f"{other}.json")(inside, folder)

    survives(GENOME[name], READERS["visual_genome"].list_photos, write)


@pytest.mark.parametrize("kind, sound", [("instances", INSTANCES), ("captions", CAPTIONS)])
def test_damaged_json_of_coco_is_a_named_error(survives, packing, kind, sound):
    contents = {"instances": INSTANCES, "captions": CAPTIONS}
    files = {
        f"annotations/{name}_{part}2017.json": json.dumps(content).encode()
        for name, content in contents.items()
        for part in ("train", "val")
    }
    inside = f"annotations/{kind}_train2017.json"
    write = packing.in_zip("annotations_trainval2017.zip", inside, files)
    survives(sound, READERS["coco-2017"].list_photos, write)


def test_damaged_tags_of_mirflickr_are_words_or_a_named_error(survives, packing):
    others = {"mirflickr/im1.jpg": b"", "mirflickr/im2.jpg": b""}
    write = packing.in_zip("mirflickr25k.zip", "mirflickr/meta/tags_raw/tags1.txt", others)
    survives(b"Golden Gate\r\ncaf\xc3\xa9\r\n", READERS["mirflickr25k"].list_photos, write)


def test_a_damaged_credit_of_mirflickr_is_no_error(survives, packing):
    others = {"im1.jpg": b"", "meta/tags/tags1.txt": b"sea"}
    write = packing.in_zip("mirflickr25k.zip", "meta/license/license1.txt", others)
    said = b"Owner: ann\r\nLicense:\r\nAttribution\r\nUrl: http://www.flickr.com/photos/7/1/\r\n"
    survives(said, READERS["mirflickr25k"].list_photos, write)


def test_damaged_concepts_of_mirflickr_are_a_named_error(survives, packing):
    def write(content, folder):
        packing.in_zip("mirflickr25k.zip", "mirflickr/im1.jpg")(b"", folder)
        packing.in_zip("mirflickr25k_annotations_v080.zip", "sea.txt")(content, folder)

    survives(b"1\r\n10\r\n", READERS["mirflickr25k-concepts"].list_photos, write)


def test_damaged_words_of_the_esp_game_are_words(survives, packing):
    write = packing.in_tar("ESP-ImageSet.tar", "LabelList/1.jpg.desc", {"originals/1.jpg": b""})
    survives(b"sea\nblue\n", READERS["esp_game"].list_photos, write)


def test_damaged_captions_of_iapr_are_words_or_none(survives, packing):
    def write(content, folder):
        captions = {"annotations_complete_eng/00/25.eng": content, "images/00/25.jpg": b""}
        (folder / "iaprtc12.tar").write_bytes(packing.tar_of(captions))
        lists = {"d.txt": b""} | {f"iaprtc12_{part}_list.txt": b"00/25\n" for part in PARTS}
        lists |= {f"iaprtc12_{part}_annot.hvecs": HVECS[:8] for part in PARTS}
        lists["iaprtc12_dictionary.txt"] = b"a b c"
        (folder / "iaprtc12.20091111.tar").write_bytes(packing.tar_of(lists))

    said = b"<TITLE>Plaza</TITLE><DESCRIPTION>a &amp; b S\xe3o</DESCRIPTION>"
    survives(said, READERS["iaprtc12-291"].list_photos, write)


@pytest.mark.parametrize("reader", ["nus_wide", "nus_wide-81"])
@pytest.mark.parametrize("name", NUS_WIDE)
def test_damaged_lists_of_nus_wide_are_a_named_error(survives, packing, name, reader):
    changed = next(iter(NUS_WIDE[name]))
    urls = b"x.jpg 7 a http://f/7_b.jpg http://f/7.jpg null null\n"

    def write(content, folder):
        (folder / "NUS-WIDE-urls.txt").write_bytes(urls.replace(b" a ", b" "))
        for archive, files in NUS_WIDE.items():
            inside = next(iter(files))
            sound = content if archive == name else files[inside]
            packing.in_zip(archive, inside, files)(sound, folder)

    survives(NUS_WIDE[name][changed], READERS[reader].list_photos, write)


def test_a_damaged_photo_table_is_a_named_error(survives, packing, tmp_path):
    rows = [{"photo_id": str(n), "tags": ["sea"], "longitude": 1.5} for n in range(9)]
    write_photos(tmp_path / "sound.parquet", make_photo_table(rows))
    content = (tmp_path / "sound.parquet").read_bytes()
    survives(content, lambda at: read_photos(at / "a.parquet"), packing.as_file("a.parquet"))


def test_a_damaged_list_of_drops_is_a_named_error(survives, packing, tmp_path):
    write_drops(tmp_path / "sound.tsv", [Drop("step", "1", "video", 'a "b"'), Drop("s", "2", "x")])
    content = (tmp_path / "sound.tsv").read_bytes()
    survives(content, lambda at: read_drops(at / "a.tsv"), packing.as_file("a.tsv"))
