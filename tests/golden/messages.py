"""Messages as mail programs save them, and what a person sees of each: the message, then what is attached to it."""

from __future__ import annotations

import base64
import struct
from typing import Any

from tests.golden.ole_files import Storage, container, properties, texts

_HEAD = "From: Ann Roy <ann@example.org>\r\nTo: Bo Ek <bo@example.org>\r\nDate: Mon, 4 May 2026 09:30:00 +0200\r\n"
_SEEN = "From: Ann Roy <ann@example.org> To: Bo Ek <bo@example.org> Date: Mon, 4 May 2026 09:30:00 +0200"


def _base64(content: bytes) -> str:
    return base64.encodebytes(content).decode().replace("\n", "\r\n")


def _mail(subject: str, headers: str, body: str | bytes) -> bytes:
    head = f"{_HEAD}Subject: {subject}\r\nMIME-Version: 1.0\r\n{headers}\r\n\r\n"
    return head.encode() + (body if isinstance(body, bytes) else body.encode())


def _multipart(subtype: str, *parts: str, boundary: str = "=_b1") -> tuple[str, str]:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"', body


def _part(headers: str, body: str) -> str:
    return f"{headers}\r\n\r\n{body}"


_ALTERNATIVE = _multipart(
    "alternative",
    _part("Content-Type: text/plain; charset=utf-8", "The lease ends in May.\r\n\r\nAnn"),
    _part("Content-Type: text/html; charset=utf-8", "<p>The <b>lease</b> ends in May.</p><p>Ann</p>"),
)
_ONLY_HTML = _multipart(
    "related",
    _part(
        "Content-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable",
        '<html><body><p>R=E9ponse =80 12</p><img src=3D"cid:logo"><table><tr><td>a<td>b</table></body></html>',
    ),
    _part(
        "Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64",
        _base64(b"\x89PNG\r\n\x1a\n" + bytes(60)),
    ),
)
_EXCUSE = _multipart(
    "alternative",
    _part("Content-Type: text/plain", "View this mail in a browser."),
    _part(
        "Content-Type: text/html; charset=utf-8",
        f"<div style='display:none'>preview</div><h1>News</h1>{'<p>Prices rise in May, in all of our shops.</p>' * 5}",
    ),
)
_WITH_FILES = _multipart(
    "mixed",
    _part("Content-Type: text/plain; charset=utf-8", "Both files are attached."),
    _part(
        "Content-Type: application/vnd.ms-excel; name=prices.csv\r\nContent-Disposition: attachment;\r\n"
        " filename=prices.csv\r\nContent-Transfer-Encoding: base64",
        _base64(b"Item;Price\r\nBolt;2,10\r\nNut;0,40\r\n"),
    ),
    _part(
        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n"
        " filename*0*=UTF-8''R%C3%A9sum%C3%A9%20d;\r\n filename*1*=u%20bail.txt\r\n"
        "Content-Transfer-Encoding: base64",
        _base64("Le préavis est de trois mois.".encode()),
    ),
    _part(
        "Content-Type: image/jpeg; name=roof.jpg\r\nContent-Disposition: attachment; filename=roof.jpg\r\n"
        "Content-Transfer-Encoding: base64",
        _base64(b"\xff\xd8\xff\xe0" + bytes(40)),
    ),
    _part(
        "Content-Type: application/zip\r\nContent-Disposition: attachment; filename=all.zip\r\n"
        "Content-Transfer-Encoding: base64",
        _base64(b"PK\x05\x06" + bytes(18)),
    ),
)
_INNER = _mail(
    "Lease",
    *_multipart(
        "mixed",
        _part("Content-Type: text/plain", "See the clause."),
        _part('Content-Type: text/html; name="clause.html"', "<p>Clause 4: two months."),
        boundary="inner",
    ),
)
_FORWARDED = _multipart(
    "mixed",
    _part("Content-Type: text/plain", "For your files."),
    _part("Content-Type: message/rfc822", _INNER.decode()),
)
_BOUNCE = _multipart(
    'report; report-type="delivery-status"',
    _part("Content-Type: text/plain", "Your message was not delivered."),
    _part(
        "Content-Type: message/delivery-status",
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; bo@example.org\r\nStatus: 5.1.1\r\n",
    ),
    _part("Content-Type: text/rfc822-headers", "Subject: Offer\r\n"),
)
_SIGNED = _multipart(
    "signed; micalg=sha-256",
    _part("Content-Type: text/plain", "Signed words."),
    _part("Content-Type: application/pkcs7-signature; name=smime.p7s", "MIIB"),
)
_SAVED_PAGE = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/\r\nSubject: Prices\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n------b\r\n'
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    b"Content-Location: https://example.org/\r\n\r\n<h1>Prices</h1><table><tr><td>Bolt<td>2=2E10 =E2=82=AC</table>\r\n"
    b"------b\r\nContent-Type: text/css\r\nContent-Location: https://example.org/a.css\r\n\r\np { color: red }\r\n"
    b"------b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n------b--\r\n"
)
_WORD_SAVED = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_Part"\r\n\r\n------=_Part\r\n'
    "Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: base64\r\n"
    'Content-Type: text/html; charset="us-ascii"'
    f"\r\n\r\n{_base64(b'<p>From Word.</p>')}\r\n------=_Part--\r\n"
).encode()
_SPLIT = "=?utf-8?B?" + base64.b64encode("会議".encode()[:4]).decode() + "?=\r\n =?utf-8?B?"
_SPLIT += base64.b64encode("会議".encode()[4:]).decode() + "?= =?iso-8859-1?q?re=E7ue?="
_RAW_KOI8 = (
    b"From: ann@example.org\r\nSubject: "
    + "Договор аренды и оплата".encode("koi8-r")
    + b"\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + "Срок — два года.".replace("—", "-").encode("koi8-r")
    + b"\r\n"
)
_FLOWED = "A line that goes \r\non here, and \r\nhere.\r\n\r\n> quoted \r\n> more\r\n-- \r\nAnn\r\n"
_APPLE = b"%-10d\n" % len(_mail("Apple", "Content-Type: text/plain", "Body.")) + _mail(
    "Apple", "Content-Type: text/plain", "Body."
)

_MAY_4 = struct.pack("<Q", 134_223_534_000_000_000)  # 2026-05-04 07:30 in tenths of microseconds since 1601


def _outlook(header_bytes: int, subject: str, body: dict[str, bytes | Storage], *attached: Storage) -> Storage:
    to = {
        "__properties_version1.0": properties(8, [(0x0C15, 3, b"\x01")]),
        **texts({0x3001: "Bo Ek", 0x39FE: "bo@example.org"}),
    }
    return {
        "__nameid_version1.0": {},
        "__properties_version1.0": properties(
            header_bytes, [(0x0039, 0x40, _MAY_4), (0x3FDE, 3, struct.pack("<L", 1252))]
        ),
        **texts({0x0037: subject, 0x0C1A: "Ann Roy", 0x0C1F: "/O=ACME/CN=ANN", 0x5D01: "ann@example.org"}),
        **body,
        "__recip_version1.0_#00000000": to,
        **{f"__attach_version1.0_#{number:08X}": each for number, each in enumerate(attached)},
    }


def _outlook_file(name: str, content: bytes, *, is_hidden: bool = False) -> Storage:
    hidden = [(0x7FFE, 0x0B, b"\x01")] if is_hidden else []
    return {
        "__properties_version1.0": properties(8, hidden),
        **texts({0x3707: name, 0x370E: "image/png" if is_hidden else ""}),
        "__substg1.0_37010102": content,
    }


_OUTLOOK_SEEN = "From: Ann Roy <ann@example.org> To: Bo Ek <bo@example.org> Date: Mon, 04 May 2026 07:30:00 +0000"
_MSG = container(
    _outlook(
        32,
        "Résiliation",
        texts({0x1000: "Le préavis est de trois mois.\r\n\r\nAnn"}),
        _outlook_file("prices.csv", b"Item;Price\r\nBolt;2,10\r\n"),
        _outlook_file("image001.png", b"\x89PNG", is_hidden=True),
        {
            "__properties_version1.0": properties(8, []),
            **texts({0x3001: "Earlier"}),
            "__substg1.0_3701000D": _outlook(24, "Earlier", texts({0x1000: "The first offer."})),
        },
    )
)
_MSG_HTML = container(
    _outlook(32, "Only a page", {"__substg1.0_10130102": "<p>Größe <b>12</b> €</p>".encode("cp1252")})
)
_MSG_NARROW = container(
    {
        "__properties_version1.0": properties(32, [(0x3FFD, 3, struct.pack("<L", 1251))]),
        "__substg1.0_0037001E": "Договор".encode("cp1251"),
        "__substg1.0_1000001E": "Срок два года.".encode("cp1251"),
    }
)


def _left_out(*names: str) -> dict[str, Any]:
    return {"code": "attachments_left_out", "names": list(names)}


MESSAGES: list[tuple[str, bytes, list[str], list[dict[str, Any]]]] = [
    ("alternative.eml", _mail("Lease", *_ALTERNATIVE), [f"Lease {_SEEN} The lease ends in May. Ann"], []),
    (
        "only-html.eml",
        _mail("=?ISO-8859-1?Q?R=E9ponse?=", *_ONLY_HTML),
        [f"Réponse {_SEEN} Réponse € 12 a | b"],
        [{"code": "pictures_left_out", "count": 1}],
    ),
    (
        "excuse.eml",
        _mail("News", *_EXCUSE),
        [f"News {_SEEN}", " ".join(["News", *["Prices rise in May, in all of our shops."] * 5])],
        [],
    ),
    (
        "with-files.eml",
        _mail("Files", *_WITH_FILES),
        [
            f"Files {_SEEN} Attachments: prices.csv; Résumé du bail.txt; roof.jpg; all.zip Both files are attached.",
            "Item | Price Bolt | 2,10 Nut | 0,40",
            "Le préavis est de trois mois.",
        ],
        [{"code": "attachments", "names": ["prices.csv", "Résumé du bail.txt"]}, _left_out("roof.jpg", "all.zip")],
    ),
    (
        "forwarded.eml",
        _mail("Fwd: Lease", *_FORWARDED),
        [
            f"Fwd: Lease {_SEEN} Attachments: Lease For your files.",
            f"Lease {_SEEN} Attachments: clause.html See the clause.",
            "Clause 4: two months.",
        ],
        [{"code": "attachments", "names": ["clause.html", "Lease"]}],
    ),
    (
        "bounce.eml",
        _mail("Undelivered", *_BOUNCE),
        [
            f"Undelivered {_SEEN} Your message was not delivered. Reporting-MTA: dns; mx.example.org "
            "Final-Recipient: rfc822; bo@example.org Status: 5.1.1 Subject: Offer"
        ],
        [],
    ),
    ("signed.eml", _mail("Signed", *_SIGNED), [f"Signed {_SEEN} Signed words."], []),
    ("saved-page.mht", _SAVED_PAGE, ["Prices Bolt | 2.10 €"], []),
    ("saved-by-word.mhtml", _WORD_SAVED, ["From Word."], []),
    ("split-words.eml", _mail(_SPLIT, "Content-Type: text/plain", "x"), [f"会議reçue {_SEEN} x"], []),
    (
        "koi8-raw.eml",
        _RAW_KOI8,
        ["Договор аренды и оплата From: ann@example.org Срок - два года."],
        [],
    ),
    (
        "flowed.eml",
        _mail("Flowed", "Content-Type: text/plain; charset=us-ascii; format=flowed", _FLOWED),
        [f"Flowed {_SEEN} A line that goes on here, and here. > quoted > more -- Ann"],
        [],
    ),
    (
        "iso2022.eml",
        _mail(
            "=?iso-2022-jp?B?GyRCN0BMcyRON28bKEI=?=",
            "Content-Type: text/plain; charset=ISO-2022-JP",
            "契約は二年です。".encode("iso2022_jp"),
        ),
        [f"契約の件 {_SEEN} 契約は二年です。"],
        [],
    ),
    ("apple.emlx", _APPLE, [f"Apple {_SEEN} Body."], []),
    (
        "unsaid-charset.eml",
        _mail("Accents", "Content-Type: text/plain", "Le délai est prévu à l’été, déjà.".encode("cp1252")),
        [f"Accents {_SEEN} Le délai est prévu à l’été, déjà."],
        [{"code": "encoding", "names": ["Windows-1252"]}],
    ),
    (
        "cut-short.eml",
        _mail("Cut", *_WITH_FILES).partition(b"--=_b1\r\nContent-Type: application/octet")[0],
        [f"Cut {_SEEN} Attachments: prices.csv Both files are attached.", "Item | Price Bolt | 2,10 Nut | 0,40"],
        [{"code": "cut", "pages": [2]}, {"code": "attachments", "names": ["prices.csv"]}],
    ),
    (
        "outlook.msg",
        _MSG,
        [
            f"Résiliation {_OUTLOOK_SEEN} Attachments: prices.csv; Earlier Le préavis est de trois mois. Ann",
            "Item | Price Bolt | 2,10",
            f"Earlier {_OUTLOOK_SEEN} The first offer.",
        ],
        [{"code": "attachments", "names": ["prices.csv", "Earlier"]}, {"code": "pictures_left_out", "count": 1}],
    ),
    ("outlook-html.msg", _MSG_HTML, [f"Only a page {_OUTLOOK_SEEN} Größe 12 €"], []),
    ("outlook-narrow.msg", _MSG_NARROW, ["Договор Срок два года."], []),
]
