"""Somebody who reads an event stream while a test goes on."""

import json
import threading

import httpx

from alma import wait_until


class Listener(threading.Thread):
    """Reads a stream of which the ids are texts, until it is told to stop."""

    def __init__(self, client, path, after=None):
        super().__init__(daemon=True)
        self.client, self.path, self.after = client, path, after
        self.seen: list[dict] = []
        self.ids: list[str] = []
        self.comments = 0
        self.first = ""
        self.answer = None
        self.opened = threading.Event()
        self.start()
        assert self.opened.wait(20)

    def run(self):
        headers = {"Last-Event-ID": self.after} if self.after else {}
        try:
            with self.client.http.stream("GET", self.path, headers=headers, timeout=60) as self.answer:
                for line in self.answer.iter_lines():
                    self.first = self.first or line
                    if line.startswith("id: "):
                        self.place = line[4:]
                    elif line.startswith("data: "):
                        self.seen.append(json.loads(line[6:]))
                        self.ids.append(self.place)
                    elif line.startswith(":"):
                        self.comments += 1
                    self.opened.set()
        except (httpx.HTTPError, httpx.StreamClosed):
            pass
        finally:
            self.opened.set()

    def until(self, condition, limit=20):
        return wait_until(lambda: next((one for one in list(self.seen) if condition(one)), None), limit, "an event")

    def until_state(self, run, state):
        return self.until(lambda one: one["type"] == "run_status" and one["data"]["run_id"] == run and one["data"]["state"] == state)
