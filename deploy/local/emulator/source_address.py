"""Who calls the API: the other end of the connection, where MiniStack believes the header `X-Forwarded-For`.

On AWS a caller cannot choose `identity.sourceIp`, and whatever they write into the header does not change it:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
Any address of 127/8 is this machine's, so a test calls from as many as it likes.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_request_client_ip
from ministack.services import apigateway_v1


def install() -> None:
    build = apigateway_v1._build_lambda_event_v1

    def build_event(*parts: Any, **more: Any) -> dict[str, Any]:
        event: dict[str, Any] = build(*parts, **more)
        event["requestContext"]["identity"]["sourceIp"] = get_request_client_ip()
        return event

    apigateway_v1._build_lambda_event_v1 = build_event
