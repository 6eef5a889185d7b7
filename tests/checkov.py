"""checkov's findings in the stacks' templates against those that have a written reason.

`python -m tests.checkov FOLDER CHECKOV`: of the templates in FOLDER, by that executable, which has an environment of
its own (`tests/checkov-requirements.txt`): what it needs clashes with what Chalice needs. It asks nothing over the
network. A finding without a reason fails, and so does a reason that no finding has any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_KEYS = (
    "encrypted by a key of AWS's own already; one of the account's costs $1 a month and $0.03 per 10,000 requests, and"
    " whoever may read the resource would be given the key as well"
)

_BOUNDARY = (
    "a boundary gives nothing: what the role may do is in its policies, each limited to the stage; this is the most "
    "that they can ever be widened to: "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
)


@dataclass(frozen=True, order=True)
class Finding:
    """check: checkov's id. resource: as `edge.yaml Firewall`."""

    check: str
    resource: str


# By check and what it may be found in: "" for any resource, else its file and logical id.
JUSTIFIED: dict[tuple[str, str], str] = {
    ("CKV_AWS_119", ""): f"tables: {_KEYS}",
    ("CKV_AWS_158", ""): f"logs: {_KEYS}",
    ("CKV_AWS_27", ""): f"queues hold names of rows, no texts; {_KEYS}",
    ("CKV_AWS_26", "foundation.yaml OwnerTopic"): (
        "counts and links for the owner, on their way to a mailbox; alarms cannot publish by the key alias/aws/sns: "
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
    ),
    (
        "CKV_AWS_26",
        "alarms.yaml AlarmsTopic",
    ): "names of alarms and what to do; as above, alarms cannot publish by that key",
    ("CKV_AWS_107", "pipeline.yaml Boundary"): _BOUNDARY,
    ("CKV_AWS_108", "pipeline.yaml Boundary"): _BOUNDARY,
    ("CKV_AWS_109", "pipeline.yaml Boundary"): _BOUNDARY,
    ("CKV_AWS_110", "pipeline.yaml Boundary"): _BOUNDARY,
    ("CKV_AWS_111", "pipeline.yaml Boundary"): _BOUNDARY,
    (
        "CKV_AWS_109",
        "pipeline.yaml Edge",
    ): "as below: what is tagged there is the firewall's and the names'",
    ("CKV_AWS_111", "pipeline.yaml Edge"): (
        "distributions, their policies and certificates are named by AWS, and no template can name one before it is "
        "made; what can be limited to the stage's names or tags is"
    ),
    ("CKV_AWS_18", ""): (
        "access logs would hold the addresses of whoever reads, for a price by request; what the functions do they log"
    ),
    ("CKV_AWS_86", "foundation.yaml Distribution"): (
        "the site's files are public and the same for everybody: a log would hold nothing but readers' addresses"
    ),
    ("CKV_AWS_174", "foundation.yaml Distribution"): (
        "TLS 1.2 where the owner has a name of their own, by a condition that checkov does not read; CloudFront's own "
        "certificate allows no choice: "
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"
    ),
    ("CKV_AWS_192", "edge.yaml Firewall"): (
        "files out of a bucket, with no program behind them that could look anything up; the API's has the rule"
    ),
}


def problems(found: Iterable[Finding]) -> list[str]:
    """A line for each finding without a reason, and for each reason without a finding."""
    known, used = set(JUSTIFIED), set()
    lines = []
    for finding in sorted(set(found)):
        reasons = {(finding.check, finding.resource), (finding.check, "")} & known
        used |= reasons
        if not reasons:
            lines.append(f"{finding.check} in {finding.resource}: mend it, or write the reason into tests/checkov.py")
    return lines + [f"{check} {where}: no finding has this reason any more" for check, where in sorted(known - used)]


def run(folder: Path, executable: Path) -> list[Finding]:
    """Raises CalledProcessError where checkov itself fails, ValueError where it could not read a template."""
    options = ["--framework", "cloudformation", "--compact", "--skip-download", "--soft-fail"]
    command = [str(executable), "--directory", str(folder), *options, "--output", "json"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return read(json.loads(ran.stdout), {path.name for path in folder.glob("*.yaml")})


def read(report: dict[str, Any], files: set[str]) -> list[Finding]:
    """Findings of a report on some files."""
    results = report["results"]
    read_files = {Path(each["file_path"]).name for kind in ("passed", "failed") for each in results[f"{kind}_checks"]}
    unread = sorted(set(results.get("parsing_errors", [])) | (files - read_files - _WITHOUT_CHECKS))
    if unread:
        raise ValueError(f"checkov could not read {', '.join(unread)}")
    return [
        Finding(each["check_id"], f"{Path(each['file_path']).name} {each['resource'].rpartition('.')[2]}")
        for each in results["failed_checks"]
    ]


# Of their resources checkov knows none, or checks nothing.
_WITHOUT_CHECKS = {"names.yaml", "operations.yaml"}


def main(folder: str, executable: str) -> int:
    found = run(Path(folder), Path(executable).absolute())
    wrong = problems(found)
    print("\n".join(wrong) or f"{len(found)} findings, each with its reason")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
