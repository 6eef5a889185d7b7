"""First bytes of file types: https://en.wikipedia.org/wiki/List_of_file_signatures"""

from __future__ import annotations

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = b"{\\rtf"
_EXECUTABLES = (
    b"MZ",  # Windows, DOS
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # macOS, in both byte orders, then universal binaries and Java classes
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\x00asm",
    b"dex\n",
    b"!<arch>\n",
)
_IMAGES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"))
_UNPACK = "Unpack it and upload the files that matter."
_CONVERT = "Save it as PNG or JPEG."
_NO_SOUND = "Only documents, texts and images are read; a transcript would be."
_REFUSED = (
    (b"\x1f\x8b", "A gzip archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "A 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "A RAR archive", _UNPACK),
    (b"BZh", "A bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "An xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "A zstd archive", _UNPACK),
    (b"BM", "A BMP image", _CONVERT),
    (b"II*\x00", "A TIFF image", _CONVERT),
    (b"MM\x00*", "A TIFF image", _CONVERT),
    (b"8BPS", "A Photoshop image", _CONVERT),
    (b"\x00\x00\x00\x0cjP  \r\n", "A JPEG 2000 image", _CONVERT),
    (b"\xff\x4f\xff\x51", "A JPEG 2000 image", _CONVERT),
    (b"\x00\x00\x00\x0cJXL \r\n", "A JPEG XL image", _CONVERT),
    (b"ID3", "A sound file", _NO_SOUND),
    (b"OggS", "A sound or video file", _NO_SOUND),
    (b"fLaC", "A sound file", _NO_SOUND),
    (b"\x1aE\xdf\xa3", "A video file", _NO_SOUND),
    (b"SQLite format 3\x00", "A database", "Export its tables as CSV."),
)
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis"})
_MAY_BE_TEXT = {b"MZ", b"BM", b"BZh", b"ID3", b"8BPS", b"OggS", b"fLaC", b"dex\n", b"!<arch>\n", b"Rar!\x1a\x07"}


def is_executable(head: bytes) -> bool:
    """Scripts are text: they are shown, never run."""
    return any(head.startswith(magic) and _is_meant(magic, head) for magic in _EXECUTABLES)


def image(head: bytes) -> str | None:
    """The media type of one of the images that Claude takes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"GIF89a"):
        return "image/gif"
    return next((media_type for magic, media_type in _IMAGES if head.startswith(magic)), None)


def refused(head: bytes) -> tuple[str, str] | None:
    """What the file is and what to do instead, for known types that are not read."""
    if head[4:8] == b"ftyp":
        heic = head[8:12] in _HEIC
        return ("A HEIC or AVIF image", _CONVERT) if heic else ("A video or sound file", _NO_SOUND)
    if head[:4] == b"RIFF":
        return "A sound or video file", _NO_SOUND
    for magic, found, advice in _REFUSED:
        if head.startswith(magic) and _is_meant(magic, head):
            return found, advice
    return None


def _is_meant(magic: bytes, head: bytes) -> bool:
    """Letters may as well begin a text ("BMW …", "MZ-80 manual"): then no byte would be a NUL."""
    return magic not in _MAY_BE_TEXT or b"\x00" in head or not _is_utf8(head)


def _is_utf8(head: bytes) -> bool:
    try:
        head[: len(head) - 4].decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 8
    return True
