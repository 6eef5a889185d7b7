"""Every policy of a stage against IAM's own tables, and against what the stage holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import boto3
import pytest

from deploy import steps
from deploy.environment import Stage
from deploy.functions import policies
from deploy.functions.policies import InferenceProfile, Place
from tests import iam_tables
from tests.grants import GRANTS
from tests.resolved import ACCOUNT, Template

MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"
LONGEST_STAGE = "a-stage-of-sixtn"  # 16, the most that the command line takes
_LONGEST_INLINE_POLICY = 10_240  # of all inline policies of a role, white space not counted


def longest_region() -> str:
    return max(boto3.Session().get_available_regions("lambda"), key=len)


def profile(region: str) -> InferenceProfile:
    models = tuple(f"arn:aws:bedrock:{each}::foundation-model/{MODEL}" for each in ("eu-west-1", "eu-west-3"))
    return InferenceProfile(f"arn:aws:bedrock:{region}:{ACCOUNT}:inference-profile/eu.{MODEL}", models)


POOL = f"arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/eu-west-1_a1B2c3D4e"
PLACES = {
    "first deployment": Place("prod", "eu-west-1", ACCOUNT),
    "with sockets": Place("prod", "eu-west-1", ACCOUNT, "sock1", user_pool_arn=POOL, distribution_id="E1ABCDEF"),
    "with Bedrock": Place("prod", "eu-west-1", ACCOUNT, "sock1", (profile("eu-west-1"),)),
    "longest names": Place(LONGEST_STAGE, longest_region(), ACCOUNT, "a1b2c3d4e5", (profile(longest_region()),)),
}


_PREFIXES = ("uploads", "extracted", "drill", "twins", "previews", "transcripts")


def foundation(stage: str, region: str) -> Template:
    parameters = {"Stage": stage, "ConnectSources": "https://api.example"}
    return Template(bodies(stage, region)["foundation.yaml"], parameters, region)


# Of each stack that holds policies, what it is given beside the stage's name.
_STACKS: dict[str, dict[str, str]] = {
    "foundation.yaml": {"ConnectSources": "https://api.example", "BackupsReplicaRegion": "eu-central-1"},
    "backup-replica.yaml": {},
    "alarms.yaml": {},
}


@lru_cache(maxsize=8)
def bodies(stage: str, region: str) -> dict[str, str]:
    made = Stage(stage, region)
    made.__dict__["account_id"] = ACCOUNT  # what AWS would be asked for
    return steps.templates(made)


def declared(place: Place) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """The stacks' policies: where each stands, its document, and whether it is a role's trust."""
    for file, parameters in _STACKS.items():
        body = bodies(place.stage, place.region)[file]
        template = Template(body, {"Stage": place.stage, **parameters}, place.region)
        for name, resource in template.resources.items():
            yield from _within(name, resource["Properties"])


def _within(name: str, properties: Any) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Whatever type of resource holds it: of a role, a bucket, a queue, a topic, a key."""
    if isinstance(properties, list):
        for each in properties:
            yield from _within(name, each)
    elif isinstance(properties, dict):
        for key, value in properties.items():
            if key == "AssumeRolePolicyDocument":
                yield f"trust of {name}", value, True
            elif key == "PolicyDocument":
                yield ": ".join(filter(None, [name, properties.get("PolicyName")])), value, False
            else:
                yield from _within(name, value)


def test_every_stack_that_holds_policies_is_looked_at() -> None:
    holding = {file for file, body in bodies("prod", "eu-west-1").items() if "PolicyDocument" in body}
    assert holding == set(_STACKS)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("function", GRANTS)
def test_iams_tables_find_nothing_wrong_with_a_functions_policy(function: str, place: Place) -> None:
    assert iam_tables.problems(policies.document(function, GRANTS[function], place)) == []


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_iams_tables_find_nothing_wrong_with_the_stacks_policies(place: Place) -> None:
    found = list(declared(place))
    assert {name for name, _, _ in found} >= {
        "trust of SchedulerRole",
        "SchedulerRole: invoke",
        "SiteBucketPolicy",
    }
    for name, document, trust in found:
        assert iam_tables.problems(document, trust=trust) == [], name


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_policy_names_only_what_the_stage_holds(place: Place) -> None:
    """A name that is written in two places and differs would be a refusal on AWS and nowhere else."""
    template = foundation(place.stage, place.region)
    known = template.arns()
    known |= {place.arn("lambda", f"function:{place.function_name(name)}") for name in GRANTS}
    known |= {place.arn("ssm", f"parameter/chatapp/{place.stage}")}
    stage = Stage(place.stage, place.region)
    secrets = (stage.key_parameter, stage.address_key_parameter, stage.visit_key_parameter, stage.live_parameter)
    known |= {place.arn("ssm", f"parameter{name}") for name in secrets}
    known |= {f"{arn}:*" for arn in template.arns() if ":log-group:" in arn}
    for table in template.of_type("AWS::DynamoDB::Table").values():
        arn = place.arn("dynamodb", f"table/{table['TableName']}")
        known |= {f"{arn}/export/*"}
        known |= {f"{arn}/index/{index['IndexName']}" for index in table.get("GlobalSecondaryIndexes", [])}
    groups = {group["Name"] for group in template.of_type("AWS::Scheduler::ScheduleGroup").values()}
    known |= {place.arn("scheduler", f"schedule/{name}/*") for name in groups}
    known |= {f"{arn}/{prefix}/*" for arn in template.arns() if ":s3:::" in arn for prefix in _PREFIXES}
    known |= {f"{arn}/*" for arn in template.arns() if re.search(":s3:::.*-(backups|site)-", arn)}
    backups = [arn for arn in template.arns() if re.search(":s3:::.*-backups-", arn)]
    known |= {f"{arn}/{under}" for arn in backups for under in ("erasures/*", "state/*", "index.json")}
    site = next(arn for arn in template.arns() if re.search(":s3:::.*-site-", arn))
    known |= {f"{site}/{under}" for under in ("index.html", "fr/*", "en/*", "twin/*")}
    known |= {f"arn:aws:cloudfront::{ACCOUNT}:distribution/{place.distribution_id}"}
    known |= {f"arn:aws:s3:::chatapp-*-backups-{ACCOUNT}-{place.region}{under}" for under in ("", "/*")}
    known |= {place.arn("dynamodb", f"table/chatapp-{place.stage}.drill.*")}
    known |= {place.arn("execute-api", f"{place.socket_api_id}/api/POST/@connections/*")}
    known |= {arn for arn in [place.user_pool_arn] if arn}
    known |= {arn for each in place.profiles for arn in (each.arn, *each.model_arns)}
    for function, grants in GRANTS.items():
        for statement in policies.document(function, grants, place)["Statement"]:
            resources = statement["Resource"]
            if resources == "*" and set(statement["Action"]) <= iam_tables.WILDCARD_ONLY:
                continue
            assert set([resources] if isinstance(resources, str) else resources) <= known, function


def test_a_stages_longest_names_are_short_enough_for_aws() -> None:
    place = PLACES["longest names"]
    template = foundation(place.stage, place.region)
    for bucket in template.of_type("AWS::S3::Bucket").values():
        assert len(bucket["BucketName"]) <= 63
    for role in template.of_type("AWS::IAM::Role").values():
        assert len(role["RoleName"]) <= 64
    assert max(len(place.function_name(name)) for name in GRANTS) <= 64
    for function, grants in GRANTS.items():
        written = json.dumps(policies.document(function, grants, place), separators=(",", ":"))
        assert len(written) <= _LONGEST_INLINE_POLICY, function


# --- The tables themselves: what they are asked must be able to fail ------------------------------------------------

TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/chatapp-prod-messages"
BUCKET = "arn:aws:s3:::chatapp-prod-files"


@pytest.mark.parametrize(
    ("action", "resource", "condition", "problem"),
    [
        ("dynamodb:FetchItem", TABLE, {}, "no such action"),
        ("dynamodb:TransactWriteItems", TABLE, {}, "no such action"),
        ("nothing:GetItem", TABLE, {}, "no such action"),
        ("dynamodb:PutItem", f"{TABLE}/index/by-time", {}, "not on"),
        ("dynamodb:GetItem", BUCKET, {}, "not on"),
        ("s3:GetObject", BUCKET, {}, "not on"),
        ("s3:ListBucketVersions", f"{BUCKET}/uploads/*", {}, "not on"),
        ("scheduler:CreateSchedule", f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule-group/a", {}, "not on"),
        ("lambda:InvokeFunction", "*", {}, "on every resource"),
        ("s3:GetObject", f"{BUCKET}/uploads/*", {"StringLike": {"s3:prefix": "uploads/*"}}, "condition s3:prefix"),
        (
            "lambda:InvokeFunction",
            f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f",
            {"StringEquals": {"iam:X": "y"}},
            "X",
        ),
        ("bedrock:InvokeModelWithResponseStream", f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:guardrail/g", {}, "not on"),
    ],
)
def test_the_tables_find_what_iam_does_not_know(
    action: str, resource: str, condition: dict[str, Any], problem: str
) -> None:
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource, "Condition": condition}
    found = iam_tables.problems({"Version": "2012-10-17", "Statement": [statement]})
    assert any(problem in each for each in found), found


def test_whoever_reads_a_policy_sees_a_missing_resource() -> None:
    statement = {"Effect": "Allow", "Action": ["dynamodb:GetItem"]}
    with pytest.raises(KeyError, match="Resource"):
        iam_tables.problems({"Version": "2012-10-17", "Statement": [statement]})


def test_each_justified_finding_is_still_found() -> None:
    """What parliament no longer says needs no reason."""
    place = PLACES["with Bedrock"]
    documents = [policies.document(name, grants, place) for name, grants in GRANTS.items()]
    documents += [document for _, document, _ in declared(place)]
    assert {finding for document in documents for finding in iam_tables._lint(document)} == iam_tables.JUSTIFIED.keys()
