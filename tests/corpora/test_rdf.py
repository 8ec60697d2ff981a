"""SVG descriptions are read whatever their namespaces, and never expanded."""

import pytest

from phototags.corpora.formats.rdf import normalise_creator, read_work
from phototags.errors import PhotoError

WORK = """<cc:Work><dc:title>{title}</dc:title><dc:date>{date}</dc:date>
<dc:creator><cc:Agent><dc:title>{creator}</dc:title></cc:Agent></dc:creator>
<dc:publisher><cc:Agent><dc:title>Open Clip Art Library</dc:title></cc:Agent></dc:publisher>
<dc:subject><rdf:Bag>{tags}</rdf:Bag></dc:subject>
<cc:license rdf:resource="{licence}"/></cc:Work>"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:cc="{cc}" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><metadata>
<rdf:RDF>{works}</rdf:RDF></metadata></svg>"""
OLD, NEW = "http://web.resource.org/cc/", "http://creativecommons.org/ns#"


def work(tags=("sea",), title="A sea", creator="Ann", date="2005-08-21", licence="urn:x"):
    items = "".join(f"<rdf:li>{tag}</rdf:li>" for tag in tags)
    return WORK.format(title=title, creator=creator, date=date, licence=licence, tags=items)


def svg(*works, cc=OLD):
    return SVG.format(cc=cc, works="".join(works)).encode()


def reason_of(content):
    with pytest.raises(PhotoError) as refused:
        read_work(content)
    return refused.value.reason


@pytest.mark.parametrize("namespace", [OLD, NEW])
def test_every_field_is_found_in_old_and_new_namespaces(namespace):
    found = read_work(svg(work(), cc=namespace))
    assert found == (["sea"], "A sea", None, "Ann", "2005-08-21", "urn:x")


def test_tags_are_as_written_but_for_blanks_and_empty_ones():
    found = read_work(svg(work(["  Red  Sea\n", "", " ", "sea", "SEA", "sea"])))
    assert found.tags == ["Red Sea", "sea", "SEA"]


def test_of_two_descriptions_the_first_that_has_a_field_gives_it():
    found = read_work(svg(work(["a", "b"], creator=" "), work(["b", "c"], "Other", "Bob")))
    assert found.tags == ["a", "b", "c"]
    assert (found.title, found.creator) == ("A sea", "Bob")


def test_empty_fields_are_null():
    found = read_work(svg(work([], " ", "", "", "")))
    assert found == ([], None, None, None, None, None)


def test_declared_encodings_are_honoured():
    content = svg(work(["été"])).decode()
    for encoding in ("utf-8", "iso-8859-1", "utf-16"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{content}'
        assert read_work(declared.encode(encoding)).tags == ["été"]


def test_entities_are_refused_by_name_not_expanded():
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg(work(["&b;"]))
    assert reason_of(bomb) == "entities"
    outside = b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg(work(["&a;"]))
    assert reason_of(outside) == "entities"


@pytest.mark.parametrize(
    "content", [b"", b"<svg>", b"\x89PNG", b'<?xml version="1.0" encoding="klingon"?><svg/>']
)
def test_broken_xml_is_counted(content):
    assert reason_of(content) == "bad_xml"


def test_an_svg_without_description_is_counted():
    assert reason_of(b"<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>") == "no_metadata"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jean-Victor Balin", "Jean-VIctor Balin (balin_j@epita.fr)"),
        (" Lauris  Kaplinski", "Lauris Kaplinski"),
        ("Petri Lummemäki", "Petri Lummemaki"),
        ("Jakob [chaosinfaith@hotmail.com]", "jakob"),
    ],
)
def test_one_person_has_one_id(one, other):
    assert normalise_creator(one) == normalise_creator(other) is not None


def test_two_people_have_two_ids():
    names = ["Andrew Duhan", "Andrew Dunhan", "Mo", "mateya", "masonmouse@hotmail.com", "P80"]
    assert len({normalise_creator(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    "creator", [None, "", "  ", "unknown", "None", "ANONYMOUS", "HASH(0x89c79d4)", "..."]
)
def test_an_unsigned_work_has_no_id(creator):
    assert normalise_creator(creator) is None


def test_an_address_alone_is_an_id():
    assert normalise_creator("<ralf@ark.in-berlin.de>") is not None
