"""Chalice's AWS client, made to leave alone what is already as it should be, and to finish what Chalice leaves out.

Chalice sends every function's code and configuration again, replaces the REST API and re-creates the socket's
routes and the bucket's events at each deployment, whether or not anything changed. Here each of these is compared
with what AWS has.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from botocore.exceptions import ClientError
from chalice.awsclient import ResourceDoesNotExistError, TypedAWSClient

from deploy.account import roles
from deploy.environment import API_STAGE

GatewayResponses = Mapping[str, Mapping[str, Any]]
_UNCHANGED_API = "unchanged"
_EVENT_ATTEMPTS = 6
EVENT_PAUSE_S = 2.0
# As long in all as botocore's own waiters: 60 times 5 s.
_OFTEN = {"Delay": 1, "MaxAttempts": 300}
# What Chalice's configuration of a function is called with, beside what is to change.
_AS_IT_IS = dict.fromkeys(
    (
        *("environment_variables", "runtime", "timeout", "memory_size"),
        *("role_arn", "xray", "subnet_ids", "security_group_ids"),
    )
)
_UPDATES_AT_ONCE = 6  # Lambda takes 15 requests a second of all that change functions


class Client(TypedAWSClient):
    """gateway_responses: by type, as PutGatewayResponse takes them; PutRestApi forgets them each time.

    `changes` names what was sent.
    """

    def __init__(self, session: Any, gateway_responses: GatewayResponses) -> None:
        super().__init__(session)
        self.changes: list[str] = []
        self._gateway_responses = gateway_responses
        self._api_digest = ""
        self._routes_kept: set[str] = set()
        self._pool = ThreadPoolExecutor(_UPDATES_AT_ONCE)
        self._updates: list[Future[Any]] = []

    # --- Functions and roles ------------------------------------------------------------------------------------

    def create_function(self, function_name: str, *arguments: Any, **named: Any) -> str:
        self.changes.append(function_name)
        return str(super().create_function(function_name, *arguments, **named))

    def update_function(self, function_name: str, *arguments: Any, **named: Any) -> dict[str, Any]:
        """Update a function beside the others: Lambda takes seconds to say of each that it is as it was asked to be.

        What fails is raised by `finish_functions`.
        """
        current = self.get_function_configuration(function_name)
        self._updates.append(self._pool.submit(self._update, function_name, *arguments, **named))
        return {"FunctionArn": current["FunctionArn"]}

    def _update(self, function_name: str, *arguments: Any, **named: Any) -> None:
        """Dependencies first: code that looks for them in a layer must find them there."""
        if named.get("layers"):
            self._update_function_config(function_name=function_name, layers=named["layers"], **_AS_IT_IS)
        super().update_function(function_name, *arguments, **named)

    def finish_functions(self) -> None:
        """Wait for the updates that were begun; raises what the first failed one did."""
        updates, self._updates = self._updates, []
        wait(updates)
        for each in updates:
            each.result()

    def _wait_for_function_update(self, function_name: str) -> None:
        """Botocore's waiters ask every five seconds what is mostly so within one."""
        waiter = self._client("lambda").get_waiter("function_updated")
        waiter.wait(FunctionName=function_name, WaiterConfig=_OFTEN)

    def _wait_for_active(self, function_name: str) -> None:
        self._client("lambda").get_waiter("function_active").wait(FunctionName=function_name, WaiterConfig=_OFTEN)

    def _update_function_code(self, function_name: str, zip_contents: Any, architecture: Any = None) -> Any:
        current = self.get_function_configuration(function_name)
        digest = base64.b64encode(hashlib.sha256(zip_contents).digest()).decode()
        if current["CodeSha256"] == digest and current.get("Architectures", [architecture]) == [architecture]:
            return current
        self.changes.append(f"code of {function_name}")
        return super()._update_function_code(function_name, zip_contents, architecture)

    def _do_update_function_config(self, function_name: str, kwargs: dict[str, Any]) -> None:
        current = self.get_function_configuration(function_name)
        if all(_same(name, current.get(name), wanted) for name, wanted in kwargs.items()):
            return
        self.changes.append(f"configuration of {function_name}")
        super()._do_update_function_config(function_name, kwargs)

    def put_role_policy(self, role_name: str, policy_name: str, policy_document: dict[str, Any]) -> None:
        iam = self._client("iam")
        try:
            current = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)["PolicyDocument"]
        except iam.exceptions.NoSuchEntityException:
            current = None
        if current != policy_document:
            self.changes.append(f"policy of {role_name}")
            super().put_role_policy(role_name, policy_name, policy_document)

    def delete_function(self, function_name: str) -> None:
        self.finish_functions()
        self._delete(super().delete_function, function_name)

    def delete_role(self, name: str) -> None:
        """Delete a role, unless it serves the stage of this name in another region: its name may lack the region."""
        self.finish_functions()
        iam = self._client("iam")
        try:
            if not roles.serves(iam, name, self.region_name):
                return
            self._delete(super().delete_role, name)
        except iam.exceptions.NoSuchEntityException:
            return

    # --- Bucket events --------------------------------------------------------------------------------------------

    def connect_s3_bucket_to_lambda(
        self, bucket: str, function_arn: str, events: list[str], prefix: str | None = None, suffix: str | None = None
    ) -> None:
        """Have a function called by a bucket, unless it is already so."""
        wanted = {"Events": events, "Filter": _filter(prefix, suffix)}
        if self._bucket_events(bucket, function_arn) == [_comparable(wanted)]:
            return
        self.changes.append(f"events of {bucket}")
        for attempts_left in reversed(range(_EVENT_ATTEMPTS)):
            try:
                super().connect_s3_bucket_to_lambda(bucket, function_arn, events, prefix, suffix)
            except ClientError as error:
                # S3 asks Lambda whether it may call the function, which knows a new permission only after a while.
                if error.response["Error"]["Code"] != "InvalidArgument" or not attempts_left:
                    raise
                time.sleep(EVENT_PAUSE_S)
            else:
                return

    def disconnect_s3_bucket_from_lambda(self, bucket: str, function_arn: str) -> None:
        try:
            if not self._bucket_events(bucket, function_arn):
                return
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            return
        self.changes.append(f"events of {bucket}")
        super().disconnect_s3_bucket_from_lambda(bucket, function_arn)

    def _bucket_events(self, bucket: str, function_arn: str) -> list[dict[str, Any]]:
        found = self._client("s3").get_bucket_notification_configuration(Bucket=bucket)
        of_lambda = found.get("LambdaFunctionConfigurations", [])
        return [_comparable(each) for each in of_lambda if each["LambdaFunctionArn"] == function_arn]

    # --- REST API -----------------------------------------------------------------------------------------------

    def import_rest_api(self, swagger_document: dict[str, Any], endpoint_type: str) -> str:
        self._api_digest = self._digest(swagger_document)
        self.changes.append("REST API")
        rest_api_id = str(super().import_rest_api(swagger_document, endpoint_type))
        self._put_gateway_responses(rest_api_id)
        return rest_api_id

    def update_api_from_swagger(self, rest_api_id: str, swagger_document: dict[str, Any]) -> None:
        self._api_digest = self._digest(swagger_document)
        if self._deployed_digest(rest_api_id) == self._api_digest:
            self._api_digest = _UNCHANGED_API
            return
        self.changes.append("REST API")
        super().update_api_from_swagger(rest_api_id, swagger_document)
        self._put_gateway_responses(rest_api_id)

    def update_rest_api(self, rest_api_id: str, patch_operations: list[dict[str, Any]]) -> None:
        if self._api_digest != _UNCHANGED_API:
            super().update_rest_api(rest_api_id, patch_operations)

    def deploy_rest_api(self, rest_api_id: str, api_gateway_stage: str, xray: bool) -> None:
        """Deploy, leaving the definition's digest in the deployment's description for the next time."""
        if self._api_digest == _UNCHANGED_API:
            return
        self._client("apigateway").create_deployment(
            restApiId=rest_api_id,
            stageName=api_gateway_stage,
            tracingEnabled=bool(xray),
            description=self._api_digest,
        )

    def delete_rest_api(self, rest_api_id: str) -> None:
        self._delete(super().delete_rest_api, rest_api_id)

    def _digest(self, swagger_document: dict[str, Any]) -> str:
        text = json.dumps([swagger_document, self._gateway_responses], sort_keys=True)
        return f"definition {hashlib.sha256(text.encode()).hexdigest()}"

    def _deployed_digest(self, rest_api_id: str) -> str | None:
        gateway = self._client("apigateway")
        try:
            stage = gateway.get_stage(restApiId=rest_api_id, stageName=API_STAGE)
            deployment = gateway.get_deployment(restApiId=rest_api_id, deploymentId=stage["deploymentId"])
        except gateway.exceptions.NotFoundException:
            return None
        return str(deployment.get("description", ""))

    def _put_gateway_responses(self, rest_api_id: str) -> None:
        for kind, response in self._gateway_responses.items():
            self._client("apigateway").put_gateway_response(restApiId=rest_api_id, responseType=kind, **response)

    # --- Socket API: routes and integrations are kept where they fit, and deployed where they changed ------------

    def create_websocket_api(self, name: str) -> str:
        self.changes.append("socket API")
        return str(super().create_websocket_api(name))

    def delete_websocket_routes(self, api_id: str, routes: list[str]) -> None:
        """Chalice clears the routes before it makes them anew; `finish_sockets` removes what is left over."""

    def delete_websocket_integrations(self, api_id: str, integrations: Any) -> None:
        """See delete_websocket_routes."""

    def create_websocket_integration(self, api_id: str, lambda_function: str, handler_type: str) -> str:
        for item in self._client("apigatewayv2").get_integrations(ApiId=api_id)["Items"]:
            if (item.get("IntegrationUri"), item.get("Description")) == (lambda_function, handler_type):
                return str(item["IntegrationId"])
        return str(super().create_websocket_integration(api_id, lambda_function, handler_type))

    def create_websocket_route(self, api_id: str, route_key: str, integration_id: str) -> None:
        self._routes_kept.add(route_key)
        target = f"integrations/{integration_id}"
        gateway = self._client("apigatewayv2")
        for item in gateway.get_routes(ApiId=api_id)["Items"]:
            if item["RouteKey"] == route_key:
                if item.get("Target") != target:
                    gateway.update_route(ApiId=api_id, RouteId=item["RouteId"], Target=target)
                return
        super().create_websocket_route(api_id, route_key, integration_id)

    def delete_websocket_api(self, api_id: str) -> None:
        self._delete(super().delete_websocket_api, api_id)

    def deploy_websocket_api(self, api_id: str) -> str:
        """Deploy, leaving a digest of the routes in the deployment's description for the next time."""
        gateway = self._client("apigatewayv2")
        return str(gateway.create_deployment(ApiId=api_id, Description=self._routes_digest(api_id))["DeploymentId"])

    def finish_sockets(self, api_id: str) -> None:
        """Remove routes that the app no longer has, and deploy: Chalice does so only for a new API.

        Also where an earlier deployment broke off between the API and its stage.
        """
        gateway = self._client("apigatewayv2")
        for item in gateway.get_routes(ApiId=api_id)["Items"]:
            if item["RouteKey"] not in self._routes_kept:
                gateway.delete_route(ApiId=api_id, RouteId=item["RouteId"])
        deployed = self._deployed_routes(api_id)
        if deployed == self._routes_digest(api_id):
            return
        self.changes.append("socket API's stage")
        deployment = self.deploy_websocket_api(api_id)
        if deployed is None:
            self.create_stage(api_id, API_STAGE, deployment)
        else:
            gateway.update_stage(ApiId=api_id, StageName=API_STAGE, DeploymentId=deployment)

    def _routes_digest(self, api_id: str) -> str:
        gateway = self._client("apigatewayv2")
        integrations = gateway.get_integrations(ApiId=api_id)["Items"]
        uris = {f"integrations/{item['IntegrationId']}": item["IntegrationUri"] for item in integrations}
        routes = [[item["RouteKey"], uris.get(item["Target"])] for item in gateway.get_routes(ApiId=api_id)["Items"]]
        return f"routes {hashlib.sha256(json.dumps(sorted(routes)).encode()).hexdigest()}"

    def _deployed_routes(self, api_id: str) -> str | None:
        """The digest that the stage's deployment carries; None where there is no stage."""
        gateway = self._client("apigatewayv2")
        stages = {item["StageName"]: item for item in gateway.get_stages(ApiId=api_id)["Items"]}
        if API_STAGE not in stages:
            return None
        try:
            deployment = gateway.get_deployment(
                ApiId=api_id, DeploymentId=stages[API_STAGE].get("DeploymentId", "none")
            )
        except gateway.exceptions.NotFoundException:
            return ""
        return str(deployment.get("Description", ""))

    def _delete(self, delete: Any, name: str) -> None:
        """Delete what may be gone already: a deletion that was cut short is repeated."""
        try:
            delete(name)
        except ResourceDoesNotExistError:
            return
        self.changes.append(name)


def _filter(prefix: str | None, suffix: str | None) -> dict[str, Any]:
    rules = [{"Name": name, "Value": value} for name, value in (("Prefix", prefix), ("Suffix", suffix)) if value]
    return {"Key": {"FilterRules": rules}}


def _comparable(notification: Mapping[str, Any]) -> dict[str, Any]:
    """When a bucket calls a function; S3 adds an id, and writes the rules' names in either case."""
    rules = notification.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return {
        "events": sorted(notification["Events"]),
        "rules": sorted((rule["Name"].lower(), rule["Value"]) for rule in rules),
    }


def _same(name: str, current: Any, wanted: Any) -> bool:
    """Compare a field of GetFunctionConfiguration with the one of UpdateFunctionConfiguration."""
    if name == "Environment":
        current, wanted = (current or {}).get("Variables", {}), wanted["Variables"]
    if name == "VpcConfig":
        ids = current or {}
        return all(sorted(ids.get(key, [])) == sorted(wanted[key]) for key in wanted)
    if name == "Layers":
        current = [layer["Arn"] for layer in current or []]
    return bool(current == wanted)
