"""Templates into pages. Titles and tags come from strangers, so everything is escaped."""

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined


def web_link(url: str | None) -> str:
    """The url when it is one that a reader may follow, else nothing.

    >>> web_link("https://photos.example/1"), web_link("javascript:alert(1)"), web_link(None)
    ('https://photos.example/1', '', '')
    """
    url = (url or "").strip()
    return url if url.lower().startswith(("https://", "http://")) else ""


def data_url(content: bytes, kind: str) -> str:
    """Bytes as a url that needs no network.

    >>> data_url(b"<svg/>", "image/svg+xml")
    'data:image/svg+xml;base64,PHN2Zy8+'
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def content_hash(text: str) -> str:
    """The base64 sha256 by which a page's content policy allows its one script.

    >>> content_hash("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def render(template: str, **content: object) -> str:
    """Render a page from `templates/`; a name that the template is not given is an error."""
    environment = Environment(
        loader=FunctionLoader(
            lambda name: (files("phototags.report") / "templates" / name).read_text()
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(web_link=web_link, content_hash=content_hash)
    return environment.get_template(template).render(**content)
