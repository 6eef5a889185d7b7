"""Claude through Amazon Bedrock: the inference profile of each model on offer, and whether the account may ask it.

Asked at each deployment, so that the functions are handed ids and know no rule of Bedrock's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from deploy.environment import DeploymentError, Stage
from deploy.functions import app_modules
from deploy.functions.policies import InferenceProfile

if TYPE_CHECKING:
    from chalicelib.settings import ModelOffer

Say = Callable[[str], None]
Found = dict[str, Any]

# What follows a model's name in Bedrock's: a date, and a version.
_VERSION = r"(-\d{8})?(-v\d+(:\d+)?)?"
# Any commercial region may answer for it; all others name the geography that they stay in.
# https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
_EVERYWHERE = "global."
_NOT_THERE = {"ResourceNotFoundException", "ValidationException"}
_FORM = (
    "this account has not submitted Anthropic's use case, which is done once: Bedrock's console > Model catalog > a"
    " model of Claude > Submit use case details (or `aws bedrock put-use-case-for-model-access`)"
)


@dataclass(frozen=True)
class Access:
    """ids: of the profile that answers for each model on offer, by the model's own. profiles: what they route to."""

    ids: Mapping[str, str] = field(default_factory=dict)
    profiles: tuple[InferenceProfile, ...] = ()


def access(stage: Stage, variables: Mapping[str, str], say: Say) -> Access:
    """Find the profiles, and see that the account may ask what they route to. Raises DeploymentError where it may not.

    variables: as the functions get them. say: is told which profile answers for which model.
    """
    client = stage.client("bedrock")
    listed = _listed(client)
    found: dict[str, Found] = {}
    for offer in app_modules.settings(variables).models:
        found[offer.id] = _named(client, stage, offer) if offer.bedrock_id else _chosen(listed, stage, offer)
        say(f"{offer.id}: {_id(found[offer.id])}")
    _check(client, stage, [_profile(each) for each in found.values()], say)
    return Access(
        {model: _id(each) for model, each in found.items()},
        tuple(_profile(each) for each in found.values()),
    )


def _listed(client: Any) -> list[Found]:
    pages = client.get_paginator("list_inference_profiles").paginate(typeEquals="SYSTEM_DEFINED")
    return [profile for page in pages for profile in page["inferenceProfileSummaries"]]


def _id(found: Found) -> str:
    return str(found["inferenceProfileId"])


def _profile(found: Found) -> InferenceProfile:
    return InferenceProfile(found["inferenceProfileArn"], tuple(sorted(model["modelArn"] for model in found["models"])))


def _named(client: Any, stage: Stage, offer: ModelOffer) -> Found:
    """The profile that the settings name: one of Bedrock's, or the account's own by its ARN."""
    try:
        found: Found = client.get_inference_profile(inferenceProfileIdentifier=offer.bedrock_id)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_THERE:
            raise
        raise DeploymentError(
            f"Bedrock has no inference profile {offer.bedrock_id} in {stage.region}, the bedrock_id of {offer.id} in"
            f" deploy/settings.toml: `aws bedrock list-inference-profiles --region {stage.region}` lists them"
        ) from error
    # An application's profile is asked by its ARN.
    return found if found["type"] == "SYSTEM_DEFINED" else found | {"inferenceProfileId": found["inferenceProfileArn"]}


def _chosen(listed: list[Found], stage: Stage, offer: ModelOffer) -> Found:
    """The profile of a model that routes to the fewest regions: what people write stays as near as it can.

    One that routes everywhere is never chosen, only named (`bedrock_id`). Of several alike the newest is taken.
    https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
    """
    pattern = re.compile(rf"[a-z-]+\.anthropic\.{re.escape(offer.id)}{_VERSION}")
    of_model = [each for each in listed if pattern.fullmatch(_id(each))]
    near = sorted((each for each in of_model if not _id(each).startswith(_EVERYWHERE)), key=_id, reverse=True)
    if near:
        return min(near, key=lambda each: len(each["models"]))
    if of_model:
        raise DeploymentError(
            f"Bedrock answers for {offer.id} in {stage.region} from everywhere alone: to allow that, set"
            f' bedrock_id = "{_id(of_model[0])}" for it in deploy/settings.toml; or choose another region'
        )
    there = ", ".join(sorted(_id(each) for each in listed if ".anthropic." in _id(each))) or "none of Claude"
    raise DeploymentError(
        f"Bedrock has no inference profile of {offer.id} in {stage.region} (it has: {there}): choose other models in"
        " deploy/settings.toml, or another region"
    )


def _check(client: Any, stage: Stage, profiles: list[InferenceProfile], say: Say) -> None:
    """The account's right to each foundation model, and Anthropic's form.

    https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
    """
    regions: dict[str, set[str]] = {}
    for arn in (arn for profile in profiles for arn in profile.model_arns):
        regions.setdefault(arn.rpartition("/")[2], set()).add(arn.split(":")[3])
    problems = []
    for model, routed_to in sorted(regions.items()):
        if problem := _problem(client, stage, model, is_here=stage.region in routed_to):
            problems.append(f"{model}: {problem}")
    is_submitted = _has_submitted_form(client)
    if problems:
        raise DeploymentError("; ".join(problems) if is_submitted else _FORM)
    if not is_submitted:  # the organization's management account may have done so for this one
        say(f"{_FORM}, unless the organization's management account has")


def _problem(client: Any, stage: Stage, model: str, is_here: bool) -> str | None:
    """Why the account may not ask a foundation model; None where it may.

    is_here: the stage's region may answer itself. What it says of a model of other regions is no answer to their own.
    """
    try:
        found = client.get_foundation_model_availability(modelId=model)
    except ClientError as error:
        if is_here or error.response["Error"]["Code"] not in _NOT_THERE:
            raise
        return None
    agreement = found["agreementAvailability"]
    if is_here and found["regionAvailability"] != "AVAILABLE":
        return f"is not available in {stage.region}: choose another region"
    if agreement["status"] != "AVAILABLE":
        return _AGREEMENTS[agreement["status"]].format(why=agreement.get("errorMessage") or "no reason given")
    if found["authorizationStatus"] != "AUTHORIZED":
        return "this account is not authorized to ask it: its organization's policies, or AWS Support, have to allow it"
    if found["entitlementAvailability"] != "AVAILABLE":
        return "this account's right to it is not there (yet): repeat in 15 minutes, then ask AWS Support"
    return None


# The functions' role may not subscribe to anything, so that whoever sets the stage up has to.
_AGREEMENTS = {
    "NOT_AVAILABLE": (
        "this account has not subscribed to it: open it once in the playground of Bedrock's console > Model catalog, as"
        " somebody who may aws-marketplace:Subscribe, then repeat in 2 minutes"
    ),
    "PENDING": "its AWS Marketplace subscription is being made: repeat in 15 minutes",
    "ERROR": "its AWS Marketplace subscription failed ({why}): see that the account can pay, then open it once more in"
    " the playground of Bedrock's console > Model catalog",
}


def _has_submitted_form(client: Any) -> bool:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetUseCaseForModelAccess.html"""
    try:
        client.get_use_case_for_model_access()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True
