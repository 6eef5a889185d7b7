"""Object Lock and checksums, where MiniStack leaves them out.

- CopyObject computes the checksum that it is asked for and tells it, as PutObject does;
- a copy, and what is uploaded in parts, is locked as the request says or as its bucket does by default, not as the
  copy's source is;
- a stack's bucket has the lock and the lifecycle rules that it declares;
- locks are there again after a restart.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html

Runs inside MiniStack's process and replaces its functions by ones that call them. Nothing expires or moves by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3
from ministack.services.cloudformation import provisioners

Response = tuple[int, dict[str, str], bytes]
Properties = Mapping[str, Any]


def install() -> None:
    _copy_with_checksum_and_lock()
    _lock_what_came_in_parts()
    _set_up_stack_buckets()
    # What a clean stop stores.
    s3._PERSISTED_BUCKET_DICTS.update(object_retention=s3._object_retention, object_legal_hold=s3._object_legal_hold)


def _copy_with_checksum_and_lock() -> None:
    copy = s3._copy_object

    def copy_object(bucket: str, key: str, headers: Mapping[str, str]) -> Response:
        algorithm = headers.get("x-amz-checksum-algorithm", "").upper()
        asked = {**headers, "x-amz-sdk-checksum-algorithm": algorithm} if algorithm else dict(headers)
        status, answered, body = copy(bucket, key, asked)
        if status != 200:
            return status, answered, body
        made = s3._buckets[bucket]["objects"][key]
        _keep_checksum(made["checksums"], algorithm)
        for store in (s3._object_retention, s3._object_legal_hold):
            store.pop((bucket, key, made.get("version_id")), None)
        s3._apply_object_lock_from_headers(bucket, key, headers, made.get("version_id"))
        s3._persist_version_state(bucket, key, s3._buckets[bucket])
        told = _elements({f"Checksum{name}": value for name, value in made["checksums"].items()})
        return status, answered, body.replace(b"</CopyObjectResult>", f"{told}</CopyObjectResult>".encode())

    s3._copy_object = copy_object


def _keep_checksum(checksums: dict[str, str], algorithm: str) -> None:
    """An object has one checksum: what was asked for takes the place of the source's."""
    for name in set(checksums) - {algorithm} if algorithm else ():
        del checksums[name]


def _lock_what_came_in_parts() -> None:
    begin, complete = s3._create_multipart_upload, s3._complete_multipart_upload

    def create_multipart_upload(bucket: str, key: str, headers: Mapping[str, str]) -> Response:
        begun: Response = begin(bucket, key, headers)
        upload = s3._multipart_uploads.get(begun[2].decode().partition("<UploadId>")[2].partition("<")[0])
        if upload:
            upload["lock"] = {name: headers[name] for name in headers if "object-lock" in name}
        return begun

    def complete_multipart_upload(
        bucket: str, key: str, body: bytes, query: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Response:
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        completed: Response = complete(bucket, key, body, query, headers)
        if completed[0] == 200 and upload:
            version = completed[1].get("x-amz-version-id")
            s3._apply_object_lock_from_headers(bucket, key, upload.get("lock", {}), version)
        return completed

    s3._create_multipart_upload, s3._complete_multipart_upload = create_multipart_upload, complete_multipart_upload


def _set_up_stack_buckets() -> None:
    bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update = bucket["create"], bucket["update"]

    def create_bucket(logical_id: str, properties: Properties, stack: str) -> Any:
        created = create(logical_id, properties, stack)
        _set_up(created[0], properties)
        return created

    def update_bucket(physical_id: str, old: Any, new: Properties, *rest: Any, **named: Any) -> Any:
        updated = update(physical_id, old, new, *rest, **named)
        _set_up(updated[0], new)
        return updated

    bucket.update(create=create_bucket, update=update_bucket)


def _set_up(name: str, properties: Properties) -> None:
    if str(properties.get("ObjectLockEnabled")).lower() == "true":
        rule = (properties.get("ObjectLockConfiguration") or {}).get("Rule") or {}
        given = rule.get("DefaultRetention") or {}
        default = {each: given[each] if each == "Mode" else int(given[each]) for each in given}
        s3._bucket_object_lock[name] = {"enabled": True, "default_retention": default or None}
    rules = (properties.get("LifecycleConfiguration") or {}).get("Rules") or []
    if not rules:
        s3._bucket_lifecycle.pop(name, None)
        return
    body = f'<LifecycleConfiguration xmlns="{s3.S3_NS}">{"".join(map(_rule, rules))}</LifecycleConfiguration>'
    status, _, refusal = s3._put_bucket_lifecycle(name, body.encode())
    if status != 200:
        raise ValueError(f"{name}: {refusal.decode()}")


def _rule(rule: Properties) -> str:
    """A stack's rule as PutBucketLifecycleConfiguration takes it."""
    limits = {each: rule[each] for each in ("ObjectSizeGreaterThan", "ObjectSizeLessThan") if each in rule}
    chosen = _elements({"Prefix": rule.get("Prefix", ""), **limits})
    parts = [_elements({"ID": rule.get("Id", ""), "Status": rule["Status"]})]
    parts.append(f"<Filter>{f'<And>{chosen}</And>' if limits else chosen}</Filter>")
    for each in rule.get("Transitions") or []:
        parts.append(_element("Transition", {"Days": each["TransitionInDays"], "StorageClass": each["StorageClass"]}))
    if "ExpirationInDays" in rule:
        parts.append(_element("Expiration", {"Days": rule["ExpirationInDays"]}))
    if "ExpiredObjectDeleteMarker" in rule:
        parts.append(_element("Expiration", {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}))
    for each in rule.get("NoncurrentVersionTransitions") or []:
        days = each["TransitionInDays"]
        parts.append(
            _element("NoncurrentVersionTransition", {"NoncurrentDays": days, "StorageClass": each["StorageClass"]})
        )
    for each in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if each in rule:
            parts.append(_element(each, rule[each]))
    return f"<Rule>{''.join(parts)}</Rule>"


def _element(name: str, children: Properties) -> str:
    return f"<{name}>{_elements(children)}</{name}>"


def _elements(children: Properties) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in children.items())
