"""The parts of a deployment that decide: settings, addresses, the command line, templates, gateway answers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy import arguments, commands, live_settings, results, site, steps, versions
from deploy.account import adoption, cloudformation, gateway, model_access, roles, secret_keys
from deploy.environment import Addresses, ApiIds, DeploymentError, Stage, load_settings, read_settings
from deploy.functions import alias, app_modules, chalice_app, chalice_client, layers, package, runtime, tracing
from deploy.progress import Progress
from tests import resolved
from tests.fakes.clients import ClientsOf

ROOT = Path(__file__).resolve().parents[2]
IDS = ApiIds(rest="rest1", socket="sock1")


def prod() -> Stage:
    stage = Stage("prod", "eu-west-1")
    stage.__dict__["account_id"] = "123456789012"  # what AWS would be asked for
    return stage


# --- Settings ---------------------------------------------------------------------------------------------------------


def test_a_stages_own_settings_override_the_defaults() -> None:
    text = "[default]\nuser_budget_usd = 20\napi_burst = 10\n[prod]\nuser_budget_usd = 5\n"
    prod, other = read_settings(text, "prod"), read_settings(text, "test")
    assert prod.variables()["CHATAPP_USER_BUDGET_USD"] == "5"
    assert other.variables()["CHATAPP_USER_BUDGET_USD"] == "20"
    assert prod.api_burst == other.api_burst == 10
    assert "CHATAPP_API_BURST" not in prod.variables()


def test_stages_of_this_machine_share_its_settings_and_have_their_own() -> None:
    text = "[default]\nuser_budget_usd = 20\n[local]\nuser_budget_usd = 7\napi_burst = 9\n[local-a]\napi_burst = 3\n"
    found = {stage: read_settings(text, stage) for stage in ("local", "local-a", "localhost")}
    budgets = [each.variables()["CHATAPP_USER_BUDGET_USD"] for each in found.values()]
    assert budgets == ["7", "7", "20"]
    assert [each.api_burst for each in found.values()] == [9, 3, 100]


def test_models_are_handed_on_as_json() -> None:
    text = '[default]\nmodels = [{ id = "m", name = "M", input = 1.0, output = 2, cache_write = 3, cache_read = 4 }]'
    assert json.loads(read_settings(text, "prod").variables()["CHATAPP_MODELS"])[0]["id"] == "m"


@pytest.mark.parametrize("line", ["user_bugdet_usd = 20", 'model_provider = "openai"'])
def test_a_setting_that_nothing_reads_is_an_error(line: str) -> None:
    with pytest.raises(DeploymentError, match=r"settings\.toml"):
        read_settings(f"[default]\n{line}\n", "prod")


def test_the_shipped_settings_are_valid_for_any_stage() -> None:
    for stage in ("local", "prod"):
        assert load_settings(stage).provider == "anthropic"


# --- Addresses --------------------------------------------------------------------------------------------------------


def test_addresses_on_aws() -> None:
    found = Addresses.of(prod(), IDS, "d1.cloudfront.net")
    assert found.site_url == "https://d1.cloudfront.net"
    assert found.api_url == found.script_api_url == "https://rest1.execute-api.eu-west-1.amazonaws.com/api"
    assert found.socket_url == "wss://sock1.execute-api.eu-west-1.amazonaws.com/api"
    assert found.cognito_endpoint is None
    assert found.connect_sources == (
        "https://cognito-idp.eu-west-1.amazonaws.com",
        "https://rest1.execute-api.eu-west-1.amazonaws.com",
        "wss://sock1.execute-api.eu-west-1.amazonaws.com",
        "https://chatapp-prod-files-123456789012-eu-west-1.s3.eu-west-1.amazonaws.com",
    )
    assert found.files_source == found.connect_sources[-1]


def test_addresses_on_the_local_aws() -> None:
    found = Addresses.of(Stage("local", "eu-west-1", "http://127.0.0.1:4570"), IDS, "d1.cloudfront.net")
    assert found.site_url == "http://d1.cloudfront.localhost:4570"
    assert found.api_url == "http://rest1.execute-api.localhost:4570/api"
    assert found.socket_url == "ws://sock1.execute-api.localhost:4570/api"
    assert found.script_api_url == "http://127.0.0.1:4570/_aws/execute-api/rest1/api"
    assert found.cognito_endpoint == "http://localhost:4570/"
    assert found.connect_sources == (
        "http://localhost:4570",
        "http://rest1.execute-api.localhost:4570",
        "ws://sock1.execute-api.localhost:4570",
        "http://127.0.0.1:4570",  # as the functions see it, which sign the addresses of files
    )
    assert found.files_source == "http://127.0.0.1:4570"


def test_before_the_first_deployment_the_site_may_talk_to_no_api() -> None:
    found = Addresses.of(prod(), ApiIds(), "")
    assert not any("execute-api" in source for source in found.connect_sources)


def test_the_site_may_talk_to_its_own_bucket_alone_and_shows_images_that_it_holds() -> None:
    template = cloudformation.template(prod(), "foundation.yaml")
    (images,) = re.findall(r"img-src ([^;]+);", template)
    assert images == "'self' data: blob:"
    assert not any("*" in source for source in Addresses.of(prod(), IDS, "d1.cloudfront.net").connect_sources)


def test_foreign_pages_may_load_the_elements_and_nothing_else_of_the_site() -> None:
    body = cloudformation.template(prod(), "foundation.yaml")
    template = resolved.Template(body, {"Stage": "prod", "ConnectSources": "https://a"})
    distribution = template.resources["Distribution"]["Properties"]["DistributionConfig"]
    behaviors = {each.pop("PathPattern"): each for each in distribution["CacheBehaviors"]}
    assert sorted(behaviors) == sorted(f"/{name}" for name in site.ELEMENTS)
    assert behaviors["/embed.js"] == behaviors["/twin.js"]
    policies = {
        name: template.resources[name]["Properties"]["ResponseHeadersPolicyConfig"]
        for name in ("EmbedHeaders", "SecurityHeaders")
    }
    opened, closed = policies["EmbedHeaders"], policies["SecurityHeaders"]
    assert opened["CorsConfig"]["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert opened["CorsConfig"]["AccessControlAllowCredentials"] is False
    headers = {item["Header"]: item["Value"] for item in opened["CustomHeadersConfig"]["Items"]}
    assert headers == {"Cross-Origin-Resource-Policy": "cross-origin"}
    # Should the path answer with the site's page, it runs nothing and stands in no frame.
    for policy in policies.values():
        security = policy["SecurityHeadersConfig"]
        assert security["FrameOptions"]["FrameOption"] == "DENY"
        assert "default-src 'none'" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert "frame-ancestors 'none'" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert "CorsConfig" not in closed


def test_the_root_is_the_published_page_and_what_is_no_object_the_application() -> None:
    body = cloudformation.template(prod(), "foundation.yaml")
    template = resolved.Template(body, {"Stage": "prod", "ConnectSources": "https://a"})
    distribution = template.resources["Distribution"]["Properties"]["DistributionConfig"]
    assert distribution["DefaultRootObject"] == app_modules.page_keys().ROOT_KEY
    answers = {each["ErrorCode"]: each["ResponsePagePath"] for each in distribution["CustomErrorResponses"]}
    assert answers == {403: f"/{site.SHELL}", 404: f"/{site.SHELL}"}


# --- Command line -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "command", "stage"),
    [
        (["local"], "deploy", "local"),
        (["local", "--stop"], "deploy", "local"),
        (["local-a", "--stop"], "deploy", "local-a"),
        (["prod", "--region", "us-east-1"], "deploy", "prod"),
        (["prod", "--python", "3.14"], "deploy", "prod"),
        (["destroy", "prod", "--yes"], "destroy", "prod"),
        (["outputs", "prod"], "outputs", "prod"),
        (["redrive", "prod"], "redrive", "prod"),
        (["redrive", "prod", "answer-failures", "--replay", "--message", "1"], "redrive", "prod"),
        (["person", "prod", "a@b.example", "--disable"], "person", "prod"),
        (["person", "local", "a@b.example", "--delete", "--yes"], "person", "local"),
    ],
)
def test_command_lines(words: list[str], command: str, stage: str) -> None:
    found = arguments.parse(words)
    assert (found.command, found.stage) == (command, stage)


@pytest.mark.parametrize("word", ["help", "--help", "-h"])
def test_help_deploys_nothing(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.parse([word])
    assert ended.value.code == 0
    assert "./deploy.sh local" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["Prod"],
        ["a", "b"],
        ["destroy"],
        ["prod", "--stop"],
        ["destroy", "local", "--stop"],
        ["localhost", "--stop"],
        ["x" * 17],
        ["prod", "--force"],
        ["prod", "--region"],
        ["prod", "--python", "3.11"],
        ["local", "--python", "3.13"],
        ["local-a", "--python", "3.13"],
        ["outputs", "prod", "--python", "3.13"],
        ["redrive"],
        ["redrive", "prod", "answer-failures", "extract-failures"],
        ["prod", "--replay"],
        ["outputs", "prod", "--message", "1"],
        ["prod", "--disable"],
        ["person", "prod", "--disable"],
        ["person", "prod", "a@b.example"],
        ["person", "prod", "nobody", "--disable"],
        ["person", "prod", "a@b.example", "--disable", "--enable"],
    ],
)
def test_a_senseless_command_line_changes_nothing_and_explains(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(words) == 2
    assert "usage: ./deploy.sh" in capsys.readouterr().err


def test_outputs_of_a_stage_that_was_never_deployed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "BUILD", tmp_path)
    assert commands.main(["outputs", "local"]) == 1
    assert capsys.readouterr().err == "error: local is not deployed: ./deploy.sh local\n"


def test_outputs_are_one_json_object(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "BUILD", tmp_path)
    stage = prod()
    addresses = Addresses.of(stage, IDS, "d1.cloudfront.net")
    results.write(stage, results.describe(stage, addresses, {"UserPoolId": "p", "ClientId": "c"}))
    assert commands.main(["outputs", "prod"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"site_url", "api_url", "socket_url", "region", "user_pool_id", "client_id"}
    assert (tmp_path / "prod" / "outputs.json").stat().st_mode & 0o077 == 0


# --- Templates --------------------------------------------------------------------------------------------------------


BACKUPS = """  BackupsBucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BucketName: !Sub chatapp-${Stage}-backups-${AWS::AccountId}-${AWS::Region}
"""


def test_only_backups_outlive_a_stage_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stacks = tmp_path / "deploy" / "stacks"
    stacks.mkdir(parents=True)
    for name in ("foundation.yaml", "operations.yaml"):
        text = (ROOT / "deploy" / "stacks" / name).read_text()
        parts = adoption.RESOURCE.sub(lambda part: "" if part[1] == "BackupsBucket" else part[0], text)
        (stacks / name).write_text(parts.replace("Resources:\n", f"Resources:\n{BACKUPS}", 1))
    monkeypatch.setattr(cloudformation, "ROOT", tmp_path)
    for stage in ("local", "local-a"):
        for name in ("foundation.yaml", "operations.yaml"):
            text = cloudformation.template(Stage(stage, "eu-west-1"), name)
            assert BACKUPS in text
            assert "Policy: Retain" not in text.replace(BACKUPS, "")


@pytest.mark.parametrize(("local", "origins", "policies"), [("true", "*", 0), ("false", "https://", 2)])
def test_plain_http_is_for_stages_of_this_machine(local: str, origins: str, policies: int) -> None:
    body = cloudformation.template(prod(), "foundation.yaml")
    given = {"Stage": "prod", "ConnectSources": "https://a", "Local": local}
    template = resolved.Template(body, given)
    cors = template.resources["FilesBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert cors[0]["AllowedOrigins"][0].startswith(origins)
    own = {"FilesBucketPolicy", "ArtifactsBucketPolicy"}
    assert len(own & template.resources.keys()) == policies


def test_every_table_can_be_recovered_on_every_stage() -> None:
    for local in ("true", "false"):
        given = {"Stage": "local", "ConnectSources": "https://a", "Local": local}
        tables = resolved.Template(cloudformation.template(prod(), "foundation.yaml"), given)
        for name, properties in tables.of_type("AWS::DynamoDB::Table").items():
            assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name


def test_data_outlives_every_stage_on_aws() -> None:
    kept = cloudformation.template(Stage("prod", "eu-west-1"), "foundation.yaml")
    # Eleven tables, four buckets, the user pool, its groups.
    assert kept.count("DeletionPolicy: RetainExceptOnCreate") == 18


@mock_aws
def test_what_a_destroyed_stage_kept_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    stage = Stage("prod", "eu-west-1")
    body = cloudformation.template(stage, "foundation.yaml")
    assert adoption.find(stage, body) == []
    boto3.client("dynamodb", "eu-west-1").create_table(
        TableName="chatapp-prod-usage",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "subject", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "subject", "KeyType": "HASH"}],
    )
    bucket = f"chatapp-prod-site-{stage.account_id}-eu-west-1"
    boto3.client("s3", "eu-west-1").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    cognito = boto3.client("cognito-idp", "eu-west-1")
    pool, *_ = [cognito.create_user_pool(PoolName=name)["UserPool"]["Id"] for name in ("chatapp-prod", "chatapp-prod2")]
    found = {kept.logical_id: kept.name for kept in adoption.find(stage, body)}
    assert found == {"UserPool": pool, "UsageTable": "chatapp-prod-usage", "SiteBucket": bucket}
    cognito.create_group(UserPoolId=pool, GroupName="members")
    (group,) = (kept for kept in adoption.find(stage, body) if kept.kind == "group")
    assert group.to_import() == {
        "LogicalResourceId": "MembersGroup",
        "ResourceType": "AWS::Cognito::UserPoolGroup",
        "ResourceIdentifier": {"UserPoolId": pool, "GroupName": "members"},
    }
    cognito.create_user_pool(PoolName="chatapp-prod")
    with pytest.raises(DeploymentError, match="several user pools"):
        adoption.find(stage, body)


@mock_aws
def test_expiry_is_switched_on_where_the_local_aws_has_not_read_it_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    dynamodb = boto3.client("dynamodb", "eu-west-1")
    for name in ("chatapp-local-usage", "other"):
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "subject", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "subject", "KeyType": "HASH"}],
        )
    stage = Stage("local", "eu-west-1")
    assert [cloudformation.switch_expiry(stage) for _ in range(2)] == [True, False]
    found = dynamodb.describe_time_to_live(TableName="chatapp-local-usage")["TimeToLiveDescription"]
    assert found == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    assert dynamodb.describe_time_to_live(TableName="other")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "DISABLED"
    }


# --- Answers of API Gateway -------------------------------------------------------------------------------------------


def test_gateway_errors_have_the_apps_shape_and_headers_and_the_sites_origin() -> None:
    of_public_routes = {"DEFAULT_5XX", "INTEGRATION_TIMEOUT", "THROTTLED", "WAF_FILTERED"}
    for kind, response in gateway.responses("https://d1.cloudfront.net", app_modules.security_headers()).items():
        headers = response["responseParameters"]
        origin = "*" if kind in of_public_routes else "https://d1.cloudfront.net"
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == f"'{origin}'"
        assert headers["gatewayresponse.header.Strict-Transport-Security"] == "'max-age=63072000; includeSubDomains'"
        assert headers["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"
        # As API Gateway fills it in: the variable is a JSON string, quotes included.
        body = response["responseTemplates"]["application/json"].replace("$context.error.messageString", '"why"')
        error = json.loads(body)["error"]
        assert error.keys() == {"code", "message"}, kind
        assert error["message"], kind


def test_a_401_and_a_missing_path_say_what_they_are() -> None:
    found = gateway.responses("https://d1.cloudfront.net", {})
    assert found["UNAUTHORIZED"]["statusCode"] == found["EXPIRED_TOKEN"]["statusCode"] == "401"
    assert found["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= found.keys()


def test_what_is_refused_for_a_while_says_for_how_long() -> None:
    found = gateway.responses("https://d1.cloudfront.net", {})
    waits = {
        kind: response["responseParameters"]["gatewayresponse.header.Retry-After"]
        for kind, response in found.items()
        if "gatewayresponse.header.Retry-After" in response["responseParameters"]
    }
    assert waits == {"THROTTLED": "'1'", "QUOTA_EXCEEDED": "'3600'"}
    for kind in waits:
        assert (
            found[kind]["responseParameters"]["gatewayresponse.header.Access-Control-Expose-Headers"] == "'Retry-After'"
        )
        assert '"code": "throttled"' in found[kind]["responseTemplates"]["application/json"]
    assert "a valid API key, sent as x-api-key" in found["INVALID_API_KEY"]["responseTemplates"]["application/json"]
    # It also comes to who has never signed in.
    assert "Sign in first" in found["UNAUTHORIZED"]["responseTemplates"]["application/json"]


# --- The model's key and address --------------------------------------------------------------------------------------


@mock_aws
def test_without_any_key_the_deployment_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    stage = Stage("prod", "eu-west-1")
    with pytest.raises(DeploymentError, match="ANTHROPIC_API_KEY"):
        model_access.ensure_key(stage)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-1")
    assert model_access.ensure_key(stage) is True
    assert model_access.ensure_key(stage) is False
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert model_access.ensure_key(stage) is False, "the stored key is used"
    parameter = boto3.client("ssm", "eu-west-1").get_parameter(Name=stage.key_parameter, WithDecryption=True)
    assert (parameter["Parameter"]["Type"], parameter["Parameter"]["Value"]) == ("SecureString", "sk-1")


@mock_aws
def test_the_stages_own_secrets_are_made_once_and_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new key of addresses would forget what everybody has used up, a new one of visits would end them all."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = []
    for stage in (Stage("prod", "eu-west-1"), Stage("test", "eu-west-1")):
        ssm = boto3.client("ssm", "eu-west-1")
        assert secret_keys.ensure(stage) is True
        names = (stage.address_key_parameter, stage.visit_key_parameter)
        before = [ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"] for name in names]
        assert secret_keys.ensure(stage) is False
        assert [ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"] for name in names] == before
        made += before
    assert {each["Type"] for each in made} == {"SecureString"}
    assert len({each["Value"] for each in made}) == 4, "each has a secret of its own"
    assert all(len(each["Value"]) >= 43 for each in made), "32 bytes"
    model_access.delete_keys(Stage("prod", "eu-west-1"))
    assert secret_keys.ensure(Stage("prod", "eu-west-1")) is True


def test_a_laptops_model_address_is_not_given_to_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://localhost:11434")
    assert model_access.base_url(None, is_local=False) is None
    assert model_access.base_url(None, is_local=True) == "http://localhost:11434"
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://models.example.com")
    assert model_access.base_url(None, is_local=False) == "https://models.example.com"
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    assert model_access.base_url("http://127.0.0.1:9", is_local=True) == "http://127.0.0.1:9"


# --- Chalice's client -------------------------------------------------------------------------------------------------


class Lambda:
    """The one function that a deployment finds, and what is sent to change it."""

    def __init__(self, **configuration: Any) -> None:
        self.configuration = configuration
        self.sent: list[str] = []

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        found = {"FunctionArn": f"arn:{FunctionName}", "LastUpdateStatus": "Successful", **self.configuration}
        return {name: value for name, value in found.items() if value is not None}

    def update_function_code(self, **arguments: Any) -> dict[str, Any]:
        self.sent.append("code")
        return {"FunctionArn": "arn:f", "LastUpdateStatus": "Successful"}

    def update_function_configuration(self, **arguments: Any) -> dict[str, Any]:
        self.sent.append("configuration")
        return {"LastUpdateStatus": "Successful"}


PACKAGE = b"zip"
DEPLOYED: dict[str, Any] = {
    "CodeSha256": base64.b64encode(hashlib.sha256(PACKAGE).digest()).decode(),
    "Environment": {"Variables": {"A": "1"}},
    "Timeout": 29,
    "MemorySize": 1024,
    "Role": "role",
    "Runtime": "python3.11",
    "Architectures": ["x86_64"],
}


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ({}, []),
        ({"CodeSha256": "other"}, ["code"]),
        ({"Environment": {"Variables": {"A": "2"}}}, ["configuration"]),
        ({"Timeout": 30}, ["configuration"]),
        ({"Runtime": "python3.12"}, ["configuration"]),
        ({"Environment": None, "CodeSha256": "other"}, ["code", "configuration"]),
    ],
)
def test_only_what_differs_is_sent_to_lambda(found: dict[str, Any], sent: list[str]) -> None:
    lambda_ = Lambda(**{**DEPLOYED, **found})
    client = chalice_client.Client(ClientsOf(**{"lambda": lambda_}), {})
    client.update_function(
        "f",
        PACKAGE,
        environment_variables={"A": "1"},
        runtime="python3.11",
        timeout=29,
        memory_size=1024,
        role_arn="role",
        layers=[],
        architecture="x86_64",
    )
    client.finish_functions()
    assert lambda_.sent == sent
    assert [bool(re.match("code|configuration", change)) for change in client.changes] == [True] * len(sent)


@pytest.mark.parametrize("file", sorted((ROOT / "deploy" / "stacks").glob("*.yaml")), ids=lambda file: file.stem)
def test_a_template_is_sent_without_its_comments_and_says_the_same(file: Path) -> None:
    sent = cloudformation.template(prod(), file.name)
    assert not re.search(r"^ *#", sent, re.MULTILINE)
    assert resolved._parsed(sent) == resolved._parsed(file.read_text())


# --- Functions --------------------------------------------------------------------------------------------------------


def test_a_version_of_answer_is_published_once_its_traces_are_as_set(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def noted(module: object, name: str, found: object) -> None:
        def note(*_: object, **__: object) -> object:
            called.append(name)
            return found

        monkeypatch.setattr(module, name, note)

    deployed = chalice_app.Deployed(IDS, ())
    for module, names, found in (
        (alias, ("prepare", "settle"), []),
        (chalice_app, ("render",), None),
        (chalice_app, ("deploy",), deployed),
        (roles, ("remove_former_scheduler_role",), False),
        (layers, ("remove_old",), 0),
        (versions, ("listed",), []),
        (tracing, ("configure_functions",), []),
        (live_settings, ("differing",), []),
    ):
        for name in names:
            noted(module, name, found)
    outputs = {"UserPoolArn": "arn:pool", "DistributionId": "E1"}
    begun = steps.Deployment(prod(), load_settings("prod"), Progress(), {}, Path(), ids=IDS, foundation=outputs)
    built = package.Package(Path("package.zip"), runtime.running(), "1", changed=False)
    begun.deploy_functions(built)
    assert called.index("deploy") < called.index("configure_functions") < called.index("settle")
