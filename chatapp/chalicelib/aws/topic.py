"""Telling the owner: one SNS topic, to which their mail address is subscribed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .faults import Busy, passes
from .grants import Adapter, Grant


class Topic(Adapter):
    def __init__(self, function: str, grant: Grant, client: Callable[[], Any], arn: str) -> None:
        super().__init__(function, grant)
        self._client = client
        self._arn = arn

    def publish(self, subject: str, message: str) -> None:
        """Send one message to whoever is subscribed. Raises Busy.

        subject: of the mail, in ASCII without line ends, less than 100 characters.
        https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
        """
        self._allow("Publish")
        try:
            self._client().publish(TopicArn=self._arn, Subject=subject, Message=message)
        except (ClientError, BotoCoreError) as error:
            if not passes(error):
                raise
            raise Busy from error
