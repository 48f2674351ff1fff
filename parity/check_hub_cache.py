"""Checks that huggingface_hub and lora4j accept each other's cache, against a hub on the loopback.

    pip install huggingface_hub==2.4.0
    mvn -q test-compile -pl lora4j-formats
    python parity/check_hub_cache.py CLASSPATH

CLASSPATH has lora4j-formats/target/classes, lora4j-formats/target/test-classes and the Jackson jars.
Prints one line for each check and exits with 1 if one of them does not hold.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "89abcdef0123456789abcdef0123456789abcdef"
SMALL = {"config.json": b'{"model_type": "llama"}', "tokenizer.json": b"{}"}
LARGE = {"model.safetensors": bytes(range(256)) * 500}
FILES = SMALL | LARGE


def git_sha1(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub(BaseHTTPRequestHandler):
    requests = 0

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        Hub.requests += 1
        path = self.path.split("?")[0]
        resolve = f"/org/model/resolve/{COMMIT}/"
        if path.startswith("/api/models/org/model/revision/") or path == "/api/models/org/model":
            self.send_json({"id": "org/model", "sha": COMMIT, "siblings": [{"rfilename": name} for name in FILES]})
        elif path.startswith("/api/models/org/model/tree/"):
            self.send_json([self.entry(name, content) for name, content in FILES.items()])
        elif path.startswith(resolve) and path[len(resolve):] in SMALL:
            content = SMALL[path[len(resolve):]]
            self.send(200, content, {"X-Repo-Commit": COMMIT, "ETag": f'"{git_sha1(content)}"'})
        elif path.startswith(resolve) and path[len(resolve):] in LARGE:
            content = LARGE[path[len(resolve):]]
            self.send(302, b"", {
                "X-Repo-Commit": COMMIT,
                "X-Linked-ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "X-Linked-Size": str(len(content)),
                "Location": f"http://localhost:{self.server.server_port}/storage/{path[len(resolve):]}",
            })
        elif path.startswith("/storage/"):
            self.send(200, LARGE[path[len("/storage/"):]], {})
        else:
            self.send(404, b"", {"X-Error-Code": "RepoNotFound"})

    @staticmethod
    def entry(name, content):
        entry = {"type": "file", "path": name, "size": len(content), "oid": git_sha1(content)}
        if name in LARGE:
            entry["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        return entry

    def send_json(self, value):
        self.send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def send(self, status, content, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


def run(command, environment):
    result = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    if result.returncode != 0:
        print(result.stdout, result.stderr)
    return result.stdout.strip().splitlines()[-1] if result.returncode == 0 else "failed"


def main(classpath):
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{hub.server_port}"
    java = ["java", "-cp", classpath, "dev.lora4j.formats.hub.PullOnce", "org/model", "main"]
    python = [sys.executable, "-c", "import huggingface_hub as h; print(h.snapshot_download('org/model'))"]
    failures = 0
    with tempfile.TemporaryDirectory() as root:
        for writer, reader, name in ((java, python, "Python reads Java's cache"), (python, java, "Java reads Python's cache")):
            cache = Path(root) / name.split()[0]
            settings = {"HF_HUB_CACHE": str(cache), "HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1"}
            expected = cache / "models--org--model" / "snapshots" / COMMIT
            written = run(writer, settings)
            before = Hub.requests
            read = run(reader, settings | {"HF_HUB_OFFLINE": "1"})
            same = all((expected / file).exists() and (expected / file).read_bytes() == content for file, content in FILES.items())
            ok = written == read == str(expected) and same and Hub.requests == before
            online = run(reader, settings)
            blobs = sorted(file.name for file in (cache / "models--org--model" / "blobs").iterdir())
            ok = ok and online == str(expected) and len(blobs) == len(FILES)
            print(name + ":", "yes" if ok else f"NO, written {written}, read {read}, online {online}, blobs {blobs}")
            failures += not ok
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(sys.argv[1])
