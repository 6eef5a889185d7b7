"""A stack's template as CloudFormation reads it: parameters, conditions and names filled in, nothing left to look up.

Owns what tests need to see of a template: names, ARNs and policies. Raises KeyError where a template refers to
something that it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import yaml

ACCOUNT = "123456789012"


class _Loader(yaml.SafeLoader):
    """Writes CloudFormation's short tags out: `!Ref A` is `{"Ref": "A"}`, `!Sub a` is `{"Fn::Sub": "a"}`."""


def _written_out(loader: _Loader, tag: str, node: Any) -> dict[str, Any]:
    is_text = isinstance(node, yaml.ScalarNode)
    value: Any = loader.construct_scalar(node) if is_text else loader.construct_sequence(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _written_out)


@lru_cache(maxsize=16)
def _parsed(body: str) -> dict[str, Any]:
    return dict(yaml.load(body, _Loader))  # noqa: S506


_REMOVED: Any = object()
# The name that makes a resource's ARN: of its type, the property and the ARN that it ends.
_ARNS = {
    "AWS::DynamoDB::Table": ("TableName", "dynamodb:{region}:{account}:table/"),
    "AWS::S3::Bucket": ("BucketName", "s3:::"),
    "AWS::SQS::Queue": ("QueueName", "sqs:{region}:{account}:"),
    "AWS::SNS::Topic": ("TopicName", "sns:{region}:{account}:"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs:{region}:{account}:log-group:"),
    "AWS::IAM::Role": ("RoleName", "iam::{account}:role/"),
    "AWS::Scheduler::ScheduleGroup": ("Name", "scheduler:{region}:{account}:schedule-group/"),
    "AWS::Cognito::UserPool": ("UserPoolName", "cognito-idp:{region}:{account}:userpool/"),
}


@dataclass(frozen=True)
class Template:
    """body: the text. parameters: those without a default, at least.

    made: what resources are called that were made, by logical id; attributes: what else is known of them, by `Id.Name`.
    """

    body: str
    parameters: Mapping[str, str]
    region: str = "eu-west-1"
    made: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def _read(self) -> dict[str, Any]:
        return _parsed(self.body)

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """By logical id, those whose condition holds."""
        return {name: self._filled(each) for name, each in self._read["Resources"].items() if self._is_made(each)}

    @property
    def in_order(self) -> list[str]:
        """Logical ids, each after those that it refers to."""
        ordered: list[str] = []

        def add(name: str) -> None:
            if name not in ordered:
                for other in sorted(self._referred(name)):
                    add(other)
                ordered.append(name)

        for name in self.resources:
            add(name)
        return ordered

    @property
    def outputs(self) -> dict[str, str]:
        return {name: self._filled(output["Value"]) for name, output in self._read.get("Outputs", {}).items()}

    def _referred(self, name: str) -> set[str]:
        text = json.dumps(self._read["Resources"][name])
        found = re.findall(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)[.}]', text)
        return {each for groups in found for each in groups} & self.resources.keys()

    def of_type(self, *types: str) -> dict[str, dict[str, Any]]:
        """The properties of resources, by logical id."""
        return {name: each["Properties"] for name, each in self.resources.items() if each["Type"] in types}

    def arn(self, name: str) -> str:
        """The ARN of a resource."""
        resource = self._read["Resources"][name]
        named, prefix = _ARNS[resource["Type"]]
        return self._arn(prefix) + str(self._filled(resource["Properties"][named]))

    def arns(self) -> set[str]:
        """Of all resources whose name tells theirs."""
        return {self.arn(name) for name, each in self.resources.items() if each["Type"] in _ARNS}

    def _arn(self, prefix: str) -> str:
        return f"arn:aws:{prefix.format(region=self.region, account=ACCOUNT)}"

    def _is_made(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self._holds({"Condition": resource["Condition"]})

    def _holds(self, condition: Mapping[str, Any]) -> bool:
        ((function, given),) = condition.items()
        if function == "Condition":
            return self._holds(self._read["Conditions"][given])
        if function == "Fn::Equals":
            first, second = (self._filled(each) for each in given)
            return bool(first == second)
        held = [self._holds(each) for each in given]
        return {"Fn::Not": not held[0], "Fn::And": all(held), "Fn::Or": any(held)}[function]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self._filled, value) if each is not _REMOVED]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, given),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._called(function, given)
        filled = {name: self._filled(each) for name, each in value.items()}
        return {name: each for name, each in filled.items() if each is not _REMOVED}

    def _called(self, function: str, given: Any) -> Any:
        match function:
            case "Ref":
                return self._reference(given)
            case "Fn::GetAtt":
                return self._attribute(*given)
            case "Fn::If":
                name, then, otherwise = given
                return self._filled(then if self._holds({"Condition": name}) else otherwise)
            case "Fn::Sub":
                text, more = given if isinstance(given, list) else (given, {})
                known = {name: self._filled(each) for name, each in more.items()}
                return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._named(match[1], known)), text)
            case "Fn::Join":
                separator, parts = given
                return separator.join(self._filled(parts))
            case _:
                raise KeyError(function)

    def _named(self, name: str, known: Mapping[str, Any]) -> Any:
        if name in known:
            return known[name]
        return self._attribute(*name.split(".", 1)) if "." in name else self._reference(name)

    def _reference(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::NoValue": _REMOVED,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self._read.get("Parameters", {}):
            declared = self._read.get("Parameters", {})[name]
            text = self.parameters[name] if name in self.parameters else declared["Default"]
            return text.split(",") if declared["Type"] == "CommaDelimitedList" else text
        if name in self.made:
            return self.made[name]
        resource = self._read["Resources"][name]
        if resource["Type"] == "AWS::SNS::Topic":
            return self.arn(name)  # SNS knows topics by nothing else
        named = _ARNS.get(resource["Type"], ("", ""))[0]
        return self._filled(resource["Properties"][named]) if named else f"{name.lower()}-id"

    def _attribute(self, name: str, attribute: str) -> str:
        if f"{name}.{attribute}" in self.attributes:
            return self.attributes[f"{name}.{attribute}"]
        return self.arn(name) if attribute == "Arn" else f"{name.lower()}.{attribute.lower()}.example"
