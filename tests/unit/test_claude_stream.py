"""What the model writes that nothing after it could take."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from chalicelib.claude.client import ClaudeStream
from chalicelib.claude.interface import BlockEnd, Citation, Event, ModelError


def _events(block: SimpleNamespace, delta: SimpleNamespace) -> list[Event]:
    stream = [
        SimpleNamespace(type="content_block_start", index=0, content_block=block),
        SimpleNamespace(type="content_block_delta", index=0, delta=delta),
        SimpleNamespace(type="content_block_stop", index=0),
    ]
    came: list[Event] = []
    with pytest.raises(ModelError, match="stream_cut"):
        came.extend(ClaudeStream(iter(stream)))
    return came


def test_a_citation_is_without_half_characters() -> None:
    given: dict[str, Any] = {"type": "page_location", "cited_text": "a \ud83d and a 😀", "start_page_number": 1}
    citation = SimpleNamespace(to_dict=lambda: given)
    block = SimpleNamespace(type="text", text="")
    came = _events(block, SimpleNamespace(type="citations_delta", citation=citation))
    assert Citation(0, given | {"cited_text": "a ? and a 😀"}) in came


@pytest.mark.parametrize("written", ['{"a":' * 100_000, '{"a":' + "[" * 100_000])
def test_an_input_that_is_nested_too_deep_is_none(written: str) -> None:
    block = SimpleNamespace(type="tool_use", id="toolu_1", name="look", input={})
    came = _events(block, SimpleNamespace(type="input_json_delta", partial_json=written))
    assert came == [BlockEnd(0, {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}})]
