"""Office files written part by part, as small as a reader takes them and the same bytes each time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

OFFICE = "http://schemas.openxmlformats.org"
_PACKAGE = f"{OFFICE}/package/2006"
REL = f"{OFFICE}/officeDocument/2006/relationships"
SHEET = f"{OFFICE}/spreadsheetml/2006/main"
DRAWING = f"{OFFICE}/drawingml/2006"
SLIDE = f"{OFFICE}/presentationml/2006/main"
STRICT = {
    f"{OFFICE}/officeDocument/2006": "http://purl.oclc.org/ooxml/officeDocument",
    f"{OFFICE}/spreadsheetml/2006": "http://purl.oclc.org/ooxml/spreadsheetml",
}
_MOMENT = (2026, 1, 1, 0, 0, 0)


def package(path: Path, parts: Mapping[str, str | bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            # OpenDocument's first part is stored as it is, so that its type can be read without unpacking.
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def relations(*targets: tuple[str, str]) -> str:
    """(type, target) of r1, r2, …; a type without a slash is one of the office's own."""
    rows = "".join(
        f'<Relationship Id="r{number}" Type="{kind if "/" in kind else f"{REL}/{kind}"}" Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def types(main: str, content_type: str) -> str:
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="application/{content_type}.main+xml"/></Types>'
    )


# --- Sheets ---------------------------------------------------------------------------------------------------------


def cell(ref: str, value: object = None, style: int = 0, formula: str | None = None, kind: str = "") -> str:
    """A text, a number or a truth value; kind "e" for an error, "raw" for what stands in the tag as it is."""
    open_tag = f'<c r="{ref}" s="{style}"'
    function = f"<f>{escape(formula)}</f>" if formula is not None else ""
    if kind == "raw":
        return f"{open_tag}>{value}</c>"
    if isinstance(value, bool):
        return f'{open_tag} t="b">{function}<v>{int(value)}</v></c>'
    if isinstance(value, str):
        if formula is not None or kind:
            return f'{open_tag} t="{kind or "str"}">{function}<v>{escape(value)}</v></c>'
        return f'{open_tag} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"{open_tag}>{function}{'' if value is None else f'<v>{value}</v>'}</c>"


def column(index: int) -> str:
    return chr(65 + index)


def rows(*values: Sequence[object], first: int = 1, attributes: Mapping[int, str] | None = None) -> str:
    """Rows of values; None for a blank cell, a tuple for (value, style), a text that begins with "<c" as it is."""
    out = []
    for number, row in enumerate(values, start=first):
        cells = []
        for index, value in enumerate(row):
            ref = f"{column(index)}{number}"
            if isinstance(value, tuple):
                cells.append(cell(ref, value[0], value[1]))
            elif isinstance(value, str) and value.startswith("<c "):
                cells.append(value)
            elif value is not None:
                cells.append(cell(ref, value))
        out.append(f'<row r="{number}" {(attributes or {}).get(number, "")}>{"".join(cells)}</row>')
    return "".join(out)


def sheet(data: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{SHEET}" xmlns:r="{REL}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def styles(codes: Sequence[str | int]) -> str:
    """Cell styles 1, 2, … of these formats: a code, or the number of a built-in one."""
    named = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode={quoteattr(code)}/>'
        for at, code in enumerate(codes)
        if isinstance(code, str)
    )
    uses = "".join(f'<xf numFmtId="{164 + at if isinstance(code, str) else code}"/>' for at, code in enumerate(codes))
    return f'<styleSheet xmlns="{SHEET}"><numFmts>{named}</numFmts><cellXfs><xf numFmtId="0"/>{uses}</cellXfs></styleSheet>'


def workbook(
    sheets: Sequence[tuple[str, str]],
    codes: Sequence[str | int] = (),
    *,
    states: Sequence[str] = (),
    settings: str = "",
    after: str = "",
    more: Mapping[str, str | bytes] | None = None,
    content_type: str = "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
) -> dict[str, str | bytes]:
    """Parts of a workbook. sheets: name and XML. more: further parts, also in place of these."""
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" state="{states[at - 1] if states else "visible"}" r:id="r{at}"/>'
        for at, (name, _) in enumerate(sheets, start=1)
    )
    targets = [
        ("chartsheet" if xml.startswith("<chartsheet") else "worksheet", f"worksheets/sheet{at}.xml")
        for at, (_, xml) in enumerate(sheets, start=1)
    ]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types("xl/workbook.xml", content_type),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{REL}">{settings}<sheets>{entries}</sheets>{after}</workbook>',
        "xl/_rels/workbook.xml.rels": relations(*targets, ("styles", "styles.xml")),
        "xl/styles.xml": styles(codes),
    }
    parts |= {f"xl/worksheets/sheet{at}.xml": xml for at, (_, xml) in enumerate(sheets, start=1)}
    return parts | dict(more or {})


def strict(parts: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """The same in the namespaces of ISO 29500 strict."""
    out: dict[str, str | bytes] = {}
    for name, content in parts.items():
        text = content.decode() if isinstance(content, bytes) else content
        for usual, other in STRICT.items():
            text = text.replace(usual, other)
        out[name] = text
    return out


# --- Charts ---------------------------------------------------------------------------------------------------------


def cache(tag: str, values: Sequence[object], code: str = "") -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(str(value))}</c:v></c:pt>'
        for at, value in enumerate(values)
        if value is not None
    )
    form = f"<c:formatCode>{escape(code)}</c:formatCode>" if code else ""
    return f'<c:{tag}><c:f>X!$A$1</c:f><c:{tag[:3]}Cache>{form}<c:ptCount val="{len(values)}"/>{points}</c:{tag[:3]}Cache></c:{tag}>'


def series(name: str, categories: str, values: str) -> str:
    return f"<c:ser><c:tx>{cache('strRef', [name])}</c:tx>{categories}{values}</c:ser>"


def chart(kind: str, body: str, title: str = "", axes: str = "") -> str:
    head = f"<c:title>{_rich(title)}</c:title>" if title else ""
    return (
        f'<c:chartSpace xmlns:c="{DRAWING}/chart" xmlns:a="{DRAWING}/main" xmlns:r="{REL}"><c:chart>{head}'
        f"<c:plotArea><c:{kind}>{body}</c:{kind}>{axes}</c:plotArea></c:chart></c:chartSpace>"
    )


def axis(kind: str, title: str) -> str:
    return f"<c:{kind}><c:title>{_rich(title)}</c:title></c:{kind}>"


def _rich(text: str) -> str:
    return f"<c:tx><c:rich><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx>"


# --- Slides ---------------------------------------------------------------------------------------------------------


def paragraphs(*texts: str) -> str:
    """One that begins with "<a:" stands as it is."""
    return "".join(
        text if text.startswith("<a:") else f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts
    )


def place(left: float, top: float, width: float, height: float, *, tag: str = "a:xfrm", child: str = "") -> str:
    """In centimetres."""
    emu = [round(each * 360_000) for each in (left, top, width, height)]
    return f'<{tag}><a:off x="{emu[0]}" y="{emu[1]}"/><a:ext cx="{emu[2]}" cy="{emu[3]}"/>{child}</{tag}>'


def box(where: str, *texts: str, placeholder: str = "", hidden: bool = False) -> str:
    unseen = ' hidden="1"' if hidden else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="9" name="x"{unseen}/><p:cNvSpPr/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{where}</p:spPr><p:txBody><a:bodyPr/>{paragraphs(*texts)}</p:txBody></p:sp>"
    )


def picture(where: str) -> str:
    return (
        '<p:pic><p:nvPicPr><p:cNvPr id="9" name="x"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>'
        f'<p:blipFill><a:blip r:embed="r9"/></p:blipFill><p:spPr>{where}</p:spPr></p:pic>'
    )


def frame(where: tuple[float, float, float, float], content: str) -> str:
    """A table, a chart or a diagram."""
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="x"/><p:cNvGraphicFramePr/><p:nvPr/>'
        f"</p:nvGraphicFramePr>{place(*where, tag='p:xfrm')}<a:graphic><a:graphicData>{content}</a:graphicData>"
        "</a:graphic></p:graphicFrame>"
    )


def slide(shapes: str, attributes: str = "", tag: str = "sld") -> str:
    spaces = f'xmlns:p="{SLIDE}" xmlns:a="{DRAWING}/main" xmlns:r="{REL}"'
    return (
        f'<p:{tag} {spaces} {attributes}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/>'
        f"<p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:{tag}>"
    )


def deck(
    *slides: str,
    links: Mapping[int, Iterable[tuple[str, str]]] | None = None,
    main_links: Sequence[tuple[str, str]] = (),
    more: Mapping[str, str | bytes] | None = None,
    content_type: str = "vnd.openxmlformats-officedocument.presentationml.presentation",
) -> dict[str, str | bytes]:
    """links: relations of a slide, by its number, as r1, r2, …; main_links: of the presentation, after the slides."""
    ids = "".join(f'<p:sldId id="{255 + at}" r:id="r{at}"/>' for at in range(1, len(slides) + 1))
    targets = [("slide", f"slides/slide{at}.xml") for at in range(1, len(slides) + 1)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types("ppt/presentation.xml", content_type),
        "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{SLIDE}" xmlns:r="{REL}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": relations(*targets, *main_links),
    }
    parts |= {f"ppt/slides/slide{at}.xml": xml for at, xml in enumerate(slides, start=1)}
    parts |= {f"ppt/slides/_rels/slide{at}.xml.rels": relations(*each) for at, each in (links or {}).items()}
    return parts | dict(more or {})


# --- OpenDocument ---------------------------------------------------------------------------------------------------

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(
    [
        *(f'xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "text", "table", "style", "presentation", "chart")),
        f'xmlns:draw="{_ODF}drawing:1.0" xmlns:svg="{_ODF}svg-compatible:1.0"',
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"',
    ]
)


def open_document(
    kind: str, body: str, automatic: str = "", more: Mapping[str, str | bytes] | None = None
) -> dict[str, str | bytes]:
    """kind: spreadsheet or presentation."""
    parts: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": open_content(f"<office:{kind}>{body}</office:{kind}>", automatic),
    }
    return parts | dict(more or {})


def open_content(body: str, automatic: str = "") -> str:
    return (
        f"<office:document-content {_SPACES}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )


def open_cell(text: str = "", attributes: str = "", inside: str = "") -> str:
    shown = f"<text:p>{escape(text)}</text:p>" if text else ""
    return f"<table:table-cell {attributes}>{inside}{shown}</table:table-cell>"


def open_row(*cells: str, attributes: str = "") -> str:
    """Texts, or cells as they are."""
    inside = "".join(each if re.match("<table:", each) else open_cell(each) for each in cells)
    return f"<table:table-row {attributes}>{inside}</table:table-row>"


def open_sheet(name: str, *content: str, attributes: str = "") -> str:
    return f"<table:table table:name={quoteattr(name)} {attributes}>{''.join(content)}</table:table>"
