"""The real program on a folder of its own, and a client that speaks its API."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

PROGRAM = Path(os.environ.get("ALMA_PROGRAM", ".build/debug/alma")).absolute()
ROOT = Path(__file__).resolve().parents[2]
EMAIL = "admin@example.com"
PASSWORD = "correct horse battery"
FINAL = {"completed", "failed", "cancelled"}
# To a scripted model: it asks its person, and says the answer.
QUESTION = '/tool ask_person {"question": "Which colour?", "choices": ["red", "blue"]}'


def free_port() -> int:
    """One that the kernel gives to no outgoing connection, nor another of the test processes side by side to a server of
    its own: one that was killed finds it free again."""
    first = 15_000 + 4_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4)
    while True:
        port = random.randrange(first, first + 4_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(condition, limit: float, what: str):
    """Returns the condition's first true value."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {limit} s")


def processes_in(folder: Path) -> list[int]:
    """Everything whose current folder it is, zombies aside: they have none. PostgreSQL's processes have their cluster's."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd") == str(folder.resolve()):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


class Folder:
    """A data folder that PostgreSQL's user may pass through, as a person would choose it: empty, or the copy of one."""

    def __init__(self, original: "Folder | None" = None):
        self.path = Path(tempfile.mkdtemp(prefix="alma-", dir="/tmp"))
        self.path.chmod(0o711)
        if original:
            subprocess.run(["cp", "-a", f"{original.path}/.", self.path], check=True)

    def remove(self):
        for process in self.postgres_processes():
            # It may end by itself in this very moment.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_until(lambda: not self.postgres_processes(), 10, "the end of what a killed server left")
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def cluster(self) -> Path:
        return self.path / "postgres"

    def postmaster(self) -> int:
        return int((self.cluster / "postmaster.pid").read_text().splitlines()[0])

    def postgres_processes(self) -> list[int]:
        return processes_in(self.cluster)


class Server:
    """One process of `alma serve`."""

    role = "serve"

    def __init__(self, folder: Folder, port: int | None = None, **environment: str):
        self.folder = folder
        self.port = port or free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "ALMA_RESOURCES": os.environ.get("ALMA_RESOURCES", str(ROOT)),
            "ALMA_DATA": str(folder.path),
            "ALMA_PORT": str(self.port),
            "FIRST_SUPERUSER": EMAIL,
            "FIRST_SUPERUSER_PASSWORD": PASSWORD,
            **environment,
        }
        self.process: subprocess.Popen | None = None
        self.output = folder.path / "serve.out"
        self.log = folder.path / "serve.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str, input: str = "", **environment: str) -> subprocess.CompletedProcess:
        """Another command on the same configuration."""
        return subprocess.run(
            [PROGRAM, *arguments],
            env={**self.environment, **environment},
            cwd=self.folder.path,
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def launch(self):
        with open(self.output, "ab") as output, open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, self.role],
                env=self.environment,
                cwd=self.folder.path,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                start_new_session=True,
            )

    def start(self, limit: float = 60) -> "Server":
        already = self.readies()
        self.launch()
        wait_until(lambda: self.readies() > already or self.process.poll() is not None, limit, "the ready line")
        assert self.process.poll() is None, f"ended at its start:\n{self.log_text()}"
        return self

    def readies(self) -> int:
        text = self.output.read_text() if self.output.exists() else ""
        return text.count(f"ALMA is ready at {self.url}\n")

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")[-6000:] if self.log.exists() else ""

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, how: int = signal.SIGTERM, limit: float = 40) -> int:
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        self.process.send_signal(how)
        return self.process.wait(timeout=limit)

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


@dataclass(frozen=True)
class Event:
    """One frame of a stream: its place in the log, and the record's text."""

    id: int
    text: str

    @property
    def record(self) -> dict:
        return json.loads(self.text)

    @property
    def type(self) -> str:
        return self.record["type"]

    @property
    def data(self) -> dict:
        return self.record["data"]


def events_in(lines):
    """The events of a stream's lines; comments and other fields are passed over."""
    place, data = None, []
    for line in lines:
        if line.startswith("id:"):
            place = int(line[3:].strip())
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line == "" and data:
            yield Event(place, "\n".join(data))
            data = []


@contextlib.contextmanager
def standing(original: Folder, **environment):
    """A server in a copy of the folder, for many tests."""
    folder = Folder(original)
    try:
        server = Server(folder, **environment).start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        folder.remove()


class Client:
    """A signed-in person with a scripted model to talk to."""

    def __init__(self, server: Server, token: str | None = None, email: str = EMAIL):
        self.email = email
        self.http = httpx.Client(base_url=server.url, timeout=30, trust_env=False)
        self.token = token or self.sign_in(email)
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def sign_in(self, email: str) -> str:
        answer = self.http.post("/v1/login/access-token", data={"username": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["access_token"]

    def set_up_model(self) -> "Client":
        provider = self.created("/v1/llm-configs", provider="builtin", provider_name="Built-in")
        tested = self.http.post(f"/v1/llm-configs/{provider['llm_id']}/test")
        assert tested.json()["data"]["test_status"] == "success", tested.text
        name = tested.json()["data"]["available_models"][0]
        model = self.created("/v1/models", llm_id=provider["llm_id"], name=name, display_name=name)
        chosen = self.http.put("/v1/models/default", json={"model_id": model["model_id"]})
        assert chosen.status_code < 300, chosen.text
        return self

    def created(self, path: str, **body) -> dict:
        answer = self.http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def conversation(self, title: str = "Test") -> str:
        return self.created("/v1/conversations", title=title)["conversation_id"]

    def send(self, conversation: str, content: str, key: str | None = None) -> str:
        """Returns the run's id."""
        headers = {"Prefer": "respond-async"} | ({"Idempotency-Key": key} if key else {})
        path = f"/v1/conversations/{conversation}/messages"
        answer = self.http.post(path, json={"content": content}, headers=headers)
        assert answer.status_code == 202, answer.text
        return answer.json()["data"]["run_id"]

    def run(self, run: str) -> dict:
        answer = self.http.get(f"/v1/runs/{run}")
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def messages(self, conversation: str) -> list[dict]:
        answer = self.http.get(f"/v1/conversations/{conversation}/messages", params={"per_page": 100})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def events(self, run: str, after: int = 0, limit: float = 60):
        """Yields what is stored after `after`, then what comes, until the run ends."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": str(after)} if after else {})
        with self.http.stream("GET", f"/v1/runs/{run}/events", headers=headers, timeout=limit) as answer:
            assert answer.status_code == 200
            yield from events_in(answer.iter_lines())

    def finished(self, run: str, limit: float = 60) -> dict:
        def state():
            found = self.run(run)
            return found if found["state"] in FINAL else None

        return wait_until(state, limit, f"the end of run {run}")


def answer_text(log: list) -> str:
    """The final content, as the log's rules say: the deltas after the last `agent_start`, joined. Of events or records."""
    records = [getattr(one, "record", one) for one in log]
    begins = max(index for index, one in enumerate(records) if one["type"] == "agent_start")
    deltas = [one["data"] for one in records[begins:] if one["type"] == "content_stream"]
    return "".join(data.get("content_delta") or "" for data in deltas)


def assert_whole(events: list[Event]):
    """Every event once, in order, without a gap, to an honest end."""
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    last = events[-1]
    assert last.type == "run_status" and last.data["state"] in FINAL


def need_sandbox(client: Client):
    """Skips where the host gives no sandbox, and says why."""
    health = client.http.get("/healthz").json()
    if health["status"] != "ok":
        pytest.skip(f"no sandbox: {health}")
