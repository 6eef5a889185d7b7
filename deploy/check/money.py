"""What the month has cost for the models, against its budget, and the account's own budget where one is set."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from deploy.check.findings import Findings, note, problem, warning
from deploy.check.target import Target
from deploy.functions import app_modules

_NEAR = 0.8


def spent(target: Target) -> Findings:
    month = datetime.fromtimestamp(target.now or time.time(), UTC).strftime("%Y-%m")
    row = (
        target.stage.client("dynamodb")
        .get_item(TableName=f"{target.stage.prefix}-usage", Key={"subject": {"S": "stage"}, "period": {"S": month}})
        .get("Item", {})
    )
    budget = app_modules.settings(target.settings.variables()).stage_budget_usd
    yield from share(int(row.get("cost_micro_usd", {}).get("N", 0)) / 1e6, budget)


def share(usd: float, budget_usd: float) -> Findings:
    """usd: spent and reserved."""
    if usd >= budget_usd:
        yield problem(
            f"the month's budget of ${budget_usd:g} for the models is spent: everybody is refused",
            "raise stage_budget_usd in deploy/settings.toml and deploy, or wait for the first of the month",
        )
    elif usd >= _NEAR * budget_usd:
        yield warning(f"${usd:.2f} of the month's ${budget_usd:g} is spent", "see who spends on the page “People”")
    else:
        yield note(f"${usd:.2f} of ${budget_usd:g} this month")


def of_account(target: Target) -> Findings:
    """AWS's own bill: no budget tells of it where none is set."""
    wanted = float(getattr(target.settings, "monthly_budget_usd", 0))
    if not wanted:
        return
    pages = target.stage.client("budgets").get_paginator("describe_budgets").paginate(AccountId=target.stage.account_id)
    of_stage = [
        each
        for page in pages
        for each in page.get("Budgets", [])
        if each["BudgetName"] == f"{target.stage.prefix}-month"
    ]
    if not of_stage:
        yield problem(f"there is no AWS budget of ${wanted:g}, as the settings want it", target.redeploy)
    for each in of_stage:
        limit = float(each.get("BudgetLimit", {}).get("Amount", 0))
        actual = float(each.get("CalculatedSpend", {}).get("ActualSpend", {}).get("Amount", 0))
        if limit != wanted:
            yield warning(f"AWS budget {each['BudgetName']} is ${limit:g}, not ${wanted:g}", target.redeploy)
        if limit and actual > limit:
            yield problem(f"AWS has cost ${actual:.2f} this month, of ${limit:g}", "see Cost Explorer for what did")
