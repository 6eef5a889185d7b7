"""When people's files go to cheaper classes: what S3 would refuse in mid-deployment is refused before it."""

from __future__ import annotations

import pytest

from deploy.environment import DeploymentError, load_settings, read_settings


def _read(infrequent: int, archive: int) -> tuple[int, int]:
    text = f"[default]\nfiles_infrequent_days = {infrequent}\nfiles_archive_days = {archive}\n"
    found = read_settings(text, "prod")
    return found.files_infrequent_days, found.files_archive_days


@pytest.mark.parametrize("ages", [(0, 0), (30, 0), (0, 1), (30, 60), (60, 180)])
def test_ages_that_s3_takes(ages: tuple[int, int]) -> None:
    assert _read(*ages) == ages


@pytest.mark.parametrize(
    ("infrequent", "archive", "said"),
    [
        (29, 0, "files_infrequent_days is 0, for never, or 30 or more"),
        (-1, 0, "files_infrequent_days"),
        (30, 59, "files_archive_days is 0, for never, or 30 above"),
        (0, -1, "files_archive_days"),
    ],
)
def test_ages_that_s3_refuses(infrequent: int, archive: int, said: str) -> None:
    with pytest.raises(DeploymentError, match=said):
        _read(infrequent, archive)


def test_the_settings_of_the_tree_are_among_them() -> None:
    assert load_settings("prod").files_archive_days >= load_settings("prod").files_infrequent_days + 30
