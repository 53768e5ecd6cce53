"""A model that calls a tool ten times and then answers, and knows how long it waited for each next request."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STEPS = 10


class Calling:
    """For one run at a time: `times` are the seconds between its calls and the requests that follow them."""

    def __enter__(self):
        self.times, self.called = [], None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def _handler(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def parse_request(self):
            self.arrived = time.perf_counter()
            return super().parse_request()

        def do_POST(self):
            messages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
            results = sum(message["role"] == "tool" for message in messages)
            if results and model.called:
                model.times.append(self.arrived - model.called)
            body = _events(results).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)
            self.wfile.flush()
            model.called = time.perf_counter()

        def log_message(self, *_):
            pass

    return Handler


def _events(results):
    call = {"name": "calculator", "arguments": json.dumps({"expression": f"{results} + 1"})}
    if results < STEPS:
        delta = {"tool_calls": [{"index": 0, "id": f"c{results}", "type": "function", "function": call}]}
        finish = "tool_calls"
    else:
        delta, finish = {"content": "Done."}, "stop"
    choices = [{"index": 0, "delta": delta}], [{"index": 0, "delta": {}, "finish_reason": finish}]
    lines = [json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": choice}) for choice in choices]
    return "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])
