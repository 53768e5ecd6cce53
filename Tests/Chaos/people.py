"""Those who send, read, decide and stop while everything around them is killed. What they were told, they keep."""

import random
import threading
import time
from dataclasses import dataclass, field

import httpx
from alma import EMAIL, FINAL, PASSWORD, Event, events_in

from plays import Play, draw


@dataclass
class Turn:
    """A play that the server has accepted."""

    play: Play
    conversation: str
    run: str
    readers: list["Reader"] = field(default_factory=list)
    # When somebody asked to stop it.
    stopped_at: float | None = None


class Line:
    """A person's way to the server: whoever hears nothing asks again."""

    def __init__(self, url: str, deadline):
        self.http = httpx.Client(base_url=url, timeout=httpx.Timeout(20, connect=3), trust_env=False)
        # A function that tells until when it makes sense to go on.
        self.deadline = deadline

    def sign_in(self):
        answer = self.http.post("/v1/login/access-token", data={"username": EMAIL, "password": PASSWORD})
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"

    def insist(self, method: str, path: str, final: set[int], **request) -> httpx.Response:
        """Asks until one of the final answers comes."""
        while time.time() < self.deadline():
            try:
                if "Authorization" not in self.http.headers:
                    self.sign_in()
                answer = self.http.request(method, path, **request)
                if answer.status_code in final:
                    return answer
                if answer.status_code == 401:
                    del self.http.headers["Authorization"]
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise TimeoutError(f"{method} {path} was never answered as it should be")


class Reader:
    """Follows one run to its end, through every interruption, from the place where it stopped."""

    def __init__(self, line: Line, run: str, rng: random.Random | None = None):
        self.line = line
        self.name_of_run = run
        # One who by chance goes away and comes back.
        self.rng = rng
        self.seen: list[Event] = []
        self.visits = 0

    @property
    def is_done(self) -> bool:
        return bool(self.seen) and self.seen[-1].type == "run_status" and self.seen[-1].data["state"] in FINAL

    def follow(self, notice=lambda event: None):
        """Calls `notice` with each event; returns at the run's end, or when time is over."""
        while not self.is_done and time.time() < self.line.deadline():
            try:
                self.visit(notice)
            except httpx.HTTPError:
                time.sleep(0.1)

    def visit(self, notice):
        self.visits += 1
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": str(self.seen[-1].id)} if self.seen else {})
        patience = self.rng.randrange(1, 40) if self.rng else None
        with self.line.http.stream("GET", f"/v1/runs/{self.name_of_run}/events", headers=headers) as answer:
            if answer.status_code != 200:
                time.sleep(0.1)
                return
            for event in events_in(answer.iter_lines()):
                self.seen.append(event)
                notice(event)
                if patience is not None and (patience := patience - 1) <= 0:
                    return


class Person(threading.Thread):
    """Plays one turn after another until it is told to leave."""

    def __init__(self, number: int, seed: int, url: str, agents: dict[str, str], deadline):
        super().__init__(daemon=True)
        self.number = number
        self.rng = random.Random(f"{seed}/person/{number}")
        self.line = Line(url, deadline)
        self.url = url
        # Their ids, by name.
        self.agents = agents
        self.leaves = threading.Event()
        self.turns: list[Turn] = []
        self.problem: Exception | None = None

    def run(self):
        try:
            while not self.leaves.is_set():
                created = self.line.insist("POST", "/v1/conversations", {201}, json={"title": f"Person {self.number}"})
                for _ in range(self.rng.randrange(1, 5)):
                    if not self.leaves.is_set():
                        self.play(created.json()["data"]["conversation_id"])
        except Exception as error:  # What it was is told at the end.
            self.problem = error

    def play(self, conversation: str):
        # In every storm somebody runs into a budget, alone and with a team.
        first = ["spending", "spending team"][self.number : self.number + 1] if not self.turns else []
        play = draw(self.rng, f"p{self.number}-{len(self.turns)}", first or None)
        if play.cap:
            conversation = self.capped(play.cap)
        answer = self.line.insist(
            "POST",
            f"/v1/conversations/{conversation}/messages",
            {202},
            json={"content": play.message, "agent_id": self.agents[play.agent]},
            headers={"Prefer": "respond-async", "Idempotency-Key": play.name},
        )
        turn = Turn(play, conversation, answer.json()["data"]["run_id"])
        self.turns.append(turn)
        turn.readers.append(Reader(self.line, turn.run))
        fickle = Reader(Line(self.url, self.line.deadline), turn.run, random.Random(f"{play.name}/reader"))
        fickle.line.http.headers = self.line.http.headers
        turn.readers.append(fickle)
        beside = threading.Thread(target=fickle.follow, daemon=True)
        beside.start()
        turn.readers[0].follow(lambda event: self.notice(turn, event))
        beside.join()
        fickle.line.http.close()

    def capped(self, cap: float) -> str:
        """A conversation in which no turn may cost more. Made twice, because an answer got lost, the cap is the same."""
        made = self.line.insist("POST", "/v1/conversations", {201}, json={"title": f"Person {self.number}, thrifty"})
        conversation = made.json()["data"]["conversation_id"]
        terms = {"scope": "conversation", "conversation_id": conversation, "period": "run", "amount": cap}
        # Whose first answer was lost with the server finds that it is there already.
        self.line.insist("POST", "/v1/budgets", {201, 409}, json=terms)
        return conversation

    def notice(self, turn: Turn, event: Event):
        play = turn.play
        if event.type == "approval_request" and play.decision:
            time.sleep(play.delay)
            if play.decision == "stop":
                self.stop(turn)
            else:
                self.decide(turn, event.data["call_id"])
        pieces = sum(1 for past in turn.readers[0].seen if past.type in ("content_stream", "plan_update"))
        if play.stops_after and pieces >= play.stops_after and turn.stopped_at is None:
            time.sleep(play.delay)
            self.stop(turn)

    def stop(self, turn: Turn):
        turn.stopped_at = turn.stopped_at or time.time()
        self.line.insist("POST", f"/v1/runs/{turn.run}/cancellation", {202})

    def decide(self, turn: Turn, call: str):
        said = {
            "approve": {"decision": "approve"},
            "edit": {"decision": "approve", "tool_input": {"time_zone": "Asia/Shanghai"}},
            "deny": {"decision": "deny"},
        }[turn.play.decision]
        # The same again is a conflict: an earlier try was heard, its answer was not.
        self.line.insist("POST", f"/v1/runs/{turn.run}/approvals/{call}", {202, 404, 409}, json=said)
