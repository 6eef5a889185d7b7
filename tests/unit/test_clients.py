from __future__ import annotations

from urllib.parse import urlsplit

import boto3
import pytest

from deploy.environment import Addresses, ApiIds, Stage


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "us-west-2", "ap-south-2"])
def test_what_is_signed_leads_where_the_site_may_go(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.aws import clients

    stage = Stage("prod", region)
    monkeypatch.setitem(stage.__dict__, "account_id", "123456789012")
    client = boto3.client(
        "s3", region_name=region, config=clients.OBJECTS_CONFIG, aws_access_key_id="id", aws_secret_access_key="key"
    )
    form = client.generate_presigned_post(stage.files_bucket, "uploads/a")["url"]
    link = client.generate_presigned_url("get_object", Params={"Bucket": stage.files_bucket, "Key": "uploads/a"})
    allowed = Addresses.of(stage, ApiIds("rest", "socket"), "d1.cloudfront.net").files_source
    assert {f"https://{urlsplit(url).netloc}" for url in (form, link)} == {allowed}
