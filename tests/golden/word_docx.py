"""DOCX files of the golden corpus that `make_word.py` writes (numbers, forms, formulas): content, text, notes."""

from __future__ import annotations

from tests.golden.make_word import docx
from tests.golden.word_xml import Case, field, formula, item, level, lists, lowered, mr, p, r, raised, styled, tick

_HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="H{at}"><w:name w:val="heading {at}"/><w:pPr><w:numPr><w:ilvl w:val="{at - 1}"/>'
    f'<w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{at - 1}"/></w:pPr></w:style>'
    for at in (1, 2)
)
_LEGAL = (
    level(0, "upperRoman", "Article %1.") + level(1, "decimal", "%1.%2", "<w:isLgl/>") + level(2, "lowerLetter", "(%3)")
)


def _numbering() -> dict[str, Case]:
    formats = ("decimal", "upperLetter", "lowerRoman", "ordinal", "decimalZero", "cardinalText", "none")
    french = '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="fr-FR"/></w:rPr></w:rPrDefault></w:docDefaults>'
    restart = '<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    own = f'<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "Annex %1:")}</w:lvlOverride></w:num>'
    linked = (
        '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/><w:basedOn w:val="Clause"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Bare"><w:name w:val="Bare"/><w:basedOn w:val="Clause"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
    )
    hidden = level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2", "<w:rPr><w:vanish/></w:rPr>")
    box_font = '<w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr>'
    return {
        "legal-outline.docx": (
            docx(
                styled("Scope", "H1")
                + item("Goods only.", 1, 1)
                + item("New goods", 1, 2)
                + item("Used goods", 1, 2)
                + item("No services.", 1, 1)
                + item("Again", 1, 2)
                + styled("Price", "H1")
                + item("Net.", 1, 1),
                styles=_HEADINGS,
                numbering=lists(_LEGAL),
            ),
            [
                "Article I. Scope\n1.1 Goods only.\n(a) New goods\n(b) Used goods\n1.2 No services.\n(a) Again",
                "Article II. Price\n2.1 Net.",
            ],
            [],
        ),
        "number-formats.docx": (
            docx(
                "".join(item(f"{form} {at}", number) for number, form in enumerate(formats, 1) for at in (1, 2)),
                numbering=lists(*(level(0, form, "%1)" if form != "none" else "Note") for form in formats)),
            ),
            [
                "1) decimal 1\n2) decimal 2\nA) upperLetter 1\nB) upperLetter 2\ni) lowerRoman 1\nii) lowerRoman 2\n1st) ordinal 1\n"
                "2nd) ordinal 2\n01) decimalZero 1\n02) decimalZero 2\nOne) cardinalText 1\nTwo) cardinalText 2\nNote none 1\nNote none 2"
            ],
            [],
        ),
        "nombres-en-lettres.docx": (
            docx(
                item("La vente", 1) + item("Le prix", 1) + item("Titre", 2) + item("Titre", 2),
                styles=french,
                numbering=lists(level(0, "ordinalText", "%1 partie :", start=1), level(0, "ordinal", "%1", start=1)),
            ),
            ["Premier partie : La vente\nDeuxième partie : Le prix\n1er Titre\n2e Titre"],
            [],
        ),
        "articles-and-drop-caps.docx": (
            docx(
                p("T", '<w:framePr w:dropCap="drop" w:lines="3"/>')
                + p("his contract has two parts.")
                + item("Name", 1)
                + item("Office", 1, 1)
                + item("City", 1, 2),
                numbering=lists(
                    level(0, "upperRoman", "Article %1.")
                    + level(1, "decimalZero", "Section %1.%2", "<w:isLgl/>")
                    + level(2, "lowerLetter", "(%3)")
                ),
            ),
            ["This contract has two parts.\nArticle I. Name\nSection 1.01 Office\n(a) City"],
            [],
        ),
        "list-begins-anew.docx": (
            docx(
                item("one", 1) + item("two", 1) + p("Between") + item("one again", 2) + item("goes on", 1),
                numbering=lists(level(0, "decimal", "%1."), overrides=restart),
            ),
            ["1. one\n2. two\nBetween\n1. one again\n2. goes on"],
            [],
        ),
        "level-of-its-own.docx": (
            docx(item("first", 1) + item("plan", 2), numbering=lists(level(0, "decimal", "%1."), overrides=own)),
            ["1. first\nAnnex B: plan"],
            [],
        ),
        "number-by-style.docx": (
            docx(
                styled("Main", "Clause")
                + styled("Below", "Sub")
                + styled("Without", "Bare")
                + styled("Next", "Clause"),
                styles=linked,
                numbering=lists(
                    level(0, "decimal", "§ %1", '<w:pStyle w:val="Clause"/>')
                    + level(1, "decimal", "§ %1.%2", '<w:pStyle w:val="Sub"/>')
                ),
            ),
            ["§ 1 Main\n§ 1.1 Below\nWithout\n§ 2 Next"],
            [],
        ),
        "levels-left-out.docx": (
            docx(
                item("one", 1) + item("deep", 1, 2) + item("after it", 1, 1) + item("anew", 2, 1) + item("next", 2),
                numbering=lists(
                    level(0, "decimal", "%1.") + level(1, "lowerLetter", "%1.%2") + level(2, "upperRoman", "%1.%2.%3"),
                    overrides='<w:num w:numId="2"><w:abstractNumId w:val="1"/>'
                    + "".join(
                        f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{value}"/></w:lvlOverride>'
                        for at, value in enumerate((5, 3))
                    )
                    + "</w:num>",
                ),
            ),
            ["1. one\n1.a.I deep\n1.b after it\n5.c anew\n6. next"],
            [],
        ),
        "levels-that-go-on.docx": (
            docx(
                item("A", 1) + item("a", 1, 1) + item("B", 1) + item("b", 1, 1) + item("start", 2) + item("x", 3),
                numbering=lists(
                    level(0, "upperLetter", "%1") + level(1, "decimal", "Q%2", '<w:lvlRestart w:val="0"/>'),
                    level(0, "decimal", "No. %1", start=7),
                    level(0, "decimal", "%1)", '<w:suff w:val="nothing"/>'),
                ),
            ),
            ["A A\nQ1 a\nB B\nQ2 b\nNo. 7 start\n1)x"],
            [],
        ),
        "bullets-and-boxes.docx": (
            docx(
                item("milk", 1)
                + item("open", 2)
                + item("done", 3)
                + item("empty", 4)
                + item("hidden number", 5, 1)
                + item("", 6)
                + item("after", 6),
                numbering=lists(
                    level(0, "bullet", "\uf0b7", '<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr>'),
                    level(0, "bullet", "\uf0a8", box_font),
                    level(0, "bullet", "\uf0fe", box_font),
                    level(0, "bullet", ""),
                    hidden,
                    level(0, "decimal", "%1."),
                ),
            ),
            ["- milk\n☐ open\n☑ done\nempty\nhidden number\n1.\n2. after"],
            [],
        ),
    }


def _forms() -> dict[str, Case]:
    entries = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Paris"/><w:listEntry w:val="Lyon"/></w:ddList>'
    choice = (
        '<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:value="b"/></w:dropDownList></w:sdtPr>'
        f"<w:sdtContent>{r('Bank transfer')}</w:sdtContent></w:sdt>"
    )
    hint = (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/><w:text/></w:sdtPr><w:sdtContent>{r('Click here.')}</w:sdtContent></w:sdt>"
    )
    box_by_default = '<w:checkBox><w:default w:val="1"/></w:checkBox>'
    return {
        "content-controls.docx": (
            docx(
                p(tick(1) + r(" Member ") + tick(0) + r(" Guest")) + p(r("Pays by ") + choice) + p(r("Name: ") + hint)
            ),
            ["☒ Member ☐ Guest\nPays by Bank transfer\nName: Click here."],
            [{"code": "form_fields", "count": 2}],
        ),
        "legacy-form.docx": (
            docx(
                p(r("City: ") + field("FORMDROPDOWN", form=entries))
                + p(r("Name: ") + field("FORMTEXT", "Ann Smith", "<w:textInput/>"))
                + p(r("Street: ") + field("FORMTEXT", "\u2002\u2002\u2002", "<w:textInput/>"))
                + p(field("FORMCHECKBOX", form=box_by_default) + r(" Newsletter"))
                + p(
                    field("FORMCHECKBOX", form='<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>')
                    + r(" Calls")
                )
            ),
            ["City: Lyon\nName: Ann Smith\nStreet:\n☒ Newsletter\n☐ Calls"],
            [{"code": "form_fields", "count": 3}],
        ),
        "signs-of-fonts.docx": (
            docx(
                p(
                    r("\u00fe", '<w:rFonts w:ascii="Wingdings"/>')
                    + r(" yes ")
                    + r("\u00a8", '<w:rFonts w:ascii="Wingdings"/>')
                    + r(" no")
                )
                + p(
                    r("x ")
                    + '<w:r><w:sym w:font="Symbol" w:char="F0A3"/></w:r>'
                    + r(" 5 and ")
                    + r("D", '<w:rFonts w:ascii="Symbol"/>')
                    + r("t")
                )
                + p(
                    '<w:r><w:rPr><w:rFonts w:ascii="Wingdings 2" w:hAnsi="Wingdings 2"/></w:rPr><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>'
                    + r(" signed at 5")
                    + raised("°")
                )
                + p(field('SYMBOL 168 \\f "Wingdings"') + r(" by a field"))
            ),
            ["☑ yes ☐ no\nx ≤ 5 and Δt\n☑ signed at 5°\n☐ by a field"],
            [],
        ),
        "fields-show-results.docx": (
            docx(
                p(
                    r("See ")
                    + field('HYPERLINK "https://example.org/secret"', "our site")
                    + r(", clause ")
                    + field("REF _Ref1 \\r", "4.2")
                )
                + p(field(f"IF {field('MERGEFIELD sex', 'm')} = m", "Mr") + r(" Jones"))
                + p(field("EQ \\f(3;4)") + r(" of it"))
            ),
            ["See our site, clause 4.2\nMr Jones\n3/4 of it"],
            [],
        ),
    }


def _formulas() -> dict[str, Case]:
    fraction = f"<m:f><m:num>{mr('1')}</m:num><m:den>{mr('2')}</m:den></m:f>"
    root = f"<m:rad><m:radPr><m:degHide m:val='1'/></m:radPr><m:deg/><m:e>{mr('b')}</m:e></m:rad>"
    total = (
        f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{mr('k=1')}</m:sub><m:sup>{mr('n')}</m:sup>"
        f"<m:e><m:sSup><m:e>{mr('k')}</m:e><m:sup>{mr('2')}</m:sup></m:sSup></m:e></m:nary>"
    )
    grid = "".join(f"<m:mr>{''.join(f'<m:e>{mr(each)}</m:e>' for each in line)}</m:mr>" for line in ("12", "34"))
    matrix = f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e><m:m>{grid}</m:m></m:e></m:d>"
    limit = (
        f"<m:func><m:fName><m:limLow><m:e>{mr('lim')}</m:e><m:lim>{mr('x→0')}</m:lim></m:limLow></m:fName>"
        f"<m:e><m:d><m:e>{mr('f')}</m:e></m:d></m:e></m:func>"
    )
    return {
        "formulas.docx": (
            docx(
                p(r("Add 1") + formula(fraction) + r("cup"))
                + p(formula(mr("a=") + root + mr("+2")))
                + p(formula(total))
                + p(formula(mr("M=") + matrix))
                + p(formula(limit))
                + p(
                    formula(
                        f"<m:sSubSup><m:e>{mr('x')}</m:e><m:sub>{mr('i')}</m:sub><m:sup>{mr('n+1')}</m:sup></m:sSubSup>"
                    )
                )
                + p(formula(f"<m:acc><m:e>{mr('p')}</m:e></m:acc>"))
            ),
            ["Add 1 1/2 cup\na=√(b)+2\n∑_(k=1)^n k^2\nM=[1, 2; 3, 4]\nlim_(x→0)(f)\nx_i^(n+1)\np\u0302"],
            [],
        ),
        "raised-and-lowered.docx": (
            docx(
                p(r("H") + lowered("2") + r("O, CO") + lowered("2") + r(", Ca") + raised("2+"))
                + p(
                    r("10")
                    + raised("-9")
                    + r(" m, 5 m")
                    + raised("2")
                    + r(", x")
                    + raised("n")
                    + r(", V")
                    + lowered("max")
                )
                + p(
                    r("1")
                    + raised("st")
                    + r(" of May, XX")
                    + raised("e")
                    + r(" siècle, M")
                    + raised("me")
                    + r(" Roux, Brand")
                    + raised("TM")
                )
                + p(
                    r("2")
                    + r("10", '<w:position w:val="8"/>')
                    + r(" = 1024, ")
                    + r("old price", "<w:strike/>")
                    + r(" 9 €")
                )
            ),
            [
                "H2O, CO2, Ca²⁺\n10⁻⁹ m, 5 m², x^n, V_max\n1st of May, XXe siècle, Mme Roux, Brand™\n2¹⁰ = 1024, ~~old price~~ 9 €"
            ],
            [],
        ),
    }


CASES: dict[str, Case] = {**_numbering(), **_forms(), **_formulas()}
