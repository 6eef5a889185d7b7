"""The list of backups: written anew where it went."""

from __future__ import annotations

import json

from chalicelib.backups import manifest

from tests.people import Person
from tests.restores import ID, Restores, lived
from tests.stage import Stage
from tests.storage import BACKUPS


def test_a_drill_is_noted_where_the_list_went_while_it_ran(stage: Stage, ada: Person) -> None:
    lived(stage, ada)
    restores = Restores(stage)
    restores.back_up()
    stage.s3.delete_object(Bucket=BACKUPS, Key=manifest.INDEX)
    restores.restore("drill-1", drill=True)
    [noted] = json.loads(restores.body(manifest.INDEX))["drills"]
    assert noted["id"] == ID
