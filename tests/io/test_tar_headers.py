"""What tars hold is what Python's tarfile says of sound ones; hostile ones are refused at once."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as some

from phototags.errors import ArchiveError
from phototags.io.tar_headers import MAX_EXTENSION, MAX_NESTED, TarMember, read_tar_headers
from phototags.photos.archives import TarArchive

KINDS = {tarfile.REGTYPE: "file", tarfile.SYMTYPE: "symlink", tarfile.LNKTYPE: "hardlink"}
KINDS |= {tarfile.DIRTYPE: "other", tarfile.FIFOTYPE: "other", tarfile.CHRTYPE: "other"}
NAMES = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
NAMES = (NAMES | some.just("long/" * 60 + "name") | some.just("x" * 130)).map(
    lambda n: n.strip("/")
)
MEMBERS = some.lists(some.tuples(NAMES.filter(bool), some.sampled_from(list(KINDS)), some.binary()))
FORMS = (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT)


@given(MEMBERS, some.sampled_from(FORMS[:2]))
def test_a_sound_tar_holds_what_tarfile_says(members, form):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as tar:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "to/" + name
            member.size = len(content) if kind == tarfile.REGTYPE else 0
            tar.addfile(member, io.BytesIO(content))
    with tarfile.open(fileobj=io.BytesIO(packed.getvalue())) as tar:
        expected = [
            (one.name.rstrip("/"), KINDS[one.type], one.offset_data, one.size) for one in tar
        ]
        links = [one.linkname for one in tar if one.type in (tarfile.SYMTYPE, tarfile.LNKTYPE)]
    found = list(read_tar_headers(packed))
    assert [(one.name.rstrip("/"), one.kind, one.offset, one.size) for one in found] == expected
    assert [one.link for one in found if one.kind.endswith("link")] == links


def header(name=b"n", size=b"00000000000\0", kind=b"0", link=b"", magic=b"ustar\x0000"):
    """A header of 512 bytes, with a size that is written as given."""
    block = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + size.ljust(12, b"\0")
    block += b"0" * 11 + b"\0" + b" " * 8 + kind + link.ljust(100, b"\0") + magic
    block = bytearray(block.ljust(512, b"\0"))
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def extension(content: bytes, kind=b"x", size=None):
    size = len(content) if size is None else size
    return header(b"extended", b"%011o\0" % size, kind) + content + bytes(-len(content) % 512)


def pax(**values):
    records = b""
    for key, value in values.items():
        value = value if isinstance(value, bytes) else value.encode()
        body = key.encode() + b"=" + value + b"\n"
        length = len(body) + 2
        while len(b"%d " % length) + len(body) != length:
            length += 1
        records += b"%d " % length + body
    return records


def base256(number: int) -> bytes:
    return number.to_bytes(12, "big", signed=True)[:12] if number < 0 else (
        b"\x80" + number.to_bytes(11, "big")
    )  # fmt: skip


GOOD, END = header(b"images/a.jpg", b"00000000005\0") + b"hello".ljust(512, b"\0"), bytes(1024)
MEMBER = header()
HOSTILE = {
    "negative size, base 256": header(size=base256(-512)) + GOOD + END,
    "negative size back to the start": GOOD + header(size=base256(-1536)) + END,
    "negative size, octal": header(size=b"-0000001000\0") + GOOD + END,
    "size with underscores": header(size=b"0_0_1\0") + GOOD + END,
    "huge size": header(size=base256(2**62)) + GOOD + END,
    "absurd size": header(size=base256(2**80)) + GOOD + END,
    "size past the end": GOOD + header(size=b"07777777777\0") + END,
    "pax size negative": extension(pax(size="-512")) + MEMBER + GOOD + END,
    "pax size back": GOOD + extension(pax(size="-2048")) + MEMBER + END,
    "pax size of 30 digits": extension(pax(size="9" * 30)) + MEMBER + GOOD + END,
    "pax size of 5,000 digits": extension(pax(size="9" * 5000)) + MEMBER + GOOD + END,
    "pax size a float": extension(pax(size="1e5")) + MEMBER + GOOD + END,
    "pax size, other digits": extension(pax(size="٣")) + MEMBER + GOOD + END,
    "global pax size negative": extension(pax(size="-512"), b"g") + MEMBER + GOOD + END,
    "pax of length 0": extension(b"0 a=b\n") + MEMBER + GOOD + END,
    "pax length too large": extension(b"999999 a=b\n") + MEMBER + GOOD + END,
    "pax length too small": extension(b"2 a=b\n") + MEMBER + GOOD + END,
    "pax without a newline": extension(b"6 a=b ") + MEMBER + GOOD + END,
    "pax without a value": extension(b"5 ab\n") + MEMBER + GOOD + END,
    "pax of 100 kB of digits": extension(b"1" * 100_000) + MEMBER + GOOD + END,
    "pax of 100 kB of blanks": extension(b" " * 100_000) + MEMBER + GOOD + END,
    "pax that claims 1 TiB": header(size=base256(2**40), kind=b"x") + GOOD + END,
    "pax of negative size": header(size=base256(-512), kind=b"x") + GOOD + END,
    "pax past the end": extension(b"", size=4096) + b"x",
    "long name past the end": extension(b"abc", b"L", 99_999),
    "long name that claims 1 TiB": header(size=base256(2**40), kind=b"L") + GOOD + END,
    "long name of nothing": extension(b"abc\0", b"L"),
    "a megabyte of name": extension(b"a" * (MAX_EXTENSION + 1), b"L") + MEMBER + END,
    "3,000 pax headers": extension(pax(a="b")) * 3000 + GOOD + END,
    "3,000 long names": extension(b"abc\0", b"L") * 3000 + GOOD + END,
    "3,000 global headers": extension(pax(a="b"), b"g") * 3000 + GOOD + END,
    "a map of holes without end": header(kind=b"S")[:482] + b"\1" + bytes(29),
    "wrong checksum": b"x" * 512 + END,
    "cut header": GOOD + header()[:300],
    "text": b"hello world" * 100,
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_tar_is_refused(tmp_path, name):
    (tmp_path / "images.tar").write_bytes(HOSTILE[name])
    with pytest.raises(ArchiveError, match="should be an uncompressed tar"):
        TarArchive(tmp_path / "images.tar")


HARMLESS = {
    "sparse, new form": extension(pax(**{"GNU.sparse.map": "a,b", "GNU.sparse.size": "x"}))
    + MEMBER,
    "sparse, 100,001 holes": extension(pax(**{"GNU.sparse.map": ",".join(["1"] * 100_001)}))
    + MEMBER,
    "sparse, huge size": extension(pax(**{"GNU.sparse.realsize": "9" * 40})) + MEMBER,
    "old sparse": header(kind=b"S"),
    "odd dates": extension(pax(mtime="inf", atime="nan")) + MEMBER,
    "device": header(b"images/z", kind=b"3"),
    "unknown type": header(b"images/q", kind=b"Z"),
    "some nesting": extension(pax(a="b")) * MAX_NESTED + MEMBER,
    "nothing before": b"",
}


@pytest.mark.parametrize("name", HARMLESS)
@pytest.mark.parametrize("behind", [END, END + GOOD, b"", bytes(512)])
def test_what_is_no_file_is_passed_over_and_the_rest_is_read(tmp_path, name, behind):
    (tmp_path / "images.tar").write_bytes(HARMLESS[name] + GOOD + behind)
    with TarArchive(tmp_path / "images.tar") as archive:
        assert archive.read("images/a.jpg", 10) == b"hello"
        assert set(archive.list_names("", "")) <= {"images/a.jpg", "n"}


def test_a_global_path_names_every_member_and_a_prefix_counts_in_ustar_alone():
    packed = extension(pax(path="images/same.jpg"), b"g") + GOOD + GOOD + END
    assert [one.name for one in read_tar_headers(io.BytesIO(packed))] == ["images/same.jpg"] * 2
    for magic, name in ((b"ustar\x0000", "deep/n"), (b"ustar  \0", "n")):
        block = bytearray(header(magic=magic))
        block[345:349] = b"deep"
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        (member,) = read_tar_headers(io.BytesIO(bytes(block) + END))
        assert member == TarMember(name, "file", "", 512, 0)


@given(
    some.binary(max_size=3000)
    | some.builds(lambda a, b: GOOD[:a] + b + GOOD, some.integers(0, 1024), some.binary())
)
def test_no_bytes_raise_anything_else(content):
    try:
        for member in read_tar_headers(io.BytesIO(content)):
            assert 0 <= member.offset <= member.offset + member.size <= len(content)
    except ValueError as error:
        assert str(error)
