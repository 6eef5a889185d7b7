"""DOCX files of the golden corpus that `make_word.py` writes (tables, boxes, notes, remarks): content, text, notes."""

from __future__ import annotations

from tests.golden.make_word import docx
from tests.golden.word_xml import Case, box, cell, field, item, level, lists, over, p, r, row, styled


def _tables() -> dict[str, Case]:
    nested = f"<w:tbl>{row(cell('a'), cell('b'))}</w:tbl>"
    above, begins = "<w:vMerge/>", '<w:vMerge w:val="restart"/>'
    return {
        "merged-both-ways.docx": (
            docx(
                "<w:tbl>"
                + row(cell("Report of the year", over(4)))
                + row(cell("Site", begins), cell("2023", over(2)), cell("2024"))
                + row(cell("", above), cell("in"), cell("out"), cell("in"))
                + row(cell("Lyon"), cell("1"), cell(""), cell("3"))
                + row(cell("total"), cell("9"), properties='<w:gridBefore w:val="2"/>')
                + "</w:tbl>"
            ),
            ["Report of the year\nSite | 2023 | 2023 | 2024\nSite | in | out | in\nLyon | 1 | | 3\n| | total | 9"],
            [],
        ),
        "tables-in-tables.docx": (
            docx(
                f"<w:tbl>{row(cell(p('Left') + nested + p()), cell('Right'))}</w:tbl>"
                + p("Between")
                + f"<w:tbl>{row(cell(p('A frame') + p('of two lines')))}</w:tbl>"
                + "<w:tbl>"
                + row(cell("old"), cell("sum", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"))
                + "</w:tbl>"
            ),
            ["Left | Right\na | b\nBetween\nA frame\nof two lines\nold | sum | sum"],
            [],
        ),
        "lists-in-cells.docx": (
            docx(
                "<w:tbl>" + row(cell(item("one", 1) + item("two", 1)), cell(item("dot", 2) + p("line"))) + "</w:tbl>",
                numbering=lists(level(0, "decimal", "%1."), level(0, "bullet", "•")),
            ),
            ["1. one 2. two | • dot line"],
            [],
        ),
    }


def _beside() -> dict[str, Case]:
    vml = f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{p('old box')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    picture = "<w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    embedded = '<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
    chart = '<w:r><w:drawing><a:graphic><a:graphicData><c:chart r:id="chart1"/></a:graphicData></a:graphic></w:drawing></w:r>'
    names = '<c:pt idx="0"><c:v>Lyon</c:v></c:pt><c:pt idx="1"><c:v>Nice</c:v></c:pt>'
    values = '<c:pt idx="0"><c:v>19.2</c:v></c:pt><c:pt idx="1"><c:v>21.4</c:v></c:pt>'
    bars = (
        "<c:chart><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache><c:pt idx='0'><c:v>mm</c:v></c:pt></c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:numCache>{values}</c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart>"
    )
    watermark = '<w:r><w:pict><v:shape><v:textpath string="CONFIDENTIAL"/></v:shape></w:pict></w:r>'
    sections = [
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:footerReference w:type="default" r:id="footer1"/></w:sectPr>',
        '<w:sectPr><w:headerReference w:type="default" r:id="header2"/><w:footerReference w:type="default" r:id="footer2"/></w:sectPr>',
        '<w:sectPr><w:headerReference w:type="default" r:id="header3"/></w:sectPr>',
    ]
    mht = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>caf=C3=A9 from a letter</p>\r\n--x--\r\n"
    )
    marks = "".join(f'<w:{kind}Reference w:id="{at}"/>' for kind, at in (("footnote", 1),))
    return {
        "boxes-and-pictures.docx": (
            docx(
                p(r("Half a ") + box("aside") + r("sentence."))
                + p(r("With ") + vml + r("more."))
                + p(picture)
                + p(embedded)
            ),
            ["Half a sentence.\naside\nWith more.\nold box"],
            [{"code": "pictures_left_out", "count": 1}, {"code": "objects_left_out", "count": 1}],
        ),
        "pasted-document.docx": (
            docx(
                p("Outer.") + '<w:altChunk r:id="pasted"/>' + p("End."),
                pasted=docx(
                    item("inner clause", 1)
                    + p(r("with a note") + '<w:r><w:footnoteReference w:id="1"/></w:r>')
                    + '<w:altChunk r:id="pasted"/>',
                    numbering=lists(level(0, "decimal", "%1.")),
                    footnotes=f'<w:footnote w:id="1">{p("of its own")}</w:footnote>',
                    pasted=docx(p("a third level is not opened")),
                ),
            ),
            ["Outer.\n1. inner clause\nwith a note[1]\nFootnotes\n[1] of its own\nEnd."],
            [{"code": "objects_left_out", "count": 1}],
        ),
        "chart.docx": (
            docx(p(r("Rain: ") + chart), chart1=bars),
            ["Rain:\nChart\n| mm\nLyon | 19.2\nNice | 21.4"],
            [],
        ),
        "headers-by-section.docx": (
            docx(
                p("First.", sections[0]) + p("Second.", sections[1]) + p("Third.", sections[2]),
                header1=p("Acme, ref. 7") + p(watermark),
                header2=p("Acme, ref. 7") + p(watermark),
                header3=p("Annex"),
                footer1=p(r("Page ") + field("PAGE", "1") + r(" of ") + field("NUMPAGES", "9")),
                footer2=p(r("Confidential – ") + "<w:fldSimple w:instr=' PAGE '>" + r("3") + "</w:fldSimple>"),
            ),
            [
                "[Page header] Acme, ref. 7\nCONFIDENTIAL\nFirst.\nSecond.\n[Page header] Annex\nThird.\n[Page footer] Confidential"
            ],
            [],
        ),
        "foot-and-endnotes.docx": (
            docx(
                p(
                    r("A")
                    + f"<w:r>{marks}</w:r>"
                    + r(" and B")
                    + '<w:r><w:endnoteReference w:id="5"/></w:r>'
                    + r(" and C")
                    + '<w:r><w:footnoteReference w:id="2"/></w:r>'
                )
                + p(r("Own") + '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="3"/><w:t>*</w:t></w:r>'),
                footnotes='<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
                f'<w:footnote w:id="2">{p("second note")}</w:footnote><w:footnote w:id="1">{p("first note")}{p("goes on")}</w:footnote>'
                f'<w:footnote w:id="3">{p("* own mark")}</w:footnote>',
                endnotes=f'<w:endnote w:id="5">{p("at the end")}</w:endnote>',
            ),
            [
                "A[1] and B[i] and C[2]\nOwn*",
                "Footnotes\n[1] first note\ngoes on\n[2] second note\n* own mark",
                "Endnotes\n[i] at the end",
            ],
            [],
        ),
        "pasted-parts.docx": (
            docx(
                p("Top")
                + '<w:altChunk r:id="chunk1"/><w:altChunk r:id="chunk2"/><w:altChunk r:id="chunk3"/><w:altChunk r:id="chunk4"/><w:altChunk r:id="chunk5"/><w:altChunk r:id="none"/>'
                + p("End"),
                chunk1="<html><body><h2>Part</h2><table><tr><td>a</td><td>b</td></tr></table></body></html>",
                chunk2=mht,
                chunk3="plain words",
                chunk5=r"{\rtf1\ansi Rich {\b text}\par}",
                chunk4="PK\x03\x04\x00\x00",
            ),
            ["Top", "Part\na | b\ncafé from a letter\nplain words\nRich text\nEnd"],
            [{"code": "objects_left_out", "count": 2}],
        ),
    }


def _remarks() -> dict[str, Case]:
    start, end = '<w:commentRangeStart w:id="1"/>', '<w:commentRangeEnd w:id="1"/>'
    ref = "".join(f'<w:r><w:commentReference w:id="{at}"/></w:r>' for at in (1, 2))
    inserted = '<w:ins w:id="9" w:author="B. Lee">' + r("thirty") + "</w:ins>"
    deleted = '<w:del w:id="8" w:author="A. Roy"><w:r><w:delText>sixty</w:delText></w:r></w:del>'
    moved_from = f'<w:moveFrom w:id="3" w:author="A. Roy">{r("moved words")}</w:moveFrom>'
    moved_to = f'<w:moveTo w:id="4" w:author="A. Roy">{r("moved words")}</w:moveTo>'
    gone = '<w:rPr><w:del w:id="5" w:author="A. Roy"/></w:rPr>'
    return {
        "comments-and-replies.docx": (
            docx(
                p(r("Pay ") + start + r("within a week") + end + ref + r(".")),
                comments=f'<w:comment w:id="1" w:author="Ann"><w:p w14:paraId="A1">{r("Too short?")}</w:p></w:comment>'
                f'<w:comment w:id="2" w:author="Bo"><w:p w14:paraId="B2">{r("Agreed.")}</w:p></w:comment>',
                commentsExtended='<w15:commentEx w15:paraId="A1" w15:done="1"/><w15:commentEx w15:paraId="B2" w15:paraIdParent="A1" w15:done="0"/>',
            ),
            ['Pay within a week.\n[Comment by Ann on "within a week", resolved: Too short?]\n[Reply by Bo: Agreed.]'],
            [{"code": "comments", "count": 2}],
        ),
        "tracked-changes.docx": (
            docx(
                p(r("Within ") + deleted + inserted + r(" days."))
                + p(moved_from + r("Stays."))
                + p(r("Then ") + moved_to)
                + p(r("Joined"), gone)
                + p(r(" to this."))
            ),
            [
                'Within thirty days.\n[Tracked changes: A. Roy deleted "sixty"; B. Lee inserted "thirty"]\nStays.\nThen moved words\n'
                '[Tracked changes: A. Roy moved "moved words"]\nJoined to this.'
            ],
            [{"code": "changes", "count": 3}],
        ),
        "tracked-rows.docx": (
            docx(
                "<w:tbl>"
                + row(cell("Bolts"), cell("5"), properties='<w:ins w:id="1" w:author="A. Roy"/>')
                + row(cell("Nuts"), cell("7"), properties='<w:del w:id="2" w:author="B. Lee"/>')
                + row(cell(p(deleted)), cell("9"), properties='<w:del w:id="3" w:author="B. Lee"/>')
                + "</w:tbl>"
            ),
            [
                "Bolts [Tracked changes: A. Roy inserted this row] | 5\nNuts [Tracked changes: B. Lee deleted this row] | 7\n"
                '[Tracked changes: A. Roy deleted "sixty"] | 9'
            ],
            [{"code": "changes", "count": 3}],
        ),
        "hidden-text.docx": (
            docx(
                p(r("Seen") + r(" unseen", "<w:vanish/>") + r(" again", '<w:vanish w:val="0"/>'))
                + styled("All hidden", "Secret")
                + p(r("Run-in."), "<w:rPr><w:vanish/><w:specVanish/></w:rPr>")
                + p(r(" Goes on."))
                + p(
                    "<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r>"
                ),
                styles='<w:style w:type="paragraph" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>',
            ),
            ["Seen again\nRun-in. Goes on.\n東京(とうきょう)"],
            [],
        ),
    }


CASES: dict[str, Case] = {**_tables(), **_beside(), **_remarks()}
