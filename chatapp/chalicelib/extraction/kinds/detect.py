"""What a file is, by its own bytes; its name and the declared type help where texts leave it open.

Runs in the caller's process and reads little: the first 64 KB, and an archive's directory. Only the type: whether the
content is sound is found out by its parser, in the child.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from chalicelib.extraction.failures import ExtractionError
from chalicelib.extraction.limits import Limits

from . import charset, ole, signatures

Group = Literal["document", "text", "image"]
_HEAD_BYTES = 65_536


@dataclass(frozen=True)
class Kind:
    """format: as people call it ("PDF"). reader: the module of this package that reads it. group: how Claude takes it:
    a document by pages, a text, or an image by sight. encoding: of a text, as far as its first 64 KB tell;
    the reader looks at all of it."""

    media_type: str
    format: str
    group: Group
    reader: str
    encoding: str | None = None


_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = Kind("application/pdf", "PDF", "document", "pdf")
DOCX = Kind(f"{_OOXML}wordprocessingml.document", "DOCX", "document", "docx")
PPTX = Kind(f"{_OOXML}presentationml.presentation", "PPTX", "document", "pptx")
XLSX = Kind(f"{_OOXML}spreadsheetml.sheet", "XLSX", "document", "xlsx")
_ODF = "application/vnd.oasis.opendocument."
ODT = Kind(f"{_ODF}text", "ODT", "document", "odt")
ODS = Kind(f"{_ODF}spreadsheet", "ODS", "document", "ods")
ODP = Kind(f"{_ODF}presentation", "ODP", "document", "odp")
EPUB = Kind("application/epub+zip", "EPUB", "document", "epub")
RTF = Kind("application/rtf", "RTF", "document", "rtf")
PNG = Kind("image/png", "PNG", "image", "image")
JPEG = Kind("image/jpeg", "JPEG", "image", "image")
GIF = Kind("image/gif", "GIF", "image", "image")
WEBP = Kind("image/webp", "WEBP", "image", "image")
XLS = Kind("application/vnd.ms-excel", "XLS", "document", "xls")
EML = Kind("message/rfc822", "EML", "document", "message")
MHT = Kind("multipart/related", "MHT", "document", "message")
MSG = Kind("application/vnd.ms-outlook", "MSG", "document", "outlook")
TXT = Kind("text/plain", "text", "text", "plain_text")
CSV = Kind("text/csv", "CSV", "text", "delimited")
TSV = Kind("text/tab-separated-values", "TSV", "text", "delimited")
HTML = Kind("text/html", "HTML", "text", "web_page")
MARKDOWN = Kind("text/markdown", "Markdown", "text", "plain_text")
JSON = Kind("application/json", "JSON", "text", "plain_text")
XML = Kind("application/xml", "XML", "text", "plain_text")
# Texts that are not shown as they are, or have a media type of their own, by the end of the name.
_TEXTS = {"csv": CSV, "tsv": TSV, "tab": TSV, "html": HTML, "htm": HTML, "xhtml": HTML, "xht": HTML, "json": JSON}
_TEXTS |= {"md": MARKDOWN, "markdown": MARKDOWN, "xml": XML, "eml": EML, "emlx": EML, "mht": MHT, "mhtml": MHT}
_TEXT_TYPES = {kind.media_type: kind for kind in _TEXTS.values()} | {"text/xml": XML, "application/xhtml+xml": HTML}
_TEXT_TYPES |= {"application/csv": CSV, "text/x-csv": CSV, "application/x-mimearchive": MHT, "message/rfc2557": MHT}
_TEXT_TYPES |= {"application/vnd.ms-excel": CSV, "text/x-markdown": MARKDOWN, "text/json": JSON}
_ZIPPED = {kind.reader: kind for kind in (DOCX, PPTX, XLSX, ODT, ODS, ODP, EPUB)}
_IMAGE_TYPES = {kind.media_type: kind for kind in (PNG, JPEG, GIF, WEBP)}
# What names of other kinds promise: said of a file that is cut or garbled, and what makes a text be looked at.
_BY_ENDING = {
    **dict.fromkeys(("pdf",), PDF),
    **dict.fromkeys(("docx", "docm", "dotx", "dotm"), DOCX),
    **dict.fromkeys(("pptx", "pptm", "potx", "potm", "ppsx", "ppsm"), PPTX),
    **dict.fromkeys(("xlsx", "xlsm", "xltx", "xltm", "xlam"), XLSX),
    **dict.fromkeys(("odt", "ott"), ODT),
    **dict.fromkeys(("ods", "ots"), ODS),
    **dict.fromkeys(("odp", "otp"), ODP),
    **{"epub": EPUB, "rtf": RTF, "msg": MSG, "png": PNG, "gif": GIF, "webp": WEBP},
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "pjpeg"), JPEG),
}
_OLD_DOCUMENTS = frozenset({"doc", "dot", "xls", "xlt", "ppt", "pps", "pot"})
_SHEETS = frozenset({"xls", "xlt", "xlsx", "xlsm", "xltx", "ods"})

_PROGRAM_ENDINGS = "exe dll msi scr app dmg pkg deb rpm apk ipa jar class so dylib o bin wasm pyc"
_PROGRAMS = frozenset(_PROGRAM_ENDINGS.split())
_PROGRAM_TYPES = frozenset(
    {
        "application/x-msdownload",
        "application/x-dosexec",
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-mach-binary",
        "application/vnd.android.package-archive",
        "application/java-archive",
    }
)
_UNPACK, _AS_IMAGE = "Unpack it and upload the files that matter.", "Save it as PNG or JPEG."
_NO_SOUND = "Only documents, texts and images are read; a transcript would be."
# Endings whose content is never read, with what they are and what to do instead. Not those that other kinds have as
# well, where the content tells: .doc and .xls are web pages, tables or new documents as often, .dot is graphs, .pot
# translations, .pub and .key keys, .msg ROS, .ps, .com addresses.
_REFUSED_ENDINGS = (
    ("xlsb", "A binary Excel workbook", "Save it as XLSX."),
    ("pages", "A Pages document", "Export it as PDF or DOCX."),
    ("numbers", "A Numbers spreadsheet", "Export it as XLSX or CSV."),
    ("wps", "This document format", "Save it as DOCX or PDF."),
    ("odg", "An OpenDocument drawing", "Save it as PDF."),
    ("mobi azw3 djvu one vsd vsdx mpp", "This document format", "Save it as PDF."),
    ("mbox pst ost", "A mailbox", "Save the messages that matter as EML files."),
    ("zip 7z rar tar gz tgz bz2 xz zst iso img", "An archive", _UNPACK),
    ("heic heif avif", "A HEIC or AVIF image", _AS_IMAGE),
    ("tif tiff bmp psd ico ai raw cr2 nef dng jxl", "This image format", _AS_IMAGE),
    ("mp3 wav ogg oga flac m4a aac wma opus aiff", "A sound file", _NO_SOUND),
    ("mp4 mov avi mkv webm wmv m4v mpg mpeg 3gp", "A video file", _NO_SOUND),
    ("sqlite sqlite3 db mdb accdb parquet feather", "A database", "Export its tables as CSV."),
)
_REFUSED = {ending: (found, advice) for endings, found, advice in _REFUSED_ENDINGS for ending in endings.split()}
# What a name alone tells; the site refuses the same before anything is sent (tests/contract/endings.json).
REFUSED_ENDINGS = _PROGRAMS | _REFUSED.keys()
_REFUSED_IMAGES = frozenset({"image/heic", "image/heif", "image/avif", "image/tiff", "image/bmp"})


def refuse_by_name(name: str, declared_type: str) -> None:
    """Raise ExtractionError for a file that its name already tells will not be read.

    Of endings that are not known here nothing is said: the content will tell, whatever type is declared, since browsers
    and mail programs go by lists of their own. A program of a known type is one whatever its name; images, sounds and
    videos are told by their type where the name says nothing: browsers declare a .ts file as video.
    """
    extension, declared = _extension(name), _bare_type(declared_type)
    if extension in _PROGRAMS or declared in _PROGRAM_TYPES:
        raise ExtractionError("executable")
    found = _REFUSED.get(extension)
    if not found and not extension and declared in _REFUSED_IMAGES:
        found = ("This image format", _AS_IMAGE)
    if not found and not extension and declared.startswith(("audio/", "video/")):
        found = ("A sound or video file", _NO_SOUND)
    if found:
        raise ExtractionError("type_not_supported", found=found[0], advice=found[1])


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def kind_of(path: Path, name: str, declared_type: str, limits: Limits | None = None) -> Kind:
    """Tell what a file is. name: as uploaded. declared_type: a Content-Type, or "".

    The content decides, and what it is read, shown and served as follows from it alone. Name and type are asked where
    texts leave it open; that they say otherwise is no fault of the person's.
    Raises ExtractionError: file_empty, file_too_large, executable, type_not_supported, encrypted_document, broken_file,
    too_many_entries.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise ExtractionError("file_empty")
    if size > limits.max_file_bytes:
        raise ExtractionError("file_too_large", limits=limits)
    return _by_content(path, _extension(name), _bare_type(declared_type), limits)


def _by_content(path: Path, extension: str, declared: str, limits: Limits) -> Kind:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if extension in _PROGRAMS or signatures.is_executable(head):
        raise ExtractionError("executable")
    if not head.strip(b"\x00"):
        raise ExtractionError("file_empty" if path.stat().st_size <= _HEAD_BYTES else "broken_file", format="uploaded")
    found = _binary(path, head, extension, limits)
    return found or _text(head, path, extension, declared)


def _old(path: Path) -> Kind:
    if ole.is_message(path):
        return MSG
    return XLS if ole.is_workbook(path) else ole.refuse(path)


def _binary(path: Path, head: bytes, extension: str, limits: Limits) -> Kind | None:
    if head.startswith(b"PK"):
        return _zipped(path, head, limits)
    if head.startswith(signatures.OLE):
        return _old(path)
    image = signatures.image(head)
    if image:
        return _IMAGE_TYPES[image]
    # Readers take a PDF whose header is preceded by up to 1,024 bytes of something else; a text may quote one.
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1029] and extension in {"pdf", ""}):
        return PDF
    if head.startswith(signatures.RTF):
        return RTF
    refused = signatures.refused(head)
    if refused:
        raise ExtractionError("type_not_supported", found=refused[0], advice=refused[1])
    return None


def _zipped(path: Path, head: bytes, limits: Limits) -> Kind | None:
    from chalicelib.extraction import archive  # noqa: PLC0415 - zipfile is imported for archives alone

    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return None
    main_part = archive.main_part(path, limits)
    reader = archive.MAIN_PARTS.get(main_part) or archive.OPEN_DOCUMENT.get(main_part)
    if reader:
        return _ZIPPED[reader]
    found, advice = archive.OTHERS.get(main_part, archive.OTHERS[""])
    raise ExtractionError("type_not_supported", found=found, advice=advice)


def _text(head: bytes, path: Path, extension: str, declared: str) -> Kind:
    encoding = charset.sniff(head, is_whole=path.stat().st_size <= len(head))
    claimed = _BY_ENDING.get(extension)
    if encoding is None:
        if claimed:
            raise ExtractionError("broken_file", format=claimed.format)
        raise ExtractionError("type_not_supported", found="This type of file", advice="Save it as PDF, DOCX or text.")
    kind = _TEXTS.get(extension)
    if kind is None and extension in {"", "txt"}:
        kind = _TEXT_TYPES.get(declared)
    # Exports and mails have names of what opens them: an .xls is often a web page or a table of tabs.
    if kind is None and (not extension or claimed or extension in _OLD_DOCUMENTS):
        kind = _by_markup(head, encoding) or (CSV if extension in _SHEETS else None)
    return replace(kind or TXT, encoding=encoding)


_MARKUP = (
    (
        re.compile(
            r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype html|html|head|body|table|meta|div|p)\b",
            re.I | re.S,
        ),
        HTML,
    ),
    (re.compile(r"\s*<\?xml\s"), XML),
    (re.compile(r"(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*multipart/related", re.I), MHT),
    (
        re.compile(
            r"(?:from|return-path|received|delivered-to|x-[\w-]+|message-id|date|mime-version):.*?^(?:from|subject):.*?\n\r?\n",
            re.I | re.S | re.M,
        ),
        EML,
    ),
)


def _by_markup(head: bytes, encoding: str) -> Kind | None:
    """A web page, XML or a message, by how a text begins."""
    start = head[:4096].decode("latin-1" if encoding == charset.OLDER else encoding, "ignore").lstrip("\ufeff")
    return next((kind for pattern, kind in _MARKUP if pattern.match(start)), None)


def _bare_type(declared_type: str) -> str:
    return declared_type.partition(";")[0].strip().lower()
