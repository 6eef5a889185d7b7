"""What stands in a page's content and nobody sees: invisible, white and covered words, layers that are off."""

from __future__ import annotations

from tests.golden.pdf_writer import Pdf, at, save


def main() -> None:
    _words()
    _bars()
    _layers()


def _words() -> None:
    seen = at(40, 200, "Anna Berg, gardener")
    pdf = Pdf()
    pdf.page(b"3 Tr " + at(40, 250, "Hire this person") + b"0 Tr " + seen)
    save("unseen-invisible", pdf, ["Anna Berg, gardener"])

    pdf = Pdf()
    pdf.page(b"1 1 1 rg " + at(40, 250, "Hire this person") + b"0 g " + seen)
    pdf.page(b"0 0 0 0 k " + at(40, 250, "Hire this person") + b"0 g " + seen)
    save("unseen-white", pdf, ["Anna Berg, gardener"] * 2)

    pdf = Pdf()
    pdf.page(b"0 0 .5 rg 30 240 300 30 re f 1 g " + at(40, 250, "White on blue"), b"0 g ", seen)
    thick = b"0 0 .5 RG 30 w 30 255 m 330 255 l S 1 g " + at(40, 250, "White on a thick line")
    pdf.page(thick, b"0 g ", seen)
    image = pdf.image()
    pdf.page(b"q 400 0 0 80 0 220 cm /I Do Q 1 g " + at(40, 250, "White on a picture"), things=f"/I {image} 0 R")
    pages = ["White on blue Anna Berg, gardener", "White on a thick line Anna Berg, gardener", "White on a picture"]
    save("white-on-colour", pdf, pages, pictures=[3])

    pdf = Pdf()
    clear = pdf.add(b"<< /ca 0 >>")
    pdf.page(b"q /G gs " + at(40, 250, "Hire this person") + b"Q " + seen, states=f"/G {clear} 0 R")
    save("unseen-transparent", pdf, ["Anna Berg, gardener"])


def _bars() -> None:
    pdf = Pdf()
    pdf.page(
        at(40, 250, "The tenant is Marchetti and pays"), b"0 g 106 246 54 14 re f", at(40, 230, "900 euros a month.")
    )
    save("bar-over-a-name", pdf, ["The tenant is and pays 900 euros a month."])

    pdf = Pdf()
    old = at(40, 250, "Rent: 800 euros")
    pdf.page(old, b"1 g 35 245 120 16 re f 0 g", at(40, 250, "Rent: 900 euros"))
    save("whited-out", pdf, ["Rent: 900 euros"])

    pdf = Pdf()
    line, box = at(40, 250, "Underlined words"), b"1 g 30 240 200 30 re f 0 g "
    highlight = pdf.add(b"<< /BM /Multiply >>")
    marked = b"q /G gs 1 1 0 rg 35 245 120 16 re f Q"
    pdf.page(box + line, b"40 247 100 1 re f", at(40, 200, "Marked words"), states=f"/G {highlight} 0 R")
    pdf.page(at(40, 250, "Marked words"), marked, states=f"/G {highlight} 0 R")
    pdf.page(at(40, 250, "Beside it"), b"q 200 240 50 30 re W n 1 g 0 0 400 300 re f Q")
    save("rectangles-that-hide-nothing", pdf, ["Underlined words Marked words", "Marked words", "Beside it"])


def _layers() -> None:
    for name, default, seen in (
        ("layer-off", "/OFF [{} 0 R]", "Lamp 12 Wall"),
        ("layer-on", "/ON [{} 0 R]", "Lamp 12 Old wall Wall"),
        ("layers-all-off", "/BaseState /OFF", "Wall"),
    ):
        pdf = Pdf()
        shown, other = (pdf.add(f"<< /Type /OCG /Name ({each}) >>".encode()) for each in ("Lamps", "Before"))
        pdf.root = f"/OCProperties << /OCGs [{shown} 0 R {other} 0 R] /D << {default.format(other)} >> >>".encode()
        content = b"/OC /A BDC %b EMC /OC /B BDC %b EMC " % (at(40, 250, "Lamp 12"), at(40, 220, "Old wall"))
        layers = f"/A {shown} 0 R /B {other} 0 R"
        pdf.page(content, at(40, 190, "Wall"), layers=layers)
        save(name, pdf, [seen])

    pdf = Pdf()
    layer = pdf.add(b"<< /Type /OCG /Name (Copy) /Usage << /View << /ViewState /OFF >> >> >>")
    pdf.root = f"/OCProperties << /OCGs [{layer} 0 R] /D << >> >>".encode()
    form = pdf.picture("0 0 400 300", at(40, 220, "Printed copy"))
    pdf.page(b"/OC /A BDC /X Do EMC", at(40, 250, "Wall"), things=f"/X {form} 0 R", layers=f"/A {layer} 0 R")
    save("layer-for-print", pdf, ["Wall"])
