from __future__ import annotations

from dataclasses import astuple

import pytest
from chalicelib import functions, services
from chalicelib.aws.grants import Use

from tests.grants import GRANTS, Workers, problems, problems_of
from tests.stage import Stage

# What was erased has no other key, nor have the visits of a twin that is deleted (`deletion/visits.py`). And the sweep
# dates the rows of the version before, once (`deletion/dating.py`).
_SCANNED = {(functions.RESTORE, "erasures"), (functions.PURGE, "conversations")}


def test_nothing_is_granted_twice_and_no_table_is_scanned_but_where_there_is_no_other_way() -> None:
    for function, given in GRANTS.items():
        resources = [(grant.kind, grant.resource) for grant in given]
        assert len(resources) == len(set(resources)), function
        for grant in given:
            assert len(grant.operations) == len(set(grant.operations)) > 0, function
            assert (
                "Scan" not in grant.operations or (function, grant.resource) in _SCANNED or function == functions.SWEEP
            )


@pytest.mark.parametrize(
    ("function_name", "built"),
    [
        ("", None),
        ("chatapp-test", functions.API),
        ("chatapp-test-answer", functions.ANSWER),
        ("chatapp-test-websocket_connect", functions.CONNECT),
        ("somebody-elses", None),
    ],
)
def test_a_function_is_built_while_it_starts_and_no_other(stage: Stage, function_name: str, built: str | None) -> None:
    stage.configure()
    services.warm(function_name)
    assert services.of.cache_info().currsize == (0 if built is None else 1)
    if built:
        services.of(built)
        assert services.of.cache_info().hits == 1


LINE = "websocket_disconnect may DeleteItem on table sockets, but no test made it do so"
DELETED = Use(functions.DISCONNECT, "table", "sockets", "DeleteItem")


def test_a_grant_that_nothing_used_is_named_and_one_that_was_used_is_not() -> None:
    assert LINE in problems([])
    assert LINE not in problems([DELETED])
    assert not any("SendMessage" in problem for problem in problems([]))


def test_what_several_workers_used_is_put_together_and_one_that_was_lost_is_named() -> None:
    workers = Workers()
    for name in ("gw0", "gw1"):
        workers.started(name)
    workers.ended("gw0", [list(astuple(DELETED))])
    assert problems_of(workers) == ["gw1 did not tell what its tests used"]
    workers.ended("gw1", [])
    assert LINE not in problems_of(workers)
    assert len(problems_of(workers)) > 10
    assert problems_of(Workers()) == ["no worker told what its tests used"]
