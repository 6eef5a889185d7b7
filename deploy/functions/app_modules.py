"""What a deployment reads of the app itself: its functions, its settings as they will see them, its limits."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from deploy.environment import ROOT, DeploymentError

if TYPE_CHECKING:
    from chalicelib.functions import Function
    from chalicelib.settings import Settings

_FOLDER = str(ROOT / "chatapp")
_OWN = ("app", "chalicelib")


@contextmanager
def as_of(folder: Path) -> Iterator[None]:
    """Meanwhile the app is the one of another folder: a version of before, whose `app.py` Chalice reads."""
    aside = {name: module for name, module in sys.modules.items() if name.split(".")[0] in _OWN}
    path = sys.path[:]
    for name in aside:
        del sys.modules[name]
    # At its place too: what `_reach` has put there would be found in both.
    sys.path[:] = [str(folder), *(each for each in path if each != _FOLDER)]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in _OWN]:
            del sys.modules[name]
        sys.modules.update(aside)
        sys.path[:] = path


def _reach() -> None:
    """Modules of `chatapp/` import each other as they do in the package, where that folder is the top."""
    if _FOLDER not in sys.path:
        sys.path.insert(0, _FOLDER)


def functions() -> Mapping[str, Function]:
    _reach()
    from chalicelib.functions import FUNCTIONS  # noqa: PLC0415

    return FUNCTIONS


def manifest() -> ModuleType:
    """What a backup consists of, as its manifest says it."""
    _reach()
    from chalicelib.backups import manifest as found  # noqa: PLC0415

    return found


def keys() -> ModuleType:
    """What the app knows of API keys."""
    _reach()
    from chalicelib.spending import keys as found  # noqa: PLC0415

    return found


def page_keys() -> ModuleType:
    """Where published pages lie in the site bucket."""
    _reach()
    from chalicelib.twin.page import keys as found  # noqa: PLC0415

    return found


def schema() -> ModuleType:
    """The version of stored rows."""
    _reach()
    from chalicelib import schema as found  # noqa: PLC0415

    return found


def migrations() -> ModuleType:
    """How rows of an earlier schema become those of this one."""
    _reach()
    from chalicelib import migrations as found  # noqa: PLC0415

    return found


def day_budget_usd(settings: Settings) -> float:
    """What the model may cost in a day before the owner is told."""
    _reach()
    from chalicelib.spending import budgets  # noqa: PLC0415

    return budgets.day_usd(settings)


def author_name(name: str) -> str:
    """A name as one that comments are shown under. Raises DeploymentError for one that cannot be."""
    _reach()
    from chalicelib.errors import InvalidRequest  # noqa: PLC0415
    from chalicelib.people import names  # noqa: PLC0415

    try:
        chosen = names.chosen(name)
    except InvalidRequest as error:
        raise DeploymentError(f"a key's name is shown as its script's: it {_of_field(error.message)}") from error
    if not chosen:
        raise DeploymentError("a key's name is shown as its script's, and must not be blank")
    return chosen


def _of_field(message: str) -> str:
    return message.removeprefix("display_name: ")


def must_be_free(name: str, owners: Mapping[str, str]) -> None:
    """owners: what their names look like, as the app keeps it. Raises DeploymentError for a name like theirs."""
    _reach()
    from chalicelib.comments import names  # noqa: PLC0415
    from chalicelib.errors import NameTaken  # noqa: PLC0415

    try:
        names.must_be_free(dict(owners), "", name)
    except NameTaken as error:
        raise DeploymentError(f"a key's name is shown as its script's: it {_of_field(error.message)}") from error


def owner_names_id() -> str:
    """Of the row, of the table `commentaires`, of what owners' names look like."""
    _reach()
    from chalicelib.comments import names  # noqa: PLC0415

    return names.OWNERS_KEY["id"]


def backed_up() -> tuple[str, ...]:
    """The tables of a backup, by their logical names."""
    _reach()
    from chalicelib.functions import EXPORTED  # noqa: PLC0415

    return EXPORTED


def settings(variables: Mapping[str, str]) -> Settings:
    """Raises DeploymentError for settings that the functions would not start with."""
    _reach()
    from chalicelib.settings import Settings as AppSettings  # noqa: PLC0415

    try:
        return AppSettings.read(variables)
    except ValueError as error:
        raise DeploymentError(f"deploy/settings.toml: {error}") from error


def over(current: Settings, values: Mapping[str, str]) -> Settings:
    """Settings with others over them, of those that change at once. Raises DeploymentError that names the field."""
    try:
        return current.over(values)
    except ValueError as error:
        raise DeploymentError(str(error)) from error


def live_names() -> tuple[str, ...]:
    """The settings that change without a deployment."""
    _reach()
    from chalicelib.settings import LIVE  # noqa: PLC0415

    return tuple(sorted(LIVE))


def security_headers() -> Mapping[str, str]:
    """What the API sends with every answer of its own."""
    _reach()
    from chalicelib.api.rest import SECURITY_HEADERS  # noqa: PLC0415

    return SECURITY_HEADERS


def limits(variables: Mapping[str, str]) -> dict[str, int]:
    """What the API accepts, how long it can undo and keeps what is not used, for the site to say so.

    Raises DeploymentError, as `settings`.
    """
    app = settings(variables)
    from chalicelib import undo  # noqa: PLC0415
    from chalicelib.api.schemas import texts  # noqa: PLC0415
    from chalicelib.comments import texts as comments  # noqa: PLC0415
    from chalicelib.people import names  # noqa: PLC0415

    return {
        "file_bytes": app.max_file_bytes,
        "files_a_message": texts.MAX_FILES_A_MESSAGE,
        "text_characters": texts.MAX_TEXT_CHARACTERS,
        "text_bytes": texts.MAX_TEXT_BYTES,
        "title_characters": texts.MAX_TITLE_CHARACTERS,
        "comment_characters": comments.MAX_CHARACTERS,
        "name_characters": names.MAX_CHARACTERS,
        "undo_s": undo.UNDO_S,
        "retention_days": app.retention_days,
    }
