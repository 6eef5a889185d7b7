"""What a deployment asks Bedrock, each request and reply held against botocore's own model of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from chalicelib.settings import DEFAULT_MODELS, Settings

from deploy import steps
from deploy.account import bedrock
from deploy.environment import DeploymentError, Stage
from deploy.environment import Settings as StageSettings
from deploy.functions import app_modules
from deploy.progress import Progress

SONNET, OPUS, HAIKU = (offer.id for offer in DEFAULT_MODELS)
OPEN: dict[str, Any] = {
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


@dataclass(frozen=True)
class StageOnBedrock(Stage):
    """A stage whose account has the clients that a test made."""

    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return self.clients[service]


class Account:
    """Bedrock as one account sees it, one page a profile. Replies come in the order in which they are asked for."""

    def __init__(self, region: str) -> None:
        self.client: Any = boto3.client("bedrock", region, aws_access_key_id="x", aws_secret_access_key="x")
        self.stubber = Stubber(self.client)
        self.stage = StageOnBedrock("prod", region, clients={"bedrock": self.client})
        self.said: list[str] = []

    def lists(self, *profiles: dict[str, Any]) -> None:
        for number, profile in enumerate(profiles):
            asked = {"typeEquals": "SYSTEM_DEFINED"} | ({"nextToken": str(number)} if number else {})
            more = {"nextToken": str(number + 1)} if number + 1 < len(profiles) else {}
            self.stubber.add_response(
                "list_inference_profiles", {"inferenceProfileSummaries": [profile], **more}, asked
            )
        if not profiles:
            self.stubber.add_response("list_inference_profiles", {"inferenceProfileSummaries": []})

    def opens(self, model: str, **but: Any) -> None:
        asked = {"modelId": model}
        self.stubber.add_response("get_foundation_model_availability", {"modelId": model, **OPEN, **but}, asked)

    def has_form(self, submitted: bool = True) -> None:
        if submitted:
            self.stubber.add_response("get_use_case_for_model_access", {"formData": b"0123456789"}, {})
        else:
            self.stubber.add_client_error("get_use_case_for_model_access", "ResourceNotFoundException")

    def access(self, *models: Mapping[str, Any]) -> bedrock.Access:
        variables = {"CHATAPP_MODELS": json.dumps([_offer(**model) for model in models])} if models else {}
        with self.stubber:
            found = bedrock.access(self.stage, variables, self.said.append)
        self.stubber.assert_no_pending_responses()
        return found


def _offer(**named: Any) -> dict[str, Any]:
    return {"input": 1, "output": 1, "cache_write": 1, "cache_read": 1, **named}


def profile(profile_id: str, *regions: str, source: str = "eu-west-1", kind: str = "SYSTEM_DEFINED") -> dict[str, Any]:
    model = profile_id.partition(".")[2]
    return {
        "inferenceProfileName": "Claude",
        "inferenceProfileArn": f"arn:aws:bedrock:{source}:123456789012:inference-profile/{profile_id}",
        "inferenceProfileId": profile_id,
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model}"} for region in regions],
        "status": "ACTIVE",
        "type": kind,
    }


EUROPE = ("eu-west-3", "eu-west-1", "eu-central-1")


# --- Which profile ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "listed", "chosen"),
    [
        (
            "eu-west-1",
            [
                profile(f"global.anthropic.{SONNET}-v1:0", "", "eu-west-1"),
                profile(f"eu.anthropic.{SONNET}-v1:0", *EUROPE),
            ],
            f"eu.anthropic.{SONNET}-v1:0",
        ),
        # Japan's own before the one of all Asia.
        (
            "ap-northeast-1",
            [
                profile(f"apac.anthropic.{SONNET}", "ap-northeast-1", "ap-south-1", "ap-southeast-1"),
                profile(f"jp.anthropic.{SONNET}", "ap-northeast-1", "ap-northeast-3"),
            ],
            f"jp.anthropic.{SONNET}",
        ),
        # The newest of two dates, and no other model whose name begins the same.
        (
            "eu-west-1",
            [
                profile(f"eu.anthropic.{SONNET}-20260901-v1:0", *EUROPE),
                profile(f"eu.anthropic.{SONNET}-20261101-v1", *EUROPE),
                profile(f"eu.anthropic.{SONNET}-fast-v9:0", *EUROPE),
                profile(f"eu.anthropic.other-{SONNET}", *EUROPE),
            ],
            f"eu.anthropic.{SONNET}-20261101-v1",
        ),
    ],
)
def test_the_profile_that_stays_nearest_is_chosen_and_said(
    region: str, listed: list[dict[str, Any]], chosen: str
) -> None:
    account = Account(region)
    account.lists(*listed)
    account.opens(chosen.partition(".")[2])
    account.has_form()
    found = account.access({"id": SONNET})
    assert found.ids == {SONNET: chosen}
    (routed,) = found.profiles
    assert routed.arn.endswith(f"/{chosen}")
    assert list(routed.model_arns) == sorted(routed.model_arns)
    assert account.said == [f"{SONNET}: {chosen}"]


def test_a_profile_that_the_settings_name_goes_before_the_rule() -> None:
    account = Account("eu-west-1")
    everywhere = profile(f"global.anthropic.{SONNET}", "", "eu-west-1")
    account.lists(profile(f"eu.anthropic.{SONNET}", *EUROPE), everywhere)
    asked = {"inferenceProfileIdentifier": f"global.anthropic.{SONNET}"}
    account.stubber.add_response("get_inference_profile", everywhere, asked)
    account.opens(f"anthropic.{SONNET}")
    account.has_form()
    found = account.access({"id": SONNET, "bedrock_id": f"global.anthropic.{SONNET}"})
    assert found.ids == {SONNET: f"global.anthropic.{SONNET}"}
    assert found.profiles[0].model_arns == (
        f"arn:aws:bedrock:::foundation-model/anthropic.{SONNET}",
        f"arn:aws:bedrock:eu-west-1::foundation-model/anthropic.{SONNET}",
    )


def test_a_profile_of_the_accounts_own_is_asked_by_its_arn() -> None:
    account = Account("eu-west-1")
    own = profile(f"abc.anthropic.{SONNET}", "eu-west-1", kind="APPLICATION")
    account.lists()
    account.stubber.add_response("get_inference_profile", own)
    account.opens(f"anthropic.{SONNET}")
    account.has_form()
    found = account.access({"id": SONNET, "bedrock_id": own["inferenceProfileArn"]})
    assert found.ids == {SONNET: own["inferenceProfileArn"]}


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (
            [profile(f"eu.anthropic.{HAIKU}", *EUROPE), profile("eu.amazon.nova-pro-v1:0", *EUROPE)],
            rf"no inference profile of {SONNET} in eu-west-1 \(it has: eu\.anthropic\.{HAIKU}\)",
        ),
        ([], "it has: none of Claude"),
        ([profile(f"global.anthropic.{SONNET}", "")], rf'bedrock_id = "global\.anthropic\.{SONNET}"'),
    ],
)
def test_a_model_without_a_profile_names_those_that_there_are(listed: list[dict[str, Any]], said: str) -> None:
    account = Account("eu-west-1")
    account.lists(*listed)
    with pytest.raises(DeploymentError, match=said):
        account.access({"id": SONNET})


def test_a_profile_that_the_settings_name_and_bedrock_does_not_know_is_named() -> None:
    account = Account("eu-west-1")
    account.lists()
    account.stubber.add_client_error("get_inference_profile", "ResourceNotFoundException")
    with pytest.raises(DeploymentError, match=r"no inference profile us\.x in eu-west-1"):
        account.access({"id": SONNET, "bedrock_id": "us.x"})


# --- Whether the account may ask --------------------------------------------------------------------------------------


def _refusal(submitted: bool = True, **but: Any) -> str:
    account = Account("eu-west-1")
    account.lists(profile(f"eu.anthropic.{SONNET}", *EUROPE))
    account.opens(f"anthropic.{SONNET}", **but)
    account.has_form(submitted)
    with pytest.raises(DeploymentError) as raised:
        account.access({"id": SONNET})
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("but", "said"),
    [
        ({"regionAvailability": "NOT_AVAILABLE"}, "is not available in eu-west-1: choose another region"),
        ({"agreementAvailability": {"status": "NOT_AVAILABLE"}}, "has not subscribed to it: open it once"),
        ({"agreementAvailability": {"status": "PENDING"}}, "repeat in 15 minutes"),
        ({"agreementAvailability": {"status": "ERROR", "errorMessage": "no card"}}, "failed (no card)"),
        ({"authorizationStatus": "NOT_AUTHORIZED"}, "not authorized"),
        ({"entitlementAvailability": "NOT_AVAILABLE"}, "ask AWS Support"),
    ],
)
def test_a_model_that_is_not_open_to_the_account_says_what_to_do(but: dict[str, Any], said: str) -> None:
    line = _refusal(**but)
    assert line.startswith(f"anthropic.{SONNET}: ")
    assert said in line


def test_a_form_that_was_not_submitted_goes_before_what_cannot_be_had_without_it() -> None:
    line = _refusal(submitted=False, agreementAvailability={"status": "NOT_AVAILABLE"})
    assert "put-use-case-for-model-access" in line
    assert "subscribed" not in line


def test_a_form_that_may_have_been_submitted_elsewhere_is_said_where_the_models_are_open() -> None:
    account = Account("eu-west-1")
    account.lists(profile(f"eu.anthropic.{SONNET}", *EUROPE))
    account.opens(f"anthropic.{SONNET}")
    account.has_form(submitted=False)
    assert account.access({"id": SONNET}).ids
    assert "put-use-case-for-model-access" in account.said[-1]
    assert account.said[-1].endswith("unless the organization's management account has")


def test_what_a_region_says_of_models_that_it_does_not_answer_for_stops_nothing() -> None:
    for answer in ("unavailable", "unknown"):
        account = Account("eu-west-2")
        account.lists(profile(f"eu.anthropic.{SONNET}", *EUROPE))
        if answer == "unknown":
            account.stubber.add_client_error("get_foundation_model_availability", "ResourceNotFoundException")
        else:
            account.opens(f"anthropic.{SONNET}", regionAvailability="NOT_AVAILABLE")
        account.has_form()
        assert account.access({"id": SONNET}).ids


# --- In a deployment --------------------------------------------------------------------------------------------------


def test_the_functions_get_the_ids_and_the_rights_to_them(tmp_path: Path) -> None:
    account = Account("eu-west-1")
    account.stage.__dict__["account_id"] = "123456789012"
    account.lists(*(profile(f"eu.anthropic.{offer.id}-v1:0", *EUROPE) for offer in DEFAULT_MODELS))
    for model in sorted(offer.id for offer in DEFAULT_MODELS):
        account.opens(f"anthropic.{model}-v1:0")
    account.has_form()
    deployment = steps.Deployment(
        account.stage,
        StageSettings(app={"model_provider": "bedrock"}),
        Progress(),
        app_modules.functions(),
        tmp_path,
        foundation={"UserPoolArn": "arn", "DistributionDomain": "d1.cloudfront.net", "DistributionId": "E1"},
    )
    with account.stubber:
        deployment.reach_model()
    settings = Settings.read(deployment.variables())
    ids = [offer.bedrock_id for offer in settings.models]
    assert ids == [f"eu.anthropic.{offer.id}-v1:0" for offer in DEFAULT_MODELS]
    assert [each.arn.rpartition("/")[2] for each in deployment.place.profiles] == ids
