"""The word processors' part of the golden corpus: `python -m tests.golden.make_word` writes its files anew.

Written by hand as Word, LibreOffice and others write them, without what they could do without.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_STAMP = (2026, 1, 1, 0, 0, 0)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
)
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_OPEN = (
    f'xmlns:office="{_ODF}office:1.0" xmlns:text="{_ODF}text:1.0" xmlns:table="{_ODF}table:1.0" '
    f'xmlns:style="{_ODF}style:1.0" xmlns:draw="{_ODF}drawing:1.0" xmlns:fo="{_ODF}xsl-fo-compatible:1.0" '
    f'xmlns:svg="{_ODF}svg-compatible:1.0" xmlns:form="{_ODF}form:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:math="http://www.w3.org/1998/Math/MathML" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """The same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return out.getvalue()


def docx(body: str, pasted: bytes = b"", **parts: str) -> bytes:
    """parts: by name without ".xml" ("footnotes", "header1"): what stands in them. pasted: a whole DOCX, as "pasted"."""
    roots = {"styles": "styles", "numbering": "numbering", "settings": "settings", "footnotes": "footnotes"}
    roots |= {"endnotes": "endnotes", "comments": "comments"}
    relations = f'<Relationship Id="pasted" Type="{_OFFICE}/aFChunk" Target="pasted.docx"/>' if pasted else ""
    files: dict[str, str | bytes] = {"word/pasted.docx": pasted} if pasted else {}
    for name, content in parts.items():
        kind = name.rstrip("0123456789")
        if name.startswith("chunk"):
            ending = {"chunk1": "htm", "chunk2": "mht", "chunk3": "txt", "chunk4": "docx", "chunk5": "rtf"}[name]
            files[f"word/{name}.{ending}"] = content
            relations += f'<Relationship Id="{name}" Type="{_OFFICE}/aFChunk" Target="{name}.{ending}"/>'
            continue
        if kind == "chart":
            files[f"word/{name}.xml"] = f"<c:chartSpace {_WORD}>{content}</c:chartSpace>"
            relations += f'<Relationship Id="{name}" Type="{_OFFICE}/chart" Target="{name}.xml"/>'
            continue
        root = roots.get(kind, {"header": "hdr", "footer": "ftr"}.get(kind, kind))
        prefix = "w15" if kind == "commentsExtended" else "w"
        root = "commentsEx" if kind == "commentsExtended" else root
        files[f"word/{name}.xml"] = f"<{prefix}:{root} {_WORD}>{content}</{prefix}:{root}>"
        relations += f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {_WORD}><w:body>{body}<w:sectPr/></w:body></w:document>",
            "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships">{relations}</Relationships>',
            **files,
        }
    )


def odt(body: str, automatic: str = "", styles: str = "", **parts: str) -> bytes:
    """parts: of embedded objects, by the object's name."""
    files: dict[str, str] = {"mimetype": "application/vnd.oasis.opendocument.text"}
    files["content.xml"] = (
        f"<office:document-content {_OPEN}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    files["styles.xml"] = f"<office:document-styles {_OPEN}>{styles}</office:document-styles>"
    files |= {f"{name}/content.xml": content for name, content in parts.items()}
    return archive(files)


def epub(pages: Mapping[str, str], title: str = "A book", spine: str = "", more: str = "") -> bytes:
    """pages: XHTML by file name. spine: names in order; that of the pages where it is left out."""
    order = spine.split() or list(pages)
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages)
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata><manifest>{items}{more}</manifest>"
        f"<spine>{''.join(f'<itemref idref={chr(34)}{name}{chr(34)}/>' for name in order)}</spine></package>",
    }
    return archive(files | {f"OEBPS/{name}": page for name, page in pages.items()})


def rtf(body: str, fonts: str = "", more: str = "") -> bytes:
    r"""Beyond ASCII, characters are written by \u."""
    table = r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}" + fonts + "}"
    text = r"{\rtf1\ansi\ansicpg1252\deff0\uc1" + table + more + "\n" + body + "}"
    return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text).encode("ascii")


def main() -> None:
    from tests.golden.word_cases import CASES

    for name, (content, pages, notes) in CASES.items():
        path = HERE / name.rpartition(".")[2] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        expected: dict[str, Any] = {"pages": pages, **({"notes": notes} if notes else {})}
        path.with_name(f"{name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
