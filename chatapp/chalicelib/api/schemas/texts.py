"""What the shapes of all subjects are made of: texts, ids, and a request that refuses what it does not know."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MAX_TEXT_CHARACTERS = 100_000
MAX_TITLE_CHARACTERS = 200
MAX_FILES_A_MESSAGE = 20
# DynamoDB's items hold 400 KB, of which a message's files and ids have their share.
MAX_TEXT_BYTES = 300_000
# Control characters but tab and line ends: nobody typed them, and in a list of messages each becomes seven bytes.
_UNTYPED = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
NOT_BLANK = r"[^\s\x00-\x1f\x7f]"
_VISIBLE = r"\S"
_REQUEST_ID = r"^[A-Za-z0-9_-]{8,64}$"
# As in RFC 6838, with parameters; it becomes an HTTP header.
MEDIA_TYPE = r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*( *;[ -~]*)?$"
# Of a section of a page: part of addresses, and of an attribute in HTML.
SECTION_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
WEB_ADDRESS = r"^https?://[^\s/?#@\\]+([/?#]\S*)?$"
# The same, or nothing.
NO_WEB_ADDRESS = rf"^$|{WEB_ADDRESS}"
# A month or a year of a twin's entry, or nothing.
TWIN_DATE = r"^$|^[0-9]{4}(-(0[1-9]|1[0-2]))?$"
# Cognito refuses some more.
ADDRESS = (
    r'^[^@\s\x00-\x1f\x7f"\\<>()\[\],;:]+@[^@\s\x00-\x1f\x7f"\\<>()\[\],;:.]+(\.[^@\s\x00-\x1f\x7f"\\<>()\[\],;:.]+)+$'
)
# Where a twin's owner can be reached.
CONTACT = rf"{WEB_ADDRESS}|^mailto:{ADDRESS[1:]}"
# What a pattern asks for, in words: an error does not quote a regular expression.
PATTERNS = {
    NOT_BLANK: "must not be blank",
    _VISIBLE: "must not be blank",
    _REQUEST_ID: "must be 8 to 64 letters, digits, hyphens or underscores",
    ADDRESS: "must be an e-mail address",
    MEDIA_TYPE: "must be a media type, such as application/pdf",
    SECTION_ID: "must be 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or a digit",
    WEB_ADDRESS: "must be a web address that begins with https:// or http://",
    NO_WEB_ADDRESS: "must be a web address that begins with https:// or http://, or empty",
    TWIN_DATE: "must be a year such as 2019, a month such as 2019-05, or empty",
    CONTACT: "must be a web address that begins with https:// or http://, or mailto: with an e-mail address",
}


def _storable(text: str) -> str:
    text = text.translate(_UNTYPED)
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise ValueError(f"takes at most {MAX_TEXT_BYTES:,} bytes of UTF-8, not {size:,}")
    return text


Storable = AfterValidator(_storable)
Text = Annotated[
    str,
    # At least one character that is neither white space nor a control character: the Messages API refuses blank text.
    StringConstraints(min_length=1, max_length=MAX_TEXT_CHARACTERS, pattern=NOT_BLANK),
    Storable,
    Field(
        description=f"Markdown, at most {MAX_TEXT_BYTES:,} bytes of UTF-8. Control characters other than tabs and line"
        " ends are taken out."
    ),
]
RequestId = Annotated[
    str,
    StringConstraints(pattern=_REQUEST_ID),
    Field(description="Chosen by the client, once per message; repeating it never sends the message twice."),
]
ModelId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARACTERS, pattern=_VISIBLE)]
System = Annotated[str, StringConstraints(max_length=20_000)]
FileIds = Annotated[
    list[str],
    Field(
        max_length=MAX_FILES_A_MESSAGE, description="Files to attach to the message; they stay with the conversation."
    ),
]


class Shape(BaseModel):
    """Built when it is first used: of more than a hundred a request needs two, and a start none."""

    model_config = ConfigDict(defer_build=True)


class Request(Shape):
    model_config = ConfigDict(extra="forbid", strict=True)


def boolean(value: Any) -> Any:
    """Pydantic takes 0 for False where only `false` is allowed."""
    if not isinstance(value, bool):
        raise ValueError("must be a boolean")  # noqa: TRY004 (pydantic reports this one)
    return value


class Nothing(Request):
    """The body of a command that needs none."""


class ListQuery(Shape):
    model_config = ConfigDict(extra="forbid")
    limit: Annotated[int, Field(ge=1, le=100)] = 30
    cursor: str | None = None
