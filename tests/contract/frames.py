"""The frames fixture, from the Python encoder: `python -m tests.contract.frames` writes it anew.

One WebSocket message a line, as pushed; the site's tests decode the very same lines. Together they are one answer
that is waited for, with thinking, a tool, text in several scripts, a citation and an end, then one that fails, then a
change of title, one of a conversation's files, and one of a file.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURE = Path(__file__).with_name("frames.jsonl")


def text() -> str:
    sys.path.insert(0, str(ROOT / "chatapp"))
    from chalicelib.answering.transcript import Cited, Shown, ToolUse, Transcript
    from chalicelib.claude.interface import Counts, Delta, Waiting
    from chalicelib.conversations.messages import Message
    from chalicelib.files import attachments
    from chalicelib.files import row as files
    from chalicelib.push import frames
    from chalicelib.shapes import Citation, Context, Frame, ToolDetail, Usage
    from chalicelib.subjects import person

    answer = Message(
        subject=person("ada"),
        conversation_id="01a1fe08-e5c5-7000-80c7-b4ac7a401b54",
        message_id="01a1fe08-e5d6-7001-a7e3-a21077aa0a5e",
        parent_id="01a1fe08-e5d6-7000-9832-36adc8ba8b6d",
        role="assistant",
        status="streaming",
        created_at="2026-11-21T12:00:00.000Z",
        model="claude-sonnet-5-5",
    )
    transcript = Transcript(answer, max_bytes=300_000)
    file_id = "01a1fe08-e5c5-7000-80c7-b4ac7a401b55"
    citation: Citation = {
        "file_id": file_id,
        "name": "chat.pdf",
        "page": 12,
        "last_page": 12,
        "locator": {"kind": "page", "label": "page 12", "page": 12},
        "cited_text": "Le chat dort.",
    }
    search: ToolDetail = {"query": "chat dort", "files": [{"file_id": file_id, "name": "chat.pdf"}]}
    reading: ToolDetail = {"files": [{"file_id": file_id, "name": "chat.pdf"}], "first": 12, "last": 14}
    transcript.start("claude-sonnet-5-5")
    transcript.add(Waiting("model_overloaded", 0.0))
    transcript.add(Waiting(None, 0.0))
    first = transcript.take()
    for frame in first:
        if frame["type"] == "answer.waiting" and frame["until"]:
            frame["until"] = "2026-11-21T12:01:00.000Z"
    pushed: list[list[Frame]] = [[*first]]
    batches: tuple[list[Shown], ...] = (
        [Delta(0, "thinking", "The question is about a cat.")],
        [ToolUse(1, "search_files", search), ToolUse(2, "read_pages", reading)],
        [Delta(3, "text", "Le chat dort"), Delta(3, "text", " — « ici ».\n\n")],
        [Cited(3, citation), Delta(4, "text", "```py\nprint('é 🐈 \u2028')\n```\n")],
        [Delta(4, "text", "終わり. "), Delta(4, "text", "Fin."), Counts({"input_tokens": 12, "output_tokens": 30})],
    )
    for events in batches:
        for event in events:
            transcript.add(event)
        pushed.append([*transcript.take()])
    usage: Usage = {
        "input_tokens": 12,
        "output_tokens": 30,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cost_usd": 0.000324,
    }
    done = answer.with_changes(status="complete", stop_reason="end_turn", content=transcript.content())
    context: Context = {"first_message_id": "01a1fe08-e5d6-7000-9832-36adc8ba8b6d", "left_out": 4}
    done = done.with_changes(context=context)
    pushed.append([transcript.end(done, usage)])
    failed = answer.with_changes(
        message_id="01a1fe08-e5d6-7001-a7e3-a21077aa0a5f",
        status="failed",
        error={
            "code": "model_rate_limited",
            "message": "The model's rate limit is reached. Retry in 60 minutes.",
            "retry_at": "2026-11-21T13:00:00.000Z",
        },
    )
    second = Transcript(failed, max_bytes=300_000)
    second.start("claude-opus-5-5")
    pushed.append([*second.take(), second.end(failed, None)])
    pushed.append([{"type": "conversation.updated", "conversation_id": answer.conversation_id, "title": "Le chat"}])
    pushed.append([attachments.frame(answer.conversation_id, {file_id})])
    file = files.File(
        file_id=file_id,
        subject=person("ada"),
        upload_timestamp="2026-11-21T12:00:00.000Z",
        name="chat.pdf",
        media_type="application/pdf",
        size=123_456,
        status="reading",
        object_key=f"uploads/ada/{file_id}/chat.pdf",
        group="document",
        format="PDF",
        pages=212,
        pages_read=40,
    )
    pushed.append([files.frame(file)])
    return "".join(frames.encode(message).decode() + "\n" for message in pushed)


if __name__ == "__main__":
    FIXTURE.write_text(text())
