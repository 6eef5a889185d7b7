"""The layer of the dependencies: published once for equal content; the newest kept, and the one in use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from deploy.environment import DeploymentError, Stage
from deploy.functions import layers
from deploy.functions.package import Package
from deploy.functions.runtime import Runtime


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Stage("prod", "eu-west-1")


def built(folder: Path, content: str) -> Package:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("python/dep.py", content)
    layer = folder / f"{content}.zip"
    layer.write_bytes(packed.getvalue())
    return Package(layer, Runtime("3.13", Path("python3.13")), "1", changed=True, layer=layer, layer_digest=content)


def test_it_is_published_where_its_content_is_new(stage: Stage, tmp_path: Path) -> None:
    first, published = layers.ensure(stage, built(tmp_path, "one"))
    assert published
    assert first.endswith(":layer:chatapp-prod-dependencies:1")
    assert layers.ensure(stage, built(tmp_path, "one")) == (first, False)
    second, published = layers.ensure(stage, built(tmp_path, "two"))
    assert published
    assert layers.ensure(stage, built(tmp_path, "one")) == (first, False), "an earlier build finds its own"
    assert [each["LayerVersionArn"] for each in layers.versions(stage)] == [second, first]


def test_old_ones_go_but_not_those_that_a_version_names(stage: Stage, tmp_path: Path) -> None:
    arns = [layers.ensure(stage, built(tmp_path, f"n{number}"))[0] for number in range(layers.KEPT + 4)]
    named = {arns[0], arns[2], arns[-1]}
    assert layers.remove_old(stage, named) == 2
    assert [each["LayerVersionArn"] for each in layers.versions(stage)] == [*reversed(arns[4:]), arns[2], arns[0]]
    assert layers.remove_old(stage, named) == 0
    assert layers.remove_all(stage) == layers.KEPT + 2
    assert layers.versions(stage) == []


def test_a_package_without_its_dependencies_is_not_deployed(stage: Stage) -> None:
    alone = Package(Path("package.zip"), Runtime("3.13", Path("python3.13")), "1", changed=True)
    with pytest.raises(DeploymentError, match="run the deployment again"):
        layers.ensure(stage, alone)
