"""Pieces of WordprocessingML, as Word writes them, for the files of `make_word.py`."""

from __future__ import annotations

from typing import Any

Case = tuple[bytes, list[str], list[dict[str, Any]]]


def p(text: str = "", properties: str = "") -> str:
    """A paragraph; text: plain, or runs."""
    runs = text if text.startswith("<") else r(text) if text else ""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def r(text: str, properties: str = "") -> str:
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def raised(text: str) -> str:
    return r(text, '<w:vertAlign w:val="superscript"/>')


def lowered(text: str) -> str:
    return r(text, '<w:vertAlign w:val="subscript"/>')


def item(text: str, number: int, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def styled(text: str, style: str) -> str:
    return p(text, f'<w:pStyle w:val="{style}"/>')


def level(at: int, form: str, text: str, more: str = "", start: int = 1) -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def lists(*definitions: str, overrides: str = "") -> str:
    """Each definition's levels; number n uses the n-th."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">{levels}</w:abstractNum>' for at, levels in enumerate(definitions, 1)
    )
    numbers = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(1, len(definitions) + 1)
    )
    return abstract + numbers + overrides


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc>{f'<w:tcPr>{properties}</w:tcPr>' if properties else ''}{p(text) if not text.startswith('<w:p') else text}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"


def over(count: int) -> str:
    return f'<w:gridSpan w:val="{count}"/>'


def tick(state: int, sign: str = "") -> str:
    shown = sign or ("☒" if state else "☐")
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{r(shown)}</w:sdtContent></w:sdt>"
    )


def field(code: str, result: str = "", form: str = "") -> str:
    data = f"<w:ffData>{form}</w:ffData>" if form else ""
    shown = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}' if result else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText> {code} </w:instrText></w:r>'
        f'{shown}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def mr(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def formula(inner: str) -> str:
    return f"<m:oMath>{inner}</m:oMath>"


def box(text: str) -> str:
    inside = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData>'
        f"{inside}</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inside}"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
