"""The command that a deployment prints to invite somebody, read as the AWS CLI reads it."""

from __future__ import annotations

import shlex
from typing import Any

import botocore.session
from botocore.model import ListShape, StructureShape
from botocore.validate import validate_parameters

from deploy import commands
from deploy.environment import Stage

OUTPUTS: dict[str, object] = {
    "site_url": "https://d1.cloudfront.net",
    "api_url": "https://rest1.execute-api.eu-west-1.amazonaws.com/api",
    "socket_url": None,
    "user_pool_id": "eu-west-1_pool",
}
# Options of every command of the CLI, no parameters of the call.
_GLOBAL = {"region"}


def _parameters(command: str) -> tuple[str, dict[str, Any]]:
    """The API's operation, and its parameters, each word after an option being one value (`Name=a,Value=b`)."""
    program, service, operation, *words = shlex.split(command)
    assert program == "aws"
    given: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            values = given.setdefault(word.removeprefix("--"), [])
        else:
            values.append(word)
    model = botocore.session.get_session().get_service_model(service)
    called = model.operation_model("".join(part.title() for part in operation.split("-")))
    assert isinstance(called.input_shape, StructureShape)
    # As botocore.xform_name does, the other way round.
    named = {name.lower(): (name, shape) for name, shape in called.input_shape.members.items()}
    parameters: dict[str, Any] = {}
    for option, values in given.items():
        if option in _GLOBAL:
            continue
        name, shape = named[option.replace("-", "")]
        if isinstance(shape, ListShape):
            is_record = isinstance(shape.member, StructureShape)
            parameters[name] = [
                dict(pair.split("=") for pair in each.split(",")) if is_record else each for each in values
            ]
        else:
            (parameters[name],) = values
    validate_parameters(parameters, called.input_shape)
    return called.name, parameters


def test_an_invitation_is_sent_by_mail_to_an_address_that_counts_as_verified() -> None:
    """Cognito's own choice is a text message, which people without a telephone number never get.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
    """
    command = commands.summary(Stage("prod", "eu-west-1"), OUTPUTS).splitlines()[-1].strip()
    operation, parameters = _parameters(command)
    assert operation == "AdminCreateUser"
    assert parameters["DesiredDeliveryMediums"] == ["EMAIL"]
    assert parameters["UserPoolId"] == "eu-west-1_pool"
    assert {"Name": "email_verified", "Value": "true"} in parameters["UserAttributes"]
    assert "MessageAction" not in parameters, "which would suppress it"
