"""When two addresses lead to the same article: `address_identity` writes both in one way. Nothing is fetched.

The scheme, "www.", the fragment, a slash at the end, the order of parameters and those that only count readers make no
other article. Everything else does.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import httpx2

_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|at|hsa|oly|vero|wt|trk|_hs|stm|itm)_\w+|wt\.\w+|_ga|_gl|gclid|gclsrc|gbraid|wbraid|"
    r"dclid|fbclid|msclkid|twclid|ttclid|yclid|igshid|igsh|li_fat_id|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|cmp|cmpid|ocid|"
    r"ncid|smid|smtyp|s_cid|s_kwcid|xtor|wtmc|wt_mc|ref_src|ref_url|share|shareid|sharetoken|ns_\w+|ito|icid|taid|"
    r"__twitter_impression|guccounter|guce_\w+|linkid|sr_share|feature",
    re.IGNORECASE,
)
_TRACKING_WORD = re.compile(r"(?:ref|referrer|source|src|via|rss|from|partner|campaign)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_SAFE = "!$&'()*+,;=:@~-._"


def address_identity(url: str) -> str:
    """What all addresses of one article have in common; what is no web address is itself. Never raises.

    >>> address_identity("http://www.post.example/flood/?utm_source=x#top")
    'post.example/flood'
    """
    address = url.strip()
    try:
        parts = urlsplit(address)
        if parts.scheme.lower() not in _PORTS or not parts.hostname:
            return address
        parsed = httpx2.URL(address)
        host = parsed.raw_host.decode("ascii").rstrip(".")
        port = parts.port
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        return address
    host = host.removeprefix("www.") if host.count(".") > 1 else host
    where = host if port in (None, _PORTS[parts.scheme.lower()]) else f"{host}:{port}"
    route = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return where + _path(parsed.path) + _query(parts.query) + route


def _path(path: str) -> str:
    steps = [quote(unquote(step), safe=_SAFE) for step in path.split("/")]
    return "/".join(steps).rstrip("/")


def _query(query: str) -> str:
    kept = sorted((name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _counts(name, value))
    return f"?{urlencode(kept)}" if kept else ""


def _counts(name: str, value: str) -> bool:
    """Whether a parameter only says where a reader came from."""
    if _TRACKING.fullmatch(name):
        return True
    return bool(_TRACKING_WORD.fullmatch(name)) and not any(char.isdigit() for char in value)
