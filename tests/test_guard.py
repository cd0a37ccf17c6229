"""The guard: where people may not have the program connect to, in every form they might try."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import sys
from collections.abc import Iterator

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from adapters.http import Guard, Http, Limits
from adapters.http.client import target
from adapters.http.guard import is_public
from bot.models import Condition
from bot.ports import SettingError, SourceError
from tests.rigs.feeds import FeedServer, Page, redirect

QUICK = Limits(total=0.8, connect=0.3, read=0.3)


async def refusal(http: Http, url: str, *, trusted: bool = False) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await http.get(url, trusted=trusted)
    return caught.value


connects: list[object] = []


def _watch(event: str, details: tuple[object, ...]) -> None:
    if event == "socket.connect":
        connects.append(details[1])


sys.addaudithook(_watch)


@pytest.fixture
def no_connects() -> Iterator[None]:
    connects.clear()
    yield
    assert connects == []


class Names(AbstractResolver):
    """Made-up names with made-up addresses, in turn; the system's own rules for numbers and localhost."""

    def __init__(self, names: dict[str, list[list[str]]]) -> None:
        self.names = names

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        if host not in self.names:
            return await ThreadedResolver().resolve(host, port)
        answers = self.names[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(hostname=host, host=one, port=port, family=10 if ":" in one else 2, proto=0, flags=0)
            for one in addresses
        ]

    async def close(self) -> None:
        pass


#: one line each: what it is, and an address that people might try
FORMS = {
    "loopback": "http://127.0.0.1/",
    "loopback with port 443": "http://127.0.0.1:443/",
    "loopback over https": "https://127.0.0.1/",
    "another loopback": "http://127.9.9.9/",
    "end of loopback": "http://127.255.255.254/",
    "unspecified": "http://0.0.0.0/",
    "this network": "http://0.1.2.3/",
    "private 10": "http://10.0.0.1/",
    "private 172": "http://172.16.0.1/",
    "private 172, its end": "http://172.31.255.254/",
    "private 192": "http://192.168.1.1/",
    "cloud metadata": "http://169.254.169.254/latest/meta-data/",
    "carrier NAT": "http://100.64.0.1/",
    "Alibaba metadata": "http://100.100.100.200/",
    "Oracle metadata": "http://192.0.0.192/",
    "benchmarking": "http://198.18.0.1/",
    "documentation": "http://192.0.2.1/",
    "documentation 2": "http://198.51.100.1/",
    "documentation 3": "http://203.0.113.1/",
    "6to4 relay": "http://192.88.99.1/",
    "multicast": "http://224.0.0.1/",
    "multicast, global": "http://233.252.0.1/",
    "reserved": "http://240.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "decimal": "http://2130706433/",
    "octal": "http://017700000001/",
    "octal parts": "http://0177.0.0.1/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal parts": "http://0x7f.0x0.0x0.0x1/",
    "short": "http://127.1/",
    "shorter": "http://127.0.1/",
    "zero": "http://0/",
    "decimal metadata": "http://2852039166/",
    "mixed": "http://0x7f.1/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "full-width digits": "http://１２７.０.０.１/",
    "ideographic stops": "http://127。0。0。1/",
    "half-width stops": "http://127｡0｡0｡1/",
    "localhost": "http://localhost/",
    "localhost with a dot": "http://localhost./",
    "LOCALHOST": "http://LOCALHOST/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 loopback in full": "http://[0:0:0:0:0:0:0:1]/",
    "IPv6 unspecified": "http://[::]/",
    "mapped loopback": "http://[::ffff:127.0.0.1]/",
    "mapped in hexadecimal": "http://[::ffff:7f00:1]/",
    "mapped metadata": "http://[::ffff:169.254.169.254]/",
    "compatible": "http://[::127.0.0.1]/",
    "compatible in hexadecimal": "http://[::7f00:1]/",
    "NAT64 loopback": "http://[64:ff9b::7f00:1]/",
    "NAT64 metadata": "http://[64:ff9b::a9fe:a9fe]/",
    "local NAT64": "http://[64:ff9b:1::7f00:1]/",
    "6to4 loopback": "http://[2002:7f00:1::]/",
    "6to4 private": "http://[2002:c0a8:101::1]/",
    "Teredo": "http://[2001:0:7f00:1::1]/",
    "unique local": "http://[fd00::1]/",
    "unique local, metadata": "http://[fd00:ec2::254]/",
    "link local": "http://[fe80::1]/",
    "site local": "http://[fec0::1]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "IPv6 documentation": "http://[2001:db8::1]/",
    "IPv6 documentation 2": "http://[3fff::1]/",
    "discard": "http://[100::1]/",
    "user before the address": "http://example.org@127.0.0.1/",
    "user and password": "http://a:b@127.0.0.1/",
    "user of a public site": "http://user@public.example/",
    "backslash": "http://public.example\\@127.0.0.1/",
    "name of loopback": "http://loopback.example/",
    "name of loopback in IPv6": "http://loopback6.example/",
    "name of metadata": "http://metadata.example/",
    "name of a mapped address": "http://mapped.example/",
    "name with two private addresses": "http://two.example/",
    "name that changes": "http://rebinding.example/",
    "SSH": "http://public.example:22/",
    "Redis": "http://public.example:6379/",
    "port 8080": "http://public.example:8080/",
    "port 0": "http://public.example:0/",
    "file": "file:///etc/passwd",
    "FTP": "ftp://127.0.0.1/",
    "gopher": "gopher://127.0.0.1:6379/_INFO",
    "data": "data:text/xml,<rss/>",
    "no scheme": "//127.0.0.1/",
    "path": "/etc/passwd",
    "no host": "http:///etc/passwd",
    "nothing": "",
    "line break": "http://public.example/\r\nHost: 127.0.0.1",
    "impossible port": "http://public.example:99999/",
    "broken IPv6": "http://[::1/",
}


@pytest.mark.usefixtures("no_connects")
async def test_no_form_of_a_private_address_is_connected_to() -> None:
    resolver = Names(
        {
            "public.example": [["203.0.113.80"]],  # documentation: if it were tried, nobody would be harmed
            "loopback.example": [["127.0.0.1"]],
            "loopback6.example": [["::1"]],
            "metadata.example": [["169.254.169.254"]],
            "mapped.example": [["::ffff:10.0.0.1"]],
            "two.example": [["10.0.0.1", "192.168.0.1"]],
            "rebinding.example": [["127.0.0.1"], ["10.0.0.1"]],
        }
    )
    assert len(FORMS) >= 60
    async with Http(resolver=resolver, limits=QUICK) as http:
        errors = await asyncio.gather(*(refusal(http, url) for url in FORMS.values()))
    assert {(error.health.condition, str(error)) for error in errors} == {
        (Condition.UNREACHABLE, "The address cannot be reached, or is not one that may be asked.")
    }


async def test_a_refused_address_looks_like_one_where_nothing_listens() -> None:
    async with FeedServer() as closed:
        gone = closed.url
        guard = Guard([f"127.0.0.1:{closed.port}"])
    async with FeedServer() as server, Http(guard=guard) as http:
        assert str(await refusal(http, server.url)) == str(await refusal(http, gone))
    assert server.asked == []


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:{private}/", "http://localhost:{private}/", "//127.0.0.1:{private}/",
                 "http://[::ffff:127.0.0.1]:{private}/", "http://169.254.169.254/", "file:///etc/passwd",
                 "gopher://127.0.0.1:{private}/", "http://user@127.0.0.1:{public}/", "http://[", "", "http://"],
)  # fmt: skip
async def test_a_redirect_to_a_private_address_is_not_followed(location: str) -> None:
    async with FeedServer() as public, FeedServer() as private:
        guard = Guard([f"127.0.0.1:{public.port}", f"203.0.113.1:{private.port}"])
        public.pages["/"] = redirect(location.format(private=private.port, public=public.port))
        private.pages["/"] = Page(b"secret")
        async with Http(guard=guard, limits=QUICK) as http:
            error = await refusal(http, public.url + "/")
    assert error.health.condition is Condition.UNREACHABLE
    assert private.asked == []


async def test_trust_ends_where_a_redirect_leads_to_another_host() -> None:
    async with FeedServer() as trusted, FeedServer() as other, Http() as http:
        trusted.pages["/"] = redirect(f"http://localhost:{other.port}/")
        other.pages["/"] = Page(b"secret")
        await refusal(http, trusted.url + "/", trusted=True)
    assert other.asked == []


def test_a_redirect_out_of_a_safe_connection_is_refused() -> None:
    assert target(URL("https://a.example/x"), "/y") == URL("https://a.example/y")
    assert target(URL("http://a.example/x"), "https://b.example/") == URL("https://b.example/")
    with pytest.raises(SourceError):
        target(URL("https://a.example/x"), "http://a.example/y")


async def test_what_the_operator_allows_is_asked_and_nothing_beside_it() -> None:
    async with FeedServer() as server, FeedServer() as beside:
        server.pages["/feed"] = Page(b"<rss/>")
        async with Http(guard=Guard([f"127.0.0.1:{server.port}"])) as http:
            connects.clear()
            assert (await http.get(server.url + "/feed")).body == b"<rss/>"
            assert connects == [("127.0.0.1", server.port)]  # so the watch above sees what it should
            await refusal(http, beside.url)
    assert beside.asked == []


@pytest.mark.parametrize("nonsense", ["", "10.0.0.1", "lab.example:80", "10.0.0.1:http", "300.1.1.1:80", ":80"])
def test_an_allowed_address_must_be_one(nonsense: str) -> None:
    with pytest.raises(SettingError):
        Guard([nonsense])


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "151.101.3.42", "2606:4700:4700::1111", "2a04:4e42::666", "64:ff9b::808:808"]
)
def test_public_addresses_are_open(address: str) -> None:
    assert Guard().permits(address, 443)
    assert not Guard().permits(address, 22)


def test_random_private_addresses_are_closed() -> None:
    networks = [
        ipaddress.ip_network(text)
        for text in (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/96",
            "::ffff:10.0.0.0/104", "::ffff:127.0.0.0/104", "64:ff9b::7f00:0/104", "64:ff9b:1::/48", "100::/64",
            "2001::/32", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        )
    ]  # fmt: skip
    chance = random.Random(20260413)
    for _ in range(10_000):
        network = chance.choice(networks)
        address = network[chance.randrange(network.num_addresses)]
        assert not is_public(address), address
