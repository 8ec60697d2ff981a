"""Which urls are asked at all, and which addresses."""

import ipaddress
import socket

import pytest
from aiohttp.abc import AbstractResolver

from phototags.download.url_safety import AddressRule, PublicResolver, read_url
from phototags.errors import ParamsError, PhotoError
from tests.download.misbehaving import HOST, PRIVATE

NOT_PUBLIC = """
127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1
192.0.2.1 198.18.0.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 fe80::1 fec0::1 fc00::1 fd12::1 ff02::1
2001:db8::1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1
2001:0:0:0:0:0:80ff:fffe
"""
PUBLIC = "1.1.1.1 93.184.215.14 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::"


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_addresses_that_are_not_public_are_refused(address):
    assert not AddressRule().admits(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_admitted(address):
    assert AddressRule().admits(ipaddress.ip_address(address))


def test_only_what_is_listed_is_allowed_besides():
    rule = AddressRule(["127.0.0.1", "10.1.0.0/16", "fd00:1::/32"])
    said = [
        rule.admits(ipaddress.ip_address(one)) for one in ("127.0.0.1", "10.1.2.3", "fd00:1::5")
    ]
    assert said == [True, True, True]
    others = ("127.0.0.2", "10.2.0.1", "::ffff:127.0.0.1", "fd00:2::5")
    assert not any(rule.admits(ipaddress.ip_address(one)) for one in others)


def test_a_wrong_entry_of_the_allow_list_is_named():
    with pytest.raises(ParamsError, match="mirror.example"):
        AddressRule(["mirror.example"])


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://2130706433/a.jpg", "http://127.0.0.1/a.jpg"),
        ("http://0x7f000001/a.jpg", "http://127.0.0.1/a.jpg"),
        ("http://017700000001:80/a.jpg", "http://127.0.0.1/a.jpg"),
        ("http://127.1/a.jpg", "http://127.0.0.1/a.jpg"),
        ("http://１２７.0.0.1/a.jpg", "http://127.0.0.1/a.jpg"),
        ("HTTP://EXAMPLE.org/a b.jpg", "http://example.org/a%20b.jpg"),
        ("https://münchen.example/ü.jpg", "https://xn--mnchen-3ya.example/%C3%BC.jpg"),
        (" http://example.org/a.jpg#part\n", "http://example.org/a.jpg"),
        ("https://h.example/%2F%3a+?sig=%2B%3D", "https://h.example/%2F%3a+?sig=%2B%3D"),
    ],
)
def test_a_url_is_asked_as_written_as_far_as_the_rules_allow(written, asked):
    assert str(read_url(written)) == asked


BAD = """
file:///etc/passwd data:image/png;base64,AA== ftp://example.org/a javascript:alert(1)
//example.org/a example.org/a http:// http:///a http://user@example.org/ http://u:p@h.example/
http://h.example:0/ http://h.example:65536/ http://h.example:x/ http://[::1 http://[::g]/
http://a..b/ http://*/ http://ex_ample.org%00/ http://256.256.256.256/ http://1.2.3.4.5/
http://h.example\\@127.0.0.1/ http://[fe80::1%25eth0]/
"""
ODD = ["", "http://a b/", "http://h.example/a\nb", "http://h.example/\x00", "http://" + "a" * 64]


@pytest.mark.parametrize("written", BAD.split() + ODD)
def test_what_is_no_url_of_a_public_photo_is_a_bad_url(written):
    with pytest.raises(PhotoError) as refusal:
        read_url(written)
    assert refusal.value.reason == "bad_url"


class Lookup(AbstractResolver):
    """Answers with the next of some lists of addresses, the last one ever after."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        shared = {"hostname": host, "port": port, "proto": 0, "flags": socket.AI_NUMERICHOST}
        return [
            shared | {"host": one, "family": socket.AF_INET6 if ":" in one else socket.AF_INET}
            for one in found
        ]

    async def close(self):
        pass


def test_a_name_with_a_private_address_among_others_is_refused(server, shard):
    for found in ([PRIVATE], [HOST, PRIVATE], [PRIVATE, HOST], ["::1"], [f"::ffff:{PRIVATE}"]):
        shard.folder = shard.folder / "next"
        (row,) = shard([f"http://photos.example:{server.private_port}/ok/1"], Lookup(found))
        assert row["outcome"] == "private_address", found
    assert server.private_hits == 0


def test_a_name_that_changes_its_answer_after_the_check_gains_nothing(server, shard):
    """DNS rebinding: judged once, connected to what was judged, whatever is answered later."""
    lookup = Lookup([HOST], [PRIVATE])
    urls = [f"http://photos.example:{server.port}/ok/{number}" for number in range(20)]
    assert {row["outcome"] for row in shard(urls, lookup)} == {"ok"}
    assert server.private_hits == 0
    assert lookup.asked == 1


def test_the_socket_refuses_what_no_resolver_judged(server, shard, monkeypatch):
    def unjudged(self, host, port=0, family=socket.AF_UNSPEC):
        return self.lookup.resolve(host, port, family)

    monkeypatch.setattr(PublicResolver, "resolve", unjudged)
    lookup = Lookup([PRIVATE])
    (row,) = shard([f"http://photos.example:{server.private_port}/ok/1"], lookup)
    assert row["outcome"] == "private_address"
    assert server.private_hits == 0


def test_an_allowed_ipv6_literal_is_asked(server, shard):
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback address")
    with listening:
        (row,) = shard(
            [f"http://[::1]:{listening.getsockname()[1]}/"], allow_private=["::1"], timeout=0.2
        )
    assert row["outcome"] == "timeout"  # connected, never answered


def test_a_name_that_does_not_exist_is_looked_up_once_for_all_its_urls(server, shard):
    lookup = Lookup(socket.gaierror(socket.EAI_NONAME, "no such name"))
    urls = [f"http://photos.example/{number}" for number in range(10)]
    rows = shard(urls, lookup)
    assert {(row["outcome"], row["tries"], row["again"]) for row in rows} == {("dns", 1, True)}
    assert lookup.asked == 1


def test_a_name_server_that_stumbles_is_asked_again(server, shard):
    lookup = Lookup(socket.gaierror(socket.EAI_AGAIN, "try again"), [HOST])
    (row,) = shard([f"http://photos.example:{server.port}/ok/1"], lookup)
    assert (row["outcome"], row["tries"]) == ("ok", 2)
