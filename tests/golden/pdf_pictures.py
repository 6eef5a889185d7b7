"""What a page shows besides words: pictures, outlines, handwriting; and what belongs to a file without a page."""

from __future__ import annotations

from tests.golden.pdf_pages import LEFT, RIGHT
from tests.golden.pdf_writer import Pdf, at, save


def main() -> None:
    _pictures()
    _drawings()
    _attached()


def _drawing(pdf: Pdf, width: int, height: int, image: int) -> int:
    """Of an annotation, which shows a picture."""
    entries = (
        f"/Type /XObject /Subtype /Form /BBox [0 0 {width} {height}] /Resources << /XObject << /I {image} 0 R >> >>"
    )
    return pdf.stream(b"q %d 0 0 %d 0 0 cm /I Do Q" % (width, height), entries.encode())


def _pictures() -> None:
    pdf = Pdf()
    image = pdf.image()
    terms = [
        "This copy was made by the archive of the city for",
        "private study only; it may not be given to others.",
    ] * 4
    footer = [at(10, 8 + 8 * number, line, 7) for number, line in enumerate(reversed(terms))]
    pdf.page(b"q 400 0 0 300 0 0 cm /I Do Q", *footer, things=f"/I {image} 0 R")
    save("scan-with-a-long-footer", pdf, [" ".join(terms)], pictures=[1])

    pdf = Pdf()
    image = pdf.image()
    lines = [*LEFT, *RIGHT]
    for chart in (b"q 200 0 0 60 100 20 cm /I Do Q", b"q 190 0 0 70 100 10 cm /I Do Q"):
        band = b"q 400 0 0 20 0 280 cm /I Do Q"
        words = [at(40, 265 - 14 * number, line, 10) for number, line in enumerate(lines)]
        pdf.page(band, *words, chart, things=f"/I {image} 0 R")
    notes = [{"code": "pictures_left_out", "count": 3}]
    save("pictures-in-a-report", pdf, [" ".join(lines)] * 2, notes=notes)

    pdf = Pdf()
    image = pdf.image()
    pdf.page(b"q 150 0 0 200 125 60 cm /I Do Q", at(125, 40, "Receipt 1"), things=f"/I {image} 0 R")
    save("receipt-with-a-caption", pdf, ["Receipt 1"], pictures=[1])


def _drawings() -> None:
    pdf = Pdf()
    letter = b"%d %d m %d %d l %d %d %d %d %d %d c %d %d l %d %d l %d %d l f"
    outlines = [
        letter % (x, y, x, y + 9, x + 3, y + 9, x + 6, y + 8, x + 6, y + 5, x + 4, y + 4, x + 6, y, x + 3, y)
        for y in range(60, 280, 16)
        for x in range(40, 340, 12)
    ]
    pdf.page(*outlines, at(20, 10, "Page 3 of 7", 8))
    pdf.page(*(line.replace(b"f", b"") for line in outlines), b"f", at(20, 10, "Page 4 of 7", 8))
    save("outlines-with-a-footer", pdf, ["Page 3 of 7", "Page 4 of 7"], pictures=[1, 2])

    pdf = Pdf()
    strokes = pdf.note("Ink", "35 140 200 170", "/InkList [[40 150 60 160 80 150]]")
    pdf.page(at(40, 250, "The rent is 900 euros."), annotations=[strokes])
    save("handwriting", pdf, ["The rent is 900 euros."], notes=[{"code": "objects_left_out", "count": 1}])

    pdf = Pdf()
    image = pdf.image()
    signature = pdf.note("Stamp", "200 180 350 230", f"/AP << /N {_drawing(pdf, 150, 50, image)} 0 R >>")
    whole = pdf.note("Stamp", "0 0 400 300", f"/AP << /N {_drawing(pdf, 400, 300, image)} 0 R >>")
    pdf.page(at(40, 250, "The parties sign:"), annotations=[signature])
    pdf.page(annotations=[whole])
    notes = [{"code": "objects_left_out", "count": 1}]
    save("stamps-of-pictures", pdf, ["The parties sign:", ""], notes=notes, pictures=[2])


def _attached() -> None:
    pdf = Pdf()
    content = pdf.stream(b"Item,Price", b"/Type /EmbeddedFile")
    file = pdf.add(f"<< /Type /Filespec /F (costs.csv) /UF (costs.csv) /EF << /F {content} 0 R >> >>".encode())
    pdf.root = f"/Names << /EmbeddedFiles << /Names [(costs.csv) {file} 0 R] >> >>".encode()
    plan = pdf.note("FileAttachment", "300 240 320 260", "/FS << /Type /Filespec /F (plan.dwg) >>")
    pdf.page(at(40, 250, "Costs and plan are attached."), annotations=[plan])
    notes = [{"code": "attachments_left_out", "names": ["costs.csv", "plan.dwg"]}]
    save("attached-files", pdf, ["Costs and plan are attached."], notes=notes)

    pdf = Pdf()
    template = pdf.stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>')
    pdf.root = f"/NeedsRendering true /AcroForm << /XFA {template} 0 R /Fields [] >>".encode()
    pdf.page(at(40, 250, "Please wait..."))
    save("form-built-by-its-program", pdf, ["Please wait..."], notes=[{"code": "objects_left_out", "count": 1}])
