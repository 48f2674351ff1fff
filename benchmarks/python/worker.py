"""Their side of the benchmark: the same protocol as the Java worker's, with PEFT, transformers and TRL.

Reads requests as JSON lines (prepare, round or answer, quit) and answers each with one line; the driver starts it.
"""

import json
import os
import sys
import time

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what a library prints must not be taken for an answer


def main():
    workload = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "prepare":
            workload = create(request)
            answer = workload.prepare()
        elif request["op"] == "round":
            answer = workload.round()
        elif request["op"] == "answer":
            answer = workload.answer(request)
        else:
            answer = dict(peak_bytes=peak())
        print(json.dumps(answer), file=answers)
        if request["op"] == "quit":
            return


def create(request):
    kind = request["kind"]
    if kind == "step":
        from steps import Steps

        return Steps(request)
    if kind == "epoch":
        from epochs import Epochs

        return Epochs(request)
    if kind == "generation":
        from generation import Generation

        return Generation(request)
    if kind == "floor":
        from floor import Floor

        return Floor(request)
    if kind == "batches":
        from batches import Batches

        return Batches(request)
    raise ValueError(f'there is no workload "{kind}"')


def peak():
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def timed(work):
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def read(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
