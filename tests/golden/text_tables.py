"""Golden text tables: lines as programs write them, and the rows that a person means."""

from __future__ import annotations

from collections.abc import Iterator

from tests.golden.workbooks import Golden


def goldens() -> Iterator[Golden]:
    for name, content, page in _TABLES:
        yield f"csv/{name}", content.encode() if isinstance(content, str) else content, [page], []
    yield from _long()


_TABLES: tuple[tuple[str, str | bytes, str], ...] = (
    ("carriage-returns.csv", "Name,Town\rIda,Bergen\rOle,Voss\r", "Name | Town\nIda | Bergen\nOle | Voss"),
    ("mixed-line-ends.csv", "a,b\r\n1,2\n3,4\r5,6", "a | b\n1 | 2\n3 | 4\n5 | 6"),
    (
        "semicolons-decimal-commas.csv",
        "Poste;Débit;Crédit\nLoyer;1 250,00;\nPain;3,80;\nSalaire;;2 400,50\n",
        "Poste | Débit | Crédit\nLoyer | 1 250,00\nPain | 3,80\nSalaire |  | 2 400,50",
    ),
    ("tabs-decimal-commas.tsv", "1,5\t2,25\n3,5\t4,75\n", "1,5 | 2,25\n3,5 | 4,75"),
    ("pipes-thousands.csv", "1,200|3,400\n5,600|7,800\n", "1,200 | 3,400\n5,600 | 7,800"),
    ("decimal-commas-two-columns.csv", "3,10;4,20\n5,30;6,40\n7,50;8,60\n", "3,10 | 4,20\n5,30 | 6,40\n7,50 | 8,60"),
    ("one-column-decimal-commas.csv", "Montant\n12,50\n3,75\n118,00\n", "Montant\n12,50\n3,75\n118,00"),
    ("one-column.csv", "Guest\nAnn\nBob\n", "Guest\nAnn\nBob"),
    ("whole-numbers.csv", "1,2,3\n4,5,6\n", "1 | 2 | 3\n4 | 5 | 6"),
    ("said-separator.csv", "sep=;\r\nItem;Price, net\r\nDesk;240\r\n", "Item | Price, net\nDesk | 240"),
    (
        "line-ends-in-quotes.csv",
        'Name,Address\r\nIda,"4 Quay\r\n5003 Bergen"\r\nOle,"Farm, north"\r\n',
        "Name | Address\nIda | 4 Quay 5003 Bergen\nOle | Farm, north",
    ),
    (
        "inches.csv",
        'Part,Size,Stock\nPipe,2",40\nBoard,"12 inch,7\nRod,1 1/2",9\nTube,"3",2\nPin,4,"5\n',
        'Part | Size | Stock\nPipe | 2" | 40\nBoard | "12 inch | 7\nRod | 1 1/2" | 9\nTube | 3 | 2\nPin | 4 | "5',
    ),
    (
        "quotes-nobody-doubled.csv",
        'Id,Said,By\n1,"He called it "fine", twice",Ann\n2,"ok",Bob\n',
        'Id | Said | By\n1 | He called it "fine", twice | Ann\n2 | ok | Bob',
    ),
    (
        "doubled-quotes.csv",
        'Title,Year\n"The ""Blue"" Room",1999\n"""Q""",2001\n',
        'Title | Year\nThe "Blue" Room | 1999\n"Q" | 2001',
    ),
    ("marked.csv", b"\xef\xbb\xbf" + "Été;Prix\nÎle;3\n".encode(), "Été | Prix\nÎle | 3"),
    ("utf16-tabs.csv", "Été\tPrix\nÎle\t3\n".encode("utf-16"), "Été | Prix\nÎle | 3"),
    ("separators-at-the-end.csv", "a,b,,\n1,2,,\n3,,,\n", "a | b\n1 | 2\n3"),
    ("ragged.csv", "a,b,c\n1\n2,3\n\n,,\n4,5,6,7\n", "a | b | c\n1\n2 | 3\n4 | 5 | 6 | 7"),
    (
        "semicolons-in-fields.csv",
        "Name,Tags,Age\nAnn,a;b,40\nBob,c;d,50\n",
        "Name | Tags | Age\nAnn | a;b | 40\nBob | c;d | 50",
    ),
    ("nuls.csv", b"id,name\x00\n1,Ann\n\x002,Bob\n3,Eve\n", "id | name\n1 | Ann\n2 | Bob\n3 | Eve"),
    ("dates-and-decimals.csv", "2026-01-01;1,5\n2026-01-02;2,5\n", "2026-01-01 | 1,5\n2026-01-02 | 2,5"),
)


def _long() -> Iterator[Golden]:
    data = [(f"Land {at}", str(at), str(at + 7)) for at in range(1, 260)]
    for name, titles, header in (
        ("years-long.csv", [], ("Country", "2019", "2020")),
        ("blank-corner-long.csv", [], ("", "1999", "2000")),
        ("titles-long.csv", ["Harvest by country", "Source: own counting, 2021"], ("Country", "Wheat", "Rye")),
    ):
        lines = [*titles, *([""] if titles else []), ",".join(header), *(",".join(row) for row in data)]
        shown = [" | ".join(header), *(" | ".join(row) for row in data)]
        first = 200 - len(titles)
        pages = [
            "\n".join([*(title.replace(", ", " | ") for title in titles), *shown[:first]]),
            "\n".join([shown[0], *shown[first:]]),
        ]
        yield f"csv/{name}", "\n".join(lines).encode(), pages, []
    numbers = [(str(at), str(at * 2)) for at in range(1, 260)]
    text = [" | ".join(row) for row in numbers]
    yield (
        "csv/no-header-long.csv",
        "\n".join(",".join(row) for row in numbers).encode(),
        ["\n".join(text[:200]), "\n".join(text[200:])],
        [],
    )
