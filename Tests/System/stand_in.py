"""A server that answers commands as a test says, for what a real one does only on its bad days."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StandIn:
    """`answer(what, token)` is asked with `GET /path` and the bearer's token. It returns a status and the data, or text of an
    event stream; None leaves the request without an answer."""

    def __init__(self, answer):
        # What was asked and when.
        self.asked: list[tuple[str, float]] = []
        self.is_over = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def respond(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                what = f"{self.command} {self.path.split('?')[0]}"
                stand_in.asked.append((what, time.monotonic()))
                answered = answer(what, (self.headers.get("Authorization") or "").removeprefix("Bearer "))
                if answered is None:
                    stand_in.is_over.wait(60)
                    return
                status, data = answered
                is_stream = isinstance(data, str)
                error = {"error": {"code": "BAD_DAY", "message": "It is a bad day."}}
                body = data if is_stream else json.dumps({"data": data} if status < 400 else error)
                self.send_response(status)
                self.send_header("Content-Type", "text/event-stream" if is_stream else "application/json")
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = do_DELETE = respond

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def times(self, what: str) -> list[float]:
        return [time for name, time in self.asked if name == what]

    def close(self):
        self.is_over.set()
        self.server.shutdown()
        self.server.server_close()
