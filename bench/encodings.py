"""How many texts of known encoding are read right: ours against other detectors, by encoding.

    python bench/encodings.py [FOLDER]

The texts are those of tests/languages.py, alone and as rows of a table. FOLDER: more of them, in folders that are
named by their encoding (the tests of chardet are such: `tests/windows-1250-polish/…`); what they declare is taken out.
Right is what decodes to the same text, but for what only a wider cousin of the encoding has.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    sys.path[:1] = [str(root), str(root / "chatapp")]

import chardet
import charset_normalizer
from chalicelib.extraction import cleaning
from chalicelib.extraction.kinds import charset

from tests.languages import LANGUAGES, encoded

_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?[\w.:-]+["']?""", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "iso-8859-1": "cp1252", "tis-620": "cp874"}
_NO_OLDER = ("ascii", "utf", "none", "iso-2022")


class Known(NamedTuple):
    encoding: str
    content: bytes
    text: str


def own() -> Iterator[Known]:
    for each in encoded():
        yield Known(each.encoding, each.content, each.text)
    for encodings, *paragraphs in LANGUAGES.values():
        words = " ".join(paragraphs).split()
        for encoding in encodings.split():
            rows = (f"{at};{words[at % len(words)]} {words[(at * 7 + 3) % len(words)]};{at * 3}.50" for at in range(12))
            content = ("id;name;price\r\n" + "\r\n".join(rows)).encode(encoding, "replace")
            yield Known(encoding, content, content.decode(encoding))


def of_folder(folder: Path) -> Iterator[Known]:
    for path in sorted(folder.glob("*/*")):
        name = path.parent.name.lower()
        found = re.match(r"(?:iso-8859-\d+|windows-\d+|[a-z0-9_-]+)", name)
        if not path.is_file() or not found or name.startswith(_NO_OLDER):
            continue
        encoding = _WIDER.get(found[0], found[0])
        codec = charset.known(encoding.replace("macroman", "mac_roman").replace("maccyrillic", "mac_cyrillic"))
        if codec:
            content = _DECLARED.sub(b"", path.read_bytes())
            yield Known(codec, content, content.decode(codec, "replace"))


def ours(content: bytes) -> str:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return charset.find(Path(file.name)).codec


DETECTORS: dict[str, Callable[[bytes], str | None]] = {
    "ours": ours,
    "chardet": lambda content: chardet.detect(content, compat_names=False)["encoding"],
    "charset-normalizer": lambda content: getattr(charset_normalizer.from_bytes(content).best(), "encoding", None),
}


def is_right(known: Known, codec: str | None) -> bool:
    try:
        text = known.content.decode(codec or "ascii", "replace")
    except LookupError:
        return False
    return cleaning.clean(text) == cleaning.clean(known.text) or _is_alike(text, known.text)


def _is_alike(text: str, known: str) -> bool:
    """But for letters that only a wider cousin has, which the narrower one shows as controls or not at all."""
    if len(text) != len(known):
        return False
    different = [(read, meant) for read, meant in zip(text, known, strict=True) if read != meant]
    return all(meant == "\ufffd" or "\x80" <= meant < "\xa0" for _, meant in different)


def main() -> None:
    texts = [each for each in own() if not each.text.isascii()]
    texts += [each for folder in sys.argv[1:] for each in of_folder(Path(folder)) if not each.text.isascii()]
    encodings = sorted({each.encoding for each in texts})
    right: dict[str, dict[str, int]] = {name: dict.fromkeys(encodings, 0) for name in DETECTORS}
    took: dict[str, float] = {}
    for name, detect in DETECTORS.items():
        before = time.perf_counter()
        for each in texts:
            right[name][each.encoding] += is_right(each, detect(each.content))
        took[name] = time.perf_counter() - before
    print(f"{'':16}{'texts':>7}" + "".join(f"{name:>20}" for name in DETECTORS))
    for encoding in encodings:
        count = sum(each.encoding == encoding for each in texts)
        print(f"{encoding:16}{count:>7}" + "".join(f"{right[name][encoding]:>20}" for name in DETECTORS))
    shares = {name: sum(right[name].values()) / len(texts) for name in DETECTORS}
    print(f"{'right':16}{len(texts):>7}" + "".join(f"{share:>20.1%}" for share in shares.values()))
    print(f"{'ms a text':23}" + "".join(f"{took[name] / len(texts) * 1_000:>20.1f}" for name in DETECTORS))
    figures = {f"{name}_right": round(share, 4) for name, share in shares.items()}
    print(f"\n{json.dumps({'texts': len(texts), **figures})}")


if __name__ == "__main__":
    main()
