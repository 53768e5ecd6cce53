"""The load program: built here, told what to ask for, its measurements read."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import processes

SOURCES = Path(__file__).parent / "load"


def build(folder):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        raise processes.BenchError("there is no C compiler: apt-get install gcc libc6-dev")
    program = folder / "load"
    words = [compiler, "-D_GNU_SOURCE", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-o", program, *SOURCES.glob("*.c")]
    subprocess.run(words, check=True)
    return program


class Load:
    """Runs the load program with request files in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.program = folder, build(folder)
        self.failures = []

    def stream(self, target, speech, streams, rounds=1, ramp=0, before=None, watch=None):
        """Streams of `speech` from `target`, its measurements as a dictionary.

        `before` is called when all is prepared, `watch` four times a second meanwhile with the seconds that have gone.
        """
        requests = target.requests(speech, streams * rounds)
        limit = 60 + 4 * rounds * (speech.seconds + ramp / 1000)
        words = ["stream", "--port", target.port, "--requests", self._file(requests), "--streams", streams]
        words += ["--rounds", rounds, "--ramp", ramp, "--tokens", speech.tokens, "--limit", int(limit)]
        words += ["--key", target.key, "--end", target.end]
        if before:
            before()
        result = self._run(words, watch)
        if result["completed"] != result["asked"]:
            lost = result["asked"] - result["completed"]
            what = f"{target.name}, {streams} streams of {speech.model}"
            self.failures.append(f"{what}: {lost} of {result['asked']} failed")
        return result

    def get(self, port, request, connections, seconds):
        words = ["get", "--port", port, "--requests", self._file(request), "--connections", connections]
        result = self._run([*words, "--seconds", seconds], None)
        if result["refused"]:
            raise processes.BenchError(f"{result['refused']} of {result['requests']} requests were refused")
        return result

    def _file(self, text):
        path = self.folder / "requests"
        path.write_text(text)
        return path

    def _run(self, words, watch):
        output = self.folder / "load.out"
        output.write_bytes(b"")
        since = time.monotonic()
        words = [str(word) for word in [self.program, *words]]
        with open(output, "wb") as file, subprocess.Popen(words, stdout=file) as process:
            try:
                while process.poll() is None:
                    time.sleep(0.25 if watch else 0.05)
                    if watch:
                        watch(time.monotonic() - since)
            finally:
                processes.stop(process)
        if process.returncode != 0:
            raise processes.BenchError(f"the load program ended with status {process.returncode}: {' '.join(words)}")
        return json.loads(output.read_text())


class Speech:
    """An answer of so many tokens at so many a second; 0 for full speed."""

    def __init__(self, tokens, rate):
        self.tokens, self.rate, self.model = tokens, rate, f"t{tokens}r{rate}"
        self.seconds = tokens / rate if rate else 10


class Direct:
    """The upstream's protocol, spoken to itself or to nginx."""

    key, end = "content", "[DONE]"

    def __init__(self, name, port):
        self.name, self.port = name, port

    def requests(self, speech, count):
        body = {"model": speech.model, "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
        return "\n" + f"/v1/chat/completions\t{json.dumps(body)}\n" * count


class Conversations:
    """ALMA's own path: a new conversation for every stream, made beforehand."""

    name, key, end = "ALMA", "content_delta", '"state":"completed"'

    def __init__(self, alma, client, provider):
        self.port, self.client, self._provider, self._models = alma.port, client, provider, {}

    def requests(self, speech, count):
        client = self.client
        body = json.dumps({"content": QUESTION, "model_id": self.model(speech)})
        ids = [client.add_conversation(number) for number in range(count)]
        lines = [f"/v1/conversations/{id}/messages\t{body}\n" for id in ids]
        return client.headers() + "Accept: text/event-stream\n\n" + "".join(lines)

    def model(self, speech):
        """The id of the model that speaks so."""
        if speech.model not in self._models:
            self._models[speech.model] = self.client.add_model(self._provider, speech.model)
        return self._models[speech.model]

    def sign_in_again(self):
        self.client.sign_in()


class Gateway:
    """ALMA in the place of the upstream: the same calls by an API key, streamed or whole."""

    name, key, end = "ALMA", "content", "[DONE]"

    def __init__(self, alma, talks):
        self.port, self._talks, self._secret = alma.port, talks, talks.client.add_key()

    def requests(self, speech, count):
        self._talks.model(speech)
        # A single word is asked for whole.
        body = {"model": speech.model, "messages": [{"role": "user", "content": QUESTION}]}
        body |= {"stream": True} if speech.tokens > 1 else {}
        head = f"Authorization: Bearer {self._secret}\n\n"
        return head + f"/openai/v1/chat/completions\t{json.dumps(body)}\n" * count


QUESTION = "Please explain how a database keeps what was written when the power fails."
