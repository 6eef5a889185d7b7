"""Pages themselves: boxes, turns, tables, columns, fonts, pictures."""

from __future__ import annotations

from tests.golden.pdf_writer import Pdf, at, codes, composite, descriptor, save, table, type3

TURNS = {
    90: "0 1 -1 0 {y} {x}",
    180: "-1 0 0 -1 {x} {y}",
    270: "0 -1 1 0 {y} {x}",
}


def main() -> None:
    _boxes()
    _tables()
    _columns()
    _words()
    _fonts()
    _pictures()


def turned(quarter: int, x: float, y: float, text: str) -> bytes:
    """A line that stands upright when the page is turned by so many degrees."""
    matrix = TURNS[quarter].format(x=x, y=y)
    return f"BT /F 12 Tf {matrix} Tm ({text}) Tj ET".encode()


def _boxes() -> None:
    pdf = Pdf()
    content = [at(40, 250, "Left: the lessor"), at(440, 250, "Right: the lessee"), at(40, 400, "Above the page")]
    pdf.page(*content, box="0 0 800 500", more="/CropBox [0 0 400 300]")
    pdf.page(*content, box="0 0 800 500", more="/CropBox [400 0 800 300]")
    save("box-of-a-spread", pdf, ["Left: the lessor", "Right: the lessee"])

    for degrees in (90, 180, 270):
        pdf = Pdf()
        starts = {90: (40, 100, 140), 180: (360, 160, 200), 270: (360, 100, 140)}[degrees]
        x, first, second = starts
        inside = [turned(degrees, x, y, text) for y, text in ((first, "First line"), (second, "Second line"))]
        outside = turned(degrees, x, 480, "Beyond the edge")
        if degrees == 270:
            inside.reverse()
            inside = [turned(270, x, 140, "First line"), turned(270, x, 100, "Second line")]
        pdf.page(*inside, outside, box="0 0 600 600", more=f"/CropBox [0 0 400 400] /Rotate {degrees}")
        save(f"box-turned-{degrees}", pdf, ["First line Second line"])

    pdf = Pdf()
    form = pdf.picture(
        "0 0 200 100",
        at(10, 50, "Inside the frame") + b" " + at(10, 150, "Over its edge") + b" " + at(250, 50, "Beside it"),
    )
    pdf.page(b"q 1 0 0 1 40 100 cm /X Do Q", at(40, 250, "Page"), things=f"/X {form} 0 R")
    pdf.page(b"q 1 0 0 1 500 100 cm /X Do Q", at(40, 250, "Page without it"), things=f"/X {form} 0 R")
    save("box-of-a-form", pdf, ["Page Inside the frame", "Page without it"])

    pdf = Pdf()
    pdf.tree = b"/MediaBox [0 0 300 300] /CropBox [0 0 200 300]"
    pdf.page(at(40, 250, "Kept"), at(220, 250, "Cropped"), box="")
    save("box-of-the-tree", pdf, ["Kept"])

    pdf = Pdf()
    pdf.page(at(40, 250, "Whole words up to the edge of the page and none beyond it"), box="0 0 214 300")
    save("box-through-a-line", pdf, ["Whole words up to the edge of th"])

    pdf = Pdf()
    pdf.page(at(-360, 150, "Left"), at(-360, 130, "of zero"), box="-400 0 0 300")
    save("box-left-of-zero", pdf, ["Left of zero"])


def _tables() -> None:
    pdf = Pdf()
    rows = [
        ["Region", "Product", "Sold"],
        ["North", "Bolts", "12"],
        ["", "Nuts", "7"],
        ["South", "Bolts", ""],
        ["", "", "19"],
    ]
    pdf.page(*table(rows, [40, 150, 280]))
    seen = "Region | Product | Sold North | Bolts | 12 | Nuts | 7 South | Bolts | | | 19"
    save("table-blanks-at-both-ends", pdf, [seen])

    pdf = Pdf()
    rows = [["Item", "Quantity", "Price"], ["Bolts", "12", "4.50"], ["Washers", "", "3.20"], ["Screws", "7", ""]]
    columns = [
        at(x, 260 - 20 * row, cells[column])
        for column, x in enumerate((40, 200, 300))
        for row, cells in enumerate(rows)
        if cells[column]
    ]
    pdf.page(*columns)
    save("table-column-by-column", pdf, ["Item | Quantity | Price Bolts | 12 | 4.50 Washers | | 3.20 Screws | 7 |"])

    pdf = Pdf()
    lines = [
        b"[(Year) -6000 (Rent) -6000 (Costs)]",
        b"[(2022) -6000 (900) -6500 (140)]",
        b"[(2023) -6000 (940) -6500 (151)]",
    ]
    pdf.page(*(b"BT /F 12 Tf 40 %d Td %b TJ ET" % (250 - 20 * number, line) for number, line in enumerate(lines)))
    save("table-by-offsets", pdf, ["Year | Rent | Costs 2022 | 900 | 140 2023 | 940 | 151"])

    pdf = Pdf()
    wide = [
        ["Clause", "Duty"],
        ["Roof", "kept tight by the lessor,"],
        ["", "at his own cost"],
        ["Garden", "kept by the lessee"],
    ]
    tops = (260, 230, 216, 190)
    pdf.page(
        *(
            at(x, top, cell)
            for row, top in zip(wide, tops, strict=True)
            for x, cell in zip((40, 140), row, strict=True)
            if cell
        )
    )
    save(
        "table-wrapped-cell",
        pdf,
        ["Clause | Duty Roof | kept tight by the lessor, at his own cost Garden | kept by the lessee"],
    )

    pdf = Pdf()
    rows = [["Item", "Net", "VAT", "Gross"], ["Door", "100.00", "20.00", "120.00"], ["Lock", "50.00", "", "50.00"]]
    content = [
        at(40, 285, "Invoice 77 of 3 May"),
        *table(rows, [40, 120, 200, 280], top=255),
        at(40, 190, "Payable within thirty days, without deduction."),
    ]
    pdf.page(*content)
    seen = (
        "Invoice 77 of 3 May Item | Net | VAT | Gross Door | 100.00 | 20.00 | 120.00 Lock | 50.00 | | 50.00 "
        "Payable within thirty days, without deduction."
    )
    save("table-between-lines", pdf, [seen])

    pdf = Pdf()
    items = [
        at(40, 250 - 16 * number, mark) + b" " + at(70, 250 - 16 * number, text)
        for number, (mark, text) in enumerate(
            (("1.", "The lease begins in May."), ("2.", "It runs for two years."), ("3.", "Notice is ninety days."))
        )
    ]
    pdf.page(*items)
    save(
        "list-with-numbers-apart",
        pdf,
        ["1. The lease begins in May. 2. It runs for two years. 3. Notice is ninety days."],
    )


LEFT = [
    "The first column tells how",
    "the garden was laid out in",
    "spring, when the beds were",
    "dug and the paths were",
    "covered with fine gravel",
    "from the river nearby.",
]
RIGHT = [
    "The second column follows",
    "and tells of the summer,",
    "when nobody watered it and",
    "the lawn turned yellow, so",
    "that in autumn everything",
    "was sown again by hand.",
]


def _columns() -> None:
    both = " ".join(LEFT + RIGHT)
    pdf = Pdf()
    pdf.page(
        at(40, 270, "A garden in two columns", 14),
        *table([[line] for line in LEFT], [40], 240, 15),
        *table([[line] for line in RIGHT], [215], 240, 15),
    )
    save("columns-of-prose", pdf, [f"A garden in two columns {both}"])

    pdf = Pdf()
    pdf.page(*table([list(pair) for pair in zip(LEFT, RIGHT, strict=True)], [40, 215], 240, 15))
    save("columns-written-line-by-line", pdf, [both])

    pdf = Pdf()
    head, foot = at(40, 285, "Garden report"), at(190, 15, "- 4 -")
    pdf.page(head, at(330, 285, "May 2024"), *table([[line] for line in LEFT], [40], 240, 15), foot)
    save("header-and-footer", pdf, [f"Garden report May 2024 {' '.join(LEFT)} - 4 -"])

    pdf = Pdf()
    lines = [
        f"BT /F 12 Tf 0 1 -1 0 {60 + 20 * number} 40 Tm ({line}) Tj ET".encode() for number, line in enumerate(LEFT)
    ]
    pdf.page(*lines)
    save("sideways-without-a-turn", pdf, [" ".join(LEFT)])


def _words() -> None:
    pdf = Pdf()
    pdf.page(at(40, 250, "The agree-"), at(40, 235, "ment runs for self-employed per-"), at(40, 220, "sons."))
    save("hyphens-at-line-ends", pdf, ["The agree- ment runs for self-employed per- sons."])

    pdf = Pdf()
    pdf.page(at(40, 250, "Total due") + at(40.3, 250, "Total due"), at(40, 220, "12 euros"))
    save("printed-twice", pdf, ["Total due 12 euros"])

    pdf = Pdf()
    pdf.page(
        at(40, 250, "Area: 10 m"),
        at(96.7, 255, "2", 7),
        at(40, 220, "Cycles: 10") + at(96.2, 225, "6", 7),
        at(40, 190, "H") + at(48.7, 187, "2", 8) + at(53.2, 190, "O"),
    )
    save("raised-figure", pdf, ["Area: 10 m² Cycles: 10⁶ H2O"])

    pdf = Pdf()
    pdf.page(b"BT /F 12 Tf .8 .6 -.6 .8 40 100 Tm (COV504) Tj ET")
    save("slanted-figures", pdf, ["COV504"])

    pdf = Pdf()
    pdf.page(b"BT /F 12 Tf 40 250 Td [(Bay) -10 (side) -300 (Whole) 20 (sale) -300 (Ltd)] TJ ET")
    pdf.page(b"BT /F 12 Tf 3 Tc 40 250 Td (SPACED) Tj ET")
    pdf.page(b"BT /F 12 Tf 40 250 Td (One) Tj 30 0 Td (word) Tj 35 0 Td (each) Tj ET")
    save("words-by-offsets", pdf, ["Bayside Wholesale Ltd", "SPACED", "One word each"])


def _fonts() -> None:
    pdf = Pdf()
    letters = composite(pdf, {1: "o", 2: "ffi", 3: "ce", 4: "fl", 5: "at"})
    pdf.page(codes(40, 250, "000100020003", "O"), codes(40, 230, "00040005", "O"), fonts=f"/O {letters} 0 R")
    save("ligatures", pdf, ["office flat"])

    pdf = Pdf()
    unknown = composite(pdf, None)
    glyphs = "".join(f"{ord(letter) - 29:04X}" for letter in "The deposit is two months of rent.")
    pdf.page(at(40, 250, "A page that can be read."))
    pdf.page(codes(40, 250, glyphs, "U", 9), fonts=f"/U {unknown} 0 R")
    save("font-without-meaning", pdf, ["A page that can be read.", ""], garbled=[2])

    pdf = Pdf()
    names = [f"g{number}" for number in range(1, 40)]
    own = type3(pdf, names, 1)
    pdf.page(codes(40, 250, "".join(f"{code:02X}" for code in range(1, 39)), "T", 9), fonts=f"/T {own} 0 R")
    save("font-of-drawings", pdf, [""], garbled=[1])

    pdf = Pdf()
    system = "<< /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>"
    inner = pdf.add(
        f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /CIDSystemInfo {system} >>".encode()
    )
    upright = pdf.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /UniJIS-UCS2-V "
        f"/DescendantFonts [{inner} 0 R] >>".encode()
    )
    pdf.page(codes(300, 280, "家賃は毎月一日に払う".encode("utf-16-be").hex(), "J"), fonts=f"/J {upright} 0 R")
    save("font-of-columns-that-is-not-there", pdf, [""], garbled=[1])

    pdf = Pdf()
    nothing = composite(pdf, dict.fromkeys(range(1, 60), "\x00"))
    pdf.page(codes(40, 250, "".join(f"{code:04X}" for code in range(1, 40)), "N", 9), fonts=f"/N {nothing} 0 R")
    save("font-that-means-nothing", pdf, [""], garbled=[1])

    pdf = Pdf()
    text = "The deposit is two months of rent and is paid before the keys are handed over."
    order = "".join(dict.fromkeys(text))
    simple = pdf.add(
        b"<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Own /FontDescriptor %d 0 R >>" % descriptor(pdf)
    )
    drawn = "".join(f"{33 + order.index(letter):02X}" for letter in text)
    pdf.page(codes(20, 250, drawn, "S", 9), fonts=f"/S {simple} 0 R")
    save("font-of-codes-in-order", pdf, [""], garbled=[1])

    pdf = Pdf()
    own = type3(pdf, ["space", *(f"n{code}" for code in range(33, 97)), *(chr(code) for code in range(97, 123))], 32)
    sentence = "the rent is due on the first of each month"
    drawn = "".join(f"{ord(letter):02X}" for letter in sentence)
    pdf.page(codes(20, 250, drawn, "T", 9), fonts=f"/T {own} 0 R")
    save("font-of-named-drawings", pdf, [sentence])

    pdf = Pdf()
    private = composite(pdf, {code: chr(0xE000 + code) for code in range(1, 60)})
    pdf.page(codes(40, 250, "".join(f"{code:04X}" for code in range(1, 40)), "P", 9), fonts=f"/P {private} 0 R")
    save("font-of-private-codes", pdf, [""], garbled=[1])

    pdf = Pdf()
    bullet = composite(pdf, {1: "\uf0b7", 2: "\uf0fc"}, name="ABCDEF+Wingdings-Regular")
    pdf.page(
        codes(40, 250, "0001", "B"),
        at(60, 250, "Helmets are worn."),
        codes(40, 230, "0002", "B"),
        at(60, 230, "Gloves are worn."),
        fonts=f"/F 3 0 R /B {bullet} 0 R",
    )
    save("bullets-of-a-symbol-font", pdf, ["• Helmets are worn. ✓ Gloves are worn."])

    pdf = Pdf()
    words = "שלום עולם"
    hebrew = composite(pdf, dict(enumerate(dict.fromkeys(words), start=1)))
    place = {letter: code for code, letter in enumerate(dict.fromkeys(words), start=1)}
    drawn = "".join(f"{place[letter]:04X}" for letter in reversed(words))
    pdf.page(codes(200, 250, drawn, "H"), fonts=f"/H {hebrew} 0 R")
    save("right-to-left", pdf, [words])

    pdf = Pdf()
    inner = pdf.add(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
    )
    chinese = pdf.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        f"/DescendantFonts [{inner} 0 R] >>".encode()
    )
    pdf.page(codes(40, 250, "租赁合同".encode("utf-16-be").hex(), "C"), fonts=f"/C {chinese} 0 R")
    save("chinese-by-a-known-map", pdf, ["租赁合同"])

    pdf = Pdf()
    mapped = composite(pdf, dict(enumerate("Řízení má sídlo v Žďáru", start=1)), 600)
    drawn = "".join(f"{number:04X}" for number in range(1, len("Řízení má sídlo v Žďáru") + 1))
    pdf.page(codes(40, 250, drawn, "M"), fonts=f"/M {mapped} 0 R")
    save("letters-of-czech", pdf, ["Řízení má sídlo v Žďáru"])


def _pictures() -> None:
    pdf = Pdf()
    image = pdf.image()
    full = b"q 400 0 0 300 0 0 cm /I Do Q"
    pdf.page(at(40, 250, "The letter itself."), things=f"/I {image} 0 R")
    pdf.page(full, things=f"/I {image} 0 R")
    pdf.page(full, at(20, 10, "Scanned by PaperBox 3", 8), things=f"/I {image} 0 R")
    pdf.page(box="0 0 400 300")
    pages = ["The letter itself.", "", "Scanned by PaperBox 3", ""]
    save("scans-behind-a-letter", pdf, pages, pictures=[2, 3])

    pdf = Pdf()
    image = pdf.image()
    strips = b"\n".join(b"q 400 0 0 31 0 %d cm /I Do Q" % (30 * number) for number in range(10))
    pdf.page(strips, at(300, 280, "Copy 2", 9), things=f"/I {image} 0 R")
    save("scan-in-strips", pdf, ["Copy 2"], pictures=[1])

    pdf = Pdf()
    image = pdf.image()
    words = [at(30, 270 - 14 * number, f"{line} {RIGHT[number]}", 9) for number, line in enumerate(LEFT)]
    hidden = [b"3 Tr " + word for word in words]
    more = [at(30, 170 - 14 * number, f"{line} {LEFT[number]}", 9) for number, line in enumerate(RIGHT)]
    pdf.page(full, *hidden, *(b"3 Tr " + word for word in more), things=f"/I {image} 0 R")
    lines = [f"{line} {RIGHT[number]}" for number, line in enumerate(LEFT)]
    lines += [f"{line} {LEFT[number]}" for number, line in enumerate(RIGHT)]
    save("scan-with-recognised-words", pdf, [" ".join(lines)])

    pdf = Pdf()
    image = pdf.image()
    form = pdf.stream(
        full,
        f"/Type /XObject /Subtype /Form /BBox [0 0 400 300] /Resources << /XObject << /I {image} 0 R >> >>".encode(),
    )
    pdf.page(b"/X Do", at(20, 10, "Annex B", 9), things=f"/X {form} 0 R")
    save("scan-in-a-form", pdf, ["Annex B"], pictures=[1])

    pdf = Pdf()
    strokes = b"\n".join(
        b"%d %d m %d %d l %d %d l f" % (x, y, x + 5, y + 9, x + 9, y)
        for y in (250, 220, 190)
        for x in range(40, 340, 15)
    )
    pdf.page(strokes)
    pdf.page(b"40 150 m 360 150 l S 40 120 m 360 120 l S")
    save("letters-as-outlines", pdf, ["", ""], pictures=[1])

    pdf = Pdf()
    image = pdf.image()
    pdf.page(
        b"q 60 0 0 40 320 250 cm /I Do Q",
        at(40, 250, "Nordheim Estates"),
        at(40, 200, "Dear tenant, the rent is due."),
        things=f"/I {image} 0 R",
    )
    save("letter-with-a-logo", pdf, ["Nordheim Estates Dear tenant, the rent is due."])
