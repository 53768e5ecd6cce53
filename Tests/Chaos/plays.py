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
    # Pieces of the answer after which the person stops it; 0 for one who waits.
    stops_after: int = 0
    # Seconds that the person takes to decide or to stop.
    delay: float = 0

    @property
    def message(self) -> str:
        return MARK + json.dumps(asdict(self))

    @staticmethod
    def of(message: str) -> "Play":
        fields = json.loads(message.removeprefix(MARK))
        return Play(**fields | {"refusals": tuple(fields["refusals"])})

    @property
    def ends(self) -> set[str]:
        """The states in which the run may end."""
        if self.breaks:
            return {"failed"}
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
        rng = random.Random(f"{self.name}/{step}/calls")
        calls = []
        for _ in range(self.calls):
            one, two, three = (rng.randrange(1, 1000) for _ in range(3))
            calls.append(("calculator", {"expression": f"{one} + {two} * {three}"}))
        if self.decision:
            calls.insert(rng.randrange(len(calls) + 1), ("current_time", {"time_zone": "UTC"}))
        return calls


def draw(rng: random.Random, name: str) -> Play:
    """A play by chance."""
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
    }  # fmt: skip
    kind = rng.choices(list(plays), [3, 3, 2, 5, 4, 2, 1, 2])[0]
    return Play(name=name, kind=kind, **plays[kind]())
