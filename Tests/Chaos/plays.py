"""What is played: the person's words say what the model does and what the person does next."""

import json
import random
from dataclasses import asdict, dataclass

MARK = "chaos "
VOCABULARY = (
    "log lease epoch worker run step reader byte answer node queue claim event gap heartbeat writer 日志 租约 重放 "
    'quote" back\\slash <b>tag</b> émigré 🙂 tab\tstop line\nbreak'
).split(" ")


@dataclass(frozen=True)
class Play:
    """One question with its answer. `name` is of this play alone, and seeds its words."""

    name: str
    kind: str
    words: int
    # Seconds between two words.
    pace: float
    # Silence before the first word, in seconds.
    thinks: float = 0
    # Answers that end in tool calls, and how many calls each makes.
    rounds: int = 0
    calls: int = 0
    # One call of each round needs its person, who says this: approve, edit, deny or stop.
    decision: str = ""
    # How the first calls fail: a status, or "gone" for a connection that closes without a word.
    refusals: tuple = ()
    # Whether the connection closes in the middle of the answer.
    breaks: bool = False
    # Pieces of the answer or news of the plan after which the person stops it; 0 for one who waits.
    stops_after: int = 0
    # Seconds that the person takes to decide or to stop.
    delay: float = 0
    # Tokens that each of its calls is said to have written, where that is not the number of its words.
    spends: int = 0
    # Dollars that its turn may cost, with all who work for it: it is written so that this is not enough. 0 for no bound.
    cap: float = 0
    # What is called instead of common tools: plan, delegate or hand_off, and the tasks that colleagues get.
    team: str = ""
    tasks: tuple = ()

    @property
    def message(self) -> str:
        return MARK + json.dumps(asdict(self))

    @staticmethod
    def of(words: str) -> "Play | None":
        """The first one that words hold: a task's goal stands before the request that it serves."""
        line = next((line for line in words.splitlines() if line.startswith(MARK)), None)
        return line and Play.made(json.loads(line.removeprefix(MARK)))

    @staticmethod
    def made(fields: dict) -> "Play":
        tasks = tuple(Task(Play.made(task["play"]), task["agent"], tuple(task["needs"])) for task in fields["tasks"])
        return Play(**fields | {"refusals": tuple(fields["refusals"]), "tasks": tasks})

    @property
    def agent(self) -> str:
        return "orchestrator" if self.team else "assistant"

    @property
    def ends(self) -> set[str]:
        """The states in which the run may end."""
        if self.breaks or self.cap:
            return {"failed"}
        if self.spends:
            # Part of a turn that has a cap: what it has left decides.
            return {"completed", "failed"}
        if self.stops_after or self.decision == "stop":
            return {"cancelled", "completed"}
        return {"completed"}

    def text(self, step: int, results: list[str]) -> list[str]:
        """The words of one step; the last one names what the tools have said."""
        rng = random.Random(f"{self.name}/{step}")
        is_last = step == self.rounds
        count = self.words if is_last else rng.choice([0, 3, self.words // 4])
        words = [rng.choice(VOCABULARY) + " " for _ in range(count)]
        if is_last and results:
            words.append("Results: " + " | ".join(results))
        # The end has no white space: what is trimmed and what is not would be another question.
        return words + [f"[{self.name}/{step}]"] if words or is_last else []

    def tool_calls(self, step: int) -> list[tuple[str, dict]]:
        """Name and arguments of each; the person's call is among them, not always at the same place."""
        if step >= self.rounds:
            return []
        if self.team:
            return self.team_calls()
        rng = random.Random(f"{self.name}/{step}/calls")
        calls = []
        for _ in range(self.calls):
            one, two, three = (rng.randrange(1, 1000) for _ in range(3))
            calls.append(("calculator", {"expression": f"{one} + {two} * {three}"}))
        if self.decision:
            calls.insert(rng.randrange(len(calls) + 1), ("current_time", {"time_zone": "UTC"}))
        return calls

    def team_calls(self) -> list[tuple[str, dict]]:
        if self.team == "hand_off":
            return [("hand_off", {"agent": "coding", "note": "over to you"})]
        tasks = [task.input for task in self.tasks]
        if self.team == "plan":
            return [("plan", {"tasks": tasks})]
        alone = [{key: task[key] for key in ("title", "agent", "goal")} for task in tasks]
        return [("delegate", task) for task in alone]


@dataclass(frozen=True)
class Task:
    """A part of a plan, which another agent plays."""

    play: Play
    agent: str
    # Names of the plays whose results it builds on.
    needs: tuple

    @property
    def id(self) -> str:
        return self.play.name.rsplit(".")[-1]

    @property
    def input(self) -> dict:
        needed = [name.rsplit(".")[-1] for name in self.needs]
        return {"id": self.id, "title": self.id, "agent": self.agent, "goal": self.play.message, "depends_on": needed}


def draw_tasks(rng: random.Random, name: str) -> tuple:
    """Two to five, some of which need others."""
    tasks: list[Task] = []
    for number in range(rng.randrange(2, 6)):
        play = draw(rng, f"{name}.{number}", ["plain", "slow", "tools", "refused", "breaking"])
        needs = [task.play.name for task in tasks if rng.random() < 0.3]
        tasks.append(Task(play, rng.choice(["coding", "web", "file"]), tuple(needs)))
    return tuple(tasks)


def draw_spenders(rng: random.Random, name: str) -> tuple:
    """Four at the same time, of whom some may fit what their turn may cost, and all together never."""
    return tuple(
        Task(Play(f"{name}.{number}", "spending", rng.randrange(1, 20), 0.005, rounds=3, calls=1, spends=DEAR), agent, ())
        for number, agent in enumerate(["coding", "web", "file", "coding"])
    )


# Tokens of an answer, as many as the model may write, and what a turn may cost that asks for such: five of them fit.
DEAR = 4000
CAP = 0.15

WEIGHTS = {
    "plain": 3, "slow": 3, "thinking": 2, "tools": 5, "approval": 4, "refused": 2, "breaking": 1, "stopped": 2,
    "spending": 1, "spending team": 1,
    "plan": 4, "stopped plan": 2, "delegation": 2, "handing over": 1,
}  # fmt: skip


def draw(rng: random.Random, name: str, kinds: list[str] | None = None) -> Play:
    """A play by chance, of these kinds."""
    quick = {"words": rng.randrange(1, 60), "pace": rng.choice([0, 0.005, 0.02])}
    tools = {"rounds": rng.randrange(1, 4), "calls": rng.randrange(1, 6)}
    plays = {
        "plain": lambda: quick,
        "slow": lambda: {"words": rng.randrange(40, 120), "pace": 0.04},
        "thinking": lambda: quick | {"thinks": rng.uniform(0.5, 3)},
        "tools": lambda: quick | tools,
        "approval": lambda: quick | tools | {
            "decision": rng.choice(["approve", "edit", "deny", "stop"]),
            "delay": rng.choice([0, rng.uniform(0, 3)]),
        },
        "refused": lambda: quick | {"refusals": tuple(rng.choices([429, 503, "gone"], k=rng.randrange(1, 3)))},
        "breaking": lambda: quick | {"breaks": True},
        "stopped": lambda: {
            "words": 300, "pace": 0.03, "stops_after": rng.randrange(1, 15), "delay": rng.choice([0, rng.uniform(0, 1)])
        },
        "spending": lambda: quick | {"rounds": 12, "calls": 1, "spends": DEAR, "cap": CAP},
        "spending team": lambda: quick | {
            "rounds": 1, "team": "plan", "tasks": draw_spenders(rng, name), "spends": DEAR, "cap": CAP
        },
        "plan": lambda: quick | {"rounds": 1, "team": "plan", "tasks": draw_tasks(rng, name)},
        "stopped plan": lambda: quick | {
            "rounds": 1, "team": "plan", "tasks": draw_tasks(rng, name),
            "stops_after": rng.randrange(1, 4), "delay": rng.choice([0, rng.uniform(0, 2)]),
        },
        "delegation": lambda: quick | {"rounds": 1, "team": "delegate", "tasks": draw_tasks(rng, name)},
        "handing over": lambda: quick | {"rounds": 1, "team": "hand_off"},
    }  # fmt: skip
    kinds = kinds or list(plays)
    kind = rng.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]
    return Play(name=name, kind=kind, **plays[kind]())
