"""What a stage's settings ask for: topic, alarms and budget, which are a stack of their own, and the dashboard.

A template holds 51,200 bytes at most, which alarms and dashboard would exceed together: the latter is in the
operations stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from deploy.environment import Settings, Stage
from deploy.functions import app_modules

from . import alarms, budget, dashboard, topic

if TYPE_CHECKING:
    from chalicelib.functions import Function


def watched(stage: Stage, settings: Settings, functions: Mapping[str, Function]) -> alarms.Watched:
    of_app = app_modules.settings(settings.variables())
    return alarms.Watched(
        stage.name,
        stage.prefix,
        functions,
        tables(functions),
        app_modules.day_budget_usd(of_app),
        of_app.stage_budget_usd,
    )


def tables(functions: Mapping[str, Function]) -> tuple[str, ...]:
    """Those that some function may use: all but what a drill restores into."""
    granted = (grant for function in functions.values() for grant in function.grants if grant.kind == "table")
    return tuple(sorted({grant.resource for grant in granted if not grant.resource.startswith(".")}))


def alarming(stage: Stage, settings: Settings, functions: Mapping[str, Function]) -> dict[str, Any]:
    """By logical id. Of a stage of this machine what its AWS can make: no expressions, composites or budgets."""
    seen = watched(stage, settings, functions)
    extent = cast(alarms.Extent, settings.alarms)
    made = topic.resources(stage.prefix, settings.owner_email)
    made |= alarms.resources(seen, extent, plain=stage.is_local)
    if settings.monthly_budget_usd and not stage.is_local:
        made["Budget"] = budget.resource(stage.prefix, settings.monthly_budget_usd)
    return made


def names(stage: Stage, settings: Settings, functions: Mapping[str, Function]) -> tuple[str, ...]:
    """Of the alarms that a stage's settings ask for, as CloudWatch knows them."""
    made = alarming(stage, settings, functions).values()
    return tuple(each["Properties"]["AlarmName"] for each in made if "AlarmName" in each["Properties"])


def of_dashboard(stage: Stage, settings: Settings, functions: Mapping[str, Function]) -> dict[str, Any]:
    """By logical id. A stage without alarms has none."""
    if settings.alarms == "none":
        return {}
    shown = dashboard.Shown(watched(stage, settings, functions), stage.region, settings.cloudfront_metrics)
    return {"Dashboard": dashboard.resource(shown)}
