"""The whole of what the database knows after a storm, read once."""

import json
from collections import defaultdict
from decimal import Decimal

from world import World


class LoggedEvent:
    """An event as the database has it; the names are those of `alma.Event`."""

    def __init__(self, row: dict):
        self.id = row["sequence"]
        self.type = row["type"]
        self.data = json.loads(row["data"], parse_float=Decimal)
        self.time = row["time"]

    @property
    def record(self) -> dict:
        return {"type": self.type, "data": self.data}

    @property
    def state(self) -> str | None:
        return self.data["state"] if self.type == "run_status" else None


class Record:
    """Everything that the database knows, read once."""

    def __init__(self, world: World):
        def rows(query: str) -> list[dict]:
            return json.loads(world.ask(f"select coalesce(json_agg(t), '[]') from ({query}) t"))

        self.runs = rows("""
            select run_id, parent_run_id, root_run_id, conversation_id, user_message_id, state, attempt, lease_owner,
                error_code, result, task ->> 'goal' as goal, extract(epoch from finished_at) as finished,
                extract(epoch from cancel_requested_at) as cancelled
            from runs order by run_id
        """)
        self.events: dict[str, list[LoggedEvent]] = defaultdict(list)
        for row in rows("""
            select run_id, sequence, type, data::text as data, extract(epoch from timestamp) as time
            from run_events order by run_id, sequence
        """):
            self.events[row["run_id"]].append(LoggedEvent(row))
        self.usage = defaultdict(list)
        for row in rows("select run_id, input_tokens, cost::text as cost, succeeded from usage_records"):
            self.usage[row["run_id"]].append(row)
        self.messages = rows("""
            select conversation_id, message_id, role, content, run_id, model_metadata ->> 'cost' as cost from messages
        """)
        self.conversations = rows("select conversation_id, message_count from conversations")
        self.answers = {one["run_id"]: one for one in self.messages if one["role"] == "assistant"}
        self.children = defaultdict(list)
        for run in self.runs:
            self.children[run["parent_run_id"]].append(run)
