"""A worker process of one side, spoken to in JSON lines."""

import json
import subprocess


class Side:
    """Used in a with block: the process ends with it, whatever happens."""

    def __init__(self, name, command, environment, log):
        self.name, self.command, self.environment, self.log = name, command, environment, log

    def __enter__(self):
        self.output = open(self.log, "w", encoding="utf-8")
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.output,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.output.close()

    def ask(self, op, request=None):
        try:
            self.process.stdin.write(json.dumps(dict(request or {}, op=op)) + "\n")
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()} in {op}:\n{self.tail()}")
        return json.loads(line)

    def quit(self):
        """Ends the process; gives its peak of resident memory in bytes."""
        self.last = self.ask("quit")
        self.process.wait(timeout=600)
        return self.last["peak_bytes"]

    def tail(self):
        self.output.flush()
        with open(self.log, encoding="utf-8") as lines:
            return "".join(lines.readlines()[-15:])
