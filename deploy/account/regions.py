"""Which region a stage is in, and that AWS itself is asked there. Owns nothing of a stage's own settings.

One rule for every command: the option, then the stage's record, then the shell's environment and profile, then
eu-west-1. What was chosen is always shown, with where it came from: a stage may stand in several regions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import boto3
import botocore
from botocore.exceptions import UnknownRegionError
from botocore.session import get_session

from deploy.environment import DeploymentError

DEFAULT = "eu-west-1"
# As the AWS CLI reads them; boto3 knows the second one only.
_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_PARTITION = "aws"


@dataclass(frozen=True)
class Region:
    """source: what named it, in words."""

    name: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} ({self.source})"


def choose(option: str | None, recorded: str | None) -> Region:
    """The region of a stage on AWS. recorded: of its last deployment from here. Raises DeploymentError."""
    region = next(_candidates(boto3.Session(), option, recorded))
    check(region)
    return region


def check(region: Region) -> None:
    """Raises DeploymentError for one that AWS has not, or not under the names and addresses that are used here."""
    session, partition = boto3.Session(), None
    with suppress(UnknownRegionError):
        partition = session.get_partition_for_region(region.name)
    if partition is None or region.name not in session.get_available_regions("cloudformation", partition):
        raise DeploymentError(f"AWS has no region {region}, as far as botocore {botocore.__version__} knows")
    if partition != _PARTITION:
        raise DeploymentError(
            f"{region} is in the partition {partition} of AWS: chatapp's addresses and policies are those of `aws`"
        )


def _candidates(session: boto3.Session, option: str | None, recorded: str | None) -> Iterator[Region]:
    if option:
        yield Region(option, "--region")
    if recorded:
        yield Region(recorded, "where it was deployed from here last")
    for variable in _VARIABLES:
        if value := os.environ.get(variable):
            yield Region(value, variable)
    # boto3's answer would be a variable's, were one set: it is the profile's.
    if session.region_name:
        yield Region(session.region_name, f"profile {session.profile_name}")
    yield Region(DEFAULT, "the default")


def refuse_other_endpoints(stage: str) -> None:
    """Raise DeploymentError where the shell or the profile sends AWS's calls elsewhere.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    found = next(_endpoints(), None)
    if found:
        raise DeploymentError(
            f"{found} sends calls to an endpoint of its own, and stage {stage} is on AWS: unset it, then repeat"
        )


def _endpoints() -> Iterator[str]:
    """Where an endpoint is named that boto3 would call in AWS's place."""
    session = get_session()
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return
    yield from sorted(name for name, value in os.environ.items() if name.startswith("AWS_ENDPOINT_URL") and value)
    profile = session.get_scoped_config()
    if profile.get("endpoint_url"):
        yield f"endpoint_url of profile {session.profile or 'default'}"
    services = session.full_config.get("services", {}).get(profile.get("services"), {})
    for name, values in sorted(services.items()):
        if isinstance(values, dict) and values.get("endpoint_url"):
            yield f"endpoint_url of {name} in [services {profile['services']}]"
