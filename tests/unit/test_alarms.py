"""Alarms, dashboard and budget as they are rendered: what they read against what is told, and what they mail."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import pytest
from chalice.app import CloudWatchEvent
from chalicelib import logs, metrics, status
from chalicelib.aws.cloudwatch import MOST_ALARMS, Series
from chalicelib.functions import FUNCTIONS
from chalicelib.settings import Settings as AppSettings

from deploy import steps
from deploy.environment import ROOT, DeploymentError, Settings, Stage, read_settings
from deploy.operations import alarms, dashboard, stack, texts
from deploy.operations.alarms import Extent
from deploy.operations.metrics import Read, of_api, of_function, of_queue, own
from deploy.operations.topic import TOPIC
from tests import iam_tables

PROD = Stage("prod", "eu-west-1")
EXTENTS: tuple[Extent, ...] = ("essential", "all")
# What AWS tells, by what: the pages that `deploy/operations/metrics.py` names.
OF_AWS: dict[tuple[str, str], set[tuple[str, ...]]] = {
    ("AWS/Lambda", "Errors"): {("FunctionName",), ()},
    ("AWS/Lambda", "Invocations"): {("FunctionName",), ()},
    ("AWS/Lambda", "Throttles"): {("FunctionName",), ()},
    ("AWS/ApiGateway", "Latency"): {("ApiName", "Stage")},
    ("AWS/ApiGateway", "5XXError"): {("ApiName", "Stage")},
    ("AWS/ApiGateway", "4XXError"): {("ApiName", "Stage")},
    ("AWS/ApiGateway", "Count"): {("ApiName", "Stage")},
    ("AWS/DynamoDB", "ReadThrottleEvents"): {("TableName",)},
    ("AWS/DynamoDB", "WriteThrottleEvents"): {("TableName",)},
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): {("TableName",)},
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): {("TableName",)},
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {("QueueName",)},
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): {("QueueName",)},
    ("AWS/CloudFront", "Requests"): {("DistributionId", "Region")},
    ("AWS/CloudFront", "4xxErrorRate"): {("DistributionId", "Region")},
    ("AWS/CloudFront", "5xxErrorRate"): {("DistributionId", "Region")},
    ("AWS/CloudFront", "CacheHitRate"): {("DistributionId", "Region")},
}


def settings(**changed: Any) -> Settings:
    return Settings(app={"stage_budget_usd": 50}, **changed)


@lru_cache(maxsize=4)
def watched() -> alarms.Watched:
    return stack.watched(PROD, settings(), FUNCTIONS)


def made(extent: Extent) -> dict[str, dict[str, Any]]:
    """Alarms by their names, as the stack declares them."""
    rendered = stack.alarming(PROD, settings(alarms=extent, owner_email="ada@example.com"), FUNCTIONS)
    found = [each for each in rendered.values() if each["Type"].endswith("Alarm")]
    return {each["Properties"]["AlarmName"]: each for each in found}


def watching(extent: Extent, name: str) -> list[tuple[str, ...]]:
    """The metrics of an alarm: namespace, name, statistic, then dimensions."""
    properties = made(extent)[f"chatapp-prod-{name}"]["Properties"]
    if "Metrics" not in properties:
        statistic = properties.get("Statistic") or properties["ExtendedStatistic"]
        return [_told(properties["Namespace"], properties["MetricName"], statistic, properties["Dimensions"])]
    stats = [each["MetricStat"] for each in properties["Metrics"] if "MetricStat" in each]
    return [
        _told(each["Metric"]["Namespace"], each["Metric"]["MetricName"], each["Stat"], each["Metric"]["Dimensions"])
        for each in stats
    ]


def _told(namespace: str, name: str, statistic: str, dimensions: list[dict[str, str]]) -> tuple[str, ...]:
    return (namespace, name, statistic, *(f"{each['Name']}={each['Value']}" for each in dimensions))


OWN = "stage=prod"
API = ("ApiName=chatapp-prod", "Stage=api")


@pytest.mark.parametrize(
    ("name", "reads", "sign", "periods", "missing"),
    [
        ("throttled", ("AWS/Lambda", "Throttles", "Sum"), (">=", 1), (300, 1), "notBreaching"),
        ("latency", ("AWS/ApiGateway", "Latency", "p99", *API), (">", 5_000), (300, 3), "notBreaching"),
        ("api-errors", ("AWS/ApiGateway", "5XXError", "Sum", *API), (">=", 3), (300, 1), "notBreaching"),
        ("health", ("chatapp", "healthy", "Minimum", OWN), ("<", 1), (300, 2), "breaching"),
        ("model", ("chatapp", "model_failures", "Sum", OWN), (">=", 3), (900, 1), "notBreaching"),
        ("spend-today", ("chatapp", "spend_today_usd", "Maximum", OWN), (">", 4), (300, 1), "notBreaching"),
        ("spend-month", ("chatapp", "spend_month_usd", "Maximum", OWN), (">", 40), (300, 1), "notBreaching"),
        ("stuck", ("chatapp", "stuck", "Maximum", OWN), (">=", 1), (300, 3), "notBreaching"),
        ("backup-age", ("chatapp", "backup_age_h", "Maximum", OWN), (">", 26), (1_800, 2), "breaching"),
        ("drill-failed", ("chatapp", "drill_failed", "Maximum", OWN), (">=", 1), (1_800, 2), "breaching"),
    ],
)
def test_an_alarm_watches_what_is_told_from_the_value_on_that_was_promised(
    name: str, reads: tuple[str, ...], sign: tuple[str, float], periods: tuple[int, int], missing: str
) -> None:
    signs = {"GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": ">=", "LessThanThreshold": "<"}
    properties = made("essential")[f"chatapp-prod-{name}"]["Properties"]
    assert watching("essential", name) == [reads]
    assert (signs[properties["ComparisonOperator"]], properties["Threshold"]) == sign
    assert (properties["Period"], properties["EvaluationPeriods"]) == periods
    assert properties["TreatMissingData"] == missing


def test_a_function_is_told_where_more_than_one_in_twenty_invocations_fails() -> None:
    properties = made("essential")["chatapp-prod-errors-answer"]["Properties"]
    of = "FunctionName=chatapp-prod-answer"
    assert watching("essential", "errors-answer") == [
        ("AWS/Lambda", "Errors", "Sum", of),
        ("AWS/Lambda", "Invocations", "Sum", of),
    ]
    assert properties["Metrics"][-1]["Expression"] == "IF(m2>=5,100*m1/m2,0)"
    assert (properties["ComparisonOperator"], properties["Threshold"]) == ("GreaterThanThreshold", 5)
    assert watching("essential", "errors-api_handler")[0][-1] == "FunctionName=chatapp-prod"


def test_all_watches_every_function_and_every_table() -> None:
    names = made("all").keys()
    assert names >= {f"chatapp-prod-errors-{name}" for name in FUNCTIONS}
    assert names >= {f"chatapp-prod-table-{name}" for name in watched().tables}
    assert "usage" in watched().tables


def test_every_failure_queue_is_watched() -> None:
    queues = {read[-1] for read in watching("essential", "queues")}
    declared = {function.events.failures for function in FUNCTIONS.values() if function.events}
    assert queues == {f"QueueName=chatapp-prod-{queue}" for queue in declared}
    ages = watching("all", "queues-old")
    assert {read[-1] for read in ages} == queues
    assert {read[:3] for read in ages} == {("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum")}
    old = made("all")["chatapp-prod-queues-old"]["Properties"]
    kept = json.loads(steps.templates(PROD)["foundation.yaml"].partition("AnswerFailures: ")[2].splitlines()[0])
    assert old["Threshold"] < kept["Properties"]["MessageRetentionPeriod"] - 3 * 86_400, "days are left to see to it"


@pytest.mark.parametrize("extent", EXTENTS)
def test_metrics_are_told_under_these_names_and_dimensions(extent: Extent) -> None:
    own = {metric.name for metric in metrics.METRICS}
    for alarm in alarms.alarms(watched(), extent):
        for read in alarm.reads:
            if read.namespace == metrics.NAMESPACE:
                assert read.name in own
                assert dict(read.dimensions) == {metrics.DIMENSION: "prod"}
            else:
                assert tuple(read.dimensions) in OF_AWS[read.namespace, read.name]


@pytest.mark.parametrize("extent", EXTENTS)
def test_an_alarm_fits_what_cloudwatch_takes(extent: Extent) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    for alarm in alarms.alarms(watched(), extent):
        assert len(alarm.reads) <= 10
        assert alarm.when.of * alarm.when.period_s <= 7 * 86_400
        assert alarm.when.period_s % 60 == 0
        used = set(re.findall(r"m\d+", alarm.expression))
        assert used == ({f"m{at}" for at in range(1, len(alarm.reads) + 1)} if alarm.expression else set())


@pytest.mark.parametrize("extent", EXTENTS)
def test_one_mail_a_change_of_state(extent: Extent) -> None:
    """What the composite alarm tells of tells nothing itself; every other one mails once when it begins, once after."""
    found = made(extent)
    people = found.pop("chatapp-prod-people")["Properties"]
    told_by_people = set(re.findall(r'ALARM\("([^"]+)"\)', people["AlarmRule"]))
    told = [{"Ref": TOPIC}]
    assert (people["AlarmActions"], people["OKActions"]) == (told, told)
    assert told_by_people < found.keys()
    for name, alarm in found.items():
        wanted = None if name in told_by_people else told
        properties = alarm["Properties"]
        assert (properties.get("AlarmActions"), properties.get("OKActions")) == (wanted, wanted), name
        assert "InsufficientDataActions" not in properties
    assert {f"chatapp-prod-{name}" for name in ("health", "api-errors", "errors-answer", "throttled")} < told_by_people


def test_an_alarm_of_alarms_comes_after_them() -> None:
    rendered = stack.alarming(PROD, settings(), FUNCTIONS)
    rule = rendered["PeopleAlarm"]["Properties"]["AlarmRule"]
    named = {rendered[each]["Properties"]["AlarmName"] for each in rendered["PeopleAlarm"]["DependsOn"]}
    assert named == set(re.findall(r'"([^"]+)"', rule))


@pytest.mark.parametrize("extent", EXTENTS)
def test_every_text_names_a_section_of_the_run_book(extent: Extent) -> None:
    book = (ROOT / "docs" / "operations.md").read_text().partition("## Run book")[2]
    anchors = {
        each.lower().replace("'", "").replace(" ", "-") for each in re.findall(r"^### (.+)$", book, re.MULTILINE)
    }
    for alarm in made(extent).values():
        text = alarm["Properties"]["AlarmDescription"]
        assert text.split("docs/operations.md#")[1] in anchors, text
        assert len(text) <= 1024
        assert " What to do: " in text
    assert {texts.anchor(section) for section in texts.TEXTS} <= anchors


def _book() -> str:
    return (ROOT / "docs" / "operations.md").read_text().partition("## Run book")[2].partition("## Settings that")[0]


def test_the_run_books_event_is_one_that_a_scheduled_function_takes() -> None:
    """Chalice asks for the fields that EventBridge sends, before any code of ours."""
    (payload,) = re.findall(r"'(\{\"version\".*\})'", _book())
    assert CloudWatchEvent(json.loads(payload), None).event_id == ""
    with pytest.raises(KeyError):
        CloudWatchEvent({}, None)


def test_the_run_books_queries_name_events_and_fields_that_are_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["somebody's text"]
    logs.report(raised.value)
    line = json.loads(capsys.readouterr().out)
    section = _book().partition("### A function fails")[2].partition("###")[0]
    assert f'event = "{line["event"]}"' in section
    assert (line["error"][0], bool(line["where"][0])) == ("KeyError", True)
    assert "error.0, where.0" in section
    events = set(re.findall(r"event = [\"'](\w+)[\"']", _book()))
    assert events == {"error", "request", "model_failed", "turn"}
    written = " ".join(each.read_text() for each in (ROOT / "chatapp" / "chalicelib").rglob("*.py"))
    assert {name for name in events if f'"{name}"' not in written} == set()


@pytest.mark.parametrize(("extent", "count", "price"), [("essential", 30, 3.5), ("all", 84, 8.9)])
def test_prices_are_as_the_settings_say_them(extent: Extent, count: int, price: float) -> None:
    assert sum(len(alarm.reads) for alarm in alarms.alarms(watched(), extent)) == count
    assert alarms.price_usd(watched(), extent) == price
    text = (ROOT / "deploy" / "settings.toml").read_text()
    assert f"{count} metrics" in text
    assert f"${price:.2f}" in text
    assert f"${price:.2f}" in (ROOT / "docs" / "operations.md").read_text()


def test_without_alarms_there_is_a_topic_and_no_more() -> None:
    rendered = stack.alarming(PROD, settings(alarms="none"), FUNCTIONS)
    assert {each["Type"] for each in rendered.values()} == {"AWS::SNS::Topic", "AWS::SNS::TopicPolicy"}
    assert stack.of_dashboard(PROD, settings(alarms="none"), FUNCTIONS) == {}
    assert alarms.price_usd(watched(), "none") == 0


def test_only_an_address_that_is_given_is_mailed() -> None:
    assert "AlarmsMail" not in stack.alarming(PROD, settings(), FUNCTIONS)
    mail = stack.alarming(PROD, settings(owner_email="ada@example.com"), FUNCTIONS)["AlarmsMail"]
    assert mail["Properties"] == {"TopicArn": {"Ref": TOPIC}, "Protocol": "email", "Endpoint": "ada@example.com"}


def test_only_alarms_and_budgets_of_the_account_may_tell_the_topic() -> None:
    policy = stack.alarming(PROD, settings(), FUNCTIONS)["AlarmsTopicPolicy"]["Properties"]["PolicyDocument"]
    assert [each["Principal"]["Service"] for each in policy["Statement"]] == [
        "cloudwatch.amazonaws.com",
        "budgets.amazonaws.com",
    ]
    text = json.dumps(policy).replace('{"Ref": "AWS::AccountId"}', '"123456789012"')
    arn = "arn:aws:sns:eu-west-1:123456789012:chatapp-prod-alarms"
    filled = json.loads(text.replace(json.dumps({"Ref": TOPIC}), f'"{arn}"'))
    assert iam_tables.problems(filled) == []
    for statement in filled["Statement"]:
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_account_has_a_budget_where_one_is_set() -> None:
    assert "Budget" not in stack.alarming(PROD, settings(), FUNCTIONS)
    budget = stack.alarming(PROD, settings(monthly_budget_usd=80), FUNCTIONS)["Budget"]["Properties"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 80, "Unit": "USD"}
    for told in budget["NotificationsWithSubscribers"]:
        assert told["Subscribers"] == [{"SubscriptionType": "SNS", "Address": {"Ref": TOPIC}}]


@pytest.mark.parametrize("extent", EXTENTS)
def test_templates_stay_within_what_cloudformation_takes(extent: Extent) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
    longest = Stage("a-stage-of-sixtn", "ap-southeast-1")
    chosen = settings(alarms=extent, owner_email="a" * 60 + "@example.com", monthly_budget_usd=80)
    sizes = {name: len(body.encode()) for name, body in steps.templates(longest, chosen).items()}
    # A twentieth is left for the functions and tables that are added next.
    assert {name: size for name, size in sizes.items() if size > 0.95 * 51_200} == {}


def test_the_local_aws_is_given_what_its_stacks_can_make() -> None:
    rendered = stack.alarming(Stage("local", "eu-west-1"), settings(monthly_budget_usd=80), FUNCTIONS)
    assert {each["Type"] for each in rendered.values()} == {
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::CloudWatch::Alarm",
    }
    assert all("Metrics" not in each["Properties"] for each in rendered.values())


@pytest.mark.parametrize("line", ['alarms = "some"', "monthly_budget_usd = -1"])
def test_a_setting_with_a_wrong_value_is_refused(line: str) -> None:
    with pytest.raises(DeploymentError, match=line.split(maxsplit=1)[0]):
        read_settings(f"[default]\n{line}\n", "prod")


# --- Dashboard --------------------------------------------------------------------------------


def shown(*, edges: bool = False) -> list[dict[str, Any]]:
    rendered = dashboard.resource(dashboard.Shown(watched(), "eu-west-1", edges))
    found: list[dict[str, Any]] = json.loads(rendered["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]
    return found


def test_the_dashboard_shows_what_is_told() -> None:
    own = {metric.name for metric in metrics.METRICS}
    told = set()
    for widget in (each for each in shown(edges=True) if each["type"] == "metric"):
        assert len(widget["properties"]["metrics"]) <= 500
        for namespace, name, *rest in widget["properties"]["metrics"]:
            dimensions = tuple(rest[:-1:2])
            if namespace == metrics.NAMESPACE:
                told.add(name)
                assert dimensions == (metrics.DIMENSION,)
            else:
                assert dimensions in OF_AWS[namespace, name]
    assert told == own


def test_cloudfront_is_read_where_it_tells_and_its_hit_ratio_where_that_is_paid_for() -> None:
    def of_edges(widgets: list[dict[str, Any]]) -> dict[str, str]:
        reads = [each["properties"] for each in widgets if each["type"] == "metric"]
        return {each["metrics"][0][1]: each["region"] for each in reads if "CloudFront" in each["metrics"][0][0]}

    assert of_edges(shown()) == {"Requests": "us-east-1", "4xxErrorRate": "us-east-1"}
    assert "CacheHitRate" in of_edges(shown(edges=True))


def test_widgets_stand_beside_each_other() -> None:
    places = [(each["x"], each["y"]) for each in shown()]
    assert len(set(places)) == len(places)
    assert all(each["x"] + each["width"] <= 24 for each in shown())


def test_spend_is_shown_against_its_budget() -> None:
    lines = {
        each["properties"]["title"]: [line["value"] for line in each["properties"]["annotations"]["horizontal"]]
        for each in shown()
        if "annotations" in each["properties"]
    }
    assert lines == {"Claude today (USD)": [5, 4], "Claude this month (USD)": [50, 40]}


def read_of(name: str, series: Series) -> Read:
    """As a deployment reads the same."""
    match series.namespace:
        case "AWS/Lambda":
            return of_function(PROD.prefix, name, series.name, series.statistic)
        case "AWS/ApiGateway":
            return of_api(PROD.prefix, series.name, series.statistic)
        case "AWS/SQS":
            return of_queue(PROD.prefix, name, series.name)
    return own("prod", series.name, series.statistic)


def test_the_status_page_reads_what_alarms_and_dashboard_read() -> None:
    """Both name functions, API and queues for themselves: one is imported by a function, the other by a deployment."""
    for (_, name), asked in status.series(AppSettings(stage="prod")).items():
        read = read_of(name, asked)
        assert Series(read.namespace, read.name, read.statistic, read.dimensions) == asked


def test_the_page_status_asks_for_every_alarm_that_a_stage_may_have_by_its_name() -> None:
    known = status.alarms(AppSettings(stage="prod"))
    asked = [name for extent in EXTENTS for name in stack.names(PROD, settings(alarms=extent), FUNCTIONS)]
    assert sorted(known) == sorted(set(asked))
    assert len(known) <= MOST_ALARMS
