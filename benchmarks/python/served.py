"""`lora4j serve` in a process of its own."""

import re
import subprocess
import urllib.request
from pathlib import Path


class Server:
    """Used in a with block: the process ends with it, whatever happens.

    Prefixes are not kept: of random prompts nothing is found again, but of a request that is asked again to check its
    answer everything would be.
    """

    def __init__(self, context, model, adapters, adapter_memory):
        self.log, self.environment = context.log("server"), context.environment()
        files = ["--model", str(Path(model) / "model.gguf"), "--adapters", adapters]
        settings = ["--adapter-memory", adapter_memory, "--no-prefix-cache", "--port", "0"]
        self.command = [context.launcher, "serve", *files, *settings]

    def __enter__(self):
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        line = self.process.stdout.readline()
        found = re.fullmatch(r"serving .* at (\S+)\n", line)
        if not found:
            self.__exit__()
            raise RuntimeError("the server did not start:\n" + Path(self.log).read_text(encoding="utf-8")[-2000:])
        self.url = found[1]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def figures(self):
        """What /metrics tells: a number by name, that of all labels together."""
        with urllib.request.urlopen(self.url.removesuffix("/v1") + "/metrics", timeout=30) as page:
            lines = page.read().decode().splitlines()
        sums = {}
        for line in lines:
            if not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                name = series.split("{")[0]
                sums[name] = sums.get(name, 0.0) + float(value)
        return sums

    def memory(self):
        """Resident bytes, now and at most."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        values = {name: int(re.search(name + r":\s+(\d+)", status)[1]) * 1024 for name in ("VmRSS", "VmHWM")}
        return dict(resident=values["VmRSS"], peak=values["VmHWM"])
