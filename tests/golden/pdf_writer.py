"""PDFs object by object, for `make_pdf.py`: no library writes what other programs do wrongly."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "pdf"
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
CATALOG, PAGES = 1, 2


class Pdf:
    """Objects by number; 1 is the catalog, 2 the tree of pages, 3 Helvetica."""

    def __init__(self) -> None:
        self.objects: list[bytes] = [b"", b"", HELVETICA]
        self.pages: list[int] = []
        self.fields: list[int] = []
        self.tree = b""
        self.form = b""
        self.root = b""

    def add(self, content: bytes) -> int:
        self.objects.append(content)
        return len(self.objects)

    def stream(self, content: bytes, entries: bytes = b"") -> int:
        packed = zlib.compress(content, 9)
        head = b"<< %b /Length %d /Filter /FlateDecode >>" % (entries, len(packed))
        return self.add(b"%b\nstream\n%b\nendstream" % (head, packed))

    def page(
        self,
        *content: bytes,
        box: str = "0 0 400 300",
        more: str = "",
        fonts: str = "/F 3 0 R",
        things: str = "",
        states: str = "",
        layers: str = "",
        annotations: list[int] | None = None,
    ) -> None:
        stream = self.stream(b"\n".join(content))
        entries = f"/Type /Page /Parent 2 0 R /Contents {stream} 0 R "
        used = f"/Font << {fonts} >> /XObject << {things} >>"
        used += f" /ExtGState << {states} >>" if states else ""
        used += f" /Properties << {layers} >>" if layers else ""
        entries += f"/Resources << {used} >> {more}"
        if box:
            entries += f" /MediaBox [{box}]"
        if annotations:
            entries += f" /Annots [{' '.join(f'{each} 0 R' for each in annotations)}]"
        self.pages.append(self.add(f"<< {entries} >>".encode("latin-1")))

    def field(self, entries: str, rect: str = "", flags: int = 4) -> int:
        widget = f"/Type /Annot /Subtype /Widget /Rect [{rect}] /F {flags} /DA (/F 12 Tf 0 g)" if rect else ""
        number = self.add(f"<< {widget} {entries} >>".encode("latin-1"))
        self.fields.append(number)
        return number

    def note(self, subtype: str, rect: str, entries: str, flags: int = 4) -> int:
        text = f"<< /Type /Annot /Subtype /{subtype} /Rect [{rect}] /F {flags} {entries} >>"
        return self.add(text.encode("latin-1"))

    def picture(self, box: str, content: bytes) -> int:
        """What draws an annotation, or part of a page."""
        entries = f"/Type /XObject /Subtype /Form /BBox [{box}] /Resources << /Font << /F 3 0 R >> >>"
        return self.stream(content, entries.encode())

    def image(self) -> int:
        entries = b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
        return self.stream(bytes(range(0, 256, 4)), entries)

    def written(self) -> bytes:
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        fields = " ".join(f"{field} 0 R" for field in self.fields)
        form = b"/AcroForm << /Fields [%b] /DA (/F 12 Tf) /DR << /Font << /F 3 0 R >> >> %b >>" % (
            fields.encode(),
            self.form,
        )
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R %b%b >>" % (form if self.fields else b"", self.root)
        self.objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} ".encode() + self.tree + b" >>"
        out = bytearray(b"%PDF-1.7\n")
        offsets = []
        for number, content in enumerate(self.objects, start=1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(self.objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(self.objects) + 1, table)
        return bytes(out)


def at(x: float, y: float, text: str, size: float = 12, font: str = "F") -> bytes:
    """A line of text whose baseline begins there."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")
    return b"BT /%b %g Tf %g %g Td (%b) Tj ET\n" % (font.encode(), size, x, y, escaped)


def codes(x: float, y: float, hexadecimal: str, font: str, size: float = 12) -> bytes:
    return f"BT /{font} {size} Tf {x} {y} Td <{hexadecimal}> Tj ET".encode()


def table(rows: list[list[str]], xs: list[float], top: float = 260, pitch: float = 20) -> list[bytes]:
    """Row by row; nothing is written for a blank cell."""
    return [
        at(x, top - number * pitch, cell)
        for number, row in enumerate(rows)
        for x, cell in zip(xs, row, strict=True)
        if cell
    ]


def to_unicode(pairs: dict[int, str]) -> bytes:
    lines = [f"<{code:04X}> <{text.encode('utf-16-be').hex()}>" for code, text in pairs.items()]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange "
        f"{len(lines)} beginbfchar {' '.join(lines)} endbfchar endcmap end end"
    ).encode()


def composite(pdf: Pdf, mapping: dict[int, str] | None, width: int = 500, name: str = "ABCDEF+Own") -> int:
    """A font of two-byte codes, with what they mean or without."""
    system = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    inner = pdf.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} {system} /DW {width} "
        f"/FontDescriptor {descriptor(pdf)} 0 R >>".encode()
    )
    meaning = f"/ToUnicode {pdf.stream(to_unicode(mapping))} 0 R" if mapping is not None else ""
    return pdf.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H {meaning} "
        f"/DescendantFonts [{inner} 0 R] >>".encode()
    )


def descriptor(pdf: Pdf) -> int:
    return pdf.add(
        b"<< /Type /FontDescriptor /FontName /ABCDEF+Own /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
    )


def type3(pdf: Pdf, names: list[str], first: int) -> int:
    """A font whose letters are drawn by the file itself: boxes here."""
    glyph = pdf.stream(b"500 0 0 0 400 700 d1 50 0 350 700 re f")
    drawings = " ".join(f"/{name} {glyph} 0 R" for name in names)
    widths = " ".join("500" for _ in names)
    encoding = f"<< /Type /Encoding /Differences [{first} {' '.join('/' + name for name in names)}] >>"
    return pdf.add(
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [0.001 0 0 0.001 0 0] "
        f"/CharProcs << {drawings} >> /Encoding {encoding} /FirstChar {first} /LastChar {first + len(names) - 1} "
        f"/Widths [{widths}] /Resources << >> >>".encode()
    )


def save(name: str, pdf: Pdf | bytes, pages: list[str], **expected: Any) -> None:
    FOLDER.mkdir(exist_ok=True)
    content = pdf if isinstance(pdf, bytes) else pdf.written()
    (FOLDER / f"{name}.pdf").write_bytes(content)
    said = {"pages": pages, **expected}
    (FOLDER / f"{name}.pdf.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
