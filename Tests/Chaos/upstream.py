"""A model server that speaks OpenAI's protocol and plays what the person's words say. It remembers every call."""

import itertools
import json
import select
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from plays import Play


class Gone(Exception):
    """The caller has closed the connection."""


@dataclass
class Call:
    """One model call as it came in."""

    play: Play
    # How many answers with tool calls came before.
    step: int
    # Of the calls before, by their ids.
    results: dict[str, str]
    # Of this call alone: by it, what was counted is found again.
    tokens: int
    began: float = field(default_factory=time.time)
    ended: float | None = None
    # "whole" when the answer was sent to its end; else "refused", "broken" or "gone".
    outcome: str = ""


class Upstream:
    """Serves on a port of its own until `stop`."""

    def __init__(self):
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                upstream.serve(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.calls: list[Call] = []
        # What was said in which step of which play.
        self.said: dict[tuple[str, int], str] = {}
        self.problems: list[str] = []
        self.tokens = itertools.count(1000)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler):
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        handler.close_connection = True
        with self.lock:
            call = self.note(body["messages"])
            earlier = sum(1 for other in self.calls if other.play.name == call.play.name)
            self.calls.append(call)
        try:
            if earlier < len(call.play.refusals):
                self.refuse(handler, call.play.refusals[earlier])
                call.outcome = "refused"
            else:
                call.outcome = self.answer(handler, call)
        except (Gone, OSError):
            call.outcome = "gone"
        finally:
            call.ended = time.time()

    def note(self, messages: list[dict]) -> Call:
        """The call as its conversation tells it."""
        asked = max(
            place for place, message in enumerate(messages)
            if message["role"] == "user" and Play.of(message["content"])
        )  # fmt: skip
        play = Play.of(messages[asked]["content"])
        since = messages[asked + 1 :]
        wanted = [call for message in since for call in message.get("tool_calls") or []]
        results = {message["tool_call_id"]: message["content"] for message in since if message["role"] == "tool"}
        for call in wanted:
            self.check(play, call, results)
        # An earlier agent's calls are told as words.
        step = sum(1 for message in since if message["role"] == "assistant" and makes_calls(message))
        return Call(play, step, results, next(self.tokens))

    def check(self, play: Play, call: dict, results: dict[str, str]):
        """Every call has its result, and the right one."""
        function, result = call["function"], results.get(call["id"])
        if result is None:
            self.problems.append(f"{play.name}: the model was asked on without the result of {call['id']}")
        elif function["name"] == "calculator":
            right = eval(json.loads(function["arguments"])["expression"], {"__builtins__": {}})
            if result != str(right):
                self.problems.append(f"{play.name}: {function['arguments']} is {right}, not {result}")
        elif function["name"] == "delegate":
            right = self.whole(Play.of(json.loads(function["arguments"])["goal"]))
            if result != right and "could not do it" not in result:
                self.problems.append(f"{play.name}: the colleague said {right!r}, not {result!r}")
        elif function["name"] == "plan":
            tasks = {task.id: task.play for task in play.tasks}
            for told in json.loads(result)["tasks"]:
                if told["state"] == "completed" and told["result"] != self.whole(tasks[told["id"]]):
                    self.problems.append(f"{play.name}: the result of task {told['id']} is {told['result']!r}")

    def refuse(self, handler: BaseHTTPRequestHandler, how):
        if how == "gone":
            return
        handler.send_response(how)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Retry-After", "0")
        handler.end_headers()
        handler.wfile.write(b'{"error": {"message": "not now"}}')

    def answer(self, handler: BaseHTTPRequestHandler, call: Call) -> str:
        play = call.play
        words = play.text(call.step, [self.digest(result) for result in call.results.values()])
        with self.lock:
            said = self.said.setdefault((play.name, call.step), "".join(words))
            if said != "".join(words):
                self.problems.append(f"{play.name}: step {call.step} was asked anew after other results")
        self.wait(handler, play.thinks)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for place, word in enumerate(words):
            self.wait(handler, play.pace)
            self.send(handler, delta={"content": word})
            if play.breaks and place >= len(words) // 2:
                return "broken"
        calls = play.tool_calls(call.step)
        for place, (name, arguments) in enumerate(calls):
            function = {"name": name, "arguments": json.dumps(arguments)}
            self.send(handler, delta={"tool_calls": [{"index": place, "id": f"call_{place}", "function": function}]})
        self.send(handler, delta={}, finish_reason="tool_calls" if calls else "stop")
        written = play.spends or len(words)
        usage = {"prompt_tokens": call.tokens, "completion_tokens": written, "total_tokens": call.tokens + written}
        self.write(handler, {"choices": [], "usage": usage})
        handler.wfile.write(b"data: [DONE]\n\n")
        handler.wfile.flush()
        return "whole"

    @staticmethod
    def digest(result: str) -> str:
        """What may differ between two tries is left out."""
        if result.isdigit():
            return result
        if result.startswith('{"') and '"tasks"' in result:
            return " ".join(task["state"] for task in json.loads(result)["tasks"])
        return "not allowed" if "not allow" in result else "allowed"

    def whole(self, play: Play) -> str:
        """All that the model has to say in a play, as the person reads it."""
        steps = [self.said.get((play.name, step), "") for step in range(play.rounds + 1)]
        return "\n\n".join(text for text in steps if text)

    def send(self, handler: BaseHTTPRequestHandler, delta: dict, finish_reason: str | None = None):
        self.write(handler, {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})

    @staticmethod
    def write(handler: BaseHTTPRequestHandler, chunk: dict):
        handler.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        handler.wfile.flush()

    @staticmethod
    def wait(handler: BaseHTTPRequestHandler, seconds: float):
        """A caller who has sent a request sends nothing more: what can be read is the connection's end."""
        if select.select([handler.connection], [], [], seconds)[0]:
            raise Gone


def makes_calls(message: dict) -> bool:
    return bool(message.get("tool_calls")) or "[called " in (message["content"] or "")
