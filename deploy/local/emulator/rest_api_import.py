"""ImportRestApi and PutRestApi for MiniStack, which ignores the document that these calls bring.

Takes Swagger 2.0 as Chalice writes it: resources, methods, authorizers, integrations, method and integration
responses (CORS preflight is a mock integration), models, binary media types, resource policy. Runs inside
MiniStack's process and stores through MiniStack's own calls, so everything else of it sees an API like any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import apigateway_v1 as v1

Spec = Mapping[str, Any]
Response = tuple[int, dict[str, str], bytes]

_METHODS = {name: name.upper() for name in ("get", "post", "put", "delete", "patch", "head", "options")} | {
    "x-amazon-apigateway-any-method": "ANY"
}


class BadDocumentError(Exception):
    """The document cannot be imported as it stands."""


def import_rest_api(body: bytes, query: Mapping[str, Any]) -> Response:
    """Answer ImportRestApi: a new API out of the document."""
    try:
        spec = _parse(body)
    except BadDocumentError as error:
        return _refuse(error)
    settings: dict[str, Any] = {"name": _title(spec)}
    endpoint_type = v1._qp(query, "endpointConfigurationTypes")
    if endpoint_type:
        settings["endpointConfiguration"] = {"types": [endpoint_type]}
    api_id = json.loads(v1._create_rest_api(settings)[2])["id"]
    try:
        _define(api_id, spec)
    except BadDocumentError as error:
        v1._delete_rest_api(api_id)
        return _refuse(error)
    return _described(api_id, 201)


def put_rest_api(api_id: str, body: bytes, query: Mapping[str, Any]) -> Response:
    """Answer PutRestApi in overwrite mode: nothing of the earlier definition stays, gateway responses included.

    Stages, deployments and settings of the API itself stay, as on AWS. What is refused changes nothing.
    """
    if api_id not in v1._rest_apis:
        return _error("NotFoundException", "Invalid API identifier specified", 404)
    if v1._qp(query, "mode", "merge") != "overwrite":
        return _error("BadRequestException", "the local AWS has PutRestApi with mode=overwrite only", 400)
    stores = (v1._resources, v1._authorizers_v1, v1._models, v1._gateway_responses)
    earlier = [store.get(api_id, {}) for store in stores]
    earlier_api = dict(v1._rest_apis[api_id])
    try:
        _define(api_id, _parse(body))
    except BadDocumentError as error:
        for store, held in zip(stores, earlier, strict=True):
            store[api_id] = held
        v1._rest_apis[api_id] = earlier_api
        return _refuse(error)
    return _described(api_id, 200)


def _parse(body: bytes) -> Spec:
    try:
        spec = json.loads(body)
    except ValueError as error:
        raise BadDocumentError("the document is not JSON") from error
    if not isinstance(spec, dict) or spec.get("swagger") != "2.0":
        raise BadDocumentError("the local AWS imports Swagger 2.0 documents only")
    return spec


def _title(spec: Spec) -> str:
    return str(spec.get("info", {}).get("title") or "unnamed")


def _define(api_id: str, spec: Spec) -> None:
    root = next(item for item in v1._resources[api_id].values() if item["path"] == "/")
    v1._resources[api_id] = {root["id"]: {**root, "resourceMethods": {}}}
    v1._authorizers_v1[api_id] = {}
    v1._models[api_id] = {}
    v1._gateway_responses[api_id] = {}
    _define_api(v1._rest_apis[api_id], spec)
    for name, schema in spec.get("definitions", {}).items():
        v1._create_model(api_id, {"name": name, "schema": json.dumps(schema)})
    schemes = v1._import_security_schemes(api_id, spec)
    for path, item in spec.get("paths", {}).items():
        # MiniStack's own importer makes the resources; the methods follow, in full.
        v1._import_path_item(api_id, path, {})
        resource = next(found for found in v1._resources[api_id].values() if found["path"] == path)
        for key, operation in item.items():
            if key in _METHODS:
                _define_method(api_id, resource["id"], _METHODS[key], operation, schemes)


def _define_api(api: dict[str, Any], spec: Spec) -> None:
    api["name"] = _title(spec)
    api["version"] = str(spec.get("info", {}).get("version", ""))
    api["binaryMediaTypes"] = list(spec.get("x-amazon-apigateway-binary-media-types", []))
    policy = spec.get("x-amazon-apigateway-policy")
    api["policy"] = json.dumps(policy) if policy else None


def _define_method(api_id: str, resource_id: str, method: str, operation: Spec, schemes: Mapping[str, Any]) -> None:
    requirements = operation.get("security", [])
    unknown = {name for requirement in requirements for name in requirement} - set(schemes)
    if unknown:
        # MiniStack would leave such a method open to everybody.
        raise BadDocumentError(f"unknown security definitions: {', '.join(sorted(unknown))}")
    parameters = {
        f"method.request.path.{parameter['name']}": True
        for parameter in operation.get("parameters", [])
        if parameter.get("in") == "path"
    }
    security = v1._method_security(requirements, schemes)
    v1._put_method(api_id, resource_id, method, {**security, "requestParameters": parameters})
    for status, response in operation.get("responses", {}).items():
        v1._put_method_response(api_id, resource_id, method, status, _method_response(response))
    integration = operation.get("x-amazon-apigateway-integration")
    if integration:
        _define_integration(api_id, resource_id, method, integration)


def _method_response(response: Spec) -> dict[str, Any]:
    reference = response.get("schema", {}).get("$ref", "")
    models = {"application/json": reference.rpartition("/")[2]} if reference else {}
    headers = {f"method.response.header.{name}": False for name in response.get("headers", {})}
    return {"responseModels": models, "responseParameters": headers}


def _define_integration(api_id: str, resource_id: str, method: str, integration: Spec) -> None:
    stored = {key: value for key, value in integration.items() if key != "responses"}
    stored["type"] = str(integration["type"]).upper()
    stored["passthroughBehavior"] = str(integration.get("passthroughBehavior", "when_no_match")).upper()
    v1._put_integration(api_id, resource_id, method, stored)
    for pattern, response in integration.get("responses", {}).items():
        answer = {**response, "selectionPattern": "" if pattern == "default" else pattern}
        v1._put_integration_response(api_id, resource_id, method, str(response["statusCode"]), answer)


def _described(api_id: str, status: int) -> Response:
    response: Response = v1._v1_response(v1._rest_api_view(v1._rest_apis[api_id]), status)
    return response


def _error(code: str, message: str, status: int) -> Response:
    response: Response = v1._v1_error(code, message, status)
    return response


def _refuse(error: BadDocumentError) -> Response:
    return _error("BadRequestException", str(error), 400)
