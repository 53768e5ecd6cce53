"""The processes that are killed, and whoever starts them again."""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass

from nodes import Database, Site, ask

from alma import Client, Server, processes_in
from plays import DEAR

# Seconds after which others take over a process that is silent: less than usual, so that more happens in a minute.
TAKEOVER = 4


@dataclass
class Blow:
    """Something that was done to a process, and when it could do nothing about it: a pause has a length."""

    what: str
    at: float
    until: float


class Keeper(threading.Thread):
    """Starts a process again whenever it has ended, as a service manager would, after a moment of its choice."""

    def __init__(self, node: Server, rng: random.Random):
        super().__init__(daemon=True)
        self.node = node
        self.rng = rng
        self.is_over = threading.Event()
        self.start()

    def run(self):
        while not self.is_over.is_set():
            self.node.process.wait()
            if not self.is_over.wait(self.rng.choice([0, 0.1, self.rng.uniform(0, 2)])):
                self.node.launch()

    def end(self):
        self.is_over.set()


class World:
    """A server, workers beside it, a PostgreSQL that is the server's own or nobody's."""

    def __init__(self, rng: random.Random, has_own_database: bool, model_url: str):
        self.rng = rng
        self.has_own_database = has_own_database
        self.database = None if has_own_database else Database("-c synchronous_commit=on")
        self.site = Site(self.database)
        # The model server knows plays, and what it was asked for each is counted; a title is none.
        settings = {"ALMA_TAKEOVER_SECONDS": str(TAKEOVER), "ALMA_WORKERS": "4", "ALMA_BACKGROUND_WRITING": "false"}
        self.server = self.site.embedded(**settings) if has_own_database else self.site.server(**settings)
        self.set_up(model_url)
        self.workers = [self.site.hands(**settings) for _ in range(rng.randrange(1, 3))]
        self.blows: list[Blow] = []
        self.keepers = [Keeper(node, random.Random(rng.random())) for node in [self.server, *self.workers]]

    def set_up(self, model_url: str):
        """A priced model, and a tool for which people are asked."""
        client = Client(self.server)
        provider = client.created(
            "/v1/llm-configs", provider="custom", provider_name="Chaos", api_base_url=model_url, api_key="chaos"
        )
        # What goes in costs next to nothing: its tokens are numbers by which a call is found again, not what it took.
        price = {"input_tokens": 0.03, "output_tokens": 7, "currency": "USD"}
        model = client.created("/v1/models", llm_id=provider["llm_id"], name="chaos", pricing=price, max_tokens=DEAR)
        client.http.put("/v1/models/default", json={"model_id": model["model_id"]}).raise_for_status()
        self.agents = {one["name"]: one["agent_id"] for one in client.http.get("/v1/agents").json()["data"]}
        path = f"/v1/agents/{self.agents['assistant']}/tools/current_time/policy"
        client.http.put(path, json={"decision": "ask"}).raise_for_status()

    def ask(self, query: str) -> str:
        return ask(self.site.url, query)

    def strike(self) -> str | None:
        """Kills something by chance, or stops a worker for longer than the others wait. What it was; None when it was
        dead already."""
        what = self.rng.choices(["server", "worker", "PostgreSQL", "pause"], [8, 6, 5, 2])[0]
        worker = self.rng.choice(self.workers)
        done = {
            "server": lambda: self.kill(self.server),
            "worker": lambda: self.kill(worker),
            "PostgreSQL": self.kill_database,
            "pause": lambda: self.pause(worker),
        }[what]()
        if not done:
            return None
        now = time.time()
        self.blows.append(Blow(what, now, now + (done if what == "pause" else 0)))
        return what

    @staticmethod
    def kill(node: Server) -> bool:
        if node.process.poll() is not None:
            return False
        node.process.kill()
        return True

    def kill_database(self) -> bool:
        try:
            place = self.server.folder.cluster if self.has_own_database else self.database.path / "data"
            process = self.server.folder.postmaster() if self.has_own_database else self.database.postmaster()
            # A number in a file that a dead one left may be anybody's by now.
            if process not in processes_in(place):
                return False
            os.kill(process, signal.SIGKILL)
        except (OSError, ValueError, IndexError):
            return False
        if self.database:
            threading.Thread(target=self.revive_database, args=[self.rng.uniform(0, 1)], daemon=True).start()
        return True

    def revive_database(self, pause: float):
        time.sleep(pause)
        self.database.start_again()

    def pause(self, worker: Server) -> float:
        """How long it sleeps, in seconds."""
        process = worker.process
        if process.poll() is not None:
            return 0
        length = TAKEOVER + self.rng.uniform(0.5, 3)
        process.send_signal(signal.SIGSTOP)
        # Whoever was killed meanwhile is somebody else by then: the signal goes to this process only.
        threading.Timer(length, lambda: process.send_signal(signal.SIGCONT)).start()
        return length

    def settle(self):
        """From here on nothing is done to anybody, and all that was paused goes on."""
        for blow in self.blows:
            if blow.until > time.time():
                time.sleep(blow.until - time.time())

    def remove(self, shows_logs: bool):
        for keeper in self.keepers:
            keeper.end()
        self.site.remove(shows_logs)
        if self.database:
            self.database.remove()
