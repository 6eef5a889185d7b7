"""Bedrock's inference profiles, through which the models on offer are asked. Asking after one costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .faults import Busy, passes
from .grants import Adapter, Grant

# Also of one that the function's policy does not name: the deployment has found another since.
_NOT_THERE = {"AccessDeniedException", "ResourceNotFoundException", "ValidationException"}


class Profiles(Adapter):
    def __init__(self, function: str, grant: Grant, client: Callable[[], Any]) -> None:
        super().__init__(function, grant)
        self._client = client

    def is_active(self, profile_id: str) -> bool:
        """Whether a profile, by its id or ARN, can be asked. Raises Busy.

        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetInferenceProfile.html
        """
        self._allow("GetInferenceProfile")
        if not profile_id:  # between an update's new code and its new variables
            return False
        try:
            found = self._client().get_inference_profile(inferenceProfileIdentifier=profile_id)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in _NOT_THERE:
                return False
            if not passes(error):
                raise
            raise Busy from error
        return bool(found["status"] == "ACTIVE")
