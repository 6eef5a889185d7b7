"""The functions of the app, and what each may do."""

from __future__ import annotations

from chalicelib.aws.grants import Grant

API = "api_handler"
ANSWER = "answer"
EXTRACT = "extract"
PURGE = "purge"
CONNECT = "websocket_connect"
MESSAGE = "websocket_message"
DISCONNECT = "websocket_disconnect"

# To find a person's connections, and to forget those that are gone.
_CONNECTIONS = ("Query", "BatchWriteItem")
_PUSH = Grant("sockets", "connections", ("PostToConnection",))
_PUSHING = (Grant("table", "sockets", _CONNECTIONS), _PUSH)

GRANTS: dict[str, tuple[Grant, ...]] = {
    API: (
        Grant("table", "conversations", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem")),
        Grant("index", "conversations/timestamp-index", ("Query",)),
        Grant("table", "messages", ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")),
        Grant("table", "frames", ("Query",)),
        Grant("table", "files", ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem")),
        Grant("index", "files/user-files-index", ("Query",)),
        Grant("bucket", "files/uploads", ("PutObject", "GetObjectVersion", "ListObjectVersions")),
        Grant("bucket", "files/extracted", ("GetObject",)),
        Grant("table", "usage", ("UpdateItem",)),
        Grant("table", "sockets", ("PutItem", *_CONNECTIONS)),
        _PUSH,
        Grant("function", "answer", ("Invoke",)),
        Grant("schedule", "purge", ("CreateSchedule",)),
    ),
    ANSWER: (
        Grant("table", "conversations", ("GetItem", "UpdateItem")),
        Grant("table", "messages", ("Query", "UpdateItem")),
        Grant("table", "frames", ("PutItem", "Query", "BatchWriteItem")),
        Grant("table", "files", ("BatchGetItem",)),
        Grant("bucket", "files/uploads", ("GetObjectVersion",)),
        Grant("bucket", "files/extracted", ("GetObject",)),
        Grant("table", "usage", ("UpdateItem",)),
        *_PUSHING,
        Grant("parameter", "anthropic-api-key", ("GetParameter",)),
        Grant("bedrock", "models", ("InvokeModelWithResponseStream",)),
        Grant("queue", "answer-failures", ("SendMessage",)),
    ),
    EXTRACT: (
        Grant("table", "files", ("GetItem", "UpdateItem")),
        Grant("bucket", "files/uploads", ("GetObjectVersion", "ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/extracted", ("PutObject", "GetObject", "ListObjectVersions", "DeleteObjectVersion")),
        *_PUSHING,
        Grant("function", "extract", ("Invoke",)),
        Grant("queue", "extract-failures", ("SendMessage",)),
    ),
    PURGE: (
        Grant("table", "conversations", ("UpdateItem", "DeleteItem")),
        Grant("table", "messages", ("Query", "BatchWriteItem")),
        Grant("table", "frames", ("Query", "BatchWriteItem")),
        Grant("table", "files", ("UpdateItem", "DeleteItem")),
        Grant("bucket", "files/uploads", ("ListObjectVersions", "DeleteObjectVersion")),
        Grant("bucket", "files/extracted", ("ListObjectVersions", "DeleteObjectVersion")),
        Grant("table", "usage", ("UpdateItem",)),
        Grant("queue", "answer-failures", ("SendMessage",)),
    ),
    CONNECT: (Grant("table", "sockets", ("PutItem", "DeleteItem")),),
    MESSAGE: (),
    DISCONNECT: (Grant("table", "sockets", ("DeleteItem",)),),
}

# Used by AWS on the function's behalf, not by our code: asynchronous invocation's on-failure destination, and the
# SDK's own call to Bedrock.
USED_BY_AWS = (
    ("queue", "answer-failures", "SendMessage"),
    ("queue", "extract-failures", "SendMessage"),
    ("bedrock", "models", "InvokeModelWithResponseStream"),
)
