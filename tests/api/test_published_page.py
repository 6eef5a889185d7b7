"""The function `publish`: what it writes into the site bucket, and what it leaves nothing of."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chalicelib import logs
from chalicelib.twin.page import rendering

from deploy.local import demo_twin
from tests.api.commenting import owner
from tests.fakes.aws import Context, client_error
from tests.people import Person
from tests.stage import Stage
from tests.storage import SITE

PERSON = json.loads((Path(demo_twin.__file__).parent / "demo_person.json").read_text())
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\0" * 64
PERSONA: dict[str, Any] = {
    "name": "Ada Lovelace",
    "headline": "",
    "languages": ["fr", "en"],
    "texts": {},
    "voice": "first",
    "tone": "",
    "contact": None,
    "links": [],
}
ASSETS = [rendering.style().key, rendering.script().key, rendering.card().key]
ROOT = ["en/", "fr/", "index.html"]


class Api:
    """The demo twin's way to the API; what is invoked meanwhile has run when it looks again."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def call(self, method: str, path: str, body: Any = None) -> Any:
        self._person.stage.write_pages()
        return self._person.call(method, path, body)

    def expect(self, wanted: int, method: str, path: str, body: Any = None) -> Any:
        reply = self.call(method, path, body)
        assert reply.status == wanted, reply
        return reply.body


def demo(stage: Stage) -> Api:
    """The demo twin, published at the root."""
    api = Api(owner(stage))
    assert demo_twin.publish(api, PERSON)  # type: ignore[arg-type]
    return api


def twin(stage: Stage, handle: str, **persona: Any) -> Api:
    """A small twin, published."""
    api = Api(owner(stage))
    draft = api.expect(201, "PUT", f"/drafts/{handle}", {})
    change_persona(api, handle, draft["revision"], **persona)
    api.expect(201, "POST", f"/drafts/{handle}/entries", {"section": "about", "title": "Analyst", "text": "Shown."})
    publish(api, handle)
    return api


def change_persona(api: Api, handle: str, revision: int, **persona: Any) -> None:
    api.expect(200, "PATCH", f"/drafts/{handle}", {"revision": revision, "persona": {**PERSONA, **persona}})


def publish(api: Api, handle: str) -> int:
    revision = api.expect(200, "GET", f"/drafts/{handle}")["revision"]
    version: int = api.expect(201, "POST", f"/drafts/{handle}/publications", {"revision": revision})["version"]
    api._person.stage.write_pages()
    return version


def pages(stage: Stage) -> list[str]:
    """Keys of the site bucket but for those of the assets."""
    found = stage.s3.list_objects_v2(Bucket=SITE).get("Contents", [])
    return sorted(each["Key"] for each in found if each["Key"] not in ASSETS)


def text(stage: Stage, key: str) -> str:
    return str(stage.s3.get_object(Bucket=SITE, Key=key)["Body"].read().decode())


def everything(stage: Stage) -> str:
    """Every version of every page."""
    found = stage.s3.list_object_versions(Bucket=SITE).get("Versions", [])
    bodies = [stage.s3.get_object(Bucket=SITE, Key=each["Key"], VersionId=each["VersionId"]) for each in found]
    return "".join(each["Body"].read().decode(errors="replace") for each in bodies)


def page_version(stage: Stage, handle: str = "me") -> int | None:
    (head,) = (row for row in stage.rows("twins") if (row["handle"], row["item"]) == (handle, "twin"))
    version: int | None = head.get("page_version")
    return version


def test_the_demo_twin_stands_at_the_root_in_both_languages(stage: Stage) -> None:
    api = demo(stage)
    assert pages(stage) == ROOT
    assert "Expérience" in text(stage, "index.html")
    assert "Experience" in text(stage, "en/")
    assert page_version(stage) == 1
    head = stage.s3.head_object(Bucket=SITE, Key="index.html")
    assert (head["ContentType"], head["CacheControl"]) == (
        "text/html; charset=utf-8",
        "public, max-age=0, s-maxage=86400",
    )
    for asset in ASSETS:
        assert stage.s3.head_object(Bucket=SITE, Key=asset)["CacheControl"] == "public, max-age=31536000, immutable"
    assert stage.edges.forgotten == [["/", "/index.html", "/fr/*", "/en/*", "/twin/me/*"]]
    assert not demo_twin.publish(api, PERSON), "it is published once"  # type: ignore[arg-type]


def test_a_demo_that_was_broken_off_is_gone_on_with_and_somebodys_own_draft_left_alone(stage: Stage) -> None:
    api = Api(owner(stage))
    draft = api.expect(201, "PUT", "/drafts/me", {})
    api.expect(200, "PATCH", "/drafts/me", {"revision": draft["revision"], "persona": PERSON["persona"]})
    api.expect(201, "POST", "/drafts/me/entries", PERSON["entries"][1])
    assert demo_twin.publish(api, PERSON)  # type: ignore[arg-type]
    assert len(api.expect(200, "GET", "/drafts/me")["entries"]) == len(PERSON["entries"]), "none twice"
    api.expect(200, "DELETE", "/drafts/me", {"handle": "me"})


def test_the_demo_leaves_somebodys_own_draft_alone(stage: Stage) -> None:
    api = Api(owner(stage))
    draft = api.expect(201, "PUT", "/drafts/me", {})
    change_persona(api, "me", draft["revision"])
    assert not demo_twin.publish(api, PERSON)  # type: ignore[arg-type]
    assert api.expect(200, "GET", "/drafts/me")["entries"] == []


def test_another_twin_has_a_folder_of_its_own_and_touches_no_other(stage: Stage) -> None:
    demo(stage)
    before = text(stage, "index.html")
    twin(stage, "ada", languages=["en"])
    assert pages(stage) == [*ROOT, "twin/ada/", "twin/ada/en/"]
    assert text(stage, "index.html") == before
    assert stage.edges.forgotten[-1] == ["/twin/ada/*"]
    assert (page_version(stage), page_version(stage, "ada")) == (1, 1)


def test_what_is_hidden_or_told_the_twin_alone_is_on_no_page(stage: Stage) -> None:
    of = {"off_limits": ["SECRET-ONE"], "greeting": "Bonjour", "topics": "", "suggested_questions": []}
    api = twin(stage, "me", tone="SECRET-TWO", texts={"fr": of})
    hidden = {"section": "notes", "title": "SECRET-THREE", "is_hidden": True}
    api.expect(201, "POST", "/drafts/me/entries", hidden)
    publish(api, "me")
    assert "Bonjour" in everything(stage)
    assert "SECRET" not in everything(stage)


def test_search_engines_are_kept_out_as_soon_as_the_owner_says_so(stage: Stage) -> None:
    api = demo(stage)
    assert "noindex" not in text(stage, "index.html")
    revision = api.expect(200, "GET", "/drafts/me")["revision"]
    api.expect(200, "PATCH", "/drafts/me", {"revision": revision, "noindex": True, "transcripts": False})
    stage.write_pages()
    assert '<meta name="robots" content="noindex">' in text(stage, "en/")
    assert "is not kept" in text(stage, "en/")
    assert page_version(stage) == 1


def test_the_photo_lies_beside_the_page_and_goes_with_it(stage: Stage) -> None:
    api = twin(stage, "me")
    api.expect(200, "PUT", "/drafts/me/photo", {"data": base64.b64encode(PNG).decode()})
    publish(api, "me")
    (photo,) = (key for key in pages(stage) if "photo" in key)
    assert f'<img class="photo" src="/{photo}"' in text(stage, "index.html")
    found = stage.s3.get_object(Bucket=SITE, Key=photo)
    assert (found["Body"].read(), found["ContentType"]) == (PNG, "image/png")
    assert found["CacheControl"].endswith("immutable")
    api.expect(200, "DELETE", "/drafts/me/photo")
    publish(api, "me")
    assert pages(stage) == ROOT
    kept = stage.s3.list_object_versions(Bucket=SITE)
    assert [
        each["Key"] for name in ("Versions", "DeleteMarkers") for each in kept.get(name, []) if "photo" in each["Key"]
    ] == []


def test_a_photo_that_is_no_picture_by_now_is_left_out(stage: Stage) -> None:
    api = twin(stage, "me")
    api.expect(200, "PUT", "/drafts/me/photo", {"data": base64.b64encode(PNG).decode()})
    (key,) = (each for each in stage.objects() if "photo" in each)
    bucket = "chatapp-test-files-123456789012-eu-west-1"
    stage.s3.put_object(Bucket=bucket, Key=key, Body=b"<svg onload=alert(1)>", ContentType="image/svg+xml")
    publish(api, "me")
    assert pages(stage) == ROOT
    stage.s3.delete_object(Bucket=bucket, Key=key)
    publish(api, "me")
    assert pages(stage) == ROOT


def test_a_language_that_is_given_up_leaves_no_page(stage: Stage) -> None:
    api = twin(stage, "me")
    change_persona(api, "me", api.expect(200, "GET", "/drafts/me")["revision"], languages=["en"])
    publish(api, "me")
    assert pages(stage) == ["en/", "index.html"]


def test_of_a_deleted_twin_no_version_of_a_page_is_left_and_the_root_says_that_there_is_none(stage: Stage) -> None:
    api = demo(stage)
    twin(stage, "ada")
    assert "Vasseur" in everything(stage)
    api.expect(200, "DELETE", "/drafts/me", {"handle": "me"})
    api.expect(200, "DELETE", "/drafts/ada", {"handle": "ada"})
    for handle in ("me", "ada"):
        stage.app.publish({"handle": handle}, Context(60))
    assert pages(stage) == ["index.html"]
    assert "This page is not published yet" in text(stage, "index.html")
    assert "Vasseur" not in everything(stage)
    assert "Lovelace" not in everything(stage)
    kept = stage.s3.list_object_versions(Bucket=SITE)
    assert kept.get("DeleteMarkers", []) == []


def test_a_twin_that_is_being_removed_has_no_page_any_more(stage: Stage) -> None:
    twin(stage, "ada")
    (head,) = (row for row in stage.rows("twins") if (row["handle"], row["item"]) == ("ada", "twin"))
    stage.put("twins", {**head, "deleted_at": 1})
    stage.app.publish({"handle": "ada"}, Context(60))
    assert pages(stage) == []


def test_what_was_taken_off_a_page_is_in_no_version_of_it(stage: Stage) -> None:
    api = twin(stage, "me")
    entry = api.expect(201, "POST", "/drafts/me/entries", {"section": "notes", "title": "REGRETTED"})
    publish(api, "me")
    assert "REGRETTED" in everything(stage)
    api.expect(200, "DELETE", f"/drafts/me/entries/{entry['entry_id']}")
    publish(api, "me")
    assert "REGRETTED" not in everything(stage)


def test_a_stage_with_nothing_published_says_so_at_the_root_alone(stage: Stage) -> None:
    for handle in ("me", "nobody"):
        stage.app.publish({"handle": handle}, Context(60))
    assert pages(stage) == ["index.html"]
    assert 'href="/twin"' in text(stage, "index.html")
    assert stage.rows("twins") == [], "nothing is made of it"


def test_what_is_published_while_a_page_is_written_has_the_last_word(stage: Stage) -> None:
    api = twin(stage, "me")
    later: list[Callable[[], Any]] = [lambda: change_title(api)]

    class Edges(type(stage.edges)):  # type: ignore[misc]
        def create_invalidation(self, **asked: Any) -> Any:
            if later:
                later.pop()()  # another owner publishes before the first page is done
            return super().create_invalidation(**asked)

    stage.edges.__class__ = Edges
    stage.app.publish({"handle": "me"}, Context(60))
    assert "LATER" in text(stage, "index.html")
    assert page_version(stage) == 2


def change_title(api: Api) -> None:
    person = api._person
    person.call("POST", "/drafts/me/entries", {"section": "notes", "title": "LATER"})
    revision = person.call("GET", "/drafts/me").body["revision"]
    reply = person.call("POST", "/drafts/me/publications", {"revision": revision})
    assert reply.status == 201, reply


@pytest.mark.parametrize("code", ["TooManyInvalidationsInProgress", "ServiceUnavailable"])
def test_a_page_whose_copies_are_not_forgotten_is_behind_until_they_are(stage: Stage, code: str) -> None:
    api = twin(stage, "me")
    person = api._person
    stage.edges.failures = [client_error(code, "CreateInvalidation")] * 10
    change_title(api)
    with pytest.raises(logs.Failed, match="Busy"):
        stage.write_pages()
    assert page_version(stage) == 1
    stage.edges.failures = []
    stage.app.publish({"handle": "me"}, Context(60))
    assert page_version(stage) == 2
    assert person.call("GET", "/drafts/me").body["page"]["rendered_version"] == 2
