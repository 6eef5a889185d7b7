"""The ODT, RTF and EPUB files of the golden corpus that `make_word.py` writes: content, text by pages, notes."""

from __future__ import annotations

from tests.golden.make_word import epub, odt, rtf
from tests.golden.word_xml import Case


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>' if style else f"<text:p>{text}</text:p>"


def ul(style: str, *items: str, more: str = "") -> str:
    """items: what stands in each."""
    named = f' text:style-name="{style}"' if style else ""
    return (
        f"<text:list{named}{more}>{''.join(f'<text:list-item>{each}</text:list-item>' for each in items)}</text:list>"
    )


def number(at: int, form: str, prefix: str = "", suffix: str = ".", more: str = "") -> str:
    return (
        f'<text:list-level-style-number text:level="{at}" style:num-format="{form}" style:num-prefix="{prefix}" '
        f'style:num-suffix="{suffix}" {more}/>'
    )


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def look(name: str, properties: str) -> str:
    return f'<style:style style:name="{name}" style:family="text"><style:text-properties {properties}/></style:style>'


def h(text: str, level: int = 1) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def td(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}>{p(text) if text else ''}</table:table-cell>"


_COVERED = "<table:covered-table-cell/>"
_BULLET = '<text:list-level-style-bullet text:level="1" text:bullet-char="{}"/>'


def _odt_numbering() -> dict[str, Case]:
    nested = f'<text:list-style style:name="L">{number(1, "1")}{number(2, "a", "(", ")")}{number(3, "1", "", "", "text:display-levels=" + chr(34) + "3" + chr(34))}</text:list-style>'
    pattern = (
        '<text:list-style style:name="P">'
        + number(1, "I", more='loext:num-list-format="Art. %1%"')
        + number(2, "1", more='loext:num-list-format="%1%/%2%"')
        + "</text:list-style>"
    )
    outline = (
        '<office:styles><text:outline-style><text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style></office:styles>'
    )
    boxes = f'<text:list-style style:name="B">{_BULLET.format("•")}</text:list-style><text:list-style style:name="C">{_BULLET.format("☐")}</text:list-style>'
    return {
        "lists.odt": (
            odt(
                ul(
                    "L",
                    p("one") + p("still one"),
                    p("two") + ul("", p("first"), p("second") + ul("", p("deep"))),
                    p("three"),
                )
                + p("Between")
                + ul("L", p("four"), more=' text:continue-numbering="true"')
                + ul("L", p("anew"))
                + ul("B", p("dot"))
                + ul("C", p("to do")),
                nested + boxes,
            ),
            [
                "1. one\nstill one\n2. two\n(a) first\n(b) second\n2.b.1 deep\n3. three\nBetween\n4. four\n1. anew\n- dot\n☐ to do"
            ],
            [],
        ),
        "patterns-and-starts.odt": (
            odt(
                ul("P", p("Scope") + ul("", p("goods"), p("services")), p("Price"))
                + '<text:list text:style-name="P"><text:list-item text:start-value="9"><text:p>Ninth</text:p></text:list-item></text:list>',
                pattern,
            ),
            ["Art. I Scope\nI/1 goods\nI/2 services\nArt. II Price\nArt. IX Ninth"],
            [],
        ),
        "numbered-chapters.odt": (
            odt(
                h("Scope")
                + p("Text.")
                + h("Goods", 2)
                + p("More.")
                + h("Services", 2)
                + p("All.")
                + h("Price")
                + p("Net."),
                "",
                outline,
            ),
            ["1. Scope\nText.", "1.1 Goods\nMore.", "1.2 Services\nAll.", "2. Price\nNet."],
            [],
        ),
    }


def _odt_text() -> dict[str, Case]:
    looks = (
        look("up", 'style:text-position="super 58%"')
        + look("low", 'style:text-position="-33% 58%"')
        + look("gone", 'text:display="none"')
        + look("cut", 'style:text-line-through-style="solid"')
    )
    note = '<text:note text:note-class="{}"><text:note-citation>{}</text:note-citation><text:note-body><text:p>{}</text:p></text:note-body></text:note>'
    remark = '<office:annotation office:name="n1"><dc:creator>R. Vega</dc:creator><dc:date>2024-02-01</dc:date><text:p>Cap this.</text:p></office:annotation>'
    region = '<text:changed-region text:id="{}"><text:{}><office:change-info><dc:creator>{}</dc:creator><dc:date>2024</dc:date></office:change-info>{}</text:{}></text:changed-region>'
    changes = (
        "<text:tracked-changes>"
        + region.format("c1", "deletion", "A. Roy", p("sixty"), "deletion")
        + region.format("c2", "insertion", "B. Lee", "", "insertion")
        + "</text:tracked-changes>"
    )
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac><mo>=</mo><msqrt><mi>x</mi></msqrt></mrow><annotation>{a+1} over b</annotation></semantics></math>'
    frame = '<draw:frame><draw:object xlink:href="./{}"/><draw:image xlink:href="x.png"/></draw:frame>'
    masters = (
        '<office:master-styles><style:master-page style:name="Standard"><style:header><text:p>Acme, ref. 7</text:p></style:header>'
        "<style:footer><text:p>Draft – page <text:page-number>1</text:page-number> of <text:page-count>2</text:page-count></text:p></style:footer></style:master-page>"
        '<style:master-page style:name="Unused"><style:header><text:p>never seen</text:p></style:header></style:master-page></office:master-styles>'
    )
    forms = (
        '<office:forms><form:form><form:checkbox form:id="c1" form:label="I agree" form:current-state="checked"/>'
        '<form:checkbox form:id="c2" form:label="Call me"/><form:text form:id="c3" form:current-value="Ann Smith"/></form:form></office:forms>'
    )
    controls = "".join(
        p(f'{label}<draw:control draw:control="{name}"/>') for label, name in (("", "c1"), ("", "c2"), ("Name: ", "c3"))
    )
    content_box = '<loext:content-control loext:checkbox="true" loext:checked="true">☒</loext:content-control> Member'
    return {
        "merged-cells.odt": (
            odt(
                "<table:table><table:table-column/>"
                f"<table:table-row>{td('Region')}{td('First half', 'table:number-columns-spanned=' + chr(34) + '2' + chr(34))}{_COVERED}{td('Total')}</table:table-row>"
                f"<table:table-row>{td('North', 'table:number-rows-spanned=' + chr(34) + '2' + chr(34))}{td('11')}{td('12')}{td('23')}</table:table-row>"
                f"<table:table-row>{_COVERED}{td('')}{td('22')}{td('22')}</table:table-row></table:table>"
            ),
            ["Region | First half | First half | Total\nNorth | 11 | 12 | 23\nNorth | | 22 | 22"],
            [],
        ),
        "powers-and-hidden.odt": (
            odt(
                p(
                    f"10{span('up', '6')} cycles of H{span('low', '2')}O{span('gone', ' secret')}, {span('cut', 'not')} now"
                )
                + p("blanks<text:s text:c='3'/>and\n  <text:tab/>tabs<text:line-break/>line"),
                looks,
            ),
            ["10⁶ cycles of H2O, ~~not~~ now\nblanks and tabs\nline"],
            [],
        ),
        "notes-and-remarks.odt": (
            odt(
                p(
                    f"Free{note.format('footnote', '1', 'Not on islands.')} and {remark}capped<office:annotation-end office:name='n1'/>{note.format('endnote', 'i', 'See annex.')}."
                )
            ),
            [
                'Free[1] and capped[i].\n[Comment by R. Vega on "capped": Cap this.]',
                "Footnotes\n[1] Not on islands.",
                "Endnotes\n[i] See annex.",
            ],
            [{"code": "comments", "count": 1}],
        ),
        "tracked-changes.odt": (
            odt(
                changes
                + p(
                    "Within <text:change text:change-id='c1'/><text:change-start text:change-id='c2'/>thirty<text:change-end text:change-id='c2'/> days."
                )
            ),
            ['Within thirty days.\n[Tracked changes: A. Roy deleted "sixty"; B. Lee inserted "thirty"]'],
            [{"code": "changes", "count": 2}],
        ),
        "formula-and-box.odt": (
            odt(
                p("So " + frame.format("f1") + " holds")
                + p("and " + frame.format("missing"))
                + p("Half a <draw:frame><draw:text-box><text:p>aside</text:p></draw:text-box></draw:frame>sentence.")
                + p("<draw:frame><draw:image xlink:href='y.png'/></draw:frame>"),
                f1=math,
            ),
            ["So (a+1)/b=√(x) holds\nand\nHalf a sentence.\naside"],
            [{"code": "pictures_left_out", "count": 1}, {"code": "objects_left_out", "count": 1}],
        ),
        "deleted-and-nested.odt": (
            odt(
                "<text:tracked-changes>"
                + region.format("c1", "deletion", "A. Roy", p("gone one") + p("gone two"), "deletion")
                + "</text:tracked-changes>"
                + p("Before")
                + '<text:change text:change-id="c1"/>'
                + "<table:table><table:table-header-rows><table:table-row>"
                + td("Item")
                + td("Sum")
                + "</table:table-row></table:table-header-rows><table:table-row><table:table-cell>"
                + p("x")
                + f"<table:table><table:table-row>{td('a')}{td('b')}</table:table-row></table:table></table:table-cell>{td('9')}"
                + "</table:table-row></table:table>"
                + '<text:section text:display="none">'
                + p("hidden section")
                + "</text:section>"
                + p(
                    "<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>とう</text:ruby-text></text:ruby> page <text:page-number>7</text:page-number>"
                )
            ),
            [
                'Before\n[Tracked changes: A. Roy deleted "gone one gone two"]\nItem | Sum\nx | 9\na | b\n東(とう) page 7'
            ],
            [{"code": "changes", "count": 1}],
        ),
        "header-and-footer.odt": (
            odt(p("Dear Sir,"), "", masters),
            ["[Page header] Acme, ref. 7\nDear Sir,\n[Page footer] Draft"],
            [],
        ),
        "forms.odt": (
            odt(forms + controls + p(content_box)),
            ["☒ I agree\n☐ Call me\nName: Ann Smith\n☒ Member"],
            [{"code": "form_fields", "count": 3}],
        ),
    }


def _rtf() -> dict[str, Case]:
    fonts = r"{\f1\fnil\fcharset204 Arial Cyr;}{\f2\fnil\fcharset128 MS Mincho;}{\f3\ftech\fcharset2 Wingdings;}{\f4\fcharset238 Arial CE;}{\f5\froman\fcharset2 Symbol;}"
    listed = r"{\pard\plain{\listtext\pard\plain 1.2\tab}\ls1 Clause\par}{\pard\plain{\listtext\pard\plain\f5 \'b7\tab}\ls2 dot\par}"
    head = r"{\trowd\cellx1000\cellx3000\pard\intbl Region\cell First half\cell\row}"
    merged = r"{\trowd\clvmgf\cellx1000\cellx2000\cellx3000\pard\intbl North\cell 11\cell 12\cell\row}"
    below = r"{\trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell 21\cell\cell\row}\pard After\par"
    styles = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 heading 2;}}"
    box = r"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres%d\ffdefres0}}}{\fldrslt}}"
    return {
        "code-pages.rtf": (
            rtf(
                r"\f1\'cf\'f0\'e8\'e2\'e5\'f2\par\f2\'93\'fa\'96\'7b\par\f4\'9c\'b3\par\plain caf\'e9 – “x” \u-10179?\u-8704?\par"
                r"\uc2\u8364\'a4\'a4 ok\par",
                fonts,
            ),
            ["Привет\n日本\nśł\ncafé – “x” 😀\n€ ok"],
            [],
        ),
        "lists-and-signs.rtf": (
            rtf(listed + r"\pard\plain\f3\'fe\plain  yes \f3\'a8\plain  no\par x \f5\'a3\plain  5\par", fonts),
            ["1.2 Clause\n- dot\n☑ yes ☐ no\nx ≤ 5"],
            [],
        ),
        "merged-cells.rtf": (
            rtf(head + merged + below),
            ["Region | First half | First half\nNorth | 11 | 12\nNorth | 21 |\nAfter"],
            [],
        ),
        "formula-and-endnote.rtf": (
            rtf(
                r"{\pntext\f0 1.\tab}{\*\pn\pnlvlbody\pndec{\pntxta .}}So {\mmath{\*\moMath{\mf{\mfPr{\mctrlPr}}{\mnum{\mr a+1}}{\mden{\mr b}}}"
                r"{\mr  and }{\mrad{\mradPr{\mdegHide 1}}{\mdeg}{\me{\mr x}}}}} holds{\super\chftn}{\footnote\ftnalt\pard\plain\chftn  as shown}.\par"
                r"\uc0\u233 t\u233 {\upr{old}{\*\ud{ and new}}} {\field{\*\fldinst SYMBOL 168 \\f "
                + '"Wingdings"'
                + r"}{\fldrslt}} box\par"
            ),
            ["1. So (a+1)/b and √(x) holds[1].\nété and new ☐ box", "Endnotes\n[1] as shown"],
            [],
        ),
        "headings-and-powers.rtf": (
            rtf(
                r"\pard\s1 Scope\par\pard\s0 10{\super 6} H{\sub 2}O {\v hidden}{\strike old}\par\pard\s2 Price\par\pard Net.\par",
                more=styles,
            ),
            ["Scope\n10⁶ H2O ~~old~~", "Price\nNet."],
            [],
        ),
        "fields-and-forms.rtf": (
            rtf(
                r"{\field{\*\fldinst HYPERLINK "
                + '"https://example.org"'
                + r"}{\fldrslt our site}} "
                + box % 1
                + r" Full time "
                + box % 25
                + r" Part time\par{\object{\*\objdata 00ff}{\result{\pict 00}}}{\pict 00ff}\par"
            ),
            ["our site ☒ Full time ☐ Part time"],
            [
                {"code": "form_fields", "count": 1},
                {"code": "pictures_left_out", "count": 1},
                {"code": "objects_left_out", "count": 1},
            ],
        ),
        "notes-headers-remarks.rtf": (
            rtf(
                r"{\header\pard Acme, ref. 7\par}{\footer\pard Page {\field{\*\fldinst PAGE}{\fldrslt 3}}\par}"
                r"\pard Free{\super\chftn}{\footnote\pard\plain{\super\chftn} Not on islands.} and {\*\atrfstart 7}capped{\*\atrfend 7}"
                r"{\*\atnid RV}{\*\atnauthor R. Vega}\chatn{\*\annotation{\*\atnref 7}\pard\plain Cap this.}.\par "
                r"Within {\deleted\revauthdel1 sixty}{\revised\revauth2 thirty} days.\par",
                more=r"{\*\revtbl{Unknown;}{A. Roy;}{B. Lee;}}",
            ),
            [
                '[Page header] Acme, ref. 7\nFree[1] and capped.\n[Comment by R. Vega on "capped": Cap this.]\nWithin thirty days.\n'
                '[Tracked changes: A. Roy deleted "sixty"; B. Lee inserted "thirty"]',
                "Footnotes\n[1] Not on islands.",
            ],
            [{"code": "comments", "count": 1}, {"code": "changes", "count": 2}],
        ),
        "box-and-nested-table.rtf": (
            rtf(
                r"\pard Half a {\shp{\*\shpinst\shpleft0{\sp{\sn x}{\sv 1}}{\shptxt\pard\plain aside\par}}{\shprslt\pard old\par}}sentence.\par"
                r"\trowd\cellx2000\cellx4000\pard\intbl Left\par\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\cellx500\cellx900\nestrow}"
                r"\pard\intbl\cell Right\cell\row\pard End\par"
            ),
            ["Half a sentence.\naside\nLeft | Right\na | b\nEnd"],
            [],
        ),
    }


def _epub() -> dict[str, Case]:
    page = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{}</title></head><body>{}</body></html>'
    return {
        "spine.epub": (
            epub(
                {
                    "b.xhtml": page.format("A book", "<h1>Two</h1><p>Second.</p><img src='x.png'/>"),
                    "a.xhtml": page.format("A book", "<h1>One</h1><p>First.</p>"),
                    "unused.xhtml": page.format("A book", "<p>Not in the spine.</p>"),
                },
                spine="a.xhtml b.xhtml",
            ),
            ["One\nFirst.", "Two\nSecond."],
            [{"code": "pictures_left_out", "count": 1}],
        ),
        "titles.epub": (
            epub(
                {
                    "a.xhtml": page.format("Foreword", "<p>No heading here.</p>"),
                    "b.xhtml": page.format("A book", "<p>None at all.</p>"),
                }
            ),
            ["Foreword\nNo heading here.\nNone at all."],
            [],
        ),
        "tables-and-lists.epub": (
            epub(
                {
                    "a.xhtml": page.format(
                        "A book",
                        "<h2>Prices</h2><table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea</td><td>3</td></tr></table><ul><li>one</li></ul>",
                    )
                }
            ),
            ["Prices\nItem | Price\nTea | 3\n- one"],
            [],
        ),
    }


CASES: dict[str, Case] = {**_odt_numbering(), **_odt_text(), **_rtf(), **_epub()}
