"""Web pages as people save them, and what a browser shows of each, section by section."""

from __future__ import annotations


def _page(body: str, head: str = '<meta charset="utf-8">') -> bytes:
    return f"<!doctype html>\n<html><head>{head}</head><body>\n{body}\n</body></html>\n".encode()


_QUARTERS = _page(
    """<table border=1>
<thead><tr><th rowspan="2">Region</th><th colspan="2">First half</th><th colspan="2">Second half</th></tr>
<tr><th>Q1</th><th>Q2</th><th>Q3</th><th>Q4</th></tr></thead>
<tbody><tr><td rowspan=2>North<td>11<td>12<td>13<td>14
<tr><td><td>22<td><td>24
<tr><td>South<td>31<td colspan=2>closed<td>34</tbody></table>"""
)
_ORDER = _page(
    """<h1>Order 1044</h1><form action="/pay" method=post><input type=hidden name=token value=secret>
<p><label for=n>Name</label> <input id=n name=n value="P. Lind"> <label>E-mail <input type=email value="p@lind.example">
</label></p><p>Delivery: <label><input type=radio name=d checked> home</label>
<label><input type=radio name=d> shop</label></p>
<p>Country <select><option value="">Choose…</option><option selected>Norway</option><option>Sweden</option></select>
Size <select><option>S<option>M</select>
Extras <select multiple size=3><option selected>bag<option>card<option selected>gift wrap</select></p>
<p>Remarks<br><textarea rows=3>Ring twice.
Leave at the door.</textarea></p><input type=password value=hunter2><input type=submit value="Order now"></form>"""
)
_MINUTES = _page(
    """<h1>Minutes of 4 May</h1><ol><li>Budget<ol type=a><li>Rent<li>Wages</ol><li>Roof<ul><li>quotes</ul></ol>
<h2>Decisions</h2><ol start=7><li>Paid</li><li value=12>Postponed</li><li>Dropped</li></ol>
<dl><dt>Chair<dd>A. Ito<dt>Absent<dd>B. Ek</dl>
<details><summary>Votes</summary>Nine for, two against.</details>"""
)
_HIDDEN = _page(
    """<div style="display:none">hidden one</div><p hidden>hidden two</p><p>Shown one.
<span style="DISPLAY : NONE">hidden three <span>hidden four</span></span>Shown two.</p>
<div style="visibility:hidden">hidden five</div><template><p>hidden six</p></template>
<noscript>hidden seven</noscript><dialog>hidden eight</dialog><span style="font-size:0">hidden nine</span>
<table><tr><td>a</td><td hidden>hidden ten</td><td>b</td></tr><tr style="display:none"><td>hidden<td>eleven</tr></table>
<script>document.write("hidden twelve")</script><style>p:after{content:"hidden thirteen"}</style>
<!-- hidden fourteen --><!--[if mso]>hidden fifteen<![endif]--><iframe srcdoc="hidden">hidden sixteen</iframe>"""
)
_FORMULAS = b"""<p>The rate is <math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>
<annotation>\\frac</annotation></math>, the area <math><msup><mi>x</mi><mn>12</mn></msup></math>; 1<math><mfrac>
<mn>1</mn><mn>2</mn></mfrac></math> cups of 101<sub>2</sub> and log<sub>10</sub>, x<sub>i</sub>, 2<sup>(n)</sup>.
<span hidden><math><mi>h</mi></math></span><table><tr><td><math><mi>r<mspace/></mi></math><td><math><msqrt><mn>2</msqrt>
</math></table>"""

_INLINE = _page(
    """<p>Con<b>tracts</b> and <i>re</i><b>ne</b><u>wals</u>, E = mc<sup>2</sup>, 10<sup>6</sup> cycles of
H<sub>2</sub>O, the 1<sup>st</sup> and 22<sup>nd</sup>, M<sup>me</sup> Roy, see above<sup>[3]</sup>,
x<sup>n+1</sup>.<br>
Now <s>90</s> 75 €
for <a href="https://example.org/x">this o</a>ffer&nbsp;&mdash; <q>as is</q>, non&shy;binding<wbr>ly&#8203;.</p>
<p>It&#146;s &lt;b&gt; &amp;amp; &copy; &#x41;&hellip;</p>"""
)
_CODE = _page(
    "<h2>Set-up</h2><p>Run:</p><pre>\nfor x in a:\n    run(x)\n</pre><p>Done.</p><blockquote>One.<br>Two.</blockquote>"
)
_LAYOUT = _page(
    """<table width=600><tr><td><table><tr><td><h1>Acme news</h1></td></tr>
<tr><td><p>Dear reader,</p><p>prices rise in May.</p>
<table><tr><th>Item</th><th>Price</th></tr><tr><td>Bolt</td><td>2.10</td></tr><tr><td>Nut</td><td></td></tr></table>
</td></tr><tr><td>Unsubscribe</td></tr></table></td></tr></table>"""
)
_NESTED = _page(
    """<table><tr><th>Article<th>Sizes<th>Price</tr><tr><td>Coat<td><table><tr><td>S<td>10<tr><td>M<td>7</table><td>90
<tr><td>Hat<td>one<td>12</table><p>After.</p>"""
)
_UNCLOSED = (
    b"<title>Notes</title><body bgcolor=white><p>one<p>two<b>three<ul><li>four<li>five</ul></i></td>six<br/>seven</p>"
)
_TORN = b"<html><p>Un mot</p><table><tr><td>a<td>b<tr><td>c<td>d"
_LATIN = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></head>'
    "<body><p>Größe “M”</p></body></html>"
).encode("cp1252")
_GREEK = "<html><head><meta charset=windows-1253></head><body>Το συμβόλαιο λήγει.</body></html>".encode("cp1253")
_SJIS = '<meta charset="Shift_JIS"><p>契約期間は二年です。</p>'.encode("cp932")
_XHTML = (
    '<?xml version="1.0" encoding="ISO-8859-2"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
    '<body><p>Umowa<a id="a"/> z dnia<br/>piątego</p><script src="x.js"/>'
    "<table><tr><td/><td>źle</td></tr></table></body></html>"
).encode("iso8859-2")
_UTF16 = "<html><body><p>Ein Satz — mit Marke.</p></body></html>".encode("utf-16")
_DRAWN = _page(
    """<figure><svg><title>tip</title><defs><text>unseen</text></defs><text>Lyon</text><text x=3>19.2</text>
</svg><figcaption>
Figure 1: <img src="a.png" alt="a rising line"></figcaption></figure><ruby>漢<rt>かん</rt></ruby>"""
)
_CAPTION = _page(
    """<table><caption>Stock</caption><tr><th scope=row>Bolts</th><td>4</td></tr>
<tr><th scope=row>Nuts</th><td>0</td></tr>
<tfoot><tr><td>Sum<td>4</tfoot></table>"""
)
_WIDE = _page(f"<table><tr><td>first{'<td>' * 12}last<tr><td colspan=3>a<td>b</table>")

PAGES: list[tuple[str, bytes, list[str]]] = [
    (
        "quarters.html",
        _QUARTERS,
        [
            "Region | First half | | Second half\nRegion | Q1 | Q2 | Q3 | Q4\nNorth | 11 | 12 | 13 | 14\n"
            "North | | 22 | | 24\nSouth | 31 | closed | | 34"
        ],
    ),
    (
        "order.html",
        _ORDER,
        [
            "Order 1044\nName P. Lind E-mail p@lind.example\nDelivery: ☒ home ☐ shop\n"
            "Country Norway Size S Extras bag, gift wrap\nRemarks\nRing twice. Leave at the door.\nOrder now"
        ],
    ),
    (
        "minutes.html",
        _MINUTES,
        [
            "Minutes of 4 May\n1. Budget\na. Rent\nb. Wages\n2. Roof\n- quotes",
            "Decisions\n7. Paid\n12. Postponed\n13. Dropped\nChair\nA. Ito\n"
            "Absent\nB. Ek\nVotes\nNine for, two against.",
        ],
    ),
    ("hidden.html", _HIDDEN, ["Shown one. Shown two.\na | b"]),
    (
        "inline.html",
        _INLINE,
        [
            "Contracts and renewals, E = mc², 10⁶ cycles of H2O, the 1st and 22nd, Mme Roy, see above[3], x^(n+1).\n"
            "Now ~~90~~ 75 € for this offer — “as is”, nonbindingly.\nIt’s <b> &amp; © A…"
        ],
    ),
    (
        "formulas.html",
        _FORMULAS,
        ["The rate is (a+1)/b, the area x^12; 1 1/2 cups of 101₂ and log10, x_i, 2^(n).\nr | √(2)"],
    ),
    ("code.html", _CODE, ["Set-up\nRun:\nfor x in a:\n    run(x)\nDone.\nOne.\nTwo."]),
    (
        "newsletter.html",
        _LAYOUT,
        ["Acme news\nDear reader,\nprices rise in May.\nItem | Price\nBolt | 2.10\nNut\nUnsubscribe"],
    ),
    ("nested-table.html", _NESTED, ["Article | Sizes | Price\nCoat | S, 10; M, 7 | 90\nHat | one | 12\nAfter."]),
    ("unclosed.html", _UNCLOSED, ["Notes\none\ntwothree\n- four\n- five\nsix\nseven"]),
    ("cut-short.html", _TORN, ["Un mot\na | b\nc | d"]),
    ("latin1-declared.html", _LATIN, ["Größe “M”"]),
    ("greek-declared.html", _GREEK, ["Το συμβόλαιο λήγει."]),
    ("shift-jis-declared.html", _SJIS, ["契約期間は二年です。"]),
    ("xhtml-latin2.xhtml", _XHTML, ["Umowa z dnia\npiątego\n| źle"]),
    ("utf16-marked.htm", _UTF16, ["Ein Satz — mit Marke."]),
    ("drawing.html", _DRAWN, ["Lyon 19.2\nFigure 1: a rising line\n漢(かん)"]),
    ("row-headings.html", _CAPTION, ["Stock\nBolts | 4\nNuts | 0\nSum | 4"]),
    ("wide-gap.html", _WIDE, ["first | … M: last\na | | | b"]),
]
