from __future__ import annotations

import json
from pathlib import Path

import pytest
from chalicelib.extraction import Limits, cleaning, estimates, language
from chalicelib.extraction.kinds import charset

from tests.unit import extraction_files as files

FRENCH = "L'été dernier, nous avons été à la plage où il faisait déjà très chaud : 30 °C."


def _write(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252", "latin-1"],
)
def test_a_text_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    pages, _ = files.extract(_write(tmp_path, "a.txt", FRENCH.encode(encoding)))
    assert pages[0].text == FRENCH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, мир. Это обычный русский текст для проверки кодировки.", "cp1251"),
        ("日本語のテキストです。これはテストです。漢字とかな。", "shift_jis"),
        ("这是一个测试文件，内容是中文。我们需要足够的文字。", "gb18030"),
    ],
)
def test_a_text_in_another_script(tmp_path: Path, text: str, encoding: str) -> None:
    assert files.extract(_write(tmp_path, "a.txt", text.encode(encoding)))[0][0].text == text


def test_accents_far_into_a_text_decide_its_encoding(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.txt", b"plain words\n" * 20_000 + "prévu à l'été".encode("cp1252"))
    assert files.extract(path)[0][-1].text.endswith("prévu à l'été")


def test_one_damaged_letter_leaves_the_rest_of_a_utf8_text(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.txt", FRENCH.encode() * 9 + b"\xff" + FRENCH.encode())
    assert charset.find(path).codec == "utf-8"
    assert files.extract(path)[0][0].text == FRENCH * 9 + "\ufffd" + FRENCH


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.py", "\r\n".join(f"line {number}" for number in range(1, 201)))
    pages, total = files.extract(path)
    assert [page.locator["label"] for page in pages] == ["lines 1–80", "lines 81–160", "lines 161–200"]
    assert pages[1].text.startswith("line 81\nline 82\n")
    assert total.pages == 3
    assert files.extract(path, start_page=2)[0] == pages[1:]


def test_a_line_longer_than_a_page_has_parts(tmp_path: Path) -> None:
    text = json.dumps({"numbers": list(range(20_000))})
    pages, _ = files.extract(_write(tmp_path, "a.json", text))
    assert pages[1].locator["label"] == "line 1 (part 2)"
    assert "".join(page.text for page in pages).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_whatever_parts_its_fields(tmp_path: Path, separator: str) -> None:
    rows = [["Nom", "Ville"], ["Zoé", "Le Mans, France"], ['"quoted"', "two\nlines"]]
    text = "\n".join(separator.join('"' + value.replace('"', '""') + '"' for value in row) for row in rows)
    pages, _ = files.extract(_write(tmp_path, "a.csv", text.encode("cp1252")))
    assert pages[0].text == 'Nom | Ville\nZoé | Le Mans, France\n"quoted" | two lines'
    assert pages[0].locator == {"kind": "sheet", "label": "rows 1–3", "sheet": None, "first_row": 1, "last_row": 3}


def test_a_quote_that_is_never_closed_is_a_letter(tmp_path: Path) -> None:
    """The rows after it stay rows; as a table read to its end, it would be one cell."""
    pages, _ = files.extract(_write(tmp_path, "a.csv", 'a,b\n1,"' + "x,y\n" * 5_000))
    assert pages[0].text.startswith('a | b\n1 | "x | y\nx | y\n')
    assert pages[-1].locator["last_row"] == 5_001


HTML = """<!doctype html><html><head><title>Rapport</title><script>steal("script")</script><style>p {color: red}</style>
<link rel="stylesheet" href="http://evil.example/a.css"></head><body onload="run()"><h1>Intro &amp; but</h1>
<p>Un <b>mot</b> <a href="http://evil.example/x">lien</a><img src="http://evil.example/i.png" alt="a cat"></p>
<iframe src="http://evil.example/f">inside</iframe><!-- a comment --><svg><text>drawn</text></svg>
<table><tr><th>Poste<th>Prix</tr><tr><td><p>Loyer</p></td><td>900</td></tr></table>
<h2>Fin</h2><ul><li>un<li>deux</ul><pre>a
  b</pre>unclosed <b>text"""


def test_html_gives_its_text_by_headings_without_scripts_styles_and_addresses(tmp_path: Path) -> None:
    pages, _ = files.extract(_write(tmp_path, "a.html", HTML))
    assert [page.locator["label"] for page in pages] == ["section Rapport", "section Intro & but", "section Fin"]
    assert pages[1].text.split("\n") == ["Intro & but", "Un mot lien a cat", "drawn", "Poste | Prix", "Loyer | 900"]
    assert pages[2].text.split("\n") == ["Fin", "- un", "- deux", "a", "  b", "unclosed text"]
    everything = json.dumps([page.text for page in pages])
    for unwanted in ("steal", "color", "evil", "run()", "inside", "comment"):
        assert unwanted not in everything


def test_html_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    text = '<meta charset="windows-1251"><p>Мир и Minsk, with many latin letters around the few others'
    assert files.extract(_write(tmp_path, "a.html", text.encode("cp1251")))[0][0].text.startswith("Мир и Minsk")


def test_xml_is_shown_and_its_entities_stay_unexpanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>\n<a>&c;&f;</a>'
    assert files.extract(_write(tmp_path, "a.xml", bomb))[0][0].text == bomb


def test_a_text_of_blanks_has_no_text(tmp_path: Path) -> None:
    assert files.failure(_write(tmp_path, "a.txt", " \n\t\n" * 100)).code == "no_text"


def test_a_text_longer_than_the_limit_keeps_what_was_read(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.txt", "0123456789\n" * 2_000)
    limits = Limits(max_characters=10_000)
    error = files.failure(path, limits=limits)
    assert error.code == "too_much_text"
    assert "0.01 million" in error.message


def test_text_is_fit_for_json_and_dynamodb() -> None:
    assert cleaning.clean("a\x00b\x1b[0m\r\nc\u2028d\fe") == "ab[0m\nc\nd\ne"
    assert cleaning.clean("x\ud800y\ufffez\U0001fffe\ufeff") == "xyz"
    assert cleaning.clean("e\u0301 🙂 العربية") == "é 🙂 العربية"
    assert cleaning.clean("de\ufb01ne the e\ufb00ect, e\ufb03cient \ufb02ow") == "define the effect, efficient flow"
    assert cleaning.clean("hidden\U000e0041\U000e0042") == "hidden"
    assert cleaning.tidy(" a  \n\n\n\n  b ") == "a\n\n  b"


def test_blanks_cost_time_by_their_number_not_its_square() -> None:
    assert cleaning.tidy(" " * 2_000_000 + "x") == "x"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FRENCH, "fr"),
        ("The contract is signed by both parties and will end in May of this year.", "en"),
        ("Der Vertrag wurde von beiden Parteien unterschrieben.", "other"),
        ("1 | 2 | 3", "other"),
        ("", "other"),
    ],
)
def test_the_language_is_guessed(text: str, code: str) -> None:
    assert language.language(text) == code


# By Anthropic's tokenizer of Claude 2, the only one that is public; later ones take up to a third more.
COUNTED = {
    "prose": ("The parties shall deliver within thirty days of signature; otherwise a penalty is due. " * 40, 641),
    "decimals": ("4821.0375,77.1942,305.8811,9120.4433\n" * 100, 2_100),
    "whole numbers": ("48210375,771942,3058811,91204433\n" * 100, 1_500),
    "rows": ("Row 17 | 2026-11-21 | 4821.03 | 77194\n" * 100, 1_800),
    "Chinese": ("合同双方应当在签订后三十日内完成交付,逾期每日按合同总价的百分之一支付违约金。" * 30, 1_110),
    "Japanese": ("この契約は、両当事者が署名した日から効力を生じ、一年間有効とする。" * 30, 1_080),
    "Korean": ("계약 당사자는 서명일로부터 삼십일 이내에 납품을 완료하여야 한다." * 30, 1_230),
}


@pytest.mark.parametrize("kind", COUNTED)
def test_tokens_are_estimated_rather_too_many_than_too_few(kind: str) -> None:
    text, counted = COUNTED[kind]
    assert counted <= estimates.estimate_tokens(text) <= 2.1 * counted


def test_a_table_of_decimals_is_never_taken_for_prose() -> None:
    """473 KB, of which a tokenizer that takes digits one by one makes about 288,000 tokens."""
    table = "4821.0375,77.1942,305.8811,9120.4433\n" * 12_780
    assert len(table) == pytest.approx(473_000, rel=0.001)
    assert estimates.estimate_tokens(table) > 288_000


def test_digits_punctuation_and_letters_weigh_apart() -> None:
    assert estimates.estimate_tokens("") == 0
    assert estimates.estimate_tokens("word " * 600) == 1_000
    assert estimates.estimate_tokens("7" * 600) == 600
    assert estimates.estimate_tokens("漢" * 600) == 900
    assert estimates.estimate_tokens("| " * 600) == 500
    assert estimates.estimate_tokens("\ud800") == 1


@pytest.mark.parametrize("text", ["word, " * 50, "12.5;" * 60, "漢字" * 60, "x"])
@pytest.mark.parametrize("tokens", [0, 1, 7, 40, 10_000])
def test_a_beginning_is_as_long_as_its_tokens_allow(text: str, tokens: int) -> None:
    cut = estimates.beginning(text, tokens)
    assert text.startswith(cut)
    assert estimates.estimate_tokens(cut) <= tokens
    assert cut == text or estimates.estimate_tokens(text[: len(cut) + 1]) > tokens
