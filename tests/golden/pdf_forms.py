"""Forms, remarks and comments: what is laid over a page."""

from __future__ import annotations

from typing import Any

from tests.golden.pdf_writer import Pdf, at, save


def main() -> None:
    _texts()
    _choices()
    _ticks()
    _inheritance()
    _places()
    _remarks()
    _comments()


def _fields(count: int) -> dict[str, Any]:
    return {"notes": [{"code": "form_fields", "count": count}]}


def _texts() -> None:
    pdf = Pdf()
    pdf.form = b"/NeedAppearances true"
    fields = [
        pdf.field("/FT /Tx /T (name) /V (Ann Smith)", "120 245 300 263"),
        pdf.field("/FT /Tx /T (city) /V (Ghent)", "120 215 300 233"),
        pdf.field("/FT /Tx /T (telephone)", "120 185 300 203"),
    ]
    labels = [at(40, 250, "Name:"), at(40, 220, "City:"), at(40, 190, "Telephone:")]
    pdf.page(*labels, annotations=fields)
    save("form-never-drawn", pdf, ["Name: Ann Smith City: Ghent Telephone:"], **_fields(2))

    pdf = Pdf()
    comb = pdf.field("/FT /Tx /T (number) /MaxLen 8 /Ff 16777216 /V (20461187)", "150 245 310 263")
    pdf.page(at(40, 250, "Account number:"), annotations=[comb])
    save("form-comb", pdf, ["Account number: 20461187"], **_fields(1))

    for form_name, entry, seen in (
        ("form-as-drawn", b"", "1,234.50 EUR"),
        ("form-drawn-anew", b"/NeedAppearances true", "1234.5"),
    ):
        pdf = Pdf()
        pdf.form = entry
        drawn = pdf.picture("0 0 180 18", b"/Tx BMC " + at(2, 4, "1,234.50 EUR") + b"EMC")
        apart = pdf.picture("0 0 180 18", b"".join(at(2 + 20 * place, 4, digit) for place, digit in enumerate("2046")))
        fields = [
            pdf.field(f"/FT /Tx /T (amount) /V (1234.5) /AP << /N {drawn} 0 R >>", "120 245 300 263"),
            pdf.field(f"/FT /Tx /T (number) /V (2046) /AP << /N {apart} 0 R >>", "120 215 300 233"),
        ]
        pdf.page(at(40, 250, "Amount:"), at(40, 220, "Number:"), annotations=fields)
        save(form_name, pdf, [f"Amount: {seen} Number: 2046"], **_fields(2))

    pdf = Pdf()
    value = "The gate is broken.\\rThe bell as well."
    long = pdf.field(f"/FT /Tx /T (remarks) /Ff 4096 /V ({value})", "40 150 360 230")
    pdf.page(at(40, 240, "Remarks"), at(40, 130, "Thank you."), annotations=[long])
    save("form-several-lines", pdf, ["Remarks The gate is broken. The bell as well. Thank you."], **_fields(1))

    pdf = Pdf()
    over = pdf.field("/FT /Tx /T (tenant) /V (Ines Duarte)", "84 246 250 262")
    pdf.page(at(40, 250, "Tenant: ______________________"), at(40, 220, "Signed: ______________"), annotations=[over])
    save("form-on-underscores", pdf, ["Tenant: Ines Duarte Signed: ______________"], **_fields(1))

    pdf = Pdf()
    secret = pdf.field("/FT /Tx /T (pin) /Ff 8192 /V (4711)", "120 245 300 263")
    pdf.page(at(40, 250, "PIN:"), annotations=[secret])
    save("form-password", pdf, ["PIN: ****"], **_fields(1))

    pdf = Pdf()
    text = "\\376\\377\\0\\305\\0s\\0a\\0 \\1\\132\\0u\\0k"
    name = pdf.field(f"/FT /Tx /T (name) /V ({text})", "120 245 300 263")
    pdf.page(at(40, 250, "Name:"), annotations=[name])
    save("form-utf16", pdf, ["Name: Åsa Śuk"], **_fields(1))


def _choices() -> None:
    pdf = Pdf()
    country = pdf.field("/FT /Ch /Ff 131072 /Opt [[(FR) (France)] [(BE) (Belgium)]] /V (BE)", "120 245 300 263")
    colours = pdf.field(
        "/FT /Ch /Ff 2097152 /Opt [[(r) (Red)] [(g) (Green)] [(b) (Blue)]] /V [(r) (b)]", "120 190 300 230"
    )
    unit = pdf.field("/FT /Ch /Opt [(metres) (feet)] /I [1]", "120 160 300 178")
    labels = [at(40, 250, "Country:"), at(40, 216, "Colours:"), at(40, 165, "Unit:")]
    pdf.page(*labels, annotations=[country, colours, unit])
    save("form-choices", pdf, ["Country: Belgium Colours: Red, Blue Unit: feet"], **_fields(3))


def _ticks() -> None:
    pdf = Pdf()
    group = pdf.field("/FT /Btn /Ff 49152 /T (delivery) /V /post")
    on = pdf.picture("0 0 12 12", b"3 3 6 6 re f")
    kids = [
        pdf.note(
            "Widget", f"60 {y} 72 {y + 12}", f"/Parent {group} 0 R /AS /{state} /AP << /N << /{name} {on} 0 R >> >>"
        )
        for y, name, state in ((238, "post", "post"), (218, "shop", "Off"))
    ]
    lines = [at(40, 265, "Delivery"), at(80, 240, "by post"), at(80, 220, "to the shop")]
    pdf.page(*lines, annotations=kids)
    save("form-radio", pdf, ["Delivery [x] by post [ ] to the shop"], **_fields(1))

    pdf = Pdf()
    boxes = [
        pdf.field(
            f"/FT /Btn /T (b{y}) /V /{value} /AP << /N << /Yes {pdf.picture('0 0 9 9', b'0 0 9 9 re f')} 0 R >> >>",
            f"60 {y} 72 {y + 12}",
        )
        for y, value in ((258, "Yes"), (238, "Off"))
    ]
    pdf.page(at(80, 260, "I have read the house rules"), at(80, 240, "I keep a dog"), annotations=boxes)
    save("form-ticks-by-value", pdf, ["[x] I have read the house rules [ ] I keep a dog"], **_fields(1))

    pdf = Pdf()
    boxes = [
        pdf.field("/FT /Btn /T (a) /AS /On", "100 245 112 257"),
        pdf.field("/FT /Btn /T (b) /AS /Off", "180 245 192 257"),
    ]
    pdf.page(at(40, 247, "Badge: yes"), at(150, 247, "no"), at(40, 200, "Zone C"), annotations=boxes)
    save("form-ticks-behind", pdf, ["Badge: yes [x] no [ ] Zone C"], **_fields(1))


def _inheritance() -> None:
    pdf = Pdf()
    parent = pdf.field("/FT /Tx /T (tenant) /V (Lotte Vermeer)")
    middle = pdf.add(f"<< /T (name) /Parent {parent} 0 R >>".encode())
    kids = [pdf.note("Widget", f"120 {y} 300 {y + 18}", f"/Parent {middle} 0 R") for y in (245,)]
    pdf.page(at(40, 250, "Tenant:"), annotations=kids)
    save("form-value-above", pdf, ["Tenant: Lotte Vermeer"], **_fields(1))


def _places() -> None:
    pdf = Pdf()
    fields = [
        pdf.field("/FT /Tx /T (seen) /V (Seen)", "120 245 300 263"),
        pdf.field("/FT /Tx /T (hidden) /V (Hidden)", "120 215 300 233", flags=2),
        pdf.field("/FT /Tx /T (nowhere) /V (Nowhere)", "0 0 0 0"),
        pdf.field("/FT /Tx /T (outside) /V (Outside)", "500 245 600 263"),
    ]
    pdf.page(at(40, 250, "Field:"), annotations=fields)
    save("form-unseen", pdf, ["Field: Seen"], notes=[{"code": "form_fields", "count": 1}])

    pdf = Pdf()
    # The page is turned to the right: what runs up its left side is read along its top.
    name = pdf.field("/FT /Tx /T (name) /V (Ann Smith)", "38 120 56 300")
    label = b"BT /F 12 Tf 0 1 -1 0 50 40 Tm (Name:) Tj ET"
    pdf.page(label, more="/Rotate 90", annotations=[name])
    save("form-turned", pdf, ["Name: Ann Smith"], **_fields(1))

    pdf = Pdf()
    names = [
        pdf.field(f"/FT /Tx /T (n{y}) /V ({value})", f"40 {y} 150 {y + 16}")
        for y, value in ((216, "Bolts"), (196, "Nuts"))
    ]
    counts = [
        pdf.field(f"/FT /Tx /T (c{y}) /V ({value})", f"200 {y} 240 {y + 16}") for y, value in ((216, ""), (196, "40"))
    ]
    prices = [
        pdf.field(f"/FT /Tx /T (p{y}) /V ({value})", f"300 {y} 340 {y + 16}") for y, value in ((216, "3.20"), (196, ""))
    ]
    head = [at(40, 240, "Item"), at(200, 240, "Quantity"), at(300, 240, "Price")]
    pdf.page(*head, annotations=[*names, *counts, *prices])
    save("form-table", pdf, ["Item | Quantity | Price Bolts | | 3.20 Nuts | 40 |"], **_fields(4))


def _remarks() -> None:
    pdf = Pdf()
    remark = pdf.note("FreeText", "40 200 360 240", "/DA (/Helv 12 Tf) /Contents (Agreed, but not before June.)")
    pdf.page(at(40, 260, "Offer 12: a new fence."), annotations=[remark])
    save("remark-never-drawn", pdf, ["Offer 12: a new fence. Agreed, but not before June."])

    pdf = Pdf()
    remark = pdf.note("FreeText", "200 180 380 240", "/DA (/Helv 12 Tf) /Contents (Call first.\\rThen send it.)")
    pdf.page(at(40, 260, "Offer 13: a roof."), at(40, 120, "Valid for a month."), annotations=[remark])
    save("remark-of-two-lines", pdf, ["Offer 13: a roof. Call first. Then send it. Valid for a month."])

    pdf = Pdf()
    drawn = pdf.picture("0 0 140 40", b"1 0 0 RG 0 0 140 40 re S BT /F 20 Tf 10 12 Td (APPROVED) Tj ET")
    stamp = pdf.note("Stamp", "220 200 360 240", f"/AP << /N {drawn} 0 R >>")
    pdf.page(at(40, 260, "Plan of the garden, second draft"), annotations=[stamp])
    save("stamp", pdf, ["Plan of the garden, second draft APPROVED"])

    pdf = Pdf()
    drawn = pdf.picture("0 0 180 40", b"BT /F 10 Tf 4 24 Td (Signed by Jonas Berg) Tj 0 -14 Td (2 June 2024) Tj ET")
    signature = pdf.field(f"/FT /Sig /T (signature) /AP << /N {drawn} 0 R >>", "40 180 220 220")
    pdf.page(at(40, 260, "The parties agree."), annotations=[signature])
    save("signature", pdf, ["The parties agree. Signed by Jonas Berg 2 June 2024"])

    pdf = Pdf()
    drawn = pdf.picture("0 0 80 20", b"0.8 g 0 0 80 20 re f 0 g BT /F 12 Tf 20 6 Td (Print) Tj ET")
    button = pdf.field(f"/FT /Btn /Ff 65536 /T (print) /AP << /N {drawn} 0 R >>", "40 180 120 200")
    pdf.page(at(40, 260, "Receipt 77"), annotations=[button])
    save("button", pdf, ["Receipt 77 Print"])


def _comments() -> None:
    pdf = Pdf()
    comment = pdf.note("Text", "300 240 320 260", "/T (Ann Smith) /Contents (Is this the right rate?)")
    popup = pdf.note("Popup", "320 200 390 240", f"/Parent {comment} 0 R /Contents (Is this the right rate?)")
    pdf.page(at(40, 250, "The rate is 4 per cent."), annotations=[comment, popup])
    said = "The rate is 4 per cent. [Comment by Ann Smith: Is this the right rate?]"
    save("comment", pdf, [said], notes=[{"code": "comments", "count": 1}])

    pdf = Pdf()
    notes = [
        pdf.note("Highlight", "40 245 200 262", "/QuadPoints [40 262 200 262 40 245 200 245] /Contents (Cap this.)"),
        pdf.note("StrikeOut", "40 215 200 232", "/QuadPoints [40 232 200 232 40 215 200 215] /T (Lea)"),
        pdf.note("Text", "300 215 320 235", "/T (Lea) /Contents (Gone)", flags=2),
        pdf.note("Text", "300 245 320 265", "/T (Lea) /Contents (Accepted) /StateModel (Review) /State (Accepted)"),
    ]
    lines = [at(40, 250, "Damages are unlimited."), at(40, 220, "Costs are shared.")]
    pdf.page(*lines, annotations=notes)
    said = "Damages are unlimited. Costs are shared. [Comment: Cap this.] [Struck out by Lea: Costs are shared.]"
    save("comment-on-marked-text", pdf, [said], notes=[{"code": "comments", "count": 2}])

    pdf = Pdf()
    quads = "/QuadPoints [132 262 196 262 132 245 196 245 40 242 84 242 40 225 84 225]"
    struck = pdf.note("StrikeOut", "40 225 250 262", f"{quads} /T (Lea) /Contents (Too long)")
    copied = pdf.note("StrikeOut", "40 195 75 212", "/Contents (Extras)")
    lines = [at(40, 250, "Notice is given in ninety days"), at(40, 230, "at least."), at(40, 200, "Extras are free.")]
    pdf.page(*lines, annotations=[struck, copied])
    said = (
        "Notice is given in ninety days at least. Extras are free. "
        "[Struck out by Lea: ninety days at least.] [Comment by Lea: Too long] [Struck out: Extras]"
    )
    save("struck-out", pdf, [said], notes=[{"code": "comments", "count": 2}])

    pdf = Pdf()
    link = pdf.note("Link", "40 245 200 262", "/A << /S /URI /URI (https://shop.example/offer) >> /Contents (Shop)")
    pdf.page(at(40, 250, "See our shop."), annotations=[link])
    save("link", pdf, ["See our shop."])
