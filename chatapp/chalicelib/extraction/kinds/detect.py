"""What a file is, by its own bytes; its name and the declared type must not say otherwise.

Runs in the caller's process and reads little: the first 64 KB, and an archive's directory. Only the type: whether the
content is sound is found out by its parser, in the child.
"""

from __future__ import annotations

from dataclasses import dataclass
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
TXT = Kind("text/plain", "text", "text", "plain_text")
# Texts that are not shown as they are, or have a media type of their own, by the end of the name.
_TEXTS = {
    "csv": Kind("text/csv", "CSV", "text", "delimited"),
    "tsv": Kind("text/tab-separated-values", "TSV", "text", "delimited"),
    "tab": Kind("text/tab-separated-values", "TSV", "text", "delimited"),
    "html": Kind("text/html", "HTML", "text", "web_page"),
    "htm": Kind("text/html", "HTML", "text", "web_page"),
    "xhtml": Kind("text/html", "HTML", "text", "web_page"),
    "md": Kind("text/markdown", "Markdown", "text", "plain_text"),
    "markdown": Kind("text/markdown", "Markdown", "text", "plain_text"),
    "json": Kind("application/json", "JSON", "text", "plain_text"),
    "xml": Kind("application/xml", "XML", "text", "plain_text"),
}
_TEXT_TYPES = {kind.media_type: kind for kind in reversed(_TEXTS.values())}
_BINARY = {"pdf": PDF, "docx": DOCX, "docm": DOCX, "pptx": PPTX, "pptm": PPTX, "xlsx": XLSX, "xlsm": XLSX}
_BINARY |= {"odt": ODT, "ott": ODT, "ods": ODS, "ots": ODS, "odp": ODP, "otp": ODP, "epub": EPUB, "rtf": RTF}
_ZIPPED = {kind.reader: kind for kind in (DOCX, PPTX, XLSX, ODT, ODS, ODP, EPUB)}
_IMAGES = {"png": PNG, "jpg": JPEG, "jpeg": JPEG, "gif": GIF, "webp": WEBP}
_BY_EXTENSION = {**_BINARY, **_IMAGES}
_BY_TYPE = {kind.media_type: kind for kind in _BY_EXTENSION.values()} | {"image/jpg": JPEG}
_BY_TYPE |= {f"{kind.media_type}-template": kind for kind in (ODT, ODS, ODP)}
_BY_TYPE |= dict.fromkeys(("text/rtf", "text/richtext", "application/x-rtf"), RTF)
# What browsers and scripts send when they do not know better; says nothing.
_UNSAID = {"", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/unknown"}
_ZIP_TYPES = {"application/zip", "application/x-zip-compressed", "application/x-zip"}
# Not ours, but the name says that text is not what is meant.
_NOT_TEXT = {"doc", "xls", "ppt", "zip", "exe", "dll", "mp3", "mp4", "heic", "tif", "tiff", "bmp"}

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
# Endings whose content is never read, with what they are and what to do instead. Not those that texts have as well,
# where the content tells: .dot (graphs), .pot (translations), .pub and .key (keys), .msg (ROS), .ps, .com (addresses).
_REFUSED_ENDINGS = (
    ("doc", "An old Word document", "Save it as DOCX or PDF."),
    ("xls xlt xlsb", "An old or binary Excel workbook", "Save it as XLSX."),
    ("ppt pps", "An old PowerPoint presentation", "Save it as PPTX or PDF."),
    ("pages", "A Pages document", "Export it as PDF or DOCX."),
    ("numbers", "A Numbers spreadsheet", "Export it as XLSX or CSV."),
    ("wps", "This document format", "Save it as DOCX or PDF."),
    ("odg", "An OpenDocument drawing", "Save it as PDF."),
    ("mobi azw3 djvu one vsd vsdx mpp", "This document format", "Save it as PDF."),
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
    """Raise ExtractionError for a file that name and type already tell will not be read.

    Of endings that are not known here nothing is said: the content will tell. A program of a known type is one
    whatever its name; sounds and videos are told by their endings alone, since browsers declare a .ts file as video.
    """
    extension, declared = _extension(name), _bare_type(declared_type)
    if extension in _PROGRAMS or declared in _PROGRAM_TYPES:
        raise ExtractionError("executable")
    found = _REFUSED.get(extension)
    if not found and declared in _REFUSED_IMAGES:
        found = ("This image format", _AS_IMAGE)
    if not found and not extension and declared.startswith(("audio/", "video/")):
        found = ("A sound or video file", _NO_SOUND)
    if found:
        raise ExtractionError("type_not_supported", found=found[0], advice=found[1])
    by_name, by_type = _BY_EXTENSION.get(extension), _BY_TYPE.get(declared)
    if by_name and by_type and by_name.reader != by_type.reader:
        raise ExtractionError("claims_differ", named=by_name.format, declared=by_type.format)


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def kind_of(path: Path, name: str, declared_type: str, limits: Limits | None = None) -> Kind:
    """Tell what a file is. name: as uploaded. declared_type: a Content-Type, or "".

    Raises ExtractionError: file_empty, file_too_large, executable, type_not_supported, type_mismatch,
    encrypted_document, broken_file, too_many_entries.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise ExtractionError("file_empty")
    if size > limits.max_file_bytes:
        raise ExtractionError("file_too_large", limits=limits)
    extension = _extension(name)
    kind = _by_content(path, extension, declared_type, limits)
    _check_claims(kind, extension, _bare_type(declared_type))
    return kind


def _by_content(path: Path, extension: str, declared_type: str, limits: Limits) -> Kind:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if signatures.is_executable(head):
        raise ExtractionError("executable")
    if not head.strip(b"\x00"):
        raise ExtractionError("file_empty" if path.stat().st_size <= _HEAD_BYTES else "broken_file", format="uploaded")
    found = _binary(path, head, extension, limits)
    return found or _text(head, path, extension, _bare_type(declared_type))


def _binary(path: Path, head: bytes, extension: str, limits: Limits) -> Kind | None:
    if head.startswith(b"PK"):
        return _zipped(path, head, limits)
    if head.startswith(signatures.OLE):
        ole.refuse(path)
    image = signatures.image(head)
    if image:
        return _BY_TYPE[image]
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
    if encoding is None:
        if extension in _BINARY:
            raise ExtractionError("broken_file", format=_BINARY[extension].format)
        if extension in _IMAGES:
            raise ExtractionError("broken_file", format=_IMAGES[extension].format)
        raise ExtractionError("type_not_supported", found="This type of file", advice="Save it as PDF, DOCX or text.")
    kind = _TEXTS.get(extension) or (_TEXT_TYPES.get(declared) if extension in {"", "txt"} else None) or TXT
    return Kind(kind.media_type, kind.format, kind.group, kind.reader, encoding)


def _bare_type(declared_type: str) -> str:
    return declared_type.partition(";")[0].strip().lower()


def _check_claims(kind: Kind, extension: str, declared: str) -> None:
    """Raise type_mismatch when name or declared type name another family than the content.

    Images are one family (a JPEG named .png is common and harmless), and so are texts: browsers declare a .ts file as
    video and a .csv as Excel. A name without or with an unknown ending says nothing.
    """
    claimed = _BY_EXTENSION.get(extension)
    if claimed and claimed.reader != kind.reader:
        raise ExtractionError("type_mismatch", claimed=claimed.format, found=kind.format)
    if kind.group == "text" and extension in _NOT_TEXT:
        raise ExtractionError("type_mismatch", claimed=f".{extension}", found=kind.format)
    if kind.group != "text" and extension in (_TEXTS.keys() | {"txt"}):
        raise ExtractionError("type_mismatch", claimed=f".{extension}", found=kind.format)
    declared_kind = _BY_TYPE.get(declared)
    if declared_kind and declared_kind.reader != kind.reader:
        raise ExtractionError("type_mismatch", claimed=declared_kind.format, found=kind.format)
    if kind.group != "text" and not declared_kind and not _vague(declared, kind):
        raise ExtractionError("type_mismatch", claimed=declared[:80], found=kind.format)


def _vague(declared: str, kind: Kind) -> bool:
    if kind.reader in _ZIPPED and (declared in _ZIP_TYPES or "macroenabled" in declared):
        return True
    return declared in _UNSAID or (kind is PDF and declared == "application/x-pdf")
