"""Ask Superset for the figures of a chart again and again, and say when they change: what a dashboard shows while the pipeline runs.

    python examples/superset/watch.py [seconds]

Start it, run `hai-ha run` beside it. It ends with how many questions were answered and how many failed.
"""

import hashlib
import json
import sys
import time
from typing import Any

from api import Superset
from make_dashboard import CHARTS


def main() -> None:
    """Watch for so many seconds, a minute when none are given."""
    superset = Superset()
    number = superset.find("chart", "slice_name", CHARTS[0]["name"])
    until = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 60)
    answered, failed, before = 0, 0, ""
    while time.monotonic() < until:
        try:
            shown = _shown(superset.ask("GET", f"chart/{number}/data/")["result"][0]["data"])
            answered += 1
        except SystemExit as refusal:
            shown = str(refusal)
            failed += 1
        if shown != before:
            print(f"{time.strftime('%H:%M:%S')}  {shown}", flush=True)  # noqa: T201
        before = shown
        time.sleep(0.2)
    print(f"{answered} questions answered, {failed} failed")  # noqa: T201


def _shown(rows: list[dict[str, Any]]) -> str:
    """The bars in one line: how many, a mark of their contents, the longest."""
    longest = max(rows, key=lambda row: float(row["reached"]))
    contents = sorted(json.dumps(row, sort_keys=True) for row in rows)
    mark = hashlib.sha256("".join(contents).encode()).hexdigest()[:8]
    return f"{len(rows)} bars, contents {mark}, longest {longest['indicator_name_en']} {longest['reached']:.2f} %"


if __name__ == "__main__":
    main()
