"""Several processes on one PostgreSQL."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import httpx

from alma import Client, Event, Folder, Server, assert_whole, processes_in, wait_until

# Shared, so that a token of one node is good at the other.
SECRET = "nodes-1f8Xq0bZ7cVt5mRj2LwKd9YsHgP3aEuN"


class Database:
    """A PostgreSQL that belongs to no node: quick rather than safe, on a Unix socket."""

    def __init__(self, settings: str = ""):
        self.path = Path(tempfile.mkdtemp(prefix="alma-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self.path, "postgres", "postgres")
        self.programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))[-1]
        self.count = 0
        self.starting = threading.Lock()
        self.run(
            "initdb", "--pgdata", self.path / "data", "--username", "postgres", "--auth", "trust", "--encoding", "UTF8",
            "--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        quick = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=200"
        self.options = f"{quick} {settings} -c unix_socket_directories='{self.path}'"
        self.start()

    def start(self):
        log = self.path / "log"
        self.run("pg_ctl", "start", "--wait", "--pgdata", self.path / "data", "--log", log, "--options", self.options)

    def start_again(self):
        """After it was killed, perhaps more than once: until it runs."""
        with self.starting:
            wait_until(self.starts, 60, "the database's return")

    def starts(self) -> bool:
        """What a killed server leaves behind holds its memory for a moment, and its lock may name a zombie."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            if self.postmaster() in processes_in(self.path / "data"):
                return True
        wait_until(lambda: not processes_in(self.path / "data"), 30, "the end of what a killed server left")
        for lock in [self.path / "data" / "postmaster.pid", self.path / ".s.PGSQL.5432.lock"]:
            lock.unlink(missing_ok=True)
        with contextlib.suppress(subprocess.CalledProcessError):
            self.start()
        return False

    def postmaster(self) -> int:
        return int((self.path / "data" / "postmaster.pid").read_text().splitlines()[0])

    def run(self, program: str, *arguments):
        """As a user whom PostgreSQL accepts."""
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        # No pipe: the server that pg_ctl leaves behind would hold it open.
        subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.path,
            check=True,
            timeout=60,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **user,
        )

    def fresh(self) -> str:
        """The address of a new, empty database."""
        self.count += 1
        name = f"nodes_{self.count}"
        ask(f"postgresql://postgres@/postgres?host={self.path}", f"create database {name}")
        return f"postgresql://postgres@/{name}?host={self.path}"

    def remove(self):
        for process in processes_in(self.path / "data"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_until(lambda: not processes_in(self.path / "data"), 10, "the database's end")
        shutil.rmtree(self.path, ignore_errors=True)


def ask(url: str, query: str) -> str:
    answer = subprocess.run(["psql", url, "-Atqc", query], capture_output=True, text=True, timeout=30)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


class Hands(Server):
    """One process of `alma worker`; it listens to nobody, so it is ready when the database knows it."""

    role = "worker"

    def start(self, limit: float = 60) -> "Hands":
        url = self.environment["DATABASE_URL"]
        known = "select count(*) from workers where heartbeat_at > now() - interval '5 seconds'"
        before = int(ask(url, known))
        self.launch()
        has_come = lambda: self.process.poll() is not None or int(ask(url, known)) > before
        wait_until(has_come, limit, "a worker's sign of life")
        assert self.process.poll() is None, f"ended at its start:\n{self.log_text()}"
        return self


class Site:
    """The nodes of one test, and the database between them."""

    def __init__(self, database: Database):
        self.database = database
        self.url: str | None = None
        self.nodes: list[Server] = []
        self.folders: list[Folder] = []

    def embedded(self, **environment: str) -> Server:
        """A server with a PostgreSQL of its own, which the others then use."""
        node = self.node(Server, **environment)
        socket = node.folder.cluster.resolve().parent / "run"
        self.url = f"postgresql://alma_admin@/alma?host={socket}&port=5432"
        return node

    def server(self, **environment: str) -> Server:
        self.url = self.url or self.database.fresh()
        return self.node(Server, DATABASE_URL=self.url, **environment)

    def hands(self, **environment: str) -> Hands:
        return self.node(Hands, DATABASE_URL=self.url, **environment)

    def node(self, kind: type, **environment: str):
        # Half of what is usual: these tests are about what happens then, not about the waiting.
        environment = {"ALMA_TAKEOVER_SECONDS": "4"} | environment
        folder = Folder()
        self.folders.append(folder)
        if len(self.folders) > 1:
            # What one node has sealed, all must be able to open.
            shutil.copy(self.folders[0].path / "sealing.keys", folder.path)
        node = kind(folder, SECRET_KEY=SECRET, **environment)
        self.nodes.append(node)
        return node.start()

    def holder(self, run: str) -> str:
        """The worker that has the run, or nothing."""
        return ask(self.url, f"select lease_owner from runs where run_id = '{run}'")

    def send(self, node: Server, client: Client, content: str) -> tuple[str, str]:
        """A conversation and a run in it that `node` works on: the other might be quicker by chance."""
        for _ in range(40):
            conversation = client.conversation()
            run = client.send(conversation, content)
            if wait_until(lambda: self.holder(run), 10, "a worker") == (node.folder.path / "worker.id").read_text():
                return conversation, run
            client.http.post(f"/v1/runs/{run}/cancellation")
            client.finished(run)
        raise AssertionError("the other node takes everything")

    def remove(self, shows_logs: bool):
        for node in reversed(self.nodes):
            if node.process is None or node.process.poll() is not None:
                continue
            try:
                node.stop()
            except subprocess.TimeoutExpired:
                node.kill()
        for node in self.nodes:
            if shows_logs:
                print(f"--- {node.folder.path}\n{node.log_text()}")
            node.folder.remove()


class Reader(threading.Thread):
    """Follows a run at one node, and notes when each event came."""

    def __init__(self, client: Client, run: str):
        super().__init__(daemon=True)
        self.client = client
        self.name_of_run = run
        self.seen: list[Event] = []
        self.times: list[float] = []
        self.problem: Exception | None = None
        self.start()

    def run(self):
        try:
            for event in self.client.events(self.name_of_run, limit=120):
                self.times.append(time.monotonic())
                self.seen.append(event)
        except (httpx.HTTPError, AssertionError) as error:
            self.problem = error

    def time_of(self, condition) -> float:
        """When the first event came for which the condition holds."""
        return next(moment for moment, event in zip(self.times, self.seen) if condition(event))

    def has_words(self, count: int = 1) -> bool:
        return sum(1 for event in list(self.seen) if event.type == "content_stream") >= count

    def has_begun(self, after: int) -> bool:
        """Whether an attempt began after that many events."""
        return any(event.type == "agent_start" for event in self.seen[after:])

    def whole(self, limit: float = 60) -> list[Event]:
        self.join(timeout=limit)
        assert not self.is_alive(), f"still reading after {limit} s: {self.seen[-3:]}"
        assert self.problem is None, self.problem
        assert_whole(self.seen)
        return self.seen
