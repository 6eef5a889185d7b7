"""Where a twin's page lies: its objects' keys in the site bucket, and the paths that visitors ask for.

`me` stands at the root (`index.html`, `fr/`, `en/`), another one under `twin/HANDLE/`. A key that ends in a slash is an
object as any other: CloudFront asks S3 for the path as it is, so that `/fr/` needs no rewriting.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

from __future__ import annotations

from chalicelib.functions import PAGES

ROOT_HANDLE = "me"
LANGUAGES = ("fr", "en")
ROOT_KEY = "index.html"


def place(key: str) -> str:
    """The first part of a key."""
    return key.partition("/")[0]


def is_published(key: str) -> bool:
    """Whether the function `publish` writes it: a deployment's sync leaves it alone."""
    return place(key) in PAGES


def folder(handle: str) -> str:
    """What lies beside a page: its photo; of another one than `me` its languages, too."""
    return f"twin/{handle}/"


def page(handle: str, language: str | None) -> str:
    """The key of a page; language: None for the one that is met first."""
    if handle == ROOT_HANDLE:
        return f"{language}/" if language else ROOT_KEY
    return f"{folder(handle)}{language}/" if language else folder(handle)


def path(handle: str, language: str | None) -> str:
    key = page(handle, language)
    return "/" if key == ROOT_KEY else f"/{key}"


def comments(handle: str, section: str) -> str:
    """The section of comments beneath a part of a page: none that an owner has made for a page elsewhere."""
    return f"{handle}.{section}"


def photo(handle: str, sha: str, suffix: str) -> str:
    return f"{folder(handle)}photo-{sha[:16]}.{suffix}"


def owned(handle: str) -> list[str]:
    """Prefixes under which everything is this twin's."""
    return [folder(handle)] + ([ROOT_KEY, *(f"{language}/" for language in LANGUAGES)] if handle == ROOT_HANDLE else [])


def invalidated(handle: str) -> list[str]:
    """Paths of which CloudFront may hold copies. The root is asked for by itself, whatever object stands for it.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
    """
    paths = [f"/{folder(handle)}*"]
    return ["/", f"/{ROOT_KEY}", *(f"/{each}/*" for each in LANGUAGES), *paths] if handle == ROOT_HANDLE else paths
