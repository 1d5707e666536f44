"""Where the guarded client may go: which URLs are well formed, which addresses are public.

Pure rules without a socket. Dialling, redirects and limits live in `fetching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

PORTS = frozenset({80, 443})
NO_WEB_PORT = "Only the web ports 80 and 443 are fetched."
MAX_URL = 4096

_AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?", re.ASCII)
_HOST_ENTRY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTTED_QUAD = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")

# Names that by agreement never lead to the public Internet.
_PRIVATE = "localhost local localdomain internal intranet private lan corp home home.arpa invalid onion alt"
_PRIVATE_SUFFIXES = frozenset(_PRIVATE.split())

# Everything below is refused besides what the standard library calls not global: its table
# changes from patch to patch, and some of these are "global" by the letter of the registry.
_SPECIAL_V4 = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
    198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
"""
_PLATFORM_V4 = "168.63.129.16/32"  # the control address of a cloud's machines, though publicly routable
_REFUSED_V4 = tuple(IPv4Network(block) for block in [*_SPECIAL_V4.split(), _PLATFORM_V4])
_UNICAST_V6 = IPv6Network("2000::/3")  # leaves out loopback, v4-mapped, NAT64, unique local, link local, multicast
_REFUSED_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments, among them Teredo and ORCHID
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("3fff::/20"),  # documentation
    IPv6Network("2002::/16"),  # 6to4 carries an IPv4 address of the sender's choice
    IPv6Network("2620:4f:8000::/48"),
)
_ISATAP = 0x00005EFE  # the middle of an interface identifier that carries an IPv4 address


class FetchRefused(Exception):
    """The guard said no, whatever the other side would have answered.

    Codes: bad_url, scheme, credentials, port, bad_host, private_address, too_many_redirects, too_large,
    too_slow, bomb. `message` is plain English for an editor.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message

    @property
    def transient(self) -> bool:
        """Whether the same may be allowed a while later."""
        return self.code == "too_slow"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts off the public web to which a site's settings let messages go, and no text from outside leads.

    ``hosts`` are names in small letters, with their port where it is not 80 or 443 (``hooks.desk.internal:8443``); one
    may lead anywhere. Any proper name may lead into ``networks``.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> AllowedHosts:
        """From settings such as ``["hooks.desk.internal", "10.20.0.0/16"]``. Raises ValueError for what is neither."""
        hosts, networks = set[str](), list[IPv4Network | IPv6Network]()
        for entry in entries:
            if _HOST_ENTRY.fullmatch(entry) and not _NUMERIC.fullmatch(entry.partition(":")[0].rpartition(".")[2]):
                hosts.add(entry.lower())
            else:
                networks.append(ip_network(entry))
        return cls(frozenset(hosts), tuple(networks))

    def holds(self, host: str, port: int) -> bool:
        return f"{host}:{port}" in self.hosts or (port in PORTS and host in self.hosts)

    def leads_to(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address.version == block.version and address in block for block in self.networks)


NO_HOSTS = AllowedHosts()


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that passed the rules of form. `host` is lower-case ASCII; `literal` is set where it is an address."""

    url: str
    scheme: str
    host: str
    port: int
    literal: IPv4Address | IPv6Address | None


def parse_target(url: str, allowed: AllowedHosts = NO_HOSTS) -> Target:
    """The URL as the client will use it, without its fragment.

    Raises FetchRefused (bad_url, scheme, credentials, port, bad_host). The parser is the client's own, so
    that what is checked here and what is dialled there cannot differ.
    """
    _check_characters(url)
    scheme, colon, _ = url.partition(":")
    if not colon or scheme.lower() not in ("http", "https"):
        raise FetchRefused("scheme", "Only addresses that begin with http:// or https:// can be fetched.")
    matched = _AUTHORITY.match(url)
    if not matched:
        raise FetchRefused("bad_url", "The address is not complete: after http: or https: come two slashes and a host.")
    authority = matched.group(1)
    if "@" in authority:
        raise FetchRefused("credentials", "Addresses with a user name or password are not fetched.")
    port = _port_of(authority, scheme.lower())
    if not port:
        raise FetchRefused("port", NO_WEB_PORT)
    try:
        parsed = httpx2.URL(url).copy_with(fragment=None)
        host = parsed.raw_host.decode("ascii")
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        raise FetchRefused("bad_host", "The host in this address is not valid.") from None
    if allowed.holds(host, port):
        return Target(str(parsed), parsed.scheme, host, port, None)
    if port not in PORTS:
        raise FetchRefused("port", NO_WEB_PORT)
    return Target(str(parsed), parsed.scheme, host, port, _checked_host(authority, host))


def parse_public_target(url: str, allowed: AllowedHosts = NO_HOSTS) -> Target:
    """As `parse_target`, for an address that is only kept now: a literal one must be public. No name is resolved.

    Raises FetchRefused, also private_address.
    """
    target = parse_target(url, allowed)
    if target.literal is not None:
        vetted([str(target.literal)], allowed)
    return target


def vetted(addresses: Iterable[str], allowed: AllowedHosts = NO_HOSTS, *, named: bool = False) -> tuple[str, ...]:
    """The addresses a host resolved to, IPv4 first, if every single one of them is public or allowed.

    ``named``: the settings name this host and port, which may lead anywhere.

    Raises FetchRefused (private_address) if one is not, or is no address at all.
    """
    found: list[IPv4Address | IPv6Address] = []
    for text in addresses:
        try:
            address = ip_address(text)
        except ValueError:
            raise FetchRefused("private_address", "The host resolves to something that is no address.") from None
        if not (named or allowed.leads_to(address) or is_public(address)):
            raise FetchRefused("private_address", "The host leads into a private or reserved network; not fetched.")
        found.append(address)
    return tuple(str(address) for address in sorted(dict.fromkeys(found), key=lambda address: address.version))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to an ordinary host on the public Internet, and to nothing else."""
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _REFUSED_V4)
    if address.scope_id or address not in _UNICAST_V6 or any(address in block for block in _REFUSED_V6):
        return False
    return (int(address) >> 32) & 0xFCFFFFFF != _ISATAP


def _check_characters(url: str) -> None:
    if not url or len(url) > MAX_URL:
        raise FetchRefused("bad_url", f"The address is empty or longer than {MAX_URL} characters.")
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        raise FetchRefused("bad_url", "The address contains a space, a backslash or an invisible character.")


def _port_of(authority: str, scheme: str) -> int:
    """The port an address names, or that of its scheme; 0 where it cannot be told."""
    matched = _HOST_AND_PORT.fullmatch(authority)
    default = "443" if scheme == "https" else "80"
    return int(matched.group(1) or default) if matched else 0


def _checked_host(authority: str, host: str) -> IPv4Address | IPv6Address | None:
    """None for a proper public name; the address where the host is one, written in the one usual way."""
    if authority.startswith("["):
        if "%" in authority:
            raise FetchRefused("bad_host", "An address with a network zone is not fetched.")
        return IPv6Address(host)
    if _DOTTED_QUAD.fullmatch(host) and authority.isascii():
        return IPv4Address(host)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise FetchRefused("bad_host", "The host in this address is not a proper name.")
    if len(labels) < 2 or _NUMERIC.fullmatch(labels[-1]):
        raise FetchRefused("bad_host", "The host must be a full name such as news.example, not a number or short name.")
    if labels[-1] in _PRIVATE_SUFFIXES or ".".join(labels[-2:]) in _PRIVATE_SUFFIXES:
        raise FetchRefused("bad_host", f"Names ending in .{labels[-1]} belong to private networks; not fetched.")
    return None
