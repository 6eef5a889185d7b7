"""SSM parameters: secrets, read when first needed and again when they may have been changed, and what is no secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from .faults import passing
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEEP_S = 300


class Parameter(Adapter):
    def __init__(self, function: str, grant: Grant, client: Callable[[], SSMClient], name: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._name = name
        self._kept: TTLCache[str, str] = TTLCache(maxsize=1, ttl=KEEP_S)

    def value(self) -> str:
        """The decrypted value; kept for five minutes, so that a rotated key is taken up without a deployment."""
        value = self._kept.get(self._name)
        if value is None:
            self._allow("GetParameter")
            reply = self._client().get_parameter(Name=self._name, WithDecryption=True)
            value = self._kept[self._name] = reply["Parameter"]["Value"]
        return value

    def plain(self) -> str | None:
        """The value of one that is no secret, read anew; None where there is none. Raises Busy."""
        self._allow("GetParameter")
        try:
            with passing():
                return self._client().get_parameter(Name=self._name)["Parameter"]["Value"]
        except self._client().exceptions.ParameterNotFound:
            return None


class Parameters(Adapter):
    """All parameters under a path."""

    def __init__(self, function: str, grant: Grant, client: Callable[[], SSMClient], path: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._path = path

    def plain(self) -> dict[str, str | None]:
        """The values by name, of a SecureString None: its value is not even asked for decrypted. Raises Busy."""
        self._allow("GetParametersByPath")
        asked: Any = {"Path": self._path, "Recursive": True, "WithDecryption": False}
        with passing():
            pages = self._client().get_paginator("get_parameters_by_path").paginate(**asked)
            return {
                each["Name"]: None if each["Type"] == "SecureString" else each["Value"]
                for page in pages
                for each in page["Parameters"]
            }
