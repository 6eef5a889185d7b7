"""The resource that an operation is allowed on, where MiniStack looks for another field's name, and asks about `*`.

Names are those of IAM's tables: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions

# ListExports is allowed on `*` alone, whatever table it names.
_OPERATIONS = {
    ("dynamodb", "ExportTableToPointInTime"),
    ("dynamodb", "DescribeExport"),
    ("dynamodb", "RestoreTableToPointInTime"),
    ("ssm", "GetParametersByPath"),
}


def install() -> None:
    name_resource = iam_actions.extract_resource_arn

    def extract_resource_arn(  # noqa: PLR0917 - MiniStack's own signature
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str
    ) -> str:
        request = _request(body) if (service, _operation(headers)) in _OPERATIONS else {}
        match service, request:
            case "dynamodb", {"ExportArn": str(arn)} | {"TableArn": str(arn)} | {"SourceTableArn": str(arn)}:
                return arn
            case "dynamodb", {"SourceTableName": str(name)}:
                return f"arn:aws:dynamodb:{region}:{account}:table/{name}"
            case "ssm", {"Path": str(name)}:
                return f"arn:aws:ssm:{region}:{account}:parameter/{name.strip('/')}"
        arn = name_resource(service, method, path, headers, body, query, region, account)
        return str(arn)

    iam_actions.extract_resource_arn = extract_resource_arn


def _operation(headers: Any) -> str:
    return str(headers.get("x-amz-target", "")).rpartition(".")[2]


def _request(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
