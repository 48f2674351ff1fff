# What benchmarks/run and benchmarks/load begin with: Python, lora4j, and where they lie. Sourced, not started.
#
# LORA4J_BENCH_PYTHON: an interpreter that has what requirements.txt lists; else a venv is made once.
root=$(dirname "$here")
work=$here/.work
mkdir -p "$work"

python=${LORA4J_BENCH_PYTHON:-}
if [ -z "$python" ]; then
  python=$work/venv/bin/python
  if ! cmp -s "$here/requirements.txt" "$work/venv/requirements.txt"; then
    echo "making a Python environment (once; some gigabytes) ..." >&2
    python3 -m venv "$work/venv"
    "$python" -m pip install -q -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/venv/" # last: an installation that was interrupted is done again
  fi
fi

"$root/lora4j" --version >/dev/null # builds the command if its sources are newer

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
LORA4J_BENCH_JDK=$("$java" -version 2>&1 | sed -n 's/.*Runtime Environment \(.*\)/\1/p' | tr -d '()')
export LORA4J_BENCH_JDK
