"""Imports the API function as Lambda does and asks it one question; run by `cold_start.py` in a fresh interpreter.

    python -I -S -B first_import.py FOLDER

FOLDER: the unpacked package, Lambda's /var/task. The last line printed is one JSON object; times are in ms. What the
app may import itself is imported here only after the clock has stopped.
"""

# ruff: noqa: E402
import sys
import time

started = time.perf_counter()
sys.path.insert(0, sys.argv[1])
import app

imported = time.perf_counter()
anthropic_imported = "anthropic" in sys.modules

import json
from types import SimpleNamespace

# Needs no AWS, as whatever asks who it is does: what is left of a first request once the function is imported.
EVENT = {
    "resource": "/health",
    "path": "/health",
    "httpMethod": "GET",
    "headers": {"accept": "application/json"},
    "multiValueHeaders": {"accept": ["application/json"]},
    "pathParameters": None,
    "multiValueQueryStringParameters": None,
    "body": None,
    "isBase64Encoded": False,
    "stageVariables": None,
    "requestContext": {
        "httpMethod": "GET",
        "resourcePath": "/health",
        "requestId": "bench",
        "identity": {"sourceIp": "127.0.0.1"},
    },
}

asked = time.perf_counter()
reply = app.app(EVENT, SimpleNamespace())
answered = time.perf_counter()

print(
    json.dumps(
        {
            "import_ms": (imported - started) * 1000,
            "first_request_ms": (answered - asked) * 1000,
            "first_request_status": reply["statusCode"],
            "anthropic_imported": anthropic_imported,
            "modules": len(sys.modules),
        }
    )
)
