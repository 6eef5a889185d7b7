"""Chromium, as it is or as a slow phone on a slow network: what a page takes, measured in the browser itself.

Over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/), with the throttling of Lighthouse's
mobile runs: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

_NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-port=0", "--remote-allow-origins=*"),
)
_CPU_SLOWDOWN = 4
_SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 184_320, "uploadThroughput": 84_375}
_PHONE = {"width": 412, "height": 823, "deviceScaleFactor": 1.75, "mobile": True}
_START_S = 20.0
_LOAD_S = 60.0
# After a page is there: what it loads when the browser is idle comes then.
_QUIET_S = 4.0
_OBSERVED = """
window.__seen = { lcp: 0, cls: 0, tbt: 0 };
const see = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
see("largest-contentful-paint", (entry) => { window.__seen.lcp = entry.startTime; });
see("layout-shift", (entry) => { if (!entry.hadRecentInput) window.__seen.cls += entry.value; });
see("longtask", (entry) => { window.__seen.tbt += Math.max(0, entry.duration - 50); });
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One load with an empty cache. transferred: bytes on the wire. scripts: by their addresses."""

    lcp_ms: float
    tbt_ms: float
    cls: float
    requests: int
    transferred: int
    scripts: dict[str, bytes]


@dataclass
class Tab:
    """events: what the browser has told since they were last taken."""

    socket: ClientConnection
    events: list[dict[str, Any]] = field(default_factory=list)
    _sent: int = 0

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        self.socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            told = json.loads(self.socket.recv(timeout=_LOAD_S))
            if told.get("id") == self._sent:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']['message']}")
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def listen(self, seconds: float, until: str = "") -> None:
        """Take what is told for so long, or until an event of that name."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.events.append(json.loads(self.socket.recv(timeout=left)))
            except TimeoutError:
                return
            if self.events[-1].get("method") == until:
                return

    def has(self, selector: str) -> bool:
        """Whether the page that is shown has such an element."""
        return bool(self.value(f"document.querySelector({json.dumps(selector)}) !== null"))

    def value(self, expression: str) -> Any:
        """Of an expression in the page. Raises RuntimeError where it throws."""
        told = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"]["text"])
        return told["result"].get("value")

    def of(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]


@contextmanager
def slow_phone() -> Iterator[Tab]:
    """A tab whose network and processor are throttled. Raises RuntimeError without Chromium."""
    with desktop() as tab:
        tab.send("Network.emulateNetworkConditions", **_SLOW_4G)
        tab.send("Emulation.setCPUThrottlingRate", rate=_CPU_SLOWDOWN)
        tab.send("Emulation.setDeviceMetricsOverride", **_PHONE)
        tab.send("Page.addScriptToEvaluateOnNewDocument", source=_OBSERVED)
        yield tab


@contextmanager
def desktop() -> Iterator[Tab]:
    """A tab of this machine's Chromium. Raises RuntimeError without it."""
    found = next(filter(None, map(shutil.which, [os.environ.get("CHROMIUM", ""), *_NAMES])), None)
    if found is None:
        raise RuntimeError("Chromium is not installed (Debian: apt install chromium)")
    with tempfile.TemporaryDirectory() as folder:
        command = [found, *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with connect(_address(Path(folder)), max_size=None, proxy=None) as socket:
                tab = Tab(socket)
                for domain in ("Network", "Page"):
                    tab.send(f"{domain}.enable")
                yield tab
        finally:
            process.terminate()
            process.wait(timeout=_START_S)


def load(tab: Tab, url: str) -> Loaded:
    """Open a page with an empty cache, and look at it until it is quiet."""
    tab.send("Network.clearBrowserCache")
    tab.events.clear()
    tab.send("Page.navigate", url=url)
    tab.listen(_LOAD_S, until="Page.loadEventFired")
    if not tab.of("Page.loadEventFired"):
        raise RuntimeError(f"{url} did not load within {_LOAD_S} s")
    tab.listen(_QUIET_S)
    seen = tab.value("window.__seen")
    answered = tab.of("Network.responseReceived")
    return Loaded(
        seen["lcp"],
        seen["tbt"],
        seen["cls"],
        len(answered),
        round(sum(each["encodedDataLength"] for each in tab.of("Network.loadingFinished"))),
        {each["response"]["url"]: _body(tab, each["requestId"]) for each in answered if each["type"] == "Script"},
    )


def _body(tab: Tab, request_id: str) -> bytes:
    body = tab.send("Network.getResponseBody", requestId=request_id)
    text: str = body["body"]
    return base64.b64decode(text) if body["base64Encoded"] else text.encode()


def _address(folder: Path) -> str:
    """Of the first tab, once the browser has written down its port."""
    file, end = folder / "DevToolsActivePort", time.monotonic() + _START_S
    while not (file.exists() and "\n" in file.read_text()):
        if time.monotonic() > end:
            raise RuntimeError("Chromium did not start")
        time.sleep(0.05)
    port = file.read_text().split("\n", maxsplit=1)[0]
    with urlopen(f"http://127.0.0.1:{port}/json/list") as reply:
        tabs = json.load(reply)
    return str(next(each["webSocketDebuggerUrl"] for each in tabs if each["type"] == "page"))
