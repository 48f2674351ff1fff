"""Measures rows and writes a result of each. Started by benchmarks/run."""

import argparse
import importlib.metadata
import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pair
from fixtures import SEED
from rows import ROWS
from sides import Side

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parent
WORK = HERE / ".work"
RESULTS = HERE / "results"
VECTORS = {"avx512_vnni": "AVX-512 with VNNI", "avx512f": "AVX-512", "avx2": "AVX2"}
PACKAGES = ["torch", "transformers", "peft", "trl", "accelerate"]


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="which (default: all): " + ", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="the folder with wikisql/, e2e/ and banking77/")
    parser.add_argument("--threads", type=int, default=physical_cores())
    parser.add_argument("--profile", action="store_true", help="only tell where our time goes, and add it to the results")
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; expected some of {', '.join(ROWS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    one_by_one(options.rows or ROWS, lambda name: measure(name, options))


def one_by_one(names, run):
    """Runs each, whatever became of those before; fails at the end if one has."""
    failed = []
    for name in names:
        try:
            run(name)
        except Exception as error:
            print(f"{name}: failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            failed.append(name)
        except KeyboardInterrupt:  # the processes have ended with their with block
            sys.exit(130)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def measure(name, options):
    print(f"{name}: {ROWS[name].title}", flush=True)
    if options.profile:
        profile(name, Context(name, options))
    else:
        print(f"{name}: {summary(run(name, Context(name, options)))}", flush=True)


def run(name, context):
    row = ROWS[name]
    values = row.measured_by.measure(row, context)
    result = dict(
        row=name,
        title=row.title,
        against=row.against,
        **values,
        **described(context, SEED),
        note=row.note,
    )
    RESULTS.mkdir(exist_ok=True)
    write(RESULTS / f"{name}.json", result)
    return result


def described(context, seed):
    """What every result tells of how it came about."""
    return dict(
        rounds=context.rounds,
        commit=commit(),
        processor=processor(),
        threads=context.threads,
        jdk=context.jdk,
        versions=dict(python=platform.python_version(), **{p: importlib.metadata.version(p) for p in PACKAGES}),
        seed=seed,
    )


def profile(name, context):
    """One more round of ours, during which its operations are counted."""
    row = ROWS[name]
    file = RESULTS / f"{name}.json"
    if row.measured_by is not pair or not file.exists():
        context.tell("no profile: the row has no result, or no process of its own that stays warm")
        return
    with context.java("ours", row.request["kind"]) as side:
        side.ask("prepare", context.resolve(row.request | row.ours))
        shares = side.ask("profile")
        side.quit()
    context.tell(", ".join(f"{operation} {share:.0%}" for operation, share in shares.items()))
    result = json.loads(file.read_text(encoding="utf-8"))
    write(file, result | dict(profile=dict(commit=commit(), shares=shares)))


def write(file, result):
    file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def summary(result):
    text = f"ours {result['ours']:.4g}, theirs {result['theirs']:.4g} {result['unit']}, ratio {result['ratio']:.2f}"
    memory = result.get("memory")
    if memory:
        gigabytes = {side: memory[side] / 1e9 for side in ("ours", "theirs")}
        text += f"; memory {gigabytes['ours']:.2f} against {gigabytes['theirs']:.2f} GB, ratio {memory['ratio']:.2f}"
    written = result.get("checkpoint")
    if written:
        text += f"; checkpoint {written['ours']:,} against {written['theirs']:,} bytes, ratio {written['ratio']:.2g}"
    return text


class Context:
    """What a row needs to be run: its fixtures, its processes, the number of rounds."""

    def __init__(self, name, options):
        self.name, self.rounds, self.threads, self.seed = name, options.rounds, options.threads, SEED
        self.data = options.data.resolve() if options.data else ""
        self.jdk = os.environ["LORA4J_BENCH_JDK"]
        self.launcher = str(ROOT / "lora4j")
        (WORK / "logs").mkdir(parents=True, exist_ok=True)

    def resolve(self, request):
        """The request with a path for each name of a fixture."""
        names = [name for value in request.values() for name in (value if isinstance(value, list) else [value])]
        names = [name for name in names if is_fixture(name)]
        if not all((WORK / name).exists() for name in names):
            command = [sys.executable, str(HERE / "python" / "fixtures.py"), str(WORK), str(self.data), *names]
            with open(WORK / "logs" / "fixtures.log", "w", encoding="utf-8") as log:
                if subprocess.run(command, stderr=log).returncode:
                    raise RuntimeError("what it reads could not be made:\n" + Path(log.name).read_text()[-2000:])
        return {key: self.path(value) for key, value in request.items()}

    def path(self, value):
        if isinstance(value, list):
            return [self.path(each) for each in value]
        return str(WORK / value) if is_fixture(value) else value

    def java(self, side, kind=""):
        """A worker of ours, with the very options that the command has."""
        environment = self.environment() | dict(
            LORA4J_MAIN="dev.lora4j.benchmarks.Worker", LORA4J_CLASS_PATH=str(HERE / "target" / "classes")
        )
        command = "generate" if kind == "generation" else "train"  # which the launcher chooses its options by
        return Side(side, [self.launcher, command], environment, self.log(side))

    def python(self, side):
        return Side(side, [sys.executable, str(HERE / "python" / "worker.py")], self.environment(), self.log(side))

    def environment(self):
        return dict(os.environ, OMP_NUM_THREADS=str(self.threads), HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

    def log(self, side):
        return WORK / "logs" / f"{self.name}-{side}.log"

    def scratch(self, side):
        return str(WORK / f"{self.name}-{side}")

    def tell(self, text):
        print(f"  {text}", flush=True)


def is_fixture(value):
    return isinstance(value, str) and value.startswith(("models/", "adapters/", "rows/"))


def physical_cores():
    allowed = os.sched_getaffinity(0)
    siblings = {Path(f"/sys/devices/system/cpu/cpu{i}/topology/thread_siblings_list") for i in allowed}
    cores = {file.read_text() for file in siblings if file.exists()}
    return len(cores) or len(allowed)


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results", ":!docs")
    return git("rev-parse", "--short=10", "HEAD") + ("-changed" if changed else "")


def processor():
    """Its name and the widest vectors that it has, since one name may stand for several kinds."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    told = dict([part.strip() for part in line.split(":", 1)] for line in reversed(lines) if ":" in line)
    flags = told.get("flags", "").split()
    vectors = [name for flag, name in VECTORS.items() if flag in flags]
    return ", ".join([told.get("model name", platform.machine()), *vectors[:1]])


if __name__ == "__main__":
    main()
