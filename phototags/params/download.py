"""Settings of downloads: how photos are asked for on the web, and what is refused."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

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
        None,
        description="web page or mail address in the User-Agent, for servers' owners: set it",
        pattern=r"^[^\x00-\x1f\x7f-\x9f]*$",
        max_length=200,
    )
    max_requests: int = Field(64, description="simultaneous requests of a shard", gt=0, le=1024)
    max_requests_per_host: int = Field(8, description="simultaneous requests to a host", gt=0)
    host_delay: float = Field(0.0, description="seconds between two requests to a host", ge=0)
    timeout: float = Field(20.0, description="seconds that one try may take in all", gt=0)
    max_tries: int = Field(3, description="tries for a url whose failure may be temporary", gt=0)
    backoff: float = Field(1.0, description="seconds before the second try, then doubled", ge=0)
    max_wait: float = Field(
        60.0, description="a host that asks to wait for more seconds is left for the next run", ge=0
    )
    dead_host_tries: int = Field(
        20, description="a host out of reach so often in a row is left for the next run", gt=0
    )
    dead_host_photos: int = Field(
        20,
        description="a host that fails so many photos in a row, after all their tries (it hangs, or"
        " says 503), is left for the next run",
        gt=0,
    )
    max_redirects: int = Field(
        5, description="redirects followed for a url, each checked", ge=0, le=20
    )
    allow_private: list[str] = Field(
        [], description="private addresses or networks to allow, such as a mirror's 10.1.0.0/16"
    )
    honour_opt_out: bool = Field(
        True,
        description="leave out photos whose owner opted out: X-Robots-Tag (noai, noindex,"
        " unavailable_after), TDM-Reservation, Content-Usage",
    )
    placeholders: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        [], description="sha256 of pictures that hosts show in place of removed photos"
    )
