"""The launcher and our additions to MiniStack, on a real one: free ports, a state folder of its own.

One Chalice app is deployed once, by Chalice itself; tests that change it run last and put it back.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from websockets.sync.client import ClientConnection, connect

from deploy.local.aws import LocalAws, LocalAwsError, start, status, stop
from deploy.local.processes import Record

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://site.example"
PASSWORD = "Correct-horse-7"
FUNCTIONS = "arn:aws:lambda:eu-west-1:000000000000:function:probe-dev"
SCHEDULER_ROLE = "arn:aws:iam::000000000000:role/probe-scheduler"
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC_", "CHATAPP_"))}

APP = """
import json, os
import boto3
from chalice import Chalice, CognitoUserPoolAuthorizer, CORSConfig

app = Chalice("probe")
app.experimental_feature_flags.add("WEBSOCKETS")
app.websocket_api.session = boto3.session.Session()
app.api.binary_types = ["image/png"]
cors = CORSConfig(allow_origin="https://site.example", max_age=600)
pool = CognitoUserPoolAuthorizer("pool", provider_arns=[os.environ["POOL_ARN"]])

@app.route("/open")
def open_route():
    return {}

@app.route("/mine/{thing}", methods=["GET", "PATCH"], cors=cors, authorizer=pool)
def mine(thing):
    return {"thing": thing, "user": app.current_request.context["authorizer"]["claims"]["cognito:username"]}

if os.environ["EXTRA"]:
    @app.route("/extra")
    def extra():
        return {}

@app.lambda_function(name="work")
def work(event, context):
    for line in event.get("log", []):
        print(line)
    if event.get("fail"):
        raise RuntimeError("asked to fail")
    if "put" in event:
        boto3.client("dynamodb").put_item(TableName="probe", Item={"id": {"S": event["put"]}})
    if "get" in event:
        boto3.client("dynamodb").get_item(TableName="probe", Key={"id": {"S": event["get"]}})
    if "schedule" in event:
        return boto3.client("scheduler").create_schedule(**event["schedule"])["ScheduleArn"]
    return {"got": event}

@app.on_ws_connect()
def connect(event):
    if (event.to_dict().get("queryStringParameters") or {}).get("ticket") != "T":
        return {"statusCode": 403}

@app.on_ws_message()
def message(event):
    api = event.to_dict()["requestContext"]["apiId"]
    endpoint = os.environ["AWS_ENDPOINT_URL"] + f"/_aws/execute-api/{api}/{event.stage}"
    push = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    push.post_to_connection(ConnectionId=event.connection_id, Data=event.body[::-1].encode())
"""


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


POLICIES = {
    "api_handler": [],
    "work": [
        allow("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:000000000000:table/probe"),
        allow("scheduler:CreateSchedule", "arn:aws:scheduler:eu-west-1:000000000000:schedule/probe/*"),
        allow("iam:PassRole", SCHEDULER_ROLE),
        allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:000000000000:probe-failures"),
    ],
    "websocket_connect": [],
    "websocket_message": [
        allow("execute-api:ManageConnections", "arn:aws:execute-api:eu-west-1:000000000000:*/api/POST/@connections/*")
    ],
}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


class Probe:
    """The deployed app, its user, and the folder it is deployed from."""

    def __init__(self, local: LocalAws, folder: Path) -> None:
        self.local = local
        self.folder = folder
        self.session = boto3.session.Session("test", "test", region_name=local.region)
        self.pool: dict[str, Any] = {}
        self.client_id = ""

    def aws(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.local.endpoint_url)

    def set_up(self) -> None:
        cognito, iam = self.aws("cognito-idp"), self.aws("iam")
        self.pool = cognito.create_user_pool(PoolName="probe")["UserPool"]
        self.client_id = cognito.create_user_pool_client(
            UserPoolId=self.pool["Id"], ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(UserPoolId=self.pool["Id"], Username="ada", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=self.pool["Id"], Username="ada", Password=PASSWORD, Permanent=True)
        trust = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName="probe-scheduler", AssumeRolePolicyDocument=policy([trust]))
        self.let_scheduler([allow("lambda:InvokeFunction", f"{FUNCTIONS}-work")])
        self.aws("scheduler").create_schedule_group(Name="probe")
        self.create_table()

    def create_table(self) -> None:
        properties = {
            "TableName": "probe",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        }
        stack = {"Resources": {"Probe": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}
        cloudformation = self.aws("cloudformation")
        cloudformation.create_stack(StackName="probe", TemplateBody=json.dumps(stack))
        cloudformation.get_waiter("stack_create_complete").wait(StackName="probe", WaiterConfig={"Delay": 1})

    def let_scheduler(self, statements: list[dict[str, Any]]) -> None:
        self.aws("iam").put_role_policy(
            RoleName="probe-scheduler", PolicyName="probe", PolicyDocument=policy(statements)
        )

    def deploy(self, extra: bool = False) -> float:
        """Deploy with Chalice itself; return the seconds it took."""
        config = self.folder / ".chalice"
        config.mkdir(parents=True, exist_ok=True)
        (self.folder / "app.py").write_text(APP)
        (self.folder / "requirements.txt").write_text("")
        for function, statements in POLICIES.items():
            (config / f"{function}.json").write_text(policy(statements))
        stage = {
            "api_gateway_stage": "api",
            "api_gateway_endpoint_type": "REGIONAL",
            "autogen_policy": False,
            "environment_variables": {"POOL_ARN": self.pool["Arn"], "EXTRA": "1" if extra else ""},
            "lambda_functions": {name: {"iam_policy_file": f"{name}.json"} for name in POLICIES},
        }
        (config / "config.json").write_text(
            json.dumps({"version": "2.0", "app_name": "probe", "stages": {"dev": stage}})
        )
        began = time.monotonic()
        chalice = [str(Path(sys.executable).with_name("chalice")), "deploy", "--stage", "dev"]
        environ = self.local.process_environment(ENVIRON)
        result = subprocess.run(chalice, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return time.monotonic() - began

    def deployed(self, key: str) -> str:
        record = json.loads((self.folder / ".chalice/deployed/dev.json").read_text())
        return next(str(resource[key]) for resource in record["resources"] if key in resource)

    def call(self, method: str, path: str, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.local.port, timeout=20)
        connection.request(method, f"/_aws/execute-api/{self.deployed('rest_api_id')}/api{path}", headers=headers)
        response = connection.getresponse()
        body = json.loads(response.read())
        connection.close()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def id_token(self) -> str:
        reply = self.aws("cognito-idp").initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
        )
        return str(reply["AuthenticationResult"]["IdToken"])

    def work(self, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke the function `work`; return its answer and the `log` of this invocation."""
        reply = self.aws("lambda").invoke(FunctionName="probe-dev-work", Payload=json.dumps(event), LogType="Tail")
        log = base64.b64decode(reply.get("LogResult", "")).decode()
        return {"answer": json.loads(reply["Payload"].read()), "log": log}

    def rows(self) -> set[str]:
        return {item["id"]["S"] for item in self.aws("dynamodb").scan(TableName="probe")["Items"]}

    def socket(self, ticket: str) -> ClientConnection:
        api = self.deployed("websocket_api_id")
        connected = socket.create_connection(("127.0.0.1", self.local.port))
        uri = f"ws://{api}.execute-api.localhost:{self.local.port}/api?ticket={ticket}"
        return connect(uri, sock=connected)


def policy(statements: list[dict[str, Any]]) -> str:
    logs = allow("logs:CreateLogStream", "arn:aws:logs:eu-west-1:000000000000:*")
    return json.dumps({"Version": "2012-10-17", "Statement": statements or [logs]})


def eventually(condition: Any, timeout_s: float = 10) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it never became so"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
def local(state_dir: Path) -> Iterator[LocalAws]:
    yield start(ROOT, state_dir=state_dir, port=0, environ=ENVIRON)
    stop(ROOT, state_dir=state_dir, environ=ENVIRON)


@pytest.fixture(scope="module")
def probe(local: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Probe:
    probe = Probe(local, tmp_path_factory.mktemp("app"))
    probe.set_up()
    # Chalice waits 5 s for each function that it finds pending.
    assert probe.deploy() < 10
    return probe


def test_a_second_start_reuses_what_runs(local: LocalAws, state_dir: Path) -> None:
    before = Record(state_dir / "processes.json").processes()
    began = time.monotonic()
    assert start(ROOT, state_dir=state_dir, environ=ENVIRON) == local
    assert time.monotonic() - began < 1
    assert Record(state_dir / "processes.json").processes() == before


def test_both_servers_listen_on_the_loopback_address_alone(local: LocalAws) -> None:
    assert local.model_url is not None
    for port in (local.port, int(local.model_url.rpartition(":")[2])):
        socket.create_connection(("127.0.0.1", port)).close()
        # Every address of 127/8 reaches a server that listens on all interfaces.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port)).close()


def test_the_demo_model_is_left_out_for_a_model_of_the_users_own(local: LocalAws, state_dir: Path) -> None:
    environ = {**ENVIRON, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    assert start(ROOT, state_dir=state_dir, environ=environ).model_url is None


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LocalAwsError, match=rf"^port {port} is in use .* CHATAPP_LOCAL_PORT=\d+$"):
            start(ROOT, state_dir=tmp_path, environ={**ENVIRON, "CHATAPP_LOCAL_PORT": str(port)})
    assert status(ROOT, state_dir=tmp_path, environ=ENVIRON).line == "not running"


def test_chalices_api_answers_with_its_cors_headers(probe: Probe) -> None:
    preflight = probe.call("OPTIONS", "/mine/1", Origin=ORIGIN)
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["access-control-allow-methods"] == "GET,PATCH,OPTIONS"
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert preflight.headers["access-control-max-age"] == "600"

    allowed = probe.call("GET", "/mine/1", Origin=ORIGIN, Authorization=probe.id_token())
    assert (allowed.status, allowed.body) == (200, {"thing": "1", "user": "ada"})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN


def test_the_authorizer_refuses_no_token_and_a_forged_one(probe: Probe) -> None:
    header, claims, signature = probe.id_token().split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    assert probe.call("GET", "/mine/1").status == 401
    assert probe.call("PATCH", "/mine/1", Authorization=forged).status == 401
    assert probe.call("GET", "/open").status == 200


def test_the_imported_api_is_described_as_it_was_declared(probe: Probe) -> None:
    gateway, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    described = gateway.get_rest_api(restApiId=api)
    assert described["name"] == "probe"
    assert described["binaryMediaTypes"] == ["image/png"]
    assert described["endpointConfiguration"]["types"] == ["REGIONAL"]
    # Chalice sets "", which MiniStack alone would hand back to botocore as an integer.
    assert "minimumCompressionSize" not in described
    paths = {resource["path"] for resource in gateway.get_resources(restApiId=api)["items"]}
    assert paths == {"/", "/open", "/mine", "/mine/{thing}"}


def test_documents_that_cannot_be_imported_change_nothing(probe: Probe) -> None:
    gateway, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    unguarded = {
        "swagger": "2.0",
        "info": {"title": "other"},
        "paths": {"/mine": {"get": {"security": [{"nobody": []}], "responses": {}}}},
    }
    for body in ("{", json.dumps({"openapi": "3.0.1"}), json.dumps(unguarded)):
        with pytest.raises(gateway.exceptions.BadRequestException):
            gateway.put_rest_api(restApiId=api, mode="overwrite", body=body)
        with pytest.raises(gateway.exceptions.BadRequestException):
            gateway.import_rest_api(body=body)
    with pytest.raises(gateway.exceptions.BadRequestException, match="overwrite only"):
        gateway.put_rest_api(restApiId=api, mode="merge", body=json.dumps({"swagger": "2.0"}))
    assert [item["name"] for item in gateway.get_rest_apis()["items"]] == ["probe"]
    assert probe.call("GET", "/mine/1", Authorization=probe.id_token()).status == 200


def test_functions_may_do_what_their_role_allows_and_no_more(probe: Probe) -> None:
    assert probe.work({"put": "allowed"})["answer"] == {"got": {"put": "allowed"}}
    assert "allowed" in probe.rows()
    assert "AccessDenied" in probe.work({"get": "allowed"})["answer"]["errorMessage"]


def test_a_socket_opens_with_its_ticket_and_is_pushed_to(probe: Probe) -> None:
    with probe.socket("T") as connection:
        connection.send("ping")
        assert connection.recv(timeout=10) == "gnip"
    with pytest.raises(Exception, match="403"):
        probe.socket("stolen")


def test_an_invocation_without_a_log_line_is_fast(probe: Probe) -> None:
    probe.call("GET", "/open")
    times_s = []
    for _ in range(20):
        began = time.monotonic()
        probe.call("GET", "/open")
        times_s.append(time.monotonic() - began)
    # MiniStack alone waits 50 ms for a line that never comes.
    assert statistics.median(times_s) < 0.04


def test_an_invocations_log_is_its_own_and_complete(probe: Probe) -> None:
    lines = [f"line {number}" for number in range(500)]
    long = probe.work({"log": lines})["log"]
    assert lines[-1] in long
    assert "\x1e" not in long
    after = probe.work({"log": ["after"]})["log"]
    assert "after" in after
    assert "line" not in after


def test_a_stacks_table_has_the_ttl_and_recovery_that_it_declares(probe: Probe) -> None:
    dynamodb = probe.aws("dynamodb")
    ttl = dynamodb.describe_time_to_live(TableName="probe")["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    backups = dynamodb.describe_continuous_backups(TableName="probe")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def schedule(name: str, **changes: Any) -> dict[str, Any]:
    """A call of CreateSchedule that puts a row into the table at once."""
    target = {"Arn": f"{FUNCTIONS}-work", "RoleArn": SCHEDULER_ROLE, "Input": json.dumps({"put": name})}
    target |= changes.pop("Target", {})
    at = (datetime.now(UTC) + timedelta(seconds=1)).strftime("at(%Y-%m-%dT%H:%M:%S)")
    return {
        "Name": name,
        "GroupName": "probe",
        "ScheduleExpression": at,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": target,
        **changes,
    }


def test_a_schedule_made_by_a_function_fires_once_and_is_gone(probe: Probe) -> None:
    made = probe.work({"schedule": schedule("fired")})["answer"]
    assert made == "arn:aws:scheduler:eu-west-1:000000000000:schedule/probe/fired"
    eventually(lambda: "fired" in probe.rows())
    assert probe.aws("scheduler").list_schedules(GroupName="probe")["Schedules"] == []


def test_a_schedule_needs_its_group_and_its_role_in_the_callers_policy(probe: Probe) -> None:
    elsewhere = probe.work({"schedule": schedule("elsewhere", GroupName="default")})["answer"]
    assert "scheduler:CreateSchedule" in elsewhere["errorMessage"]
    other_role = {"RoleArn": "arn:aws:iam::000000000000:role/probe-dev-work"}
    stolen = probe.work({"schedule": schedule("stolen", Target=other_role)})["answer"]
    assert "iam:PassRole" in stolen["errorMessage"]


def test_a_schedule_whose_role_may_not_invoke_delivers_nothing(probe: Probe) -> None:
    probe.let_scheduler([allow("lambda:InvokeFunction", f"{FUNCTIONS}-other")])
    try:
        probe.work({"schedule": schedule("refused")})
        eventually(lambda: not probe.aws("scheduler").list_schedules(GroupName="probe")["Schedules"])
        time.sleep(0.5)
        assert "refused" not in probe.rows()
    finally:
        probe.let_scheduler([allow("lambda:InvokeFunction", f"{FUNCTIONS}-work")])


@pytest.mark.parametrize(("queue", "arrives"), [("probe-failures", True), ("probe-elsewhere", False)])
def test_a_failed_event_reaches_the_queue_that_the_role_may_send_to(probe: Probe, queue: str, arrives: bool) -> None:
    sqs = probe.aws("sqs")
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    probe.aws("lambda").put_function_event_invoke_config(
        FunctionName="probe-dev-work",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:sqs:eu-west-1:000000000000:{queue}"}},
    )
    probe.aws("lambda").invoke(FunctionName="probe-dev-work", InvocationType="Event", Payload='{"fail": true}')
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=3 if arrives else 2).get("Messages", [])
    assert [json.loads(message["Body"])["requestPayload"] for message in messages] == [{"fail": True}] * arrives


def test_a_new_deployment_overwrites_routes_and_gateway_responses(probe: Probe) -> None:
    gateway, api = probe.aws("apigateway"), probe.deployed("rest_api_id")
    gateway.put_gateway_response(
        restApiId=api,
        responseType="DEFAULT_4XX",
        responseParameters={"gatewayresponse.header.Access-Control-Allow-Origin": f"'{ORIGIN}'"},
        responseTemplates={"application/json": '{"error":{"code":"unauthorized"}}'},
    )
    gateway.create_deployment(restApiId=api, stageName="api")
    refused = probe.call("GET", "/mine/1")
    assert (refused.status, refused.body) == (401, {"error": {"code": "unauthorized"}})
    assert refused.headers["access-control-allow-origin"] == ORIGIN

    assert probe.deploy(extra=True) < 10
    assert probe.call("GET", "/extra").status == 200
    assert probe.call("GET", "/mine/1").body == {"message": "Unauthorized"}
    probe.deploy()
    assert probe.call("GET", "/extra").status == 403


def test_everything_is_there_after_a_restart(probe: Probe, state_dir: Path) -> None:
    probe.work({"put": "kept"})
    with probe.socket("T") as left_open:
        left_open.send("warm")
        assert left_open.recv(timeout=10) == "mraw"
        began = time.monotonic()
        assert stop(ROOT, state_dir=state_dir, environ=ENVIRON)
        # A function that answers the socket's end would call a closed port for 10 s.
        assert time.monotonic() - began < 5
    assert status(ROOT, state_dir=state_dir, environ=ENVIRON).line == "not running"
    assert not stop(ROOT, state_dir=state_dir, environ=ENVIRON)

    again = start(ROOT, state_dir=state_dir, environ=ENVIRON)
    assert again == probe.local, "the ports stay"
    assert "kept" in probe.rows()
    assert probe.call("GET", "/mine/2", Authorization=probe.id_token()).body["thing"] == "2"
    assert probe.call("GET", "/mine/2").status == 401
    with probe.socket("T") as connection:
        connection.send("on")
        assert connection.recv(timeout=10) == "no"


def test_half_of_it_gone_is_said_and_mended_without_touching_the_other_half(probe: Probe, state_dir: Path) -> None:
    record = Record(state_dir / "processes.json")
    emulator, model = record.processes()["ministack"], record.processes()["demo_model"]
    os.kill(model.pid, signal.SIGKILL)
    eventually(lambda: not model.is_alive())
    half = status(ROOT, state_dir=state_dir, environ=ENVIRON)
    assert (half.line, half.aws) == ("half started: the demo model does not answer; start it again", None)

    assert start(ROOT, state_dir=state_dir, environ=ENVIRON) == probe.local
    assert record.processes()["ministack"] == emulator
    assert record.processes()["demo_model"].pid != model.pid
