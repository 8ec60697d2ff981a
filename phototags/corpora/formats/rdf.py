"""What an SVG says of itself in RDF: Dublin Core and Creative Commons, as Inkscape writes it."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from phototags.errors import PhotoError

AGENT = "{*}Agent/{*}title"
NOBODY = {"unknown", "none", "anonymous", "public domain", "me"}
"""How contributors say that they don't sign; `HASH(0x89c79d4)` is a program's slip."""
CONTACT = re.compile(r"[(<\[][^)>\]]*[@/][^)>\]]*[)>\]]")


class Work(NamedTuple):
    """The fields of a picture's description; None where nothing is said."""

    tags: list[str]
    title: str | None
    description: str | None
    creator: str | None
    date: str | None
    licence_url: str | None


def read_work(content: bytes) -> Work:
    """The description in an SVG.

    Some files describe themselves twice: the first block that says something counts, tags are
    those of all blocks, each once. Namespaces differ between releases and are not looked at.

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

    def first(say: Callable[[Element], str | None]) -> str | None:
        return next((said for work in works if (said := _tidy(say(work)))), None)

    items = [item for work in works for item in work.findall("{*}subject//{*}li")]
    return Work(
        tags=list(dict.fromkeys(tag for item in items if (tag := _tidy(item.text)))),
        title=first(lambda work: work.findtext("{*}title")),
        description=first(lambda work: work.findtext("{*}description")),
        creator=first(lambda work: work.findtext("{*}creator/" + AGENT)),
        date=first(lambda work: work.findtext("{*}date")),
        licence_url=first(_licence),
    )


def contributor(creator: str | None) -> str | None:
    """One id for the ways in which one person signs; None when nobody signed.

    Two ids for a person would put the same hand into training and test, so case, accents,
    punctuation and an address in brackets do not count.

    >>> contributor("Jean-VIctor  Balin (balin_j@epita.fr)") == contributor("Jean-Victor Balin")
    True
    >>> contributor("A.J. Ashton"), contributor("HASH(0x89c79d4)"), contributor("Anonymous")
    ('aj ashton', None, None)
    """
    written = unicodedata.normalize(
        "NFKD", CONTACT.sub(" ", creator or "").strip() or creator or ""
    )
    letters = re.sub(r"[^\w\s@]", "", re.sub(r"-", " ", written.casefold()))
    name = " ".join(letters.split())
    return None if not name or name in NOBODY or name.startswith("hash0x") else name


def _licence(work: Element) -> str | None:
    """The address of the licence, an attribute in RDF's namespace."""
    licence = work.find("{*}license")
    values = licence.attrib.items() if licence is not None else ()
    return next((value for name, value in values if name.endswith("}resource")), None)


def _tidy(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None
