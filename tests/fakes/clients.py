"""Hand-made services behind real botocore clients: no fake ever stands in a client's place.

Whatever the code sends is checked and written by botocore, by the service's own model, as on AWS: a wrong name, a wrong
type or a missing parameter fails. What a fake answers is checked by the model of the reply, as botocore's Stubber does,
and its errors are raised as the client's own. Paginators and exceptions are the client's, so that a fake has nothing
but methods of the operations' names. Of moto and MiniStack, clients are real anyway.

`tests/calls.py` sees to it that every call in the sources was made in this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from botocore.session import Session
from botocore.validate import validate_parameters

_GIVEN = "given to the fake"


def client(service: str, fake: object) -> Any:
    """A client of a service that `fake` carries out."""
    made: Any = _session().create_client(
        service, region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    return serve(made, fake)


@lru_cache(maxsize=1)
def _session() -> Session:
    return Session()


def serve(client: Any, fake: object, *operations: str) -> Any:
    """Have a client's operations carried out by the methods of `fake`: `invoke(FunctionName=…)` for Invoke.

    operations: these alone, by default all. A method returns the reply (None for an empty one), or raises a ClientError
    or what botocore raises by itself.
    """

    def remember(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context[_GIVEN] = params

    def carry_out(model: OperationModel, context: Mapping[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        try:
            reply = dict(getattr(fake, xform_name(model.name))(**context[_GIVEN]) or {})
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return _http(status), dict(error.response)
        checked(model, reply)
        return _http(200), {**reply, "ResponseMetadata": {"HTTPStatusCode": 200}}

    service = client.meta.service_model.service_id.hyphenize()
    for each in [f".{service}.{operation}" for operation in operations] or [""]:
        client.meta.events.register_last(f"before-parameter-build{each}", remember)
        client.meta.events.register_last(f"before-call{each}", carry_out)
    return client


def checked(model: OperationModel, reply: Mapping[str, Any]) -> None:
    """Raise ParamValidationError for what the service cannot answer."""
    if model.output_shape is not None:
        validate_parameters(reply, model.output_shape)
    else:
        assert not reply, f"{model.name} answers nothing"


def _http(status: int) -> AWSResponse:
    return AWSResponse("https://aws.example/", status, {}, None)  # type: ignore[arg-type]


class ClientsOf:
    """What Chalice takes for a botocore session: makes clients of services that fakes carry out."""

    def __init__(self, **fakes: object) -> None:
        self._fakes = fakes

    def create_client(self, service: str, **_: Any) -> Any:
        return client(service, self._fakes[service])
