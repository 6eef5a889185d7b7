"""CloudFront: what its edges hold of the site is forgotten, so that the next visitor gets the bucket's own.

It is one service for all regions: https://docs.aws.amazon.com/general/latest/gr/cf_region.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from .faults import sent
from .grants import Adapter, Grant

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


class Distribution(Adapter):
    def __init__(
        self, function: str, grant: Grant, client: Callable[[], CloudFrontClient], distribution_id: str
    ) -> None:
        super().__init__(function, grant)
        self._client = client
        self._id = distribution_id

    def invalidate(self, paths: list[str]) -> None:
        """Have copies of these paths forgotten, within seconds mostly. Raises Busy; repeating it does no harm.

        paths: from the slash on; a star stands at the end alone. The first thousand a month cost nothing.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html
        """
        self._allow("CreateInvalidation")
        batch = {"Quantity": len(paths), "Items": paths}
        sent(
            self._client().create_invalidation,
            DistributionId=self._id,
            InvalidationBatch={"Paths": batch, "CallerReference": str(uuid.uuid4())},
        )
