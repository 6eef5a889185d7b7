"""S3: objects under one prefix of a bucket. The only module that knows S3's calls and errors.

The bucket is versioned, so that nothing replaces what was read first: what is read, signed or deleted is named by its
version. Keys are whole keys, prefix included.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
# Of a conditional write, the last while another one is under way.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
_CHANGED = {"PreconditionFailed", "ConditionalRequestConflict", *_MISSING}
# Of what lies in a cold storage class, read or copied: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
_COLD = {"InvalidObjectState", "ObjectNotInActiveTierError"}
_COLD_CLASSES = {"GLACIER", "DEEP_ARCHIVE"}
_THAWED_DAYS = 7


class Missing(Exception):
    """There is no such object, or not in that version."""


class Changed(Exception):
    """The object is not, or no more, what the writer took it for; nothing was written."""


class Archived(Exception):
    """The object lies in a cold storage class, and is to be asked for (`thaw`) before it can be read."""


class TooLarge(Exception):
    """The object is larger than the caller takes."""


@dataclass(frozen=True, slots=True)
class Version:
    """modified: Unix seconds; of no weight where two are compared."""

    key: str
    version_id: str
    is_delete_marker: bool
    is_latest: bool = False
    modified: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """One version of an object, of a bucket that its holder may read."""

    bucket: str
    key: str
    version_id: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What S3 says of an object. sha256: in hexadecimal, as S3 itself has computed it; "" where it was not told to."""

    version_id: str
    size: int
    content_type: str
    sha256: str


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

    def presigned_get(self, key: str, version_id: str | None, name: str, expires_s: int) -> str:
        """A URL that downloads one version, the newest where none is named, as an attachment called `name`."""
        self._allow("GetObjectVersion" if version_id else "GetObject")
        version: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        parameters = {
            "Bucket": self._name,
            "Key": self._own(key),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            **version,
        }
        return self._client().generate_presigned_url("get_object", Params=parameters, ExpiresIn=expires_s)

    def put(self, key: str, body: bytes | Path, content_type: str, cache_control: str = "") -> str:
        """Store an object and return its version. Repeating it stores another version.

        cache_control: for how long browsers and edges may keep it; "" leaves it open.
        """
        self._allow("PutObject")
        parameters: dict[str, Any] = {"Bucket": self._name, "Key": self._own(key), "ContentType": content_type}
        parameters |= {"CacheControl": cache_control} if cache_control else {}
        if isinstance(body, bytes):
            reply = _sent(self._client().put_object, Body=body, **parameters)
        else:
            with body.open("rb") as file:
                reply = _sent(self._client().put_object, Body=file, **parameters)
        return str(reply["VersionId"])

    def replace(self, key: str, body: bytes, content_type: str, etag: str | None) -> str:
        """Store an object in place of the one of that ETag, or (None) of none, and return its own. Raises Changed."""
        self._allow("PutObject")
        condition: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            reply = _sent(
                self._client().put_object,
                Bucket=self._name,
                Key=self._own(key),
                Body=body,
                ContentType=content_type,
                **condition,
            )
        except Missing as error:
            raise Changed from error
        except ClientError as error:
            if error.response["Error"]["Code"] not in _CHANGED:
                raise
            raise Changed from error
        return str(reply["ETag"])

    def read_to_replace(self, key: str) -> tuple[bytes, str]:
        """An object's bytes with its ETag, for `replace`. Raises Missing."""
        found = self._found(key, None)
        return b"".join(chunks(found)), found["ETag"]

    def source(self, key: str, version_id: str | None = None) -> Source:
        """An object of this bucket, for another's `copy`; the newest version where none is named."""
        self._allow("GetObjectVersion" if version_id else "GetObject")
        return Source(self._name, self._own(key), version_id)

    def copy(self, source: Source, key: str) -> Stored:
        """Have S3 copy an object of 5 GB at most, with its type, and state its SHA-256. Raises Missing, Archived.

        Tags are left behind: whoever copies may not read them.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        """
        self._allow("PutObject")
        version: Any = {"VersionId": source.version_id} if source.version_id else {}
        try:
            copied = _sent(
                self._client().copy_object,
                Bucket=self._name,
                Key=self._own(key),
                CopySource={"Bucket": source.bucket, "Key": source.key, **version},
                ChecksumAlgorithm="SHA256",
                MetadataDirective="COPY",
                TaggingDirective="REPLACE",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == _DENIED:  # as of an object that is missing, see `_holds`
                self._head(source.bucket, source.key, **version)
            raise
        # Not the newest, which may be somebody's who has written since.
        return self.stored(key, copied["VersionId"])

    def stored(self, key: str, version_id: str | None = None) -> Stored:
        """What is known of an object, without its bytes. Raises Missing."""
        self._allow("GetObjectVersion" if version_id else "GetObject")
        version: dict[str, Any] = {"VersionId": version_id} if version_id else {}
        found = self._head(self._name, self._own(key), ChecksumMode="ENABLED", **version)
        sha256 = base64.b64decode(found.get("ChecksumSHA256", "")).hex()
        return Stored(found["VersionId"], found["ContentLength"], found.get("ContentType", ""), sha256)

    def thaw(self, key: str) -> bool:
        """Whether an object can be read; of a cold storage class it is asked for, for a week. Raises Missing.

        It takes hours: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
        """
        self._allow("GetObject")
        found = self._head(self._name, self._own(key))
        if found.get("StorageClass") not in _COLD_CLASSES or 'ongoing-request="false"' in found.get("Restore", ""):
            return True
        if "Restore" not in found:
            self._allow("RestoreObject")
            request: Any = {"Days": _THAWED_DAYS, "GlacierJobParameters": {"Tier": "Standard"}}
            _sent(self._client().restore_object, Bucket=self._name, Key=self._own(key), RestoreRequest=request)
        return False

    def lock(self, key: str, until: int) -> None:
        """Let nobody delete an object's newest version before `until` (Unix seconds); an earlier time is refused.

        In governance mode: only who may bypass it shortens it, which no function may.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
        """
        self._allow("PutObjectRetention")
        retention: Any = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.fromtimestamp(until, UTC)}
        _sent(
            self._client().put_object_retention,
            Bucket=self._name,
            Key=self._own(key),
            Retention=retention,
        )

    def target(self, prefix: str) -> tuple[str, str]:
        """The bucket's name and a prefix in it, for AWS to write there by this function's rights.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
        """
        for operation in ("PutObject", "PutObjectAcl", "AbortMultipartUpload"):
            self._allow(operation)
        return self._name, self._own(prefix)

    def read(self, key: str, version_id: str | None = None) -> bytes:
        """An object's bytes, of its newest version where none is named. Raises Missing."""
        return b"".join(chunks(self._found(key, version_id)))

    def stream(self, key: str, version_id: str | None = None) -> Iterator[bytes]:
        """An object's bytes, a megabyte at a time. Raises Missing at once, and Busy half-way."""
        return chunks(self._found(key, version_id))

    def sha256(self, key: str) -> str:
        """Of an object's bytes, in hexadecimal, read: for what S3 states no hash of. Raises as `stream`."""
        found = hashlib.sha256()
        for chunk in self.stream(key):
            found.update(chunk)
        return found.hexdigest()

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

    def _head(self, bucket: str, key: str, **parameters: Any) -> Any:
        try:
            return _sent(self._client().head_object, Bucket=bucket, Key=key, **parameters)
        except ClientError as error:  # a reply without a body has its status for a code
            if error.response["Error"]["Code"] not in {"404", "403"}:
                raise
            raise Missing from error

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
        return [version for page in self.pages(prefix) for version in page]

    def pages(self, prefix: str, after: str = "") -> Iterator[list[Version]]:
        """As `versions`, up to 1,000 at a time. after: the key that they come after, in the order of UTF-8's bytes."""
        self._allow("ListObjectVersions")
        position: dict[str, Any] = {"KeyMarker": after} if after else {}
        while True:
            page = _sent(self._client().list_object_versions, Bucket=self._name, Prefix=self._own(prefix), **position)
            yield [
                Version(each["Key"], each["VersionId"], is_marker, each["IsLatest"], _seconds(each["LastModified"]))
                for name, is_marker in (("Versions", False), ("DeleteMarkers", True))
                for each in page.get(name, [])
            ]
            if not page.get("IsTruncated"):
                return
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


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def chunks(found: Any) -> Iterator[bytes]:
    try:
        yield from found["Body"].iter_chunks(_CHUNK_BYTES)
    except BotoCoreError as error:  # the connection broke off half-way
        raise Busy from error


def _sent(call: Callable[..., Any], **parameters: Any) -> Any:
    """Make a call. Raises Missing, Archived and Busy."""
    try:
        return call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise Missing from error
        if error.response["Error"]["Code"] in _COLD:
            raise Archived from error
        if not passes(error):
            raise
        raise Busy from error
    except BotoCoreError as error:
        if not passes(error):
            raise
        raise Busy from error
