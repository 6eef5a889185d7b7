"""What S3 does to a request for an object and MiniStack leaves out.

- GET of a version honours Range and the `response-…` parameters, as GET of the current one does;
- GET and HEAD of an object that is missing tell so only to who may list the bucket; to others it is denied;
- DeleteObjects of versions needs `s3:DeleteObjectVersion` for the first of them as for the others.

Runs inside MiniStack's process and replaces its functions by ones that call them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import s3

Response = tuple[int, dict[str, str], bytes]

_NOT_FOUND = 404
_BATCH_DELETE = "s3:DeleteObject"


def install() -> None:
    _read_versions_as_asked()
    _hide_missing_objects()
    _name_deletion_of_versions()


def _read_versions_as_asked() -> None:
    read = s3._get_object

    def get_object(
        bucket: str, key: str, headers: Mapping[str, str], query: Mapping[str, Any] | None = None
    ) -> Response:
        status, answered, body = read(bucket, key, headers, query)
        if status == 200 and query and s3._qp(query, "versionId"):
            return _as_asked(answered, body, headers.get("range", ""), query)
        return status, answered, body

    s3._get_object = get_object


def _as_asked(answered: dict[str, str], body: bytes, byte_range: str, query: Mapping[str, Any]) -> Response:
    s3._apply_response_overrides(answered, query)
    if not byte_range:
        return 200, answered, body
    span = s3._parse_range(byte_range, len(body))
    if span is None:
        refusal: Response = s3._error("InvalidRange", "The requested range is not satisfiable", 416)
        return refusal
    first, last = span
    # The checksum of the whole is none of its part.
    kept = {name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum")}
    part = body[first : last + 1]
    length = {"Content-Length": str(len(part)), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return 206, kept | length, part


def _hide_missing_objects() -> None:
    answer = s3.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Mapping[str, Any], *rest: Any, **named: Any
    ) -> Response:
        response: Response = await answer(method, path, headers, body, query, *rest, **named)
        bucket, key = s3._parse_bucket_key(path, headers)
        if response[0] != _NOT_FOUND or method not in ("GET", "HEAD") or not key or named.get("internal"):
            return response
        if _may_list(bucket, extract_access_key_id(headers, query)):
            return response
        denied: Response = s3._error("AccessDenied", "Access Denied", 403, path)
        return denied if method == "GET" else (*denied[:2], b"")

    s3.handle_request = handle_request


def _may_list(bucket: str, access_key_id: str) -> bool:
    region = s3.bucket_region(bucket)
    if region is None:
        return True  # the bucket itself is missing, which everybody may know
    arn = f"arn:aws:s3:::{bucket}"
    return iam_evaluator.enforce(access_key_id, "s3:ListBucket", "s3", region, resource_arn=arn) is None


def _name_deletion_of_versions() -> None:
    name_action = iam_actions.extract_iam_action

    def extract_iam_action(  # noqa: PLR0917 - MiniStack's own signature
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> str | None:
        action: str | None = name_action(service, method, path, headers, body, query)
        if action == _BATCH_DELETE and method == "POST":
            targets = iam_actions._s3_batch_delete_targets(path.strip("/"), body)
            if targets and targets[0][1]:
                return "s3:DeleteObjectVersion"
        return action

    iam_actions.extract_iam_action = extract_iam_action
