"""Under which name an address is counted, of a network or of mail: nobody can tell it from its row, nor know it again
the next day.

Of networks, what API Gateway saw at the other end of the connection, never what a header says. Whoever has one address
of IPv6 has the 2^64 of its network, which are counted as one (RFC 4291, 2.5.1: hosts choose the last 64 bits
themselves).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

_NETWORK_BITS = 64
# 128 bits of the HMAC: as good as unique.
_DIGITS = 32
_DAY_S = 86_400


def network(address: str) -> str:
    """The address that is counted for one: of IPv6 its /64, unless an address of IPv4 is written in it.

    What is no address is one together, rather than let through unmetered.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))


def counted(address: str, key: str, now_s: float) -> str:
    """The subject of an address' rows: of this day (UTC), so that what is left of a limit is forgotten at midnight.

    key: the stage's secret. Without it, an HMAC of so few possible addresses would tell them all.
    """
    return f"ip:{_hidden(network(address), key, now_s)}"


def mailbox(email: str) -> str:
    """Where mail to an address arrives: in whatever case it is written, and whatever follows a `+`.

    https://datatracker.ietf.org/doc/html/rfc5233
    """
    name, _, host = email.casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"


def recipient(email: str, key: str, now_s: float) -> str:
    """The subject of the rows by which mails to a mailbox are counted; as `counted`."""
    return f"mail:{_hidden(mailbox(email), key, now_s)}"


def _hidden(text: str, key: str, now_s: float) -> str:
    of_day = f"{int(now_s) // _DAY_S} {text}"
    return hmac.new(key.encode(), of_day.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
