"""Measures the server under load and writes a result of each loop. Started by benchmarks/load."""

import argparse
import signal
import sys

import closed_loop
import open_loop
from driver import RESULTS, Context, described, one_by_one, physical_cores, write

LOOPS = dict(closed=closed_loop, open=open_loop)


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/load", description=__doc__)
    parser.add_argument("loops", nargs="*", metavar="LOOP", help="which (default: all): " + ", ".join(LOOPS))
    parser.add_argument("--rounds", type=int, default=2, help="of the closed loop")
    parser.add_argument("--requests", type=int, default=48, help="of a round of the closed loop; at most 64")
    parser.add_argument("--seconds", type=float, default=12, help="in which requests of the open loop arrive, at each rate")
    parser.add_argument("--alpha", type=float, nargs="+", default=[1.0], help="skews of the open loop; 1 is uniform")
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--seed", type=int, default=42, help="of the first round; each further one adds 1")
    parser.add_argument("--threads", type=int, default=physical_cores())
    options = parser.parse_args()
    unknown = [name for name in options.loops if name not in LOOPS]
    if unknown:
        parser.error(f"there is no loop {unknown[0]}; expected some of {', '.join(LOOPS)}")
    if not 8 <= options.requests <= 64:
        parser.error(f"--requests {options.requests}: expected 8 to 64")
    options.data = None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    one_by_one(options.loops or LOOPS, lambda name: run(name, options))


def run(name, options):
    context = Context(f"load-{name}", options)
    print(context.name, flush=True)
    result = dict(row=context.name, **LOOPS[name].measure(context, options), **described(context, options.seed))
    RESULTS.mkdir(exist_ok=True)
    write(RESULTS / f"{context.name}.json", result)
    print(f"{context.name}: {LOOPS[name].summary(result)}", flush=True)


if __name__ == "__main__":
    main()
