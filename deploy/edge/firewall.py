"""The firewall (AWS WAF) of a stage: one before the site's distribution, one before the REST API.

Owns two stacks and the association with the API's stage, which is Chalice's and so in no stack. The distribution names
its firewall itself (the foundation's parameter `WebAclArn`). WAF knows no socket APIs: their stage is throttled, and a
socket costs a ticket.
https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from deploy.account import cloudformation
from deploy.environment import API_STAGE, ApiIds, DeploymentError, Settings, Stage

# CloudFront takes firewalls and certificates of this region alone.
CLOUDFRONT_REGION = "us-east-1"
# What WAF says while not all of it knows yet what was made or loosened a moment before; it takes seconds to minutes.
# https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
_NOT_YET = ("WAFUnavailableEntityException", "WAFAssociatedItemException", "associated with another resource")
_PAUSE_S = 5.0
_TRIES = 24
Say = Callable[[str], None]
_T = TypeVar("_T")
Templates = Mapping[str, str]


def raise_before_site(stage: Stage, settings: Settings, templates: Templates, say: Say) -> cloudformation.Stack:
    """Make the site's firewall; its ARN is the output `FirewallArn`."""
    parameters = {
        "Stage": stage.name,
        "Home": stage.region,
        "LogRetentionDays": str(settings.log_retention_days),
    }
    return cloudformation.deploy(of_cloudfront(stage), site_stack(stage), templates["edge.yaml"], parameters, say)


def raise_before_api(stage: Stage, ids: ApiIds, settings: Settings, templates: Templates, say: Say) -> bool:
    """Make the API's firewall and put it before the API's stage; False: it stood there as it does now."""
    parameters = {
        "Stage": stage.name,
        "BotControl": str(settings.bot_control).lower(),
        "LogRetentionDays": str(settings.log_retention_days),
    }
    stack = cloudformation.deploy(stage, api_stack(stage), templates["edge-api.yaml"], parameters, say)
    return _associate(stage, ids, stack.outputs["FirewallArn"]) or stack.changed


def _associate(stage: Stage, ids: ApiIds, firewall_arn: str) -> bool:
    waf, api_arn = stage.client("wafv2"), _api_arn(stage, ids)
    if _standing_before(waf, api_arn) == firewall_arn:
        return False
    _once_known(lambda: waf.associate_web_acl(WebACLArn=firewall_arn, ResourceArn=api_arn))
    return True


def _once_known(ask: Callable[[], _T]) -> _T:
    """What is answered once WAF knows everywhere what was just changed: for two minutes it is asked again."""
    for _ in range(_TRIES):
        try:
            return ask()
        except (ClientError, DeploymentError) as error:
            if not any(said in str(error) for said in _NOT_YET):
                raise
        time.sleep(_PAUSE_S)
    return ask()


def _standing_before(waf: Any, resource_arn: str) -> str | None:
    """AWS answers with nothing where there is none, the local AWS refuses."""
    try:
        found = waf.get_web_acl_for_resource(ResourceArn=resource_arn).get("WebACL", {})
    except waf.exceptions.WAFNonexistentItemException:
        return None
    return str(found["ARN"]) if found else None


def lower_before_api(stage: Stage, ids: ApiIds, say: Say) -> bool:
    """Remove the API's firewall where there is one: WAF deletes none that still stands before something."""
    if not cloudformation.exists(stage, api_stack(stage)):
        return False
    if ids.rest:
        stage.client("wafv2").disassociate_web_acl(ResourceArn=_api_arn(stage, ids))
    return _once_known(lambda: cloudformation.delete(stage, api_stack(stage), say))


def lower_before_site(stage: Stage, say: Say) -> bool:
    """Remove the site's firewall, once the distribution does not name it any more."""
    return _once_known(lambda: cloudformation.delete(of_cloudfront(stage), site_stack(stage), say))


def of_cloudfront(stage: Stage) -> Stage:
    """The stage's account in the region where CloudFront looks."""
    return replace(stage, region=CLOUDFRONT_REGION)


def site_stack(stage: Stage) -> str:
    """Of all regions' stages in one region, so with the stage's own in its name."""
    return f"{stage.prefix}-edge-{stage.region}"


def api_stack(stage: Stage) -> str:
    return f"{stage.prefix}-edge-api"


def _api_arn(stage: Stage, ids: ApiIds) -> str:
    return f"arn:aws:apigateway:{stage.region}::/restapis/{ids.rest}/stages/{API_STAGE}"
