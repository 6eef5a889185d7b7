"""What an alarm's mail says: what it means, what to do first, and the section of the run book that says more."""

from __future__ import annotations

_BOOK = "docs/operations.md"

# By section: the run book's heading, what it means, what to do.
TEXTS: dict[str, tuple[str, str, str]] = {
    "people": (
        "People are affected",
        "Somebody who uses the site now meets an error.",
        "The alarms that began at the same time say which part it is: look at these first.",
    ),
    "errors": (
        "A function fails",
        "More than 5 % of its invocations within 5 minutes ended in an error.",
        "After a deployment, put the version before back; else read its log.",
    ),
    "throttled": (
        "Functions are throttled",
        "Lambda refused invocations: more ran at a time than the account or a reservation allows.",
        "Raise the account's quota of concurrent executions, or lower answer_concurrency and extract_concurrency.",
    ),
    "queues": (
        "A failure queue is not empty",
        "Work that was given up after its retries waits in a failure queue. Nothing is lost for 14 days.",
        "Find why it failed, then send it again: ./deploy.sh redrive STAGE.",
    ),
    "queues-old": (
        "Failed work is about to be lost",
        "Something has waited in a failure queue for ten days; after 14 it is gone, and the queue's alarm is over.",
        "Send it again, or decide that it may go: ./deploy.sh redrive STAGE.",
    ),
    "latency": (
        "The API is slow",
        "One request in a hundred took longer than 5 seconds, for 15 minutes.",
        "See on the dashboard whether functions or tables are slow, or throttled.",
    ),
    "api-errors": (
        "The API answers 5XX",
        "At least three requests within 5 minutes were answered with a server error.",
        "Read the errors of the API's function; 503 means that something behind it does not answer.",
    ),
    "tables": (
        "Tables are throttled",
        "DynamoDB refused requests; the app repeats them, so people wait.",
        "See on the dashboard which; one busy key is the usual reason.",
    ),
    "health": (
        "The health check fails",
        "Twice in a row the deep check found a part failing, or no check ran.",
        "Open API_URL/health?deep=1, which names the part; see the log of health_check where it is well.",
    ),
    "model": (
        "The model fails",
        "At least three answers within 15 minutes were ended by the model's errors or overload.",
        "Look at status.claude.com (or the Bedrock console); the log says which error it was.",
    ),
    "spend-today": (
        "Today's spend is high",
        "The model has cost more than 80 % of a day's budget, which is a tenth of the month's.",
        "See on the page People and in Insights who or what it is; lower their budget if it is not meant.",
    ),
    "spend-month": (
        "This month's spend is high",
        "The model has cost more than 80 % of the month's budget; at 100 % answers are refused.",
        "Raise stage_budget_usd, or leave it and let the budget do its work.",
    ),
    "stuck": (
        "Answers or uploads are stuck",
        "For 15 minutes something that should have ended has not.",
        "The hourly sweep settles what it can; see the logs of answer and extract for what it cannot.",
    ),
    "backup-age": (
        "The backup is old",
        "The newest whole backup is older than 26 hours, or nothing has told its age for an hour.",
        "See ./deploy.sh backups STAGE for why it failed. A stage that was just made has none before its first night.",
    ),
    "drill-failed": (
        "A drill failed or is overdue",
        "The newest drill's restored backup differed from its manifest, or no drill has ended for eight days.",
        "See ./deploy.sh backups STAGE for what differed; where none ran, restore_drill's failure queue and log.",
    ),
    "budget": (
        "The AWS bill is high",
        "AWS expects this month's bill, or has it, beyond what monthly_budget_usd allows.",
        "Open Cost Explorer by service; the costs' section says what each of them should be.",
    ),
}


def anchor(section: str) -> str:
    """As GitHub makes a heading's."""
    return TEXTS[section][0].lower().replace("'", "").replace(" ", "-")


def description(section: str) -> str:
    _, means, first = TEXTS[section]
    return f"{means} What to do: {first} Run book: {_BOOK}#{anchor(section)}"
