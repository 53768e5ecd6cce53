"""A provider that says what a test tells it to: OpenAI's chat completions, streamed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BACKGROUND = "ALMA background task"


class Upstream:
    """`answer(request)` gets the body of a request and returns the text of the answer."""

    def __init__(self, answer):
        self.requests: list[dict] = []
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                upstream.requests.append(body)
                text = answer(body)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for choice in ({"delta": {"content": text}}, {"delta": {}, "finish_reason": "stop"}):
                    self.frame({"choices": [{"index": 0, **choice}]})
                self.frame({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}})
                self.wfile.write(b"data: [DONE]\n\n")

            def frame(self, chunk):
                self.wfile.write(b"data: " + json.dumps({"object": "chat.completion.chunk", **chunk}).encode() + b"\n\n")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    @property
    def turns(self) -> list[dict]:
        """What was asked for people."""
        return [body for body in self.requests if not is_background(body)]

    def set_up(self, client, **model):
        """Makes it the client's default model."""
        fields = {"provider": "custom", "provider_name": "Scripted", "api_base_url": self.address}
        provider = client.created("/v1/llm-configs", **fields)
        made = client.created("/v1/models", llm_id=provider["llm_id"], name="m", display_name="m", **model)
        assert client.http.put("/v1/models/default", json={"model_id": made["model_id"]}).status_code < 300
        return client

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def system_of(body) -> str:
    return next((one["content"] for one in body["messages"] if one["role"] == "system"), "")


def is_background(body) -> bool:
    return system_of(body).startswith(BACKGROUND)
