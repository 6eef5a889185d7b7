"""The pages of twins that came back: written anew, since a backup holds none."""

from __future__ import annotations

from chalicelib.aws.faults import Busy
from chalicelib.aws.functions import NotStarted
from chalicelib.twin import drafts

from .work import Work


def are_shown(work: Work) -> bool:
    """Have the page of each twin that was asked for written, as it is published now. Safe to repeat. Raises Busy."""
    selection = work.selection
    for handle in drafts.handles_of(work.services):
        if selection.twin(handle):
            try:
                work.services.publishing.invoke({"handle": handle})
            except NotStarted as error:
                raise Busy from error
    return True
