"""Settings of downloads: how photos are asked for on the web, and what is refused."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from phototags.params.section import Section


class Download(Section):
    """How the photos of a list of urls are asked for, and what is refused."""

    renamed: ClassVar[Mapping[str, str]] = {
        "at_once": "max_requests",
        "host_at_once": "max_requests_per_host",
        "tries": "max_tries",
        "back_off": "backoff",
        "longest_wait": "max_wait",
        "redirects": "max_redirects",
        "allow": "allow_private",
    }

    contact: str | None = Field(
        None, description="web page or mail address in the User-Agent, for servers' owners: set it"
    )
    max_requests: int = Field(
        64, description="requests under way at a time in one shard", gt=0, le=1024
    )
    max_requests_per_host: int = Field(
        8, description="requests under way at a time at one host", gt=0
    )
    host_delay: float = Field(
        0.0, description="seconds between the starts of two requests to one host", ge=0
    )
    timeout: float = Field(
        20.0, description="seconds that one try may take, from resolving to the last byte", gt=0
    )
    max_tries: int = Field(
        3, description="tries for a url that failed in a way that another try may mend", gt=0
    )
    backoff: float = Field(
        1.0, description="seconds before the second try, doubled before each further one", ge=0
    )
    max_wait: float = Field(
        60.0,
        description="seconds; a host that asks to wait longer is left for the next run",
        ge=0,
    )
    dead_host_tries: int = Field(
        20,
        description="a host that is out of reach so often in a row is left for the next run",
        gt=0,
    )
    max_redirects: int = Field(
        5, description="redirects followed for a url; the address of each is checked anew", ge=0
    )
    allow_private: list[str] = Field(
        [],
        description="private addresses or networks that may be asked (10.1.0.0/16 for a mirror)",
    )
    honour_opt_out: bool = Field(
        True, description="leave out photos whose X-Robots-Tag says noai or noindex"
    )
    placeholders: list[str] = Field(
        [], description="sha256 of pictures that hosts show in place of removed photos"
    )
