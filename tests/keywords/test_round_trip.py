"""200 photos of six formats, with all that exiftool can write: only phototags' keywords are new."""

import io

import pytest
from PIL import Image, ImageCms

from phototags.keywords.journal import open_journal
from phototags.keywords.take_back import undo_all
from phototags.keywords.write_back import TagWriter, Target
from tests.keywords.conftest import FORMATS

PHOTOS = 200
TAGS = [("dog", 0.91), ("beach", 0.62)]
METADATA = """
-EXIF:Make=Canon
-EXIF:Model=EOS 5D
-EXIF:Orientation#=6
-EXIF:DateTimeOriginal=2019:05:04 10:11:12
-EXIF:OffsetTimeOriginal=+02:00
-EXIF:UserComment=hé
-EXIF:GPSLatitude=12.5
-EXIF:GPSLatitudeRef=N
-XMP-dc:Subject=Zoë
-XMP-dc:Subject=a, b
-XMP-lr:HierarchicalSubject=Places|Italy|Rome
-XMP-digiKam:TagsList=Places/Italy/Rome
-XMP-dc:Title=A title
-XMP-dc:Title-de=Ein, lang="x" Titel
-XMP-dc:Description=one&#10;  two &lt;b&gt; &amp;amp;
-XMP-dc:Rights=Ann
-XMP:Rating=4
-XMP:Label=Red
-XMP-xmp:CreateDate=2019:05:04 10:11:12+05:30
-XMP-exif:DateTimeOriginal=2019:05:04 10:11:12.34+02:00
-XMP-photoshop:DateCreated=2019
-XMP-crs:ToneCurve=0, 0
-XMP-crs:ToneCurve=255, 255
-XMP-iptcExt:LocationCreated={City=Rome,CountryName=Italy}
-XMP-xmpMM:History=[{Action=edited,When=2020:01:01 01:01:01},{Action=saved}]
-XMP-mwg-rs:RegionInfo={AppliedToDimensions={W=100,H=80,Unit=pixel},\
RegionList=[{Area={X=0.5,Y=0.5,W=0.1,H=0.1,Unit=normalized},Name=Ann,Type=Face}]}
""".replace("\\\n", "")
OURS = {f"XMP-phototags:{name}" for name in ("Tags", "Probabilities", "Tagger", "Copied")}
LISTS = {"XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList"}
OF_THE_FILE = ("System:", "SourceFile", "XMP-x:XMPToolkit", "IFD0:StripOffsets")


@pytest.fixture(scope="module")
def album(tmp_path_factory, exiftool):
    """Noisy photos with profiles; IPTC where a format has it, thumbnails in JPEG, some sidecars."""
    folder = tmp_path_factory.mktemp("album")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.effect_noise((32, 24), 60).convert("RGB")
    for number in range(PHOTOS):
        suffix, name = list(FORMATS.items())[number % len(FORMATS)]
        picture.putpixel((0, 0), (number, number, number))
        options = {} if suffix == "gif" else {"icc_profile": profile}
        picture.save(folder / f"{number:03d}.{suffix}", name, **options)
    (folder / "thumbnail").write_bytes(make_thumbnail())
    (folder / "arguments").write_text(METADATA)
    exiftool("-E", "-@", folder / "arguments", folder)
    iptc = ["-IPTC:CodedCharacterSet=UTF8", "-IPTC:Keywords=Zoë", "-IPTC:City=Köln"]
    exiftool(*iptc, "-ext", "jpg", "-ext", "tif", folder)
    exiftool(f"-ThumbnailImage<={folder / 'thumbnail'}", "-ext", "jpg", folder)
    some = sorted(folder.glob("*0.*"))
    exiftool("-o", "%d%f.%e.xmp", "-tagsfromfile", "@", "-all:all", *some)
    (folder / "thumbnail").unlink()
    (folder / "arguments").unlink()
    return folder


def make_thumbnail() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((16, 12), 60).save(content, "JPEG")
    return content.getvalue()


def read_pixels(photo) -> list[bytes]:
    with Image.open(photo) as image:
        return [image.mode.encode(), image.tobytes(), image.info.get("icc_profile", b"")]


@pytest.fixture(scope="module")
def before(album, dump):
    """What exiftool finds in the album."""
    return dump(album)


@pytest.mark.parametrize("in_file", [True, False], ids=["file", "sidecar"])
def test_nothing_is_lost_and_undo_restores_every_byte(album, before, dump, in_file):
    photos = sorted(path for path in album.iterdir() if path.suffix[1:] in FORMATS)
    assert len(photos) == PHOTOS
    files = {path: path.read_bytes() for path in album.iterdir()}
    pixels = [read_pixels(photo) for photo in photos]
    with open_journal(album) as journal:
        writer = TagWriter(album, "box 1", Target(in_file), journal, lambda *_: None)
        for photo in photos:
            writer.write(photo, TAGS)
    assert not writer.report.failed and sum(writer.report.written.values()) == PHOTOS
    writable = sum(photo.suffix in (".jpg", ".png", ".webp", ".tif") for photo in photos)
    assert writer.report.written["photos"] == (writable if in_file else 0)
    after = dump(album)
    assert [read_pixels(photo) for photo in photos] == pixels
    changed = {path for path, content in files.items() if path.read_bytes() != content}
    for path in changed:
        check_only_ours_is_new(before[str(path)], after[str(path)])
    for path in set(after) - set(before):
        assert after[path]["XMP-dc:Subject"] == ["Zoë", "a, b", "dog", "beach"]
    with open_journal(album) as journal:
        undo_all(journal, lambda *_: None)
    assert {path: path.read_bytes() for path in album.iterdir()} == files


def check_only_ours_is_new(before: dict, after: dict) -> None:
    """By exiftool, a file has our properties, and our tags at the end of its lists, and no more."""
    keys = {key for key in before.keys() | after.keys() if not key.startswith(OF_THE_FILE)}
    for key in keys - OURS - LISTS:
        assert before.get(key) == after.get(key), key
    for key in LISTS:
        value = before[key] if isinstance(before[key], list) else [before[key]]
        assert after[key] == [*value, "dog", "beach"], key
    assert after["XMP-phototags:Tags"] == ["dog", "beach"]
