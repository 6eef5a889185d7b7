"""S3: objects under one prefix of a bucket. The only module that knows S3's calls and errors.

The bucket is versioned, so that nothing replaces what was read first: what is read, signed or deleted is named by its
version. Keys are whole keys, prefix included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from .faults import Busy, passes
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1024 * 1024
_MAX_DELETED_AT_ONCE = 1_000
# What S3 says of one object in a batch that it has taken; of a whole request it says so by the status.
_PASSING_IN_BATCHES = {"InternalError", "SlowDown", "ServiceUnavailable"}
_MISSING = {"NoSuchKey", "NoSuchVersion"}
_DENIED = "AccessDenied"


class Missing(Exception):
    """There is no such object, or not in that version."""


class TooLarge(Exception):
    """The object is larger than the caller takes."""


@dataclass(frozen=True, slots=True)
class Version:
    key: str
    version_id: str
    is_delete_marker: bool
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """url, fields: of a multipart form, to which the sender adds the `file` as its last field."""

    url: str
    fields: dict[str, str]


class Bucket(Adapter):
    """The objects under `prefix`. Every operation raises Busy when S3 cannot take it now."""

    def __init__(self, function: str, grant: Grant, client: Callable[[], S3Client], name: str, prefix: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._name = name
        self._prefix = prefix

    def presigned_post(self, key: str, content_type: str, size_bytes: int, expires_s: int) -> PresignedPost:
        """A form that stores exactly this key, type and size. It can be sent again until it expires."""
        self._allow("PutObject")
        post = self._client().generate_presigned_post(
            self._name,
            self._own(key),
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", size_bytes, size_bytes]],
            ExpiresIn=expires_s,
        )
        return PresignedPost(post["url"], post["fields"])

    def presigned_get(self, key: str, version_id: str, name: str, expires_s: int) -> str:
        """A URL that downloads one version as an attachment called `name`."""
        self._allow("GetObjectVersion")
        parameters = {
            "Bucket": self._name,
            "Key": self._own(key),
            "VersionId": version_id,
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        }
        return self._client().generate_presigned_url("get_object", Params=parameters, ExpiresIn=expires_s)

    def put(self, key: str, body: bytes | Path, content_type: str) -> str:
        """Store an object and return its version. Repeating it stores another version."""
        self._allow("PutObject")
        parameters = {"Bucket": self._name, "Key": self._own(key), "ContentType": content_type}
        if isinstance(body, bytes):
            reply = _sent(self._client().put_object, Body=body, **parameters)
        else:
            with body.open("rb") as file:
                reply = _sent(self._client().put_object, Body=file, **parameters)
        return str(reply["VersionId"])

    def read(self, key: str, version_id: str | None = None) -> bytes:
        """An object's bytes, of its newest version where none is named. Raises Missing."""
        return b"".join(chunks(self._found(key, version_id)))

    def download(
        self,
        key: str,
        path: Path,
        version_id: str | None = None,
        most_bytes: int | None = None,
        before: Callable[[int], None] = lambda size_bytes: None,
    ) -> None:
        """Write an object to `path`, holding a megabyte of it at a time. Raises Missing and TooLarge.

        before: is told the size before anything is written.
        """
        found = self._found(key, version_id)
        before(found["ContentLength"])
        with path.open("wb") as file:
            for chunk in chunks(found):
                file.write(chunk)
                if most_bytes is not None and file.tell() > most_bytes:
                    raise TooLarge

    def _found(self, key: str, version_id: str | None) -> Any:
        self._allow("GetObjectVersion" if version_id else "GetObject")
        which: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        get = partial(_sent, self._client().get_object, Bucket=self._name, Key=self._own(key), **which)
        try:
            return get()
        except ClientError as error:
            if error.response["Error"]["Code"] != _DENIED:
                raise
            if not self._holds(key, version_id):
                raise Missing from error
        return get()  # stored since then, or denied indeed

    def _holds(self, key: str, version_id: str | None) -> bool:
        """Whether an object is there, which S3 leaves open: to who may not list the whole bucket it answers 403.

        A list of one prefix is no such right: the request for an object names no prefix that a policy could compare.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (Permissions)
        """
        found = [each for each in self.versions(key) if each.key == key and not each.is_delete_marker]
        return any(each.version_id == version_id if version_id else each.is_latest for each in found)

    def versions(self, prefix: str) -> list[Version]:
        """Every version under a longer prefix or of one key, delete markers included; newest first of each key."""
        self._allow("ListObjectVersions")
        found: list[Version] = []
        position: dict[str, Any] = {}
        while True:
            page = _sent(self._client().list_object_versions, Bucket=self._name, Prefix=self._own(prefix), **position)
            for name, is_marker in (("Versions", False), ("DeleteMarkers", True)):
                found += [
                    Version(each["Key"], each["VersionId"], is_marker, each["IsLatest"]) for each in page.get(name, [])
                ]
            if not page.get("IsTruncated"):
                return found
            position = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def delete(self, versions: Iterable[Version]) -> None:
        """Delete versions for good; those that are not there are no error."""
        pending = [{"Key": self._own(version.key), "VersionId": version.version_id} for version in versions]
        while pending:
            self._allow("DeleteObjectVersion")
            batch, pending = pending[:_MAX_DELETED_AT_ONCE], pending[_MAX_DELETED_AT_ONCE:]
            reply = _sent(self._client().delete_objects, Bucket=self._name, Delete={"Objects": batch, "Quiet": True})
            for error in reply.get("Errors", []):
                if error["Code"] not in _PASSING_IN_BATCHES:
                    raise ClientError({"Error": {"Code": error["Code"]}}, "DeleteObjects")
                raise Busy(error["Code"])

    def _own(self, key: str) -> str:
        """The key, which must lie under this adapter's prefix: what else it may not reach."""
        if not key.startswith(self._prefix):
            raise ValueError(f"not under {self._prefix}")
        return key


def chunks(found: Any) -> Iterator[bytes]:
    try:
        yield from found["Body"].iter_chunks(_CHUNK_BYTES)
    except BotoCoreError as error:  # the connection broke off half-way
        raise Busy from error


def _sent(call: Callable[..., Any], **parameters: Any) -> Any:
    """Make a call. Raises Missing and Busy."""
    try:
        return call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise Missing from error
        if not passes(error):
            raise
        raise Busy from error
    except BotoCoreError as error:
        if not passes(error):
            raise
        raise Busy from error
