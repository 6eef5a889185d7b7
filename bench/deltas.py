"""What it takes a browser to draw an answer that grows: 800 deltas of 40 KB, each laid out, in Chromium.

    .venv/bin/python bench/deltas.py [CHECKOUT]        # of another one, to compare; its site/node_modules are there

The site's own Markdown component with its own styles, as it is built for a deployment.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).resolve().parent.parent)]

from bench import browser
from bench.report import ROOT, Figure, load_average, show

DELTAS, CHARACTERS, RUNS = 800, 40_000, 5
_PAGE = '<!doctype html><meta charset="utf-8"><body><script type="module" src="/deltas.tsx"></script>'
_PROSE = """## Section {n}

A paragraph with **weight**, *stress*, `code` and a [link](https://example.com/{n}). It goes on for a while.

- one **thing** of {n}
- another, with `code`
  - and one below

```python
def f{n}(x):
    return x + {n}
```

| Name | Value |
|---|--:|
| a{n} | 1 |
| b{n} | 2 |

> A quote of {n}.

"""
_FORMULAS = """Let \\( x_{n} = \\frac{-b}{2a} \\) be, and $a_{n}$ too[^{n}]:

$$
\\sum_i i^2 * w_i
$$

[^{n}]: note {n}

"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that it has)
        pass


@contextmanager
def built(site: Path) -> Iterator[str]:
    """The page's address. It is built beside the site's packages, where it finds them."""
    with tempfile.TemporaryDirectory(dir=site / "node_modules", prefix=".bench-") as folder:
        shutil.copy(ROOT / "bench" / "deltas.tsx", folder)
        (Path(folder) / "index.html").write_text(_PAGE)
        vite, config = str(site / "node_modules" / ".bin" / "vite"), str(site / "vite.config.ts")
        subprocess.run([vite, "build", folder, "--config", config, "--logLevel", "error"], cwd=site, check=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=f"{folder}/dist"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def figures(address: str) -> Iterator[Figure]:
    with browser.desktop() as tab:
        tab.send("Page.navigate", url=address)
        tab.listen(20, until="Page.loadEventFired")
        for name, section in (("prose", _PROSE), ("formulas", _FORMULAS)):
            sections = (section.replace("{n}", str(number)) for number in range(1_000))
            text = "".join(sections)[:CHARACTERS]
            drawn = [tab.value(f"draw({json.dumps(text)}, {DELTAS})") for _ in range(RUNS + 1)][1:]
            deltas = [ms for each in drawn for ms in each["byDelta"]]
            total, last = (round(median(each[key] for each in drawn), 1) for key in ("ms", "lastMs"))
            yield Figure(f"{name}_ms", total, note=f"all {DELTAS}; median of {RUNS}, after one")
            yield Figure(f"{name}_delta_p50_ms", round(median(deltas), 2), note="one delta, drawn and laid out")
            yield Figure(f"{name}_delta_p99_ms", round(quantiles(deltas, n=100)[98], 2))
            yield Figure(f"{name}_delta_slowest_ms", round(max(deltas), 1))
            yield Figure(f"{name}_last_ms", last, note="the whole answer, once it has ended")


def main() -> None:
    checkout = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    with built(checkout / "site") as address:
        show(f"an answer of {CHARACTERS:,} characters as it grows, in Chromium", [*figures(address), load_average()])


if __name__ == "__main__":
    main()
