"""How photos are asked for on the web, and what is refused."""

from pydantic import Field

from phototags.params.section import Section


class Download(Section):
    """How the photos of a list of urls are asked for, and what is refused."""

    contact: str | None = Field(
        None, description="web page or mail address in the User-Agent, for servers' owners: set it"
    )
    at_once: int = Field(64, description="requests under way in one shard", gt=0, le=1024)
    host_at_once: int = Field(8, description="requests under way at one host", gt=0)
    host_delay: float = Field(0.0, description="seconds between two requests to one host", ge=0)
    timeout: float = Field(20.0, description="seconds one try may take, from name to end", gt=0)
    tries: int = Field(3, description="tries a url gets where another can help", gt=0)
    back_off: float = Field(1.0, description="seconds before the second try, then doubled", ge=0)
    longest_wait: float = Field(
        60.0, description="a host that asks to wait longer is left for a rerun", ge=0
    )
    dead_host_tries: int = Field(
        20, description="a host out of reach this often in a row is left for a rerun", gt=0
    )
    redirects: int = Field(5, description="redirects followed for a url, each judged anew", ge=0)
    allow: list[str] = Field(
        [], description="private addresses or networks that may be asked (a mirror), 10.1.0.0/16"
    )
    honour_opt_out: bool = Field(
        True, description="leave photos whose X-Robots-Tag says noai or noindex"
    )
    placeholders: list[str] = Field(
        [], description="sha256 of pictures that hosts show in place of removed photos"
    )
