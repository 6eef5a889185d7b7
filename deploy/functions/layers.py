"""The layer of the functions' dependencies: published where there is none of this content, and removed when it is old.

A layer's version cannot change, and carries the digest of what it is made of in its description. Kept are the newest,
and those that a kept version of the app names: put back, it finds the dependencies that it ran with.
https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from deploy.environment import DeploymentError, Stage
from deploy.functions.package import Package

KEPT = 10  # of a deployment that broke off, too, and of one by another checkout


def name(stage: Stage) -> str:
    return f"{stage.prefix}-dependencies"


def ensure(stage: Stage, built: Package) -> tuple[str, bool]:
    """The ARN of the layer's version with these dependencies, and whether it was published now."""
    if built.layer is None:
        raise DeploymentError("the package has no dependencies beside it: run the deployment again to build them")
    found = {each["Description"]: each["LayerVersionArn"] for each in reversed(versions(stage))}
    if built.layer_digest in found:
        return found[built.layer_digest], False
    reply = stage.client("lambda").publish_layer_version(
        LayerName=name(stage),
        Description=built.layer_digest,
        Content={"ZipFile": built.layer.read_bytes()},
        CompatibleRuntimes=[built.runtime.name],
        CompatibleArchitectures=["x86_64"],
    )
    return str(reply["LayerVersionArn"]), True


def versions(stage: Stage) -> list[dict[str, Any]]:
    """Those that there are, the newest first."""
    pages = stage.client("lambda").get_paginator("list_layer_versions").paginate(LayerName=name(stage))
    found = [{"Description": "", **each} for page in pages for each in page["LayerVersions"]]
    return sorted(found, key=lambda each: -int(each["Version"]))


def remove_old(stage: Stage, named: Collection[str]) -> int:
    """Delete all but the newest and those that the functions or kept versions name; returns how many.

    A function that was given a version keeps it, also where that is deleted.
    """
    old = [each for each in versions(stage)[KEPT:] if each["LayerVersionArn"] not in named]
    return _delete(stage, old)


def remove_all(stage: Stage) -> int:
    return _delete(stage, versions(stage))


def _delete(stage: Stage, those: list[dict[str, Any]]) -> int:
    for each in those:
        stage.client("lambda").delete_layer_version(LayerName=name(stage), VersionNumber=each["Version"])
    return len(those)
