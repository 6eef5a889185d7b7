from __future__ import annotations

import codecs
import math
from pathlib import Path

import pytest
from chalicelib.extraction.kinds import charset

from tests.languages import encoded


def _find(tmp_path: Path, content: bytes, *, in_html: bool = False) -> charset.Encoding:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    return charset.find(path, in_html=in_html)


def _is_right(content: bytes, codec: str, text: str) -> bool:
    """Whatever the encoding is called."""
    return content.decode(codec, "replace") == text


def test_95_of_100_texts_in_34_languages_are_read_right(tmp_path: Path) -> None:
    texts = [each for each in encoded() if not each.text.isascii()]
    wrong = [
        f"{each.language} in {each.encoding}, read as {found}"
        for each in texts
        if not _is_right(each.content, found := _find(tmp_path, each.content).codec, each.text)
    ]
    assert len(texts) >= 240
    assert len(wrong) <= len(texts) * 0.05, wrong


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("don’t", "cp1252"),
        ("The buyer’s right ends “on the day” of delivery – not before…", "cp1252"),
        ("The buyer’s right ends “on the day” of delivery – not before…", "mac_roman"),
        ("Price: 20 € a day", "cp1252"),
        ("Größe: 5 µm ± 2 °C", "cp1252"),
        ("Café Müller, Straße 12", "cp1252"),
        ("Café Müller, Straße 12", "mac_roman"),
        ("El niño: ¿Qué? ¡Hola!", "cp1252"),
        ("Zoé;déjà vu;Genève\r\n", "cp1252"),
        ("Zoé;déjà vu;Genève\r\n", "mac_roman"),
        ("Łódź, Kraków i Gdańsk", "cp1250"),
        ("İstanbul, Şişli", "cp1254"),
        ("Москва;10\r\nКиев;20", "cp1251"),
        ("Спасибо за письмо", "koi8-r"),
        ("Καλημέρα σας", "cp1253"),
        ("שלום עולם", "cp1255"),
        ("مرحبا بالعالم", "cp1256"),
        ("中文测试文件", "gb18030"),
        ("これは、手紙です。", "iso2022_jp"),
        ("계약 기간은 이 년으로 한다.", "iso2022_kr"),
        ("你好，\n世界。", "utf-16-le"),
        ("你好，\n世界。", "utf-16-be"),
        ("Привет, мир", "utf-16-le"),
        ("สวัสดี ครับ", "utf-16-be"),
    ],
)
def test_a_few_words_are_enough(tmp_path: Path, text: str, encoding: str) -> None:
    content = text.encode(encoding)
    assert content.decode(_find(tmp_path, content).codec) == text


@pytest.mark.parametrize(
    ("content", "codec"),
    [
        (b"id,name\n1,Ann\x00\n2,Bob\n", "utf-8"),
        ("1;Zoé\x00\x00\n2;Bob\n3;Eve\n".encode(), "utf-8"),
        ("1;Zoé et Anaïs, déjà là\x00\n2;Bob de la forêt\n".encode("cp1252"), "cp1252"),
        (b"name      \x00\x00city      \x00\x00\n", "utf-8"),
        (b"a log that ends in a crash\n" + bytes(3_000), "utf-8"),
        ("<?xml version='1.0' encoding='windows-1251'?><a>Анна Петрова</a>".encode("cp1251"), "cp1251"),
        ('<?xml version="1.0" encoding="KOI8-R"?><a>\u043c\u0438\u0440</a>'.encode("koi8-r"), "koi8-r"),
        ('<?xml version="1.0" encoding="utf-8"?><a>déjà à l’été</a>'.encode("cp1252"), "cp1252"),
        ('<?xml version="1.0" encoding="windows-1251"?><a>déjà à l’été</a>'.encode(), "utf-8"),
        ('<?xml version="1.0" encoding="utf-16"?><a>été</a>'.encode("utf-16"), "utf-16"),
        ("# -*- coding: iso-8859-2 -*-\nname = 'Żółć'\n".encode("iso8859-2"), "iso8859-2"),
        (codecs.BOM_UTF8 + b"a", "utf-8-sig"),
    ],
)
def test_what_the_bytes_and_the_file_say(tmp_path: Path, content: bytes, codec: str) -> None:
    assert _find(tmp_path, content).codec == codec


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="iso-8859-7">',
        "<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-7'>",
        '<?xml version="1.0" encoding="iso-8859-7"?>',
    ],
)
def test_a_page_says_its_encoding(tmp_path: Path, declaration: str) -> None:
    content = f"<html>{declaration}<p>\u0391\u03b8\u03ae\u03bd\u03b1".encode("iso8859-7")
    content = content.removeprefix(b"<html>") if declaration.startswith("<?") else content
    assert _find(tmp_path, content, in_html=True) == charset.Encoding("iso8859-7")


def test_quotes_far_into_a_text_are_read_as_windows_writes_them(tmp_path: Path) -> None:
    """Of ISO 8859-15 and -1 the same letters have the same bytes, and these are controls."""
    plain = "Le délai est prévu à la clause précédente.\r\n".encode("cp1252") * 4_000
    content = plain + "L’été – “déjà” – coûte 3 €.\r\n".encode("cp1252")
    assert _find(tmp_path, content).codec == "cp1252"


def test_a_guess_is_said_and_what_the_file_says_is_none(tmp_path: Path) -> None:
    assert not _find(tmp_path, "déjà à l’été".encode("cp1252")).is_certain
    assert not _find(tmp_path, "été\n".encode("utf-16-le")).is_certain
    assert _find(tmp_path, "été".encode()).is_certain
    assert _find(tmp_path, b'<?xml version="1.0" encoding="latin1"?><a>\xe9t\xe9</a>').is_certain


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("cp1252", "Windows-1252"),
        ("latin-1", "ISO-8859-1"),
        ("koi8_u", "KOI8-U"),
        ("mac_roman", "Mac Roman"),
        ("cp932", "Shift JIS"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-32-be", "UTF-32BE"),
        ("euc_jp", "EUC-JP"),
        ("cp437", "CP437"),
    ],
)
def test_an_encoding_has_the_name_that_people_know(codec: str, name: str) -> None:
    assert charset.Encoding(codec).name == name


@pytest.mark.parametrize("label", ["zip", "rot13", "", "no such", "x" * 40, "utf_8_sig\x00"])
def test_what_is_no_encoding_of_texts_is_not_taken(label: str) -> None:
    assert charset.known(label) is None


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 4,
        b"\x01\x02\x00\x03\x00\x00\x00\x10" * 200,
        bytes(range(1, 32)) * 9,
        b"".join(int(9_000 * math.sin(at / 9)).to_bytes(2, "little", signed=True) for at in range(999)),
        b"ab\x00\x00\x00\x00\x00" * 99,
    ],
)
def test_what_is_no_text_stays_none(content: bytes) -> None:
    assert charset.sniff(content, is_whole=True) is None


def test_an_empty_part_of_a_mail_has_no_encoding_to_guess() -> None:
    assert charset.of_bytes(b"") == charset.Encoding("utf-8")
