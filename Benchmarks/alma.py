"""The program under test: started on a fresh data folder, and set up over its API."""

import http.client
import json
import os
import signal
import subprocess
import time
import urllib.parse
from pathlib import Path

import processes

EMAIL, PASSWORD = "bench@example.com", "a long password for the benchmark"


class Alma:
    """One data folder, and the server that runs on it."""

    def __init__(self, program, resources, folder):
        self.program, self.resources, self.folder = program, resources, folder
        self.port, self.process = processes.free_port(), None

    def start(self):
        """Seconds until it answers."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ALMA_DATA": str(self.folder / "data"),
            "ALMA_PORT": str(self.port),
            "ALMA_RESOURCES": str(self.resources),
            "ALMA_REGISTRATION": "open",
            # More than the streams of any figure; the defaults are 256 and 64.
            "ALMA_WORKERS": "1024",
            "ALMA_RUNS_PER_USER": "1024",
            # One person asks for all.
            "ALMA_USER_RATE": "0",
            "ALMA_KEY_RATE": "0",
            # A crowd of a few people, each with many connections.
            "ALMA_STREAMS_PER_USER": "10000",
            # Answers are measured, not the titles that are written after them.
            "ALMA_BACKGROUND_WRITING": "false",
            "FIRST_SUPERUSER": EMAIL,
            "FIRST_SUPERUSER_PASSWORD": PASSWORD,
        }
        since = time.monotonic()
        log = self.folder / "alma.log"
        self.process = processes.start([self.program, "serve"], log, env=environment, cwd=self.folder)
        try:
            return processes.seconds_until_healthy(self.port, self.process, since)
        except processes.BenchError as error:
            raise processes.BenchError(f"{error}; its last words:\n{log.read_text()[-2000:]}") from error

    def stop(self):
        """The server, which takes its PostgreSQL with it; if it did not, that too."""
        if not self.process:
            return
        processes.stop(self.process)
        if self.postmaster:
            os.kill(self.postmaster, signal.SIGINT)

    def kill(self):
        """The server alone, at once; its PostgreSQL goes on."""
        self.process.kill()
        self.process.wait()

    @property
    def postmaster(self):
        """The process of its PostgreSQL; None when there is none."""
        cluster = self.folder / "data/postgres"
        try:
            number = int((cluster / "postmaster.pid").read_text().split("\n")[0])
            words = Path(f"/proc/{number}/cmdline").read_text()
        except (OSError, ValueError):
            return None
        # A file may outlive its process, and the number may then be anybody's.
        return number if str(cluster) in words else None

    def cpu_seconds(self):
        """Of the server, and of its PostgreSQL."""
        own = processes.cpu_seconds([self.process.pid])
        return own, processes.cpu_seconds(processes.family(self.postmaster))

    def query(self, statement):
        """What its database says to a statement."""
        address = f"postgresql://alma_admin@/alma?host={self.folder}/data/run&port=5432"
        words = [processes.postgres_program("psql"), "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", address]
        options = {"PGOPTIONS": "-c alma.system=on", "PATH": os.environ["PATH"]}
        found = subprocess.run([*words, "-c", statement], capture_output=True, text=True, env=options)
        if found.returncode:
            raise processes.BenchError(f"the database refused {statement[:80]}: {found.stderr[:500]}")
        return found.stdout.strip()

    def threads(self):
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def connections(self):
        """Those of the server, without our own."""
        return int(self.query("select count(*) - 1 from pg_stat_activity where datname = current_database()"))

    def memory(self):
        return processes.resident(self.process.pid)

    def database_memory(self):
        return processes.proportional(processes.family(self.postmaster))


class Client:
    """Somebody who uses the API, over one connection."""

    def __init__(self, port, email=EMAIL):
        self.connection, self.email, self.token = http.client.HTTPConnection("127.0.0.1", port, timeout=30), email, None

    def register(self):
        self._send("POST", "/v1/register", {"email": self.email, "password": PASSWORD, "nickname": "Bench"})
        return self.sign_in()

    def sign_in(self):
        # The server may have been started anew since the last time.
        self.connection.close()
        form = urllib.parse.urlencode({"username": self.email, "password": PASSWORD})
        self.token = self._send("POST", "/v1/login/access-token", form)["access_token"]
        return self

    def add_provider(self, address):
        body = {"provider": "custom", "provider_name": "bench", "api_base_url": address}
        return self._send("POST", "/v1/llm-configs", body)["llm_id"]

    def add_builtin_provider(self):
        body = {"provider": "builtin", "provider_name": "built in"}
        return self._send("POST", "/v1/llm-configs", body)["llm_id"]

    def add_model(self, provider, name):
        body = {"llm_id": provider, "name": name, "display_name": name}
        return self._send("POST", "/v1/models", body)["model_id"]

    def add_key(self):
        return self._send("POST", "/v1/api-keys", {"name": "bench", "scopes": ["openai"]})["key"]

    def add_conversation(self, number):
        body = {"title": f"Conversation {number}", "tags": ["bench", "load"]}
        return self._send("POST", "/v1/conversations", body)["conversation_id"]

    def ask(self, conversation, words, model, waits=False, agent=None):
        """A turn; `waits` for its answer."""
        headers = {} if waits else {"Prefer": "respond-async"}
        path = f"/v1/conversations/{conversation}/messages"
        body = {"content": words, "model_id": model} | ({"agent_id": self.agent(agent)} if agent else {})
        return self._send("POST", path, body, headers)

    def agent(self, name):
        agents = self._send("GET", "/v1/agents", None)
        return next(one["agent_id"] for one in agents if one["name"] == name)

    def set_policy(self, agent, tool, decision):
        self._send("PUT", f"/v1/agents/{self.agent(agent)}/tools/{tool}/policy", {"decision": decision})

    def get(self, path):
        return self._send("GET", path, None)

    def headers(self):
        return f"Authorization: Bearer {self.token}\n"

    def _send(self, method, path, body, more_headers=None):
        is_form = isinstance(body, str)
        headers = {"Content-Type": "application/x-www-form-urlencoded" if is_form else "application/json"}
        headers.update(more_headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # Between two figures minutes go by, in which the server gives up a connection.
        self.connection.close()
        self.connection.request(method, path, body if is_form else json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status not in (200, 201, 202):
            raise processes.BenchError(f"{method} {path} was answered with {response.status}: {text[:500].decode()}")
        return json.loads(text)["data"]
