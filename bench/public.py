"""What the public page costs: to who opens it on a slow phone, and to who pays for its twin.

The page from the local CloudFront in Chromium (`./deploy.sh local`, then the demo twin is published); the rest in
process (`visits.py`).
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    sys.path[:1] = [str(root), str(root / "chatapp")]

from bench import browser, visits
from bench.report import Figure, load_average, show
from deploy import results

RUNS = 5
# Lighthouse's thresholds of what is good: https://web.dev/articles/vitals
MAX_LCP_MS, MAX_TBT_MS, MAX_CLS = 2_500, 200, 0.1
MAX_SCRIPT_BYTES = 30_000


def page(url: str) -> Iterator[Figure]:
    """The root page, opened with an empty cache."""
    with browser.slow_phone() as tab:
        loads = [browser.load(tab, url) for _ in range(RUNS)]
        if not tab.has("chatapp-twin"):
            raise RuntimeError(f"{url} shows no twin: is one published?")
    script = median(sum(len(gzip.compress(body, 9)) for body in each.scripts.values()) for each in loads)
    note = f"median of {RUNS} loads, 4× CPU, Slow 4G; the local CloudFront compresses nothing"
    yield Figure("lcp_ms", round(median(each.lcp_ms for each in loads)), MAX_LCP_MS, note)
    yield Figure("tbt_ms", round(median(each.tbt_ms for each in loads)), MAX_TBT_MS)
    yield Figure("cls", round(max(each.cls for each in loads), 4), MAX_CLS, "the worst of them")
    yield Figure("page_requests", round(median(each.requests for each in loads)))
    yield Figure(
        "transfer_bytes", round(median(each.transferred for each in loads)), note="uncompressed, headers included"
    )
    yield Figure("script_gzip_bytes", round(script), MAX_SCRIPT_BYTES, "all that came before the chat was opened")


def main() -> None:
    outputs = results.read("local")
    if outputs is None:
        sys.exit("nothing to measure: run ./deploy.sh local first")
    shown = list(page(f"{outputs['site_url']}/"))
    show("the public page and its twin", [*shown, *visits.figures(), load_average()])


if __name__ == "__main__":
    main()
