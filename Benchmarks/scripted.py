"""Models that answer by a script, at once, and measure what comes between their answers and the next requests."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STEPS = 10
CHILDREN = 10
CHILD_SECONDS = 0.2


class Scripted:
    """Asks `reply(messages, arrived)` for a delta, and tells `replied(messages)` when its last byte is sent."""

    def __enter__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class Calling(Scripted):
    """Calls a tool ten times and then answers. For one run at a time: `times` are the seconds between its calls and the
    requests that follow them."""

    def __init__(self):
        self.times, self.called = [], None

    def reply(self, messages, arrived):
        results = count_results(messages)
        if results and self.called:
            self.times.append(arrived - self.called)
        return call("calculator", {"expression": f"{results} + 1"}) if results < STEPS else {"content": "Done."}

    def replied(self, messages):
        self.called = time.perf_counter()


class Planning(Scripted):
    """Plans ten tasks at once, each of which takes it a while. For one run at a time: `times` are the seconds from its plan
    to the request with all results, less what the slowest task took the model."""

    def __init__(self):
        self.times, self.planned, self.slowest = [], None, 0

    def reply(self, messages, arrived):
        if is_task(messages):
            time.sleep(CHILD_SECONDS)
            self.slowest = max(self.slowest, time.perf_counter() - arrived)
            return {"content": "Part done."}
        if count_results(messages):
            self.times.append(arrived - self.planned - self.slowest)
            return {"content": "All done."}
        self.slowest = 0
        tasks = [
            {"id": f"t{number}", "title": f"Part {number}", "agent": "coding", "goal": f"Part {number}", "depends_on": []}
            for number in range(CHILDREN)
        ]
        return call("plan", {"tasks": tasks})

    def replied(self, messages):
        if not count_results(messages) and not is_task(messages):
            self.planned = time.perf_counter()


def call(name, arguments):
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": function}]}


def is_task(messages):
    """Whether it is a child's request."""
    return messages[-1]["role"] == "user" and "Part " in str(messages[-1]["content"])


def count_results(messages):
    return sum(message["role"] == "tool" for message in messages)


def _handler(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def parse_request(self):
            self.arrived = time.perf_counter()
            return super().parse_request()

        def do_POST(self):
            messages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
            body = _events(model.reply(messages, self.arrived)).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)
            self.wfile.flush()
            model.replied(messages)

        def log_message(self, *_):
            pass

    return Handler


def _events(delta):
    finish = "tool_calls" if "tool_calls" in delta else "stop"
    choices = [{"index": 0, "delta": delta}], [{"index": 0, "delta": {}, "finish_reason": finish}]
    lines = [json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": choice}) for choice in choices]
    return "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])
