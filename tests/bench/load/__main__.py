"""`make load N=30 VISIT=/convolution`: a crowd on one page, or without VISIT on each in turn."""

import argparse
import tempfile
from pathlib import Path

from tests.bench.load.measure import alone, crowd, serving
from tests.bench.load.visits import VISITS


def main() -> None:
    """Measure page after page, each line with the load that the machine had."""
    options = argparse.ArgumentParser(prog="make load", description="Visitors on a server of their own.")
    options.add_argument("-n", type=int, default=30, help="visitors at once")
    options.add_argument("--visit", choices=["", *VISITS], default="", help='a page; "" for each in turn')
    options.add_argument("--seconds", type=float, default=60, help="for each page")
    options.add_argument("--think", type=float, default=4, help="s from an answer to the next move")
    chosen = options.parse_args()
    visits = [VISITS[chosen.visit]] if chosen.visit else list(VISITS.values())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, serving(Path(folder)) as server:
        for visit in visits:
            alone(server, visit, 2 * len(visit.moves))  # what is imported and computed once
            found = crowd(server, [visit], visitors=chosen.n, seconds=chosen.seconds, think=chosen.think)
            print(f"{visit.link}: {found}", *(found.errors + found.crossed)[:3], sep="\n  ", flush=True)


if __name__ == "__main__":
    main()
