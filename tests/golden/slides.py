"""Golden slides: what stands in their parts, and what a person sees on them from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator

from tests.golden.office_xml import (
    DRAWING,
    OFFICE,
    REL,
    SLIDE,
    box,
    cache,
    chart,
    deck,
    frame,
    paragraphs,
    picture,
    place,
    relations,
    series,
    slide,
)
from tests.golden.workbooks import Golden

_TITLE = '<p:ph type="title"/>'
_CHART = f'<c:chart xmlns:c="{DRAWING}/chart" r:id="r1"/>'
_SHOW = "vnd.openxmlformats-officedocument.presentationml.slideshow"
_TEMPLATE = "vnd.openxmlformats-officedocument.presentationml.template"
_MODERN = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
_MS_REL = "http://schemas.microsoft.com/office/2018/10/relationships"


def goldens() -> Iterator[Golden]:
    yield from _order()
    yield from _tables()
    yield from _charts()
    yield from _texts()
    yield from _said()
    yield from _pictures()


def _order() -> Iterator[Golden]:
    layout = slide(
        box(place(2, 1, 20, 2), "Click to add a title", placeholder=_TITLE)
        + box(place(2, 5, 9, 8), "Click", placeholder='<p:ph type="body" idx="1"/>')
        + box(place(13, 5, 9, 8), "Click", placeholder='<p:ph type="body" idx="2"/>')
        + box("", "Click", placeholder='<p:ph type="body" idx="3"/>'),
        tag="sldLayout",
    )
    master = slide(box(place(2, 15, 20, 1), "Click", placeholder='<p:ph type="body" idx="1"/>'), tag="sldMaster")
    shapes = (
        box("", "Right column", placeholder='<p:ph idx="2"/>')
        + box(place(2, 14, 9, 1), "Below both")
        + box("", "Left column", placeholder='<p:ph idx="1"/>')
        + box("", "Two columns", placeholder=_TITLE)
        + box("", "At the master's place", placeholder='<p:ph type="body" idx="3"/>')
    )
    more = {
        "ppt/slideLayouts/l.xml": layout,
        "ppt/slideLayouts/_rels/l.xml.rels": relations(("slideMaster", "../slideMasters/m.xml")),
        "ppt/slideMasters/m.xml": master,
    }
    yield (
        "pptx/places-of-the-layout.pptx",
        deck(slide(shapes), links={1: [("slideLayout", "../slideLayouts/l.xml")]}, more=more),
        ["Two columns\nLeft column\nRight column\nBelow both\nAt the master's place"],
        [],
    )
    children = '<a:chOff x="0" y="0"/><a:chExt cx="100" cy="100"/>'
    inner = '<a:xfrm><a:off x="{}" y="{}"/><a:ext cx="10" cy="10"/></a:xfrm>'
    group = (
        f'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="4" name="g"/></p:nvGrpSpPr><p:grpSpPr>{place(1, 8, 9, 4, child=children)}'
        f"</p:grpSpPr>{box(inner.format(0, 60), 'Group, second')}{box(inner.format(0, 5), 'Group, first')}</p:grpSp>"
    )
    shapes = box(place(1, 13, 5, 1), "Last") + group + box(place(1, 2, 5, 1), "First")
    shapes += box(place(1, 4, 5, 1), "Nobody sees this", hidden=True)
    yield "pptx/groups.pptx", deck(slide(shapes)), ["First\nGroup, first\nGroup, second\nLast"], []
    steps = "".join(
        box(place(left, top, 5, 2), text)
        for left, top, text in ((14, 2.2, "C"), (1, 6, "D"), (8, 2, "B"), (1, 2.1, "A"), (8, 6.1, "E"))
    )
    yield "pptx/rows-of-boxes.pptx", deck(slide(steps)), ["A\nB\nC\nD\nE"], []


def _tables() -> Iterator[Golden]:
    def row(*cells: tuple[str, str]) -> str:
        inside = "".join(f"<a:tc {more}><a:txBody>{paragraphs(text)}</a:txBody></a:tc>" for text, more in cells)
        return f'<a:tr h="9">{inside}</a:tr>'

    table = "<a:tbl>"
    table += row(("Region", 'rowSpan="2"'), ("First half", 'gridSpan="2"'), ("", 'hMerge="1"'))
    table += row(("", 'vMerge="1"'), ("Q1", ""), ("Q2", "")) + row(("North", ""), ("", ""), ("12", "")) + "</a:tbl>"
    shapes = box(place(1, 9, 5, 1), "Source: accounts") + frame((1, 2, 20, 5), table)
    page = "Region | First half | First half\nRegion | Q1 | Q2\nNorth |  | 12\nSource: accounts"
    yield "pptx/table-merged.pptx", deck(slide(shapes)), [page], []


def _charts() -> Iterator[Golden]:
    levels = (
        '<c:cat><c:multiLvlStrRef><c:multiLvlStrCache><c:ptCount val="4"/><c:lvl><c:pt idx="0"><c:v>Q1</c:v></c:pt>'
        '<c:pt idx="1"><c:v>Q2</c:v></c:pt><c:pt idx="2"><c:v>Q1</c:v></c:pt><c:pt idx="3"><c:v>Q2</c:v></c:pt></c:lvl>'
        '<c:lvl><c:pt idx="0"><c:v>2025</c:v></c:pt><c:pt idx="2"><c:v>2026</c:v></c:pt></c:lvl></c:multiLvlStrCache>'
        "</c:multiLvlStrRef></c:cat>"
    )
    body = series("Sold", levels, f"<c:val>{cache('numRef', [1, 2, 3, 4], '0.0')}</c:val>")
    shapes = box(place(1, 1, 9, 1), "Results", placeholder=_TITLE) + frame((1, 5, 9, 5), _CHART)
    yield (
        "pptx/chart-of-two-levels.pptx",
        deck(
            slide(shapes),
            links={1: [("chart", "../charts/c.xml")]},
            more={"ppt/charts/c.xml": chart("lineChart", body)},
        ),
        ["Results\nChart\n | Sold\n2025 / Q1 | 1.0\n2025 / Q2 | 2.0\n2026 / Q1 | 3.0\n2026 / Q2 | 4.0"],
        [],
    )
    newer = "http://schemas.microsoft.com/office/drawing/2014/chartex"
    part = (
        f'<cx:chartSpace xmlns:cx="{newer}" xmlns:a="{DRAWING}/main"><cx:chartData><cx:data id="0"><cx:strDim type="cat">'
        '<cx:f>A</cx:f><cx:lvl ptCount="2"><cx:pt idx="0">Start</cx:pt><cx:pt idx="1">Costs</cx:pt></cx:lvl></cx:strDim>'
        '<cx:numDim type="val"><cx:lvl ptCount="2" formatCode="#,##0"><cx:pt idx="0">1200</cx:pt><cx:pt idx="1">-300'
        "</cx:pt></cx:lvl></cx:numDim></cx:data></cx:chartData><cx:chart><cx:title><cx:tx><cx:rich><a:p><a:r><a:t>Cash"
        '</a:t></a:r></a:p></cx:rich></cx:tx></cx:title><cx:plotArea><cx:plotAreaRegion><cx:series layoutId="waterfall">'
        '<cx:tx><cx:txData><cx:v>Flow</cx:v></cx:txData></cx:tx><cx:dataId val="0"/></cx:series></cx:plotAreaRegion>'
        "</cx:plotArea></cx:chart></cx:chartSpace>"
    )
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    choice = frame((1, 5, 9, 5), f'<cx:chart xmlns:cx="{newer}" r:id="r1"/>')
    either = (
        f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="cx1">{choice}</mc:Choice><mc:Fallback>'
        f"{box(place(1, 5, 9, 5), 'This chart is not available')}</mc:Fallback></mc:AlternateContent>"
    )
    yield (
        "pptx/chart-waterfall.pptx",
        deck(
            slide(box(place(1, 1, 9, 1), "Before") + either),
            links={1: [("http://schemas.microsoft.com/office/2014/relationships/chartEx", "../charts/x.xml")]},
            more={"ppt/charts/x.xml": part},
        ),
        ["Before\nChart: Cash\n | Flow\nStart | 1,200\nCosts | -300"],
        [],
    )
    dgm = f"{DRAWING}/diagram"
    point = '<dgm:pt modelId="{0}"{2}><dgm:t><a:p><a:r><a:t>{1}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    points = "".join(
        point.format(*each)
        for each in (
            ("0", "", ' type="doc"'),
            ("2", "Pay", ""),
            ("1", "Order", ""),
            ("3", "by card", ""),
            ("9", "x", ' type="pres"'),
        )
    )
    links = "".join(
        f'<dgm:cxn modelId="c{a}{b}" srcId="{a}" destId="{b}" srcOrd="{order}" destOrd="0"/>'
        for a, b, order in (("0", "2", 1), ("0", "1", 0), ("2", "3", 0), ("3", "2", 0))
    )
    data = f'<dgm:dataModel xmlns:dgm="{dgm}" xmlns:a="{DRAWING}/main"><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst></dgm:dataModel>'
    ids = f'<dgm:relIds xmlns:dgm="{dgm}" r:dm="r1"/>'
    yield (
        "pptx/diagram.pptx",
        deck(slide(frame((1, 5, 9, 5), ids)), links={1: [("diagramData", "../d.xml")]}, more={"ppt/d.xml": data}),
        ["- Order\n- Pay\n - by card"],
        [],
    )


def _texts() -> Iterator[Golden]:
    numbered = '<a:p><a:pPr lvl="{}"><a:buAutoNum type="{}"/></a:pPr><a:r><a:t>{}</a:t></a:r></a:p>'
    items = [
        numbered.format(0, "arabicPeriod", "Ask"),
        numbered.format(1, "alphaLcParenR", "three firms"),
        numbered.format(1, "alphaLcParenR", "in writing"),
        numbered.format(0, "arabicPeriod", "Compare"),
        numbered.format(1, "alphaLcParenR", "by price"),
        "<a:p><a:r><a:t>Then</a:t></a:r></a:p>",
        numbered.format(0, "romanUcPeriod", "Sign"),
        '<a:p><a:pPr><a:buChar char="-"/></a:pPr><a:r><a:t>plain</a:t></a:r><a:br/><a:r><a:t>two lines</a:t></a:r></a:p>',
    ]
    yield (
        "pptx/numbered-points.pptx",
        deck(slide(box(place(1, 1, 9, 9), *items))),
        ["1. Ask\na) three firms\nb) in writing\n2. Compare\na) by price\nThen\nI. Sign\nplain\ntwo lines"],
        [],
    )
    run = "<a:r><a:rPr{}/><a:t>{}</a:t></a:r>"
    raised, lowered, struck = ' baseline="30000"', ' baseline="-25000"', ' strike="sngStrike"'
    power = f"<a:p>{run.format('', '10')}{run.format(raised, '6')}{run.format('', ' cycles of H')}"
    power += f"{run.format(lowered, '2')}{run.format('', 'O, ')}{run.format(struck, 'was 5')}"
    power += '<a:fld type="slidenum"><a:t> 1</a:t></a:fld></a:p>'
    math = (
        f'xmlns:m="{OFFICE}/officeDocument/2006/math" xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
    )
    part = "<m:{0}><m:r><m:t>{1}</m:t></m:r></m:{0}>"
    formula = (
        f"<a:p><a14:m {math}><m:oMath><m:r><m:t>y=</m:t></m:r><m:f>{part.format('num', 'a+1')}{part.format('den', 'b')}</m:f>"
        f"<m:r><m:t>+</m:t></m:r><m:sSup>{part.format('e', 'x')}{part.format('sup', '12')}</m:sSup></m:oMath></a14:m></a:p>"
    )
    yield (
        "pptx/powers-and-formulas.pptx",
        deck(slide(box(place(1, 1, 9, 9), power, formula))),
        ["10⁶ cycles of H2O, ~~was 5~~ 1\ny=(a+1)/b+x^12"],
        [],
    )
    footer = box(place(1, 17, 9, 1), "Fjord & Sons, draft 3", placeholder='<p:ph type="ftr" idx="11"/>')
    footer += box(place(10, 17, 5, 1), "3 May 2024", placeholder='<p:ph type="dt" idx="10"/>')
    today = '<a:p><a:fld type="datetime1"><a:t>5/5/2024</a:t></a:fld></a:p>'
    number = box(place(20, 17, 2, 1), "7", placeholder='<p:ph type="sldNum" idx="12"/>')
    number += box(place(22, 17, 2, 1), today, placeholder='<p:ph type="dt" idx="13"/>')
    yield (
        "pptx/footer-said-once.pptx",
        deck(*(slide(box(place(1, 1, 9, 1), text) + footer + number) for text in ("One", "Two", "Three"))),
        ["One\nFjord & Sons, draft 3 3 May 2024", "Two", "Three"],
        [],
    )
    opening = slide(box(place(1, 1, 9, 1), "A show"))
    yield "pptx/show.ppsx", deck(opening, content_type=_SHOW), ["A show"], []
    yield "pptx/template.potx", deck(opening, content_type=_TEMPLATE), ["A show"], []


def _said() -> Iterator[Golden]:
    notes = slide(
        box("", "Thank them first", placeholder='<p:ph type="body" idx="1"/>')
        + box("", "2", placeholder='<p:ph type="sldNum"/>'),
        tag="notes",
    )
    yield (
        "pptx/notes-and-hidden.pptx",
        deck(
            slide(box(place(1, 1, 9, 1), "Open")),
            slide(box(place(1, 1, 9, 1), "For later"), 'show="0"'),
            links={1: [("notesSlide", "../notesSlides/n.xml")]},
            more={"ppt/notesSlides/n.xml": notes},
        ),
        ["Open\n\nNotes:\nThank them first", "[This slide is hidden.]\n\nFor later"],
        [{"code": "hidden_slides", "pages": [2]}],
    )
    older = f'<p:cmLst xmlns:p="{SLIDE}"><p:cm authorId="1" idx="1"><p:text>Shorter, please</p:text></p:cm></p:cmLst>'
    authors = f'<p:cmAuthorLst xmlns:p="{SLIDE}"><p:cmAuthor id="1" name="Nadia Roth" initials="NR"/></p:cmAuthorLst>'
    newer = (
        f'<p188:cmLst xmlns:p188="{_MODERN}" xmlns:a="{DRAWING}/main"><p188:cm id="1" authorId="s1"><p188:replyLst>'
        f'<p188:reply id="2" authorId="s2"><p188:txBody>{paragraphs("It is")}</p188:txBody></p188:reply></p188:replyLst>'
        f"<p188:txBody>{paragraphs('Is this final?')}</p188:txBody></p188:cm></p188:cmLst>"
    )
    people = f'<p188:authorLst xmlns:p188="{_MODERN}"><p188:author id="s1" name="Sam"/><p188:author id="s2" name="Ida"/></p188:authorLst>'
    yield (
        "pptx/remarks.pptx",
        deck(
            slide(box(place(1, 1, 9, 1), "Plan")),
            slide(box(place(1, 1, 9, 1), "Costs")),
            links={1: [("comments", "../comments/c1.xml")], 2: [(f"{_MS_REL}/comments", "../comments/c2.xml")]},
            main_links=[("commentAuthors", "ca.xml"), (f"{_MS_REL}/authors", "people.xml")],
            more={
                "ppt/comments/c1.xml": older,
                "ppt/ca.xml": authors,
                "ppt/comments/c2.xml": newer,
                "ppt/people.xml": people,
            },
        ),
        [
            "Plan\n\n[comment by Nadia Roth: Shorter, please]",
            "Costs\n\n[comment by Sam: Is this final?]\n[comment by Ida: It is]",
        ],
        [{"code": "comments", "count": 3}],
    )


def _pictures() -> Iterator[Golden]:
    background = f'<p:bg xmlns:p="{SLIDE}"><p:bgPr><a:blipFill xmlns:a="{DRAWING}/main" xmlns:r="{REL}"><a:blip r:embed="r1"/></a:blipFill></p:bgPr></p:bg>'
    scene = slide("").replace("<p:spTree>", f"{background}<p:spTree>")
    logo = slide(box(place(1, 1, 9, 1), "With a logo") + picture(place(20, 1, 2, 2)))
    yield (
        "pptx/pictures.pptx",
        deck(slide(picture(place(0, 0, 25, 19))), logo, scene),
        ["", "With a logo", ""],
        [{"code": "pictures_left_out", "count": 1}],
    )
