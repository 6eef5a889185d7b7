"""What a deployment packs and publishes: the site's files and the functions' package."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from deploy import results, site
from deploy.environment import Addresses, ApiIds, DeploymentError, Stage, read_settings
from deploy.functions import app_modules, package, runtime
from deploy.people import srp
from tests.fakes import clients

LOCK = {"packages": {"": {}, "node_modules/a": {"version": "1"}, "node_modules/b": {"version": "2", "optional": True}}}


@pytest.mark.parametrize(
    ("installed", "fits"),
    [
        ({}, False),
        ({"packages": {"node_modules/a": {"version": "1"}}}, True),
        ({"packages": {"node_modules/a": {"version": "1"}, "node_modules/b": {"version": "2"}}}, True),
        ({"packages": {"node_modules/b": {"version": "2"}}}, False),
        ({"packages": {"node_modules/a": {"version": "9"}}}, False),
        ({"packages": {"node_modules/a": {"version": "1"}, "node_modules/c": {"version": "1"}}}, False),
    ],
)
def test_packages_are_installed_when_they_do_not_fit_the_lock(installed: dict[str, object], fits: bool) -> None:
    assert site.packages_fit(LOCK, installed) is fits


def test_the_site_is_built_anew_when_the_list_that_it_shares_with_the_server_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before, shared = site._sources_digest(), tmp_path / "linkedin.json"
    monkeypatch.setattr(site, "_SHARED", shared)
    shared.write_text("{}")
    assert site._sources_digest() != before


def test_the_configuration_is_the_same_bytes_whatever_order_it_was_read_in(tmp_path: Path) -> None:
    """A version's is read from its file: put back, it would have every edge forget the site for nothing."""
    (kept,) = site.files({"stage": "prod", "limits": {"b": 1, "a": 2}}, tmp_path)
    (built,) = site.files({"limits": {"a": 2, "b": 1}, "stage": "prod"}, tmp_path)
    assert kept == built


def test_assets_go_first_and_the_applications_page_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("index.html", "assets/app-1.js", "favicon.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(site, "DIST", tmp_path)
    files = site.files({"stage": "prod"})
    assert [file.key for file in files] == ["assets/app-1.js", "config.json", "favicon.svg", "app.html"]
    by_key = {file.key: file for file in files}
    assert by_key["assets/app-1.js"].cache_control == "public, max-age=31536000, immutable"
    assert by_key["app.html"].cache_control == by_key["config.json"].cache_control == "no-cache"
    assert by_key["app.html"].content_type == "text/html; charset=utf-8"
    assert by_key["config.json"].content_type == "application/json; charset=utf-8"
    assert by_key["favicon.svg"].content_type == "image/svg+xml"


STAGE_ADDRESSES: dict[str, str | None] = {
    "api_url": "https://api.example/v1",
    "site_url": "https://site.example",
    "socket_url": "wss://sockets.example/api",
}


def element(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str, name: str = "embed.js") -> site.SiteFile:
    (folder / name).write_text(text)
    monkeypatch.setattr(site, "DIST", folder)
    return next(file for file in site.files(STAGE_ADDRESSES) if file.key == name)


def test_the_stages_addresses_are_written_into_the_element(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = 'a="%CHATAPP_API_URL%",b=`${"%CHATAPP_API_URL%"}/x`,c="%CHATAPP_SITE_URL%"'
    file = element(monkeypatch, tmp_path, written)
    assert file.body == b'a="https://api.example/v1",b=`${"https://api.example/v1"}/x`,c="https://site.example"'
    assert file.etag == f'"{hashlib.md5(file.body, usedforsecurity=False).hexdigest()}"', "of what is uploaded"
    assert file.cache_control == "public, max-age=300", "its name stays: foreign pages have the next one within minutes"


@pytest.mark.parametrize(
    ("socket_url", "written"), [("wss://sockets.example/api", b"wss://sockets.example/api"), (None, b"")]
)
def test_the_twins_element_is_told_the_socket_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, socket_url: str | None, written: bytes
) -> None:
    monkeypatch.setitem(STAGE_ADDRESSES, "socket_url", socket_url)
    text = 'a="%CHATAPP_API_URL%",c="%CHATAPP_SITE_URL%",d="%CHATAPP_SOCKET_URL%"'
    file = element(monkeypatch, tmp_path, text, "twin.js")
    assert file.body == b'a="https://api.example/v1",c="https://site.example",d="' + written + b'"'
    assert file.cache_control == "public, max-age=300"


def test_an_element_without_room_for_the_addresses_is_not_published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(DeploymentError, match="%CHATAPP_SITE_URL%"):
        element(monkeypatch, tmp_path, 'a="%CHATAPP_API_URL%"')


@pytest.mark.parametrize(
    ("key", "kind"), [("a.js", "text/javascript"), ("a.css", "text/css"), ("a.woff2", "font/woff2")]
)
def test_content_types(key: str, kind: str) -> None:
    assert site.content_type(key).split(";")[0] == kind


def test_the_bundlers_manifest_is_not_published_and_one_that_was_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (".vite/manifest.json", "index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(site, "DIST", tmp_path)
    wanted = site.files({})
    assert [file.key for file in wanted] == ["config.json", "app.html"]
    in_bucket = dict.fromkeys([".vite/manifest.json", "config.json", "app.html"], "etag")
    assert site.stale(in_bucket, wanted, []) == [".vite/manifest.json"]


def test_the_previous_builds_assets_stay_and_older_ones_go() -> None:
    first, second, third = ["assets/1.js"], ["assets/2.js"], ["assets/3.js"]
    builds = site.next_builds(site.next_builds([], first), second)
    assert builds == [second, first]
    assert site.next_builds(builds, second) == builds, "the same build again forgets nothing"
    builds = site.next_builds(builds, third)
    in_bucket = dict.fromkeys([*first, *second, *third, "app.html", "old.html"], "etag")
    wanted = [site.SiteFile("assets/3.js", b""), site.SiteFile("app.html", b"")]
    assert site.stale(in_bucket, wanted, builds) == ["assets/1.js", "old.html"]


def test_what_is_published_is_never_synced_away() -> None:
    pages = ["index.html", "fr/", "en/", "twin/page-1.css", "twin/me/photo-1.jpg", "twin/ada/", "twin/ada/fr/"]
    others = ["french/", "twin.html", "twins/ada/"]
    assert site.stale(dict.fromkeys([*pages, *others], "etag"), [], []) == others


# --- Package ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A small package folder: an app, a dependency, Chalice's runtime."""
    for name in (
        "app.py",
        "chalicelib/__init__.py",
        "chalicelib/one.py",
        "vendor/dep/__init__.py",
        "runtime/chalice/app.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("NAMES = {'a', 'b', 'c', 'd'}\ndef f(x): return x in {'p', 'q', 'r', 's'}\n")
    return tmp_path


def pack(build: Path) -> tuple[Path, Path]:
    """The app's zip and the layer's."""
    parts = (build / name for name in ("vendor", "runtime", "chalicelib", "app.py"))
    package.compile_all(runtime.running(), *parts)
    package.zip_up(package.of_app(build), build / "package.zip")
    package.zip_up(package.of_layer(build), build / "layer.zip")
    return build / "package.zip", build / "layer.zip"


def digests(build: Path) -> list[str]:
    return [hashlib.sha256(each.read_bytes()).hexdigest() for each in pack(build)]


def test_equal_content_gives_equal_bytes(build: Path) -> None:
    app, layer = digests(build)
    os.utime(build / "app.py", (1, 1))
    (build / "app.py").chmod(0o600)
    assert digests(build) == [app, layer]
    (build / "app.py").write_text("NAMES = {'a'}\n")
    changed = digests(build)
    assert changed[0] != app
    assert changed[1] == layer, "what the app does not change is not uploaded again"


def test_the_package_runs_from_its_bytecode(build: Path, tmp_path: Path) -> None:
    (build / "app.py").write_text("import dep, chalice.app\nfrom chalicelib import one\nVALUE = len(one.NAMES)\n")
    folder, layer = tmp_path / "task", tmp_path / "opt"
    for archive, place in zip(pack(build), (folder, layer), strict=True):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(place)
    tag = sys.implementation.cache_tag
    for name in (
        f"task/__pycache__/app.{tag}.pyc",
        f"task/chalicelib/__pycache__/one.{tag}.pyc",
        f"opt/python/dep/__pycache__/__init__.{tag}.pyc",
    ):
        assert (tmp_path / name).exists()
    # Bytecode that were checked against its source would not survive the source's change.
    (folder / "chalicelib" / "one.py").write_text("NAMES = {}\n")
    (folder / "chalicelib" / "__init__.py").write_text("raise AssertionError('compiled again')\n")
    command = [sys.executable, "-c", "import app; print(app.VALUE)"]
    found = {**os.environ, "PYTHONPATH": str(layer / "python")}
    done = subprocess.run(command, cwd=folder, env=found, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "4"


def test_wheels_are_those_of_lambdas_image() -> None:
    arguments = package.platform_arguments(Stage("prod", "eu-west-1"), runtime.Runtime("3.14", Path("python3.14")))
    platforms = [value for name, value in pairwise(arguments) if name == "--platform"]
    assert platforms[-1] == "manylinux2014_x86_64"
    assert platforms[0] == "manylinux_2_34_x86_64", "the image's own glibc, and nothing newer"
    assert arguments[arguments.index("--python-version") + 1] == "3.14", "whatever runs the deployment"


def test_what_does_not_compile_is_named(build: Path) -> None:
    (build / "chalicelib" / "one.py").write_text("def f(:\n")
    with pytest.raises(DeploymentError, match=r"(?s)chalicelib could not be compiled.*one\.py"):
        pack(build)


def test_trimming_keeps_what_is_read_at_run_time(tmp_path: Path) -> None:
    kept = [
        "botocore/data/dynamodb/2012-08-10/service-2.json",
        "botocore/data/endpoints.json",
        "botocore/cacert.pem",
        "dep/__init__.py",
        "dep-1.0.dist-info/METADATA",
        "dep-1.0.dist-info/entry_points.txt",
    ]
    gone = [
        "botocore/data/ec2/2016-11-15/service-2.json",
        "boto3/data/s3/resources-1.json",
        "dep/stubs.pyi",
        "dep/tests/test_dep.py",
        "dep-1.0.dist-info/RECORD",
        "pip/__init__.py",
        "apsw/sqlite_extra_binaries/csv.so",
        "bin/dep",
        "pypdfium2/__init__.py",
        "Crypto/PublicKey/RSA.py",
        "olefile/olefile2.py",
        "OleFileIO_PL.py",
    ]
    for name in kept + gone:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    package.trim(tmp_path, ("dynamodb",))
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(kept)


# --- SRP --------------------------------------------------------------------------------------------------------------


class Cognito:
    """The server's side of SRP, as RFC 5054 and Cognito's documentation have it, for one user."""

    def __init__(self, password: str) -> None:
        self.secret = srp.hashed(srp.padded(0x5A17), hashlib.sha256(f"abcuser-1:{password}".encode()).digest())
        self.private = 0x1234567890ABCDEF << 300
        self.accepted: bool | None = None

    def initiate_auth(self, **asked: dict[str, str]) -> dict[str, object]:
        self.client_public = int(asked["AuthParameters"]["SRP_A"], 16)
        multiplier = srp.hashed(srp.padded(srp.N), srp.padded(srp.G))
        verifier = pow(srp.G, self.secret, srp.N)
        self.public = (multiplier * verifier + pow(srp.G, self.private, srp.N)) % srp.N
        self.verifier = verifier
        challenge = {
            "SALT": "5a17",
            "SRP_B": f"{self.public:x}",
            "SECRET_BLOCK": "c2VjcmV0",
            "USER_ID_FOR_SRP": "user-1",
        }
        return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}

    def respond_to_auth_challenge(self, **answered: dict[str, str]) -> dict[str, object]:
        import base64

        scramble = srp.hashed(srp.padded(self.client_public), srp.padded(self.public))
        shared = pow(self.client_public * pow(self.verifier, scramble, srp.N), self.private, srp.N)
        key = srp.hmac_of(srp.hmac_of(srp.padded(scramble), srp.padded(shared)), srp.INFO)[:16]
        responses = answered["ChallengeResponses"]
        signed = b"abc" + b"user-1" + b"secret" + responses["TIMESTAMP"].encode()
        expected = base64.b64encode(srp.hmac_of(key, signed)).decode()
        self.accepted = responses["PASSWORD_CLAIM_SIGNATURE"] == expected
        return {"AuthenticationResult": {"IdToken": "token"}}


@pytest.mark.parametrize(("tried", "accepted"), [("right-Pass1", True), ("wrong-Pass1", False)])
def test_both_sides_derive_the_same_key_only_with_the_password(tried: str, accepted: bool) -> None:
    cognito = Cognito("right-Pass1")
    client = clients.client("cognito-idp", cognito)
    assert srp.sign_in(client, "eu-west-1_abc", "client", "a@example.com", tried) == "token"
    assert cognito.accepted is accepted


def test_the_site_is_told_the_limits_of_the_api_as_the_stage_has_them() -> None:
    from chalicelib.api.schemas.texts import MAX_FILES_A_MESSAGE, MAX_TEXT_CHARACTERS
    from chalicelib.undo import UNDO_S

    limits = app_modules.limits({"CHATAPP_MAX_FILE_MB": "7"})
    assert limits["file_bytes"] == 7 * 1024 * 1024
    assert (limits["files_a_message"], limits["text_characters"]) == (MAX_FILES_A_MESSAGE, MAX_TEXT_CHARACTERS)
    assert (limits["undo_s"], limits["retention_days"]) == (UNDO_S, 90)
    assert (limits["comment_characters"], limits["name_characters"]) == (2_000, 40)
    assert app_modules.limits({"CHATAPP_RETENTION_DAYS": "0"})["retention_days"] == 0
    foundation = {"UserPoolId": "pool", "ClientId": "client"}
    stage = Stage("prod", "eu-west-1")
    stage.__dict__["account_id"] = "123456789012"  # what AWS would be asked for
    known = {"limits": limits, "signup": "open", "comment_origins": ["https://portfolio.example"]}
    config = results.site_config(stage, Addresses.of(stage, ApiIds(), "d1.cloudfront.net"), foundation, known)
    assert {name: config[name] for name in known} == known
    assert config["site_url"] == "https://d1.cloudfront.net"


@pytest.mark.parametrize(
    ("origin", "is_one"),
    [
        ("https://portfolio.example", True),
        ("http://127.0.0.1:8090", True),
        ("https://portfolio.example/", False),
        ("https://portfolio.example:443", False),
        ("https://Portfolio.example", False),
        ("https://user@portfolio.example", False),
        ("portfolio.example", False),
        ("*", False),
        ("null", False),
    ],
)
@pytest.mark.parametrize("name", ["comment_origins", "twin_origins"])
def test_pages_elsewhere_are_named_by_their_origins(name: str, origin: str, is_one: bool) -> None:
    text = f'[default]\n{name} = ["{origin}"]'
    if is_one:
        read = read_settings(text, "prod")
        assert list(read.comment_origins if name == "comment_origins" else read.app["twin_origins"]) == [origin]
        return
    with pytest.raises(DeploymentError, match="is no origin"):
        read_settings(text, "prod")
