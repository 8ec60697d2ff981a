"""The RDF description in an SVG: Dublin Core and Creative Commons, as Inkscape writes it."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from phototags.errors import PhotoError

AGENT = "{*}Agent/{*}title"
UNSIGNED = {"unknown", "none", "anonymous", "public domain", "me"}
"""Names that contributors write who don't sign; `HASH(0x89c79d4)` is a bug of a program."""
CONTACT = re.compile(r"[(<\[][^)>\]]*[@/][^)>\]]*[)>\]]")


class Work(NamedTuple):
    """The fields of a picture's description; None where it has none."""

    tags: list[str]
    title: str | None
    description: str | None
    creator: str | None
    date: str | None
    licence_url: str | None


def read_work(content: bytes) -> Work:
    """Read the description in an SVG.

    Some files have two descriptions: each field is that of the first that has it, tags are those
    of both, each once. Namespaces differ between releases and are ignored.

    Raises:
        PhotoError: `bad_xml` when it is not well-formed; `entities` when it defines entities,
            which could be a bomb; `no_metadata` without a description.
    """
    try:
        root = fromstring(content)
    except DefusedXmlException as error:
        raise PhotoError("entities", f"refused before expanding them: {error}") from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError: unknown encoding
        raise PhotoError("bad_xml", str(error)) from error
    works = root.findall(".//{*}Work")
    if not works:
        raise PhotoError("no_metadata", f"no RDF description in {len(content)} bytes of SVG")

    def first(read: Callable[[Element], str | None]) -> str | None:
        return next((text for work in works if (text := _collapse_blanks(read(work)))), None)

    items = [item for work in works for item in work.findall("{*}subject//{*}li")]
    return Work(
        tags=list(dict.fromkeys(tag for item in items if (tag := _collapse_blanks(item.text)))),
        title=first(lambda work: work.findtext("{*}title")),
        description=first(lambda work: work.findtext("{*}description")),
        creator=first(lambda work: work.findtext("{*}creator/" + AGENT)),
        date=first(lambda work: work.findtext("{*}date")),
        licence_url=first(_read_licence),
    )


def normalise_creator(creator: str | None) -> str | None:
    """Map the ways in which one person signs to one id; None for an unsigned work.

    Two ids for a person would put the same hand into training and test, so case, accents,
    punctuation and an address in brackets do not count.

    >>> normalise_creator("Jean-VIctor  Balin (balin_j@epita.fr)")
    'jean victor balin'
    >>> normalise_creator("A.J. Ashton"), normalise_creator("HASH(0x89c79d4)")
    ('aj ashton', None)
    """
    written = unicodedata.normalize(
        "NFKD", CONTACT.sub(" ", creator or "").strip() or creator or ""
    )
    letters = re.sub(r"[^\w\s@]", "", re.sub(r"-", " ", written.casefold()))
    name = " ".join(letters.split())
    return None if not name or name in UNSIGNED or name.startswith("hash0x") else name


def _read_licence(work: Element) -> str | None:
    """The address of the licence, an attribute in RDF's namespace."""
    licence = work.find("{*}license")
    values = licence.attrib.items() if licence is not None else ()
    return next((value for name, value in values if name.endswith("}resource")), None)


def _collapse_blanks(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None
