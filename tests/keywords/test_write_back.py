"""Tags written into sidecars and photos: what a person wrote stays, what phototags wrote goes."""

import os

import pytest

from phototags.keywords.journal import FOLDER, open_journal
from phototags.keywords.marker import read_marker
from phototags.keywords.metadata_block import read_block
from phototags.keywords.own_metadata import read_keywords
from phototags.keywords.take_back import undo_all
from phototags.keywords.write_back import TagWriter, Target

TAGS = [("dog", 0.91), ("beach", 0.62)]
IN_FILE, SIDECAR = Target(in_file=True), Target()


def write(folder, tags, target=SIDECAR, dry=False):
    """Write the same tags to all photos of a folder; the report and what was shown."""
    photos = sorted(path for path in folder.rglob("*.*") if path.suffix in (".jpg", ".png", ".gif"))
    shown = []
    with open_journal(folder) as journal:
        writer = TagWriter(
            folder, "box 1", target, None if dry else journal, lambda path, _: shown.append(path)
        )
        for photo in photos:
            writer.write(photo, tags)
    return writer.report, shown


def undo(folder):
    with open_journal(folder) as journal:
        return undo_all(journal, lambda path, what: None)


def snapshot(folder):
    """Bytes, permissions and time of change of each file of a folder, and its folders."""
    return {
        path: (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("target", [SIDECAR, IN_FILE], ids=["sidecar", "file"])
def test_a_persons_keywords_stay_in_their_order_and_ours_follow(make_photo, exiftool, dump, target):
    photo = make_photo("a.jpg")
    words = "zebra", "Beach", "ann"
    levels = "Places|Italy|Rome", "zebra"
    exiftool(
        *(f"-XMP-dc:Subject={word}" for word in words),
        *(f"-XMP-lr:HierarchicalSubject={word}" for word in levels),
        photo,
    )
    write(photo.parent, [*TAGS, ("rome", 0.6)], target)
    found = dump(photo if target.in_file else photo.with_name("a.jpg.xmp"))
    (found,) = found.values()
    assert found["XMP-dc:Subject"] == [*words, "dog"], "beach and rome are a person's already"
    assert found["XMP-lr:HierarchicalSubject"] == [*levels, "dog"]
    assert found["XMP-phototags:Tags"] == ["dog"]
    own = read_keywords(photo)
    assert own.keywords == (*words, "Places", "Italy", "Rome") and own.ours == ("dog",)


@pytest.mark.parametrize("target", [SIDECAR, IN_FILE], ids=["sidecar", "file"])
def test_a_second_run_replaces_only_what_phototags_wrote(make_photo, exiftool, target):
    photo = make_photo("a.jpg")
    exiftool("-XMP-dc:Subject=Ann", photo)
    write(photo.parent, TAGS, target)
    once = snapshot(photo.parent)
    report, shown = write(photo.parent, TAGS, target)
    assert report.unchanged == 1 and not shown and snapshot(photo.parent) == once
    write(photo.parent, [("cat", 0.7)], target)
    found = read_keywords(photo)
    assert (found.keywords, found.ours) == (("Ann",), ("cat",))
    write(photo.parent, [], target)
    found = read_keywords(photo)
    assert (found.keywords, found.ours) == (("Ann",), ())


def test_a_tag_that_somebody_removed_is_not_written_again(make_photo, exiftool):
    photo = make_photo("a.jpg")
    write(photo.parent, TAGS)
    sidecar = photo.with_name("a.jpg.xmp")
    exiftool("-XMP-dc:Subject-=dog", "-XMP-lr:HierarchicalSubject-=dog", sidecar)
    for _ in range(2):
        write(photo.parent, [*TAGS, ("sea", 0.5)])
        assert read_keywords(photo).ours == ("beach", "sea")
    assert read_marker(read_block(sidecar.read_bytes()).xmp).refused == ("dog",)


def test_a_new_sidecar_has_the_photos_keywords_since_programs_read_it_in_place_of_them(
    make_photo, exiftool, dump
):
    photo = make_photo("a.jpg")
    exiftool("-XMP-dc:Subject=Ann", "-IPTC:Keywords=Bob", photo)
    sidecar = photo.with_name("a.jpg.xmp")
    write(photo.parent, TAGS)
    (found,) = dump(sidecar).values()
    assert found["XMP-dc:Subject"] == ["Ann", "Bob", "dog", "beach"]
    assert read_keywords(photo).keywords == ("Ann", "Bob")
    exiftool("-XMP-dc:Subject=Cleo", photo)  # instead of Ann
    write(photo.parent, TAGS)
    (found,) = dump(sidecar).values()
    assert found["XMP-dc:Subject"] == ["Cleo", "Bob", "dog", "beach"]


def test_keywords_of_iptc_are_not_hidden_by_a_new_list_of_xmp(make_photo, exiftool, dump):
    photo = make_photo("a.jpg")
    exiftool("-IPTC:CodedCharacterSet=UTF8", "-IPTC:Keywords=Zoë", photo)
    write(photo.parent, TAGS, IN_FILE)
    (found,) = dump(photo).values()
    assert found["XMP-dc:Subject"] == ["Zoë", "dog", "beach"]
    assert found["IPTC:Keywords"] == "Zoë"
    assert read_keywords(photo).keywords == ("Zoë",)


def test_iptc_is_written_where_asked_and_a_persons_stay(make_photo, exiftool, dump):
    photo = make_photo("a.jpg")
    exiftool("-IPTC:CodedCharacterSet=UTF8", "-IPTC:Keywords=Zoë", "-IPTC:City=Köln", photo)
    write(photo.parent, TAGS, Target(in_file=True, iptc=True))
    (found,) = dump(photo).values()
    assert found["IPTC:Keywords"] == ["Zoë", "dog", "beach"] and found["IPTC:City"] == "Köln"
    write(photo.parent, [("cat", 0.7)], IN_FILE)
    (found,) = dump(photo).values()
    assert found["IPTC:Keywords"] == ["Zoë", "cat"], "what phototags wrote is renewed"


def test_iptc_in_another_character_set_is_left_as_it_is(make_photo, exiftool, dump):
    photo = make_photo("a.jpg")
    exiftool("-IPTC:City=Köln", photo)  # Latin-1, which exiftool does not name
    report, _ = write(photo.parent, TAGS, Target(in_file=True, iptc=True))
    (found,) = dump(photo).values()
    assert found["IPTC:City"] == "Köln" and "IPTC:Keywords" not in found
    assert found["XMP-dc:Subject"] == ["dog", "beach"]
    assert report.notes == {"XMP without IPTC (iptc_character_set)": 1}


def test_a_format_that_is_not_written_gets_a_sidecar_which_is_said(make_photo):
    photo = make_photo("a.gif")
    before = photo.read_bytes()
    report, shown = write(photo.parent, TAGS, IN_FILE)
    assert shown == [photo.with_name("a.gif.xmp")] and photo.read_bytes() == before
    assert report.notes == {"sidecar instead of the file (gif)": 1}


def test_sidecars_have_the_programs_names(make_photo):
    photo = make_photo("a.jpg")
    lightroom = Target(replace_suffix=True)
    _, shown = write(photo.parent, TAGS, lightroom)
    assert shown == [photo.with_name("a.xmp")]
    _, shown = write(photo.parent, [], SIDECAR)
    assert shown == [photo.with_name("a.xmp")], "the sidecar that is there is used"
    undo(photo.parent)
    make_photo("a.png")
    _, shown = write(photo.parent, TAGS, lightroom)
    assert sorted(path.name for path in shown) == ["a.jpg.xmp", "a.png.xmp"]


@pytest.mark.parametrize("target", [SIDECAR, IN_FILE], ids=["sidecar", "file"])
def test_undo_gives_back_every_byte_the_time_and_the_permissions(make_photo, exiftool, target):
    photos = [make_photo(name) for name in ("a.jpg", "sub/b.png", "c.gif")]
    exiftool("-XMP-dc:Subject=Ann", *photos)
    exiftool("-o", photos[0].with_name("a.jpg.xmp"), "-tagsfromfile", photos[0], "-all:all")
    photos[0].chmod(0o640)
    os.utime(photos[0], ns=(10**18, 10**18))
    folder = photos[0].parent
    before = snapshot(folder)
    write(folder, TAGS, target)
    write(folder, [("cat", 0.9)], target)
    assert snapshot(folder) != before
    if target.in_file:
        assert photos[0].stat().st_mode & 0o777 == 0o640
        assert photos[0].stat().st_mtime_ns > 10**18, "backups should see the change"
    undo(folder)
    assert snapshot(folder) == before, "nor is a journal left"


@pytest.mark.parametrize("target", [SIDECAR, IN_FILE], ids=["sidecar", "file"])
def test_what_somebody_changed_since_keeps_the_change_and_loses_our_keywords(
    make_photo, exiftool, target
):
    photo = make_photo("a.jpg")
    write(photo.parent, TAGS, target)
    written = photo if target.in_file else photo.with_name("a.jpg.xmp")
    exiftool("-XMP-dc:Subject+=Ann", "-XMP:Rating=4", written)
    report = undo(photo.parent)
    assert list(report.written.values()) == [1] and "changed by others" in str(report.written)
    block = read_block(written.read_bytes())
    assert block.xmp["Xmp.xmp.Rating"] == "4" and block.own_subject == ["Ann"]
    assert not block.ours and not any("phototags" in key for key in block.xmp)
    assert not (photo.parent / FOLDER).exists()


def test_a_dry_run_writes_nothing(make_photo):
    photo = make_photo("a.jpg")
    before = snapshot(photo.parent)
    report, shown = write(photo.parent, TAGS, dry=True)
    assert shown == [photo.with_name("a.jpg.xmp")] and report.written == {"new sidecars": 1}
    assert snapshot(photo.parent) == before


def test_a_damaged_sidecar_is_left_as_it_is_and_said(make_photo):
    photo = make_photo("a.jpg")
    sidecar = photo.with_name("a.jpg.xmp")
    sidecar.write_text("<x:xmpmeta><rdf:RDF><broken")
    report, _ = write(photo.parent, TAGS)
    assert [error.reason for _, error in report.failed] == ["damaged_sidecar"]
    assert sidecar.read_text() == "<x:xmpmeta><rdf:RDF><broken"


@pytest.mark.parametrize("target", [SIDECAR, IN_FILE], ids=["sidecar", "file"])
def test_no_link_out_of_the_folder_is_followed(make_photo, tmp_path, target):
    outside, folder = make_photo("elsewhere/a.jpg"), tmp_path / "mine"
    inside = make_photo("mine/b.jpg")
    (folder / "a.jpg").symlink_to(outside)
    (folder / "b.jpg.xmp").symlink_to(outside.with_name("stolen.xmp"))
    outside.with_name("stolen.xmp").write_text("keep")
    before, photo = snapshot(outside.parent), inside.read_bytes()
    report, _ = write(folder, TAGS, target)
    assert snapshot(outside.parent) == before
    assert (folder / "a.jpg", "leads_outside") in [(p, e.reason) for p, e in report.failed]
    assert (inside.read_bytes() != photo) == target.in_file


def test_a_link_within_the_folder_is_written_once_and_stays_a_link(make_photo, tmp_path):
    photo = make_photo("real.jpg")
    (tmp_path / "link.jpg").symlink_to(photo)
    report, _ = write(tmp_path, TAGS, IN_FILE)
    assert report.written == {"photos": 1}
    assert (tmp_path / "link.jpg").is_symlink() and read_keywords(photo).ours


def test_keywords_that_exiv2_would_take_for_kinds_of_lists_stay(make_photo, exiftool, dump):
    photo = make_photo("a.jpg")
    words = ["type=Bag", 'lang="de" x', "a, b", "two\nlines", " "]
    exiftool("-E", *(f"-XMP-dc:Subject={word.replace(chr(10), '&#10;')}" for word in words), photo)
    write(photo.parent, TAGS, IN_FILE)
    (found,) = dump(photo).values()
    assert found["XMP-dc:Subject"] == [*words, "dog", "beach"]
