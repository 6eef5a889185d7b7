"""The IAM policies that the deployment writes from the app's grants."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from deploy.functions import policies
from deploy.functions.policies import InferenceProfile, Place, UnknownGrant
from tests import iam_tables
from tests.grants import GRANTS

ROOT = Path(__file__).resolve().parents[2]
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a1B2c3D4e"
PLACE = Place(
    "prod", "eu-west-1", "123456789012", socket_api_id="sock1", user_pool_arn=POOL, distribution_id="E1ABCDEF"
)


@dataclass(frozen=True)
class Grant:
    kind: str
    resource: str
    operations: tuple[str, ...]


def statements(grant: Grant, place: Place = PLACE) -> list[dict[str, Any]]:
    """What a grant adds to a policy that has its logs statement anyway."""
    document = policies.document("answer", [grant], place)
    assert document["Version"] == "2012-10-17"
    return list(document["Statement"][1:])


def actions(grant: Grant) -> list[str]:
    return [action for statement in statements(grant) for action in statement["Action"]]


def every_string(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in every_string(item)]
    if isinstance(value, list):
        return [text for item in value for text in every_string(item)]
    return [value] if isinstance(value, str) else []


def test_a_function_without_grants_may_only_write_its_own_log() -> None:
    assert policies.document("websocket_message", [], PLACE)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/chatapp-prod-websocket_message:*",
        }
    ]


def test_the_api_function_has_the_name_that_chalice_gives_it() -> None:
    logs = policies.document("api_handler", [], PLACE)["Statement"][0]
    assert logs["Resource"].endswith(":log-group:/aws/lambda/chatapp-prod:*")


def test_a_table_grant_names_one_table_and_its_operations() -> None:
    assert statements(Grant("table", "messages", ("Query", "GetItem"))) == [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:Query"],
            "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/chatapp-prod-messages",
        }
    ]


def test_an_index_grant_does_not_open_the_table() -> None:
    (statement,) = statements(Grant("index", "conversations/timestamp-index", ("Query",)))
    assert statement["Resource"].endswith(":table/chatapp-prod-conversations/index/timestamp-index")


def test_what_a_transaction_may_do_is_granted_by_its_items() -> None:
    grant = Grant("table", "messages", ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"))
    assert actions(grant) == [
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ]


def test_pushing_is_allowed_on_the_stages_own_socket_api_once_it_is_known() -> None:
    grant = Grant("sockets", "connections", ("PostToConnection",))
    (statement,) = statements(grant)
    assert statement["Action"] == ["execute-api:ManageConnections"]
    assert statement["Resource"] == "arn:aws:execute-api:eu-west-1:123456789012:sock1/api/POST/@connections/*"
    assert statements(grant, Place("prod", "eu-west-1", "123456789012")) == []


def test_people_are_asked_for_in_the_stages_own_pool_once_it_is_known() -> None:
    grant = Grant("pool", "people", ("ListUsers", "AdminGetUser"))
    (statement,) = statements(grant)
    assert statement["Action"] == ["cognito-idp:AdminGetUser", "cognito-idp:ListUsers"]
    assert statement["Resource"] == POOL
    assert statements(grant, Place("prod", "eu-west-1", "123456789012")) == []


def test_copies_at_the_edges_are_forgotten_of_the_stages_own_distribution_once_it_is_known() -> None:
    grant = Grant("distribution", "site", ("CreateInvalidation",))
    (statement,) = statements(grant)
    assert statement["Action"] == ["cloudfront:CreateInvalidation"]
    assert statement["Resource"] == "arn:aws:cloudfront::123456789012:distribution/E1ABCDEF"
    assert statements(grant, Place("prod", "eu-west-1", "123456789012")) == []


def test_who_publishes_writes_pages_and_no_file_of_the_application() -> None:
    statements = policies.document("publish", GRANTS["publish"], PLACE)["Statement"]
    site = "arn:aws:s3:::chatapp-prod-site-123456789012-eu-west-1"
    written = [each["Resource"] for each in statements if "s3:PutObject" in each["Action"]]
    assert written == [f"{site}/index.html", f"{site}/fr/*", f"{site}/en/*", f"{site}/twin/*"]


def test_a_schedule_may_pass_only_the_scheduler_role_and_only_to_the_scheduler() -> None:
    create, pass_role = statements(Grant("schedule", "purge", ("CreateSchedule",)))
    assert create["Resource"] == "arn:aws:scheduler:eu-west-1:123456789012:schedule/chatapp-prod/*"
    assert pass_role["Resource"] == "arn:aws:iam::123456789012:role/chatapp-prod-scheduler-eu-west-1"
    assert pass_role["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


FILES = "arn:aws:s3:::chatapp-prod-files-123456789012-eu-west-1"


def test_a_bucket_grant_opens_one_prefix_for_objects_and_for_lists() -> None:
    objects, listed = statements(Grant("bucket", "files/uploads", ("PutObject", "ListObjectVersions")))
    assert objects == {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": f"{FILES}/uploads/*"}
    assert listed == {
        "Effect": "Allow",
        "Action": ["s3:ListBucketVersions"],
        "Resource": FILES,
        "Condition": {"StringLike": {"s3:prefix": "uploads/*"}},
    }


def test_what_is_read_or_deleted_by_version_is_granted_by_version() -> None:
    assert actions(Grant("bucket", "files/uploads", ("DeleteObjectVersion",))) == ["s3:DeleteObjectVersion"]
    (listed,) = statements(Grant("bucket", "files/uploads", ("ListObjectVersions",)))
    assert listed["Action"] == ["s3:ListBucketVersions"]


def test_who_reads_objects_may_look_whether_one_is_there_and_lists_nothing_else() -> None:
    for function, grants in GRANTS.items():
        for grant in grants:
            if grant.kind == "bucket" and {"GetObject", "GetObjectVersion"} & set(grant.operations):
                assert "ListObjectVersions" in grant.operations, (function, grant.resource)
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            if statement["Resource"] == FILES:
                assert statement["Action"] == ["s3:ListBucketVersions"]
                (prefix,) = statement["Condition"]["StringLike"].values()
                assert prefix in ("uploads/*", "extracted/*", "drill/*", "twins/*", "previews/*", "transcripts/*")


def test_no_function_reaches_a_whole_bucket_of_peoples_files() -> None:
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            of_objects = [action for action in statement["Action"] if action.startswith("s3:") and "List" not in action]
            if of_objects and statement["Resource"] == f"{FILES.replace('files', 'site')}/*":
                assert of_objects == ["s3:GetObject"]
            elif of_objects and not re.search(r"-(backups|site)-", statement["Resource"]):
                assert re.fullmatch(
                    rf"{FILES}/(uploads|extracted|drill|twins|previews|transcripts)/\*", statement["Resource"]
                ), function


def test_nobody_deletes_a_backup_or_shortens_its_lock() -> None:
    """`s3:*` that a function may do there, and no more; of files only what is erased is written by others."""
    backups = FILES.replace("files", "backups")
    allowed: dict[str, set[str]] = {}
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            if statement["Resource"] in (backups, f"{backups}/*"):
                allowed.setdefault(function, set()).update(statement["Action"])
    assert allowed.keys() == {"nightly_backup", "backup", "restore", "restore_drill", "api_handler", "health_check"}
    read = {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucketVersions"}
    write = {"s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload", "s3:PutObjectRetention"}
    assert allowed["health_check"] | allowed["api_handler"] <= read
    assert set().union(*allowed.values()) <= read | write


def test_what_a_backup_holds_is_written_by_the_function_that_makes_it_alone() -> None:
    """A second version hides the first, though that is locked: the others write only where they note something."""
    backups = FILES.replace("files", "backups")
    written: dict[str, set[str]] = {}
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            if "s3:PutObject" in statement["Action"] and str(statement["Resource"]).startswith(backups):
                written.setdefault(function, set()).add(str(statement["Resource"]).removeprefix(f"{backups}/"))
    noted = {"state/*", "index.json"}
    assert written.pop("backup") == {"*", *noted}
    of_backups = {name: written.pop(name) for name in ("nightly_backup", "restore", "restore_drill")}
    assert of_backups == {"nightly_backup": noted, "restore": noted, "restore_drill": {"index.json"}}
    assert set().union(*written.values()) == {"erasures/*"}


def test_other_stages_backups_are_read_by_a_restore_alone_and_never_written() -> None:
    of_all = "arn:aws:s3:::chatapp-*-backups-123456789012-eu-west-1"
    allowed: dict[str, set[str]] = {}
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            if statement["Resource"] in (of_all, f"{of_all}/*"):
                allowed.setdefault(function, set()).update(statement["Action"])
    # RestoreObject makes a copy that can be read, for a while, of what lies in a cold storage class.
    assert allowed == {"restore": {"s3:GetObject", "s3:ListBucketVersions", "s3:RestoreObject"}}


def test_a_drill_makes_and_removes_no_table_but_its_own() -> None:
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            if {"dynamodb:CreateTable", "dynamodb:DeleteTable"} & set(statement["Action"]):
                assert (function, statement["Resource"]) == (
                    "restore",
                    PLACE.arn("dynamodb", "table/chatapp-prod.drill.*"),
                )


def test_an_export_is_asked_for_of_a_table_and_asked_after_by_its_own_name() -> None:
    asked, looked = statements(Grant("export", "usage", ("ExportTableToPointInTime", "DescribeExport")))
    assert asked["Action"] == ["dynamodb:ExportTableToPointInTime"]
    assert asked["Resource"] == PLACE.arn("dynamodb", "table/chatapp-prod-usage")
    assert looked["Resource"] == PLACE.arn("dynamodb", "table/chatapp-prod-usage/export/*")


def test_bedrock_models_are_reached_through_the_profile_only() -> None:
    models = tuple(f"arn:aws:bedrock:{region}::foundation-model/m" for region in ("eu-west-3", "eu-west-1"))
    profile = InferenceProfile("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.m", models)
    place = Place("prod", "eu-west-1", "123456789012", profiles=(profile,))
    grant = Grant("bedrock", "models", ("InvokeModelWithResponseStream",))
    of_profile, of_models = statements(grant, place)
    assert of_profile["Resource"] == [profile.arn]
    assert of_models["Resource"] == sorted(models)
    assert of_models["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": [profile.arn]}}
    assert statements(grant) == [], "nothing is allowed where the model is not asked through Bedrock"


def test_profiles_that_are_asked_after_are_those_of_the_models_on_offer() -> None:
    profile = InferenceProfile("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.m", ("arn:m",))
    grant = Grant("profiles", "models", ("GetInferenceProfile",))
    (asked,) = statements(grant, replace(PLACE, profiles=(profile,)))
    assert (asked["Action"], asked["Resource"]) == (["bedrock:GetInferenceProfile"], [profile.arn])
    assert statements(grant) == []


@pytest.mark.parametrize(
    "grant",
    [
        Grant("table", "messages", ("DescribeTimeToLive",)),
        Grant("table", "messages", ("TransactWriteItems",)),
        Grant("bucket", "files", ("GetObject",)),
        Grant("index", "conversations", ("Query",)),
    ],
)
def test_what_the_tables_do_not_know_is_an_error(grant: Grant) -> None:
    with pytest.raises(UnknownGrant, match=grant.resource):
        policies.document("answer", [grant], PLACE)


def test_every_kind_has_its_operations_its_resources_and_its_client() -> None:
    assert policies.ACTIONS.keys() == policies.RESOURCES.keys() == policies.CLIENTS.keys()


def test_the_apps_own_policies_name_every_resource() -> None:
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, PLACE)["Statement"]:
            texts = every_string(statement["Resource"])
            assert texts
            if texts == ["*"]:
                assert set(statement["Action"]) <= iam_tables.WILDCARD_ONLY
                continue
            assert all(
                text.startswith("arn:aws:") and re.search(r"chatapp|sock1|eu-west-1_a1B2c3D4e|E1ABCDEF", text)
                for text in texts
            ), statement
            assert not any("*" in action for action in statement["Action"])


def test_a_policy_holds_each_granted_operation_and_no_action_more() -> None:
    for function, grants in GRANTS.items():
        document = policies.document(function, grants, replace(PLACE, user_pool_arn="arn:aws:cognito-idp:::userpool/p"))
        allowed = {action for statement in document["Statement"] for action in statement["Action"]}
        granted = {
            policies.ACTIONS[grant.kind][operation]
            for grant in grants
            for operation in grant.operations
            if grant.kind not in {"bedrock", "profiles"}
        }
        beyond = {"logs:CreateLogStream", "logs:PutLogEvents"}
        beyond |= {"iam:PassRole"} if any(grant.kind == "schedule" for grant in grants) else set()
        assert allowed == granted | beyond


def test_the_same_grants_give_the_same_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        policies.write(GRANTS, PLACE, folder)
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(f"policy-{function}.json" for function in GRANTS)
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_only_what_the_functions_call_is_packed() -> None:
    clients = policies.clients(GRANTS)
    assert {"dynamodb", "lambda", "s3", "ssm", "apigatewaymanagementapi"} <= set(clients)
    assert "sqs" not in clients, "Lambda itself sends to the on-failure queue"
