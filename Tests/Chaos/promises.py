"""What was promised, looked up in the database and in what people and the model server have seen.

P1 an accepted run is never lost            P2 each model or tool call has at most one recorded result
P3 a log is gapless, ordered, immutable, and the same for all readers
P4 after a kill the run moves on within 30 s P5 a run that has ended holds nothing after 5 s
P6 the cost shown is the sum of the recorded calls, and a budget holds within one call
"""

import json
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal

from alma import FINAL, answer_text

from people import Turn
from plays import Play
from record import LoggedEvent, Record
from upstream import Upstream
from world import Blow

PROMISES = ["P1", "P2", "P3", "P4", "P5", "P6"]
# Given up after so many attempts: an honest end, but not the one that the play has.
GIVEN_UP = "RUN_ATTEMPTS_EXHAUSTED"


class Verdict:
    """What was looked at, and what was found broken."""

    def __init__(self):
        self.looks = Counter()
        self.broken: list[str] = []

    def expect(self, promise: str, holds: bool, who: str, what):
        """`what` is said when it does not hold; it may be a function, for what costs to be said."""
        self.looks[promise] += 1
        if not holds:
            self.broken.append(f"{promise} {who}: {what() if callable(what) else what}")


class Inspection:
    """One look at everything after the storm."""

    def __init__(self, record: Record, turns: list[Turn], upstream: Upstream, blows: list[Blow]):
        self.record = record
        self.turns = turns
        self.upstream = upstream
        self.blows = blows
        self.verdict = Verdict()
        self.plays = {turn.run: turn.play for turn in turns}
        self.plays |= {run["run_id"]: Play.of(run["goal"]) for run in record.runs if run["goal"]}
        self.calls = defaultdict(list)
        for call in upstream.calls:
            self.calls[call.play.name].append(call)
        # Runs that ended as their plays have it.
        self.ended_well = 0
        self.given_up = 0

    def perform(self) -> Verdict:
        self.nothing_is_lost()
        for run in self.record.runs:
            events = self.record.events[run["run_id"]]
            self.recorded_once(run, events)
            self.log_is_whole(run, events)
            self.content_is_what_was_said(run, events)
            self.moves_on(run, events)
            self.holds_nothing(run)
            self.costs_add_up(run, events)
        for turn in self.turns:
            self.readers_saw_the_log(turn)
            self.budget_holds(turn)
        self.counted_once()
        for problem in self.upstream.problems:
            self.verdict.expect("P2", False, "model", problem)
        return self.verdict

    def nothing_is_lost(self):
        """P1: what was accepted is there, once, and has ended."""
        runs = {run["run_id"]: run for run in self.record.runs}
        said = Counter(one["content"] for one in self.record.messages if one["role"] == "user")
        for turn in self.turns:
            run = runs.get(turn.run)
            self.verdict.expect("P1", run is not None and run["state"] in FINAL, turn.run, f"{turn.play.kind}: {run}")
            count = said[turn.play.message]
            self.verdict.expect("P1", count == 1, turn.run, f"the question is there {count} times")
        for run in self.record.runs:
            self.note_end(run)

    def note_end(self, run: dict):
        play = self.plays.get(run["run_id"])
        root = self.plays.get(run["root_run_id"])
        # Whoever is stopped takes those along who work for them.
        stopped = {"cancelled"} if root and "cancelled" in root.ends else set()
        if run["error_code"] == GIVEN_UP:
            self.given_up += 1
        elif play is None or run["state"] in play.ends | stopped:
            self.ended_well += 1
        else:
            what = f"a {play.kind} ended as {run['state']} {run['error_code']}"
            self.verdict.expect("P1", False, run["run_id"], what)

    def recorded_once(self, run: dict, events: list[LoggedEvent]):
        """P2 and the third law: a finished step, a call, a result is there once, and is not asked for again."""
        who = run["run_id"]
        for what, key in [("usage", "step"), ("tool_call", "call_id"), ("tool_result", "call_id")]:
            found = Counter(event.data[key] for event in events if event.type == what and key in event.data)
            self.verdict.expect("P2", max(found.values(), default=1) == 1, who, f"{what} twice: {found}")
        calls = {event.data["call_id"] for event in events if event.type == "tool_call"}
        results = {event.data["call_id"] for event in events if event.type == "tool_result"}
        self.verdict.expect("P2", results <= calls, who, "a result without its call")
        if run["state"] == "completed":
            self.verdict.expect("P2", results == calls, who, lambda: f"calls without a result: {calls - results}")
        paid = [row for row in self.record.usage[who] if row["succeeded"]]
        counted = Counter(row["input_tokens"] for row in paid if row["input_tokens"])
        self.verdict.expect("P2", max(counted.values(), default=1) == 1, who, f"a call was counted twice: {counted}")
        finished = {event.data["step"] - 1: event.time for event in events if event.type == "usage" and "step" in event.data}
        for call in self.calls_of(run):
            again = call.began > finished.get(call.step, float("inf")) + 0.5 and not self.was_paused(call.began, 5)
            self.verdict.expect("P2", not again, who, f"step {call.step} was asked for again after it was finished")

    def log_is_whole(self, run: dict, events: list[LoggedEvent]):
        """P3: dense from 1, one honest end at the end, and no writer after its successor."""
        who = run["run_id"]
        self.verdict.expect("P3", [event.id for event in events] == list(range(1, len(events) + 1)), who, "a gap")
        ends = [event.id for event in events if event.state in FINAL]
        self.verdict.expect("P3", ends == [len(events)], who, f"ends at {ends} of {len(events)}")
        self.verdict.expect("P3", bool(events) and events[-1].state == run["state"], who, "another end than the run's")
        attempts = [event.data["attempt"] for event in events if event.state not in (None, "queued")]
        self.verdict.expect("P3", attempts == sorted(attempts), who, f"attempts {attempts}")
        latest = 0.0
        for event in events:
            # A worker begins after its predecessor has ended; within one, events gather for some milliseconds.
            slack = 0.01 if event.type == "agent_start" else 1
            self.verdict.expect("P3", event.time >= latest - slack, who, f"event {event.id} is older than those before")
            latest = max(latest, event.time)

    def content_is_what_was_said(self, run: dict, events: list[LoggedEvent]):
        """P3: deltas, final content, message and the model's own words are the same."""
        who, answer = run["run_id"], self.record.answers.get(run["run_id"])
        complete = [event.data["final_content"] for event in events if event.type == "message_complete"]
        self.verdict.expect("P3", len(complete) <= 1, who, "two final contents")
        stored = run["result"] if run["parent_run_id"] else answer and answer["content"]
        if not complete:
            is_none = run["state"] != "completed" and (run["parent_run_id"] or not stored)
            self.verdict.expect("P3", is_none, who, "an answer without its event")
            return
        joined = answer_text(events)
        self.verdict.expect("P3", joined == complete[0], who, lambda: f"deltas {joined!r}, content {complete[0]!r}")
        # A child that did not succeed has why for its result.
        is_kept = stored == complete[0] or (run["parent_run_id"] and run["state"] != "completed")
        self.verdict.expect("P3", is_kept, who, lambda: f"stored {stored!r}, content {complete[0]!r}")
        if play := self.plays.get(who):
            whole = self.upstream.whole(play)
            fits = complete[0] == whole if run["state"] == "completed" else whole.startswith(complete[0])
            self.verdict.expect("P3", fits, who, lambda: f"the model said {whole!r}, the answer is {complete[0]!r}")

    def readers_saw_the_log(self, turn: Turn):
        """P3: byte for byte the same for all, and what they saw early is what is there now."""
        log = [(event.id, event.type, as_streamed(event.type, event.data)) for event in self.record.events[turn.run]]
        first = [(event.id, event.text) for event in turn.readers[0].seen]
        for reader in turn.readers:
            same = [(event.id, event.text) for event in reader.seen] == first
            self.verdict.expect("P3", same and reader.is_done, turn.run, f"{turn.play.kind}: two readers differ")
        seen = [(event.id, event.type, json.loads(event.text, parse_float=Decimal)["data"]) for event in turn.readers[0].seen]
        self.verdict.expect("P3", seen == log, turn.run, lambda: f"a reader saw {first_difference(seen, log)}")
        times = [datetime.fromisoformat(event.record["timestamp"]).timestamp() for event in turn.readers[0].seen]
        stored = [event.time for event in self.record.events[turn.run]]
        close = len(times) == len(stored) and all(abs(a - b) < 0.001 for a, b in zip(times, stored))
        self.verdict.expect("P3", close, turn.run, "a reader saw other times")

    def moves_on(self, run: dict, events: list[LoggedEvent]):
        """P4: where nobody is waited for, no half minute passes after the last blow without an event."""
        for before, after in zip(events, events[1:]):
            if before.state == "waiting":
                continue
            silence = after.time - self.last_blow(before.time, after.time)
            self.verdict.expect("P4", silence <= 30, run["run_id"], f"silent for {silence:.1f} s before event {after.id}")

    def holds_nothing(self, run: dict):
        """P5: no lease, no call, no child after the end, and a stop is soon an end."""
        who, finished = run["run_id"], run["finished"]
        self.verdict.expect("P5", run["lease_owner"] is None, who, "holds a lease")
        if finished is None:
            return
        for call in self.calls_of(run):
            until = max([finished] + [blow.until for blow in self.blows if blow.at <= finished <= blow.until])
            late = (call.ended or float("inf")) - until
            self.verdict.expect("P5", late <= 5, who, f"a model call was open {late:.1f} s after the end")
        if run["cancelled"] is not None:
            disturbed = self.last_blow(run["cancelled"] - 10, finished)
            limit = 5 if disturbed < run["cancelled"] - 9.9 else 30
            took = finished - max(run["cancelled"], disturbed)
            self.verdict.expect("P5", took <= limit, who, f"ended {took:.1f} s after it was stopped")
        for child in self.record.children[who]:
            outlived = (child["finished"] or float("inf")) - finished
            self.verdict.expect("P5", outlived <= 5, who, f"its child {child['run_id']} lived {outlived:.1f} s longer")

    def costs_add_up(self, run: dict, events: list[LoggedEvent]):
        """P6: events, rows and the answer's own figure say the same, and all of it was really asked for."""
        who, rows = run["run_id"], self.record.usage[run["run_id"]]
        told = [event.data for event in events if event.type == "usage"]
        shown = sum(Decimal(data["cost"] or 0) for data in told)
        kept = sum(Decimal(row["cost"] or 0) for row in rows)
        self.verdict.expect("P6", len(told) == len(rows) and shown == kept, who, f"events say {shown}, rows {kept}")
        asked = {call.tokens for call in self.calls_of(run)}
        # Of a call that was cut the provider says nothing: that one is estimated.
        counted = {row["input_tokens"] for row in rows if row["succeeded"]} - {0}
        if who in self.plays:
            self.verdict.expect("P6", counted <= asked, who, f"counted {counted - asked}, which nobody asked for")
        if answer := self.record.answers.get(who):
            # Its own calls to the last digit; those of its colleagues stand in their own runs.
            cost = Decimal(answer["cost"] or 0)
            self.verdict.expect("P6", cost == kept, who, f"the answer says {cost}, its calls cost {kept}")

    def budget_holds(self, turn: Turn):
        """P6: a turn with all who worked for it has cost no more than it may, but for one call; and it was told so."""
        if not turn.play.cap:
            return
        family = [run for run in self.record.runs if run["root_run_id"] == turn.run]
        costs = [Decimal(row["cost"] or 0) for run in family for row in self.record.usage[run["run_id"]]]
        cap, spent = Decimal(str(turn.play.cap)), sum(costs)
        self.verdict.expect("P6", spent <= cap + max(costs, default=0), turn.run, f"{spent} spent of {cap}")
        ends = {run["run_id"]: run["error_code"] for run in family}
        told = ends.get(turn.run) in ("BUDGET_EXCEEDED", GIVEN_UP)
        self.verdict.expect("P6", told, turn.run, f"a {turn.play.kind} ended with {ends.get(turn.run)}")

    def counted_once(self):
        """P2: a conversation counts its messages right."""
        there = Counter(one["conversation_id"] for one in self.record.messages)
        for one in self.record.conversations:
            count = there[one["conversation_id"]]
            what = f"counts {one['message_count']} of {count} messages"
            self.verdict.expect("P2", one["message_count"] == count, one["conversation_id"], what)

    def calls_of(self, run: dict) -> list:
        play = self.plays.get(run["run_id"])
        return self.calls[play.name] if play else []

    def was_paused(self, moment: float, grace: float) -> bool:
        return any(blow.at <= moment <= blow.until + grace for blow in self.blows if blow.what == "pause")

    def last_blow(self, since: float, until: float) -> float:
        """When the last blow or pause between the two was over; `since` when there was none."""
        moments = [moment for blow in self.blows for moment in (blow.at, blow.until) if since <= moment <= until]
        return max(moments, default=since)


def as_streamed(kind, data):
    """As readers get it: of a tool whose answer is a JSON object they get the object, where the log has its text."""
    if kind != "tool_result":
        return data
    try:
        told = json.loads(data.get("result") or "", parse_float=Decimal)
    except ValueError:
        return data
    return {**data, "result": told} if isinstance(told, dict) else data


def first_difference(one: list, other: list) -> str:
    for left, right in zip(one, other):
        if left != right:
            return f"{left}, the log has {right}"
    return f"{len(one)} events, the log has {len(other)}"
