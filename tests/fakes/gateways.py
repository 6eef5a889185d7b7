"""API Gateway's control plane, as far as a deployment uses it: what moto does not take.

moto imports OpenAPI 3 only, where Chalice writes Swagger 2.0, and has no deployments of a WebSocket API. Both kinds are
served behind real clients: see `tests/fakes/clients.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.fakes.aws import client_error

Items = dict[str, dict[str, Any]]


def _missing(operation: str) -> Exception:
    return client_error("NotFoundException", operation, 404)


@dataclass
class SocketApis:
    """WebSocket APIs by id; a stage serves the snapshot that a deployment took of the routes."""

    apis: Items = field(default_factory=dict)
    integrations: dict[str, Items] = field(default_factory=dict)
    routes: dict[str, Items] = field(default_factory=dict)
    deployments: dict[str, Items] = field(default_factory=dict)
    stages: dict[str, Items] = field(default_factory=dict)
    snapshots: dict[str, list[str]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def create_api(self, **api: Any) -> dict[str, Any]:
        key = self._new()
        self.apis[key] = {**api, "ApiId": key}
        for items in (self.integrations, self.routes, self.deployments, self.stages):
            items[key] = {}
        return self.apis[key]

    def get_api(self, ApiId: str) -> dict[str, Any]:
        if ApiId not in self.apis:
            raise _missing("GetApi")
        return self.apis[ApiId]

    def get_apis(self, **page: Any) -> dict[str, Any]:
        return {"Items": list(self.apis.values())}

    def delete_api(self, ApiId: str) -> None:
        self.get_api(ApiId)
        del self.apis[ApiId]

    def create_integration(self, ApiId: str, **item: Any) -> dict[str, Any]:
        return self._add(self.integrations[ApiId], "IntegrationId", item)

    def get_integrations(self, ApiId: str) -> dict[str, Any]:
        return {"Items": list(self.integrations[ApiId].values())}

    def create_route(self, ApiId: str, **item: Any) -> dict[str, Any]:
        return self._add(self.routes[ApiId], "RouteId", item)

    def update_route(self, ApiId: str, RouteId: str, Target: str) -> None:
        self.routes[ApiId][RouteId]["Target"] = Target

    def delete_route(self, ApiId: str, RouteId: str) -> None:
        del self.routes[ApiId][RouteId]

    def get_routes(self, ApiId: str) -> dict[str, Any]:
        return {"Items": list(self.routes[ApiId].values())}

    def create_deployment(self, ApiId: str, Description: str = "") -> dict[str, Any]:
        made = self._add(self.deployments[ApiId], "DeploymentId", {"Description": Description})
        self.snapshots[made["DeploymentId"]] = self.keys(ApiId)
        return made

    def get_deployment(self, ApiId: str, DeploymentId: str) -> dict[str, Any]:
        if DeploymentId not in self.deployments[ApiId]:
            raise _missing("GetDeployment")
        return self.deployments[ApiId][DeploymentId]

    def create_stage(self, ApiId: str, StageName: str, DeploymentId: str) -> None:
        self.stages[ApiId][StageName] = {"StageName": StageName, "DeploymentId": DeploymentId}

    def get_stage(self, ApiId: str, StageName: str) -> dict[str, Any]:
        return self.stages[ApiId][StageName]

    def get_stages(self, ApiId: str) -> dict[str, Any]:
        return {"Items": list(self.stages[ApiId].values())}

    def update_stage(self, ApiId: str, StageName: str, **changed: Any) -> None:
        self.stages[ApiId][StageName].update(changed)

    def keys(self, api_id: str) -> list[str]:
        return sorted(route["RouteKey"] for route in self.routes[api_id].values())

    def served(self, api_id: str) -> list[str]:
        return self.snapshots[self.stages[api_id]["api"]["DeploymentId"]]

    def _add(self, items: Items, id_name: str, item: dict[str, Any]) -> dict[str, Any]:
        key = self._new()
        items[key] = {**item, id_name: key}
        return items[key]

    def _new(self) -> str:
        return f"s{next(self._ids)}"


@dataclass
class UsagePlans:
    """Usage plans and API keys by id. opens: the keys of each plan."""

    plans: Items = field(default_factory=dict)
    keys: Items = field(default_factory=dict)
    opens: dict[str, set[str]] = field(default_factory=dict)
    _key_ids: Iterator[int] = field(default_factory=lambda: count(1))

    def get_usage_plans(self, **page: Any) -> dict[str, Any]:
        return {"items": list(self.plans.values())}

    def create_usage_plan(self, **plan: Any) -> dict[str, Any]:
        key = f"p{next(self._key_ids)}"
        self.plans[key], self.opens[key] = {"id": key, **plan}, set()
        return self.plans[key]

    def update_usage_plan(self, usagePlanId: str, patchOperations: list[dict[str, str]]) -> dict[str, Any]:
        """https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateUsagePlan-Patch"""
        plan = self.plans[usagePlanId]
        for change in patchOperations:
            path, value = change["path"].removeprefix("/"), change["value"]
            if path == "apiStages":
                api_id, _, name = value.partition(":")
                others = [each for each in plan["apiStages"] if (each["apiId"], each["stage"]) != (api_id, name)]
                added = [{"apiId": api_id, "stage": name}] if change["op"] == "add" else []
                plan["apiStages"] = others + added
            else:
                group, member = path.split("/")
                plan.setdefault(group, {})[member] = value if member == "period" else json.loads(value)
        return plan

    def delete_usage_plan(self, usagePlanId: str) -> None:
        if self.plans[usagePlanId]["apiStages"]:
            raise client_error("BadRequestException", "DeleteUsagePlan", said="there are API Stages associated with it")
        del self.plans[usagePlanId]

    def create_api_key(self, name: str, enabled: bool) -> dict[str, Any]:
        key = f"k{next(self._key_ids)}"
        self.keys[key] = {"id": key, "name": name, "enabled": enabled}
        return {**self.keys[key], "value": f"value-of-{key}"}

    def get_api_keys(self, nameQuery: str, includeValues: bool, **page: Any) -> dict[str, Any]:
        assert not includeValues
        return {"items": [key for key in self.keys.values() if key["name"].startswith(nameQuery)]}

    def delete_api_key(self, apiKey: str) -> None:
        if apiKey not in self.keys:
            raise _missing("DeleteApiKey")
        del self.keys[apiKey]
        for opened in self.opens.values():
            opened.discard(apiKey)

    def create_usage_plan_key(self, usagePlanId: str, keyId: str, keyType: str) -> dict[str, Any]:
        assert keyType == "API_KEY"
        self.opens[usagePlanId].add(keyId)
        return {"id": keyId, "type": keyType}


@dataclass
class RestApis(UsagePlans):
    """REST APIs by id. definitions: as imported last; responses: by API and type, which each import forgets."""

    apis: Items = field(default_factory=dict)
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    responses: dict[str, Items] = field(default_factory=dict)
    deployments: dict[str, Items] = field(default_factory=dict)
    stages: dict[str, Items] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def import_rest_api(self, body: bytes, parameters: dict[str, str]) -> dict[str, Any]:
        key = f"r{next(self._ids)}"
        kinds = [parameters["endpointConfigurationTypes"]]
        self.apis[key] = {"id": key, "endpointConfiguration": {"types": kinds}}
        self.deployments[key], self.stages[key] = {}, {}
        return self._define(key, body)

    def put_rest_api(self, restApiId: str, mode: str, body: bytes) -> dict[str, Any]:
        assert mode == "overwrite"
        return self._define(restApiId, body)

    def _define(self, key: str, body: bytes) -> dict[str, Any]:
        self.definitions[key] = json.loads(body)
        self.apis[key]["name"] = self.definitions[key]["info"]["title"]
        self.responses[key] = {}
        return self.apis[key]

    def get_rest_api(self, restApiId: str) -> dict[str, Any]:
        if restApiId not in self.apis:
            raise _missing("GetRestApi")
        return self.apis[restApiId]

    def get_rest_apis(self, **page: Any) -> dict[str, Any]:
        return {"items": list(self.apis.values())}

    def update_rest_api(self, restApiId: str, patchOperations: list[dict[str, str]]) -> dict[str, Any]:
        return self.get_rest_api(restApiId)

    def delete_rest_api(self, restApiId: str) -> None:
        self.get_rest_api(restApiId)
        del self.apis[restApiId]

    def put_gateway_response(self, restApiId: str, responseType: str, **response: Any) -> None:
        self.responses[restApiId][responseType] = response

    def create_deployment(self, restApiId: str, stageName: str, description: str, **_: Any) -> dict[str, Any]:
        key = f"d{next(self._ids)}"
        self.deployments[restApiId][key] = {"id": key, "description": description}
        settings = self.stages[restApiId].get(stageName, {"stageName": stageName, "methodSettings": {}})
        self.stages[restApiId][stageName] = {**settings, "deploymentId": key}
        return self.deployments[restApiId][key]

    def get_deployment(self, restApiId: str, deploymentId: str) -> dict[str, Any]:
        return self.deployments[restApiId][deploymentId]

    def get_stage(self, restApiId: str, stageName: str) -> dict[str, Any]:
        if stageName not in self.stages.get(restApiId, {}):
            raise _missing("GetStage")
        return self.stages[restApiId][stageName]

    def update_stage(self, restApiId: str, stageName: str, patchOperations: list[dict[str, str]]) -> dict[str, Any]:
        """Settings of all methods (`/*/*/throttling/rateLimit`), which are read as numbers and truths."""
        settings = self.stages[restApiId][stageName]["methodSettings"].setdefault("*/*", {})
        for change in patchOperations:
            group, name = change["path"].removeprefix("/*/*/").split("/")
            member = {"metrics": "metricsEnabled"}.get(group, f"{group}{name[0].upper()}{name[1:]}")
            settings[member] = json.loads(change["value"])
        return self.stages[restApiId][stageName]
