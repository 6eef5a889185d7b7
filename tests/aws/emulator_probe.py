"""An app of Chalice's on a real MiniStack, deployed once by Chalice itself, and the ways to ask it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from websockets.sync.client import ClientConnection, connect

from deploy.local.aws import LocalAws

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://site.example"
PASSWORD = "Correct-horse-7"
FUNCTIONS = "arn:aws:lambda:eu-west-1:000000000000:function:probe-dev"
SCHEDULER_ROLE = "arn:aws:iam::000000000000:role/probe-scheduler"
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC_", "CHATAPP_"))}

APP = """
import json, os, time
import boto3
from chalice import Chalice, CognitoUserPoolAuthorizer, CORSConfig

app = Chalice("probe")
app.experimental_feature_flags.add("WEBSOCKETS")
app.websocket_api.session = boto3.session.Session()
app.api.binary_types = ["image/png"]
cors = CORSConfig(allow_origin="https://site.example", max_age=600)
pool = CognitoUserPoolAuthorizer("pool", provider_arns=[os.environ["POOL_ARN"]])

def caller():
    identity = app.current_request.context["identity"]
    return {"from": identity["sourceIp"], "key": identity.get("apiKeyId")}

@app.route("/open")
def open_route():
    return caller()

@app.route("/keyed", api_key_required=True)
def keyed():
    return caller()

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
    if "sleep_s" in event:
        boto3.client("dynamodb").put_item(TableName="probe", Item={"id": {"S": "asleep"}})
        time.sleep(event["sleep_s"])
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

    def deploy(self, extra: bool = False) -> None:
        """Deploy with Chalice itself."""
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
        chalice = [str(Path(sys.executable).with_name("chalice")), "deploy", "--stage", "dev"]
        environ = self.local.process_environment(ENVIRON)
        result = subprocess.run(chalice, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr

    def deployed(self, key: str) -> str:
        record = json.loads((self.folder / ".chalice/deployed/dev.json").read_text())
        return next(str(resource[key]) for resource in record["resources"] if key in resource)

    def call(self, method: str, path: str, source: str = "127.0.0.1", **headers: str) -> Reply:
        """source: an address of this machine that it comes from, any of 127/8."""
        connection = http.client.HTTPConnection("127.0.0.1", self.local.port, timeout=20, source_address=(source, 0))
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
