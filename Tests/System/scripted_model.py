"""A provider that says what a test tells it to: OpenAI's chat completions, streamed, and its embeddings."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BACKGROUND = "ALMA background task"


@dataclass
class Answer:
    """More than a text: pieces of it, calls of tools (name, arguments), or a refusal."""

    pieces: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    # Pieces of words in which it declines.
    refusal: list[str] = field(default_factory=list)
    finish: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: dict | None = None
    # The connection ends after the pieces, without an end of the answer.
    breaks_off: bool = False
    # Waits for this before it ends.
    until: threading.Event | None = None
    # Waits for this before it says anything.
    after: threading.Event | None = None
    reasoning_tokens: int = 0

    @property
    def choices(self):
        for piece in self.pieces:
            yield {"delta": {"content": piece}}
        for piece in self.refusal:
            yield {"delta": {"content": None, "refusal": piece}}
        for index, (name, arguments) in enumerate(self.calls):
            call = {"index": index, "id": f"call_{index}", "type": "function"}
            yield {"delta": {"tool_calls": [{**call, "function": {"name": name, "arguments": arguments[:3]}}]}}
            yield {"delta": {"tool_calls": [{"index": index, "function": {"arguments": arguments[3:]}}]}}

    @property
    def end(self):
        return {"delta": {}, "finish_reason": self.finish or ("tool_calls" if self.calls else "stop")}


class Upstream:
    """`answer(request)` gets the body of a request and returns the text of the answer, or an `Answer`."""

    def __init__(self, answer):
        self.requests: list[dict] = []
        self.paths: list[str] = []
        # Pieces of all answers that were sent.
        self.frames = 0
        # Somebody hung up before the end.
        self.cut = threading.Event()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                upstream.requests.append(body)
                upstream.paths.append(self.path)
                if self.path.endswith("/embeddings"):
                    return self.document(200, upstream.embeddings(body))
                said = answer(body)
                said = said if isinstance(said, Answer) else Answer([said])
                if said.after:
                    said.after.wait(60)
                if said.error is not None:
                    return self.document(said.status, {"error": said.error}, said.headers)
                try:
                    self.stream(said)
                except OSError:
                    upstream.cut.set()

            def document(self, status, body, headers=()):
                text = json.dumps(body).encode()
                self.send_response(status)
                for name, value in dict(headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def stream(self, said):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                for choice in said.choices:
                    self.frame({"choices": [{"index": 0, **choice}]})
                if said.breaks_off:
                    return
                while said.until and not said.until.wait(0.05):
                    self.frame({"choices": [{"index": 0, "delta": {"content": "."}}]})
                self.frame({"choices": [{"index": 0, **said.end}]})
                thought = {"completion_tokens_details": {"reasoning_tokens": said.reasoning_tokens}}
                usage = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16, **thought}
                self.frame({"choices": [], "usage": usage})
                self.wfile.write(b"data: [DONE]\n\n")

            def frame(self, chunk):
                self.wfile.write(b"data: " + json.dumps({"object": "chat.completion.chunk", **chunk}).encode() + b"\n\n")
                upstream.frames += 1

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    @staticmethod
    def embeddings(body) -> dict:
        """Of each text its length and its first letter."""
        inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
        vectors = [[float(len(one)), float(ord(one[0]) if isinstance(one, str) else one[0]), 0.5] for one in inputs]
        data = [{"object": "embedding", "index": index, "embedding": one} for index, one in enumerate(vectors)]
        return {"object": "list", "data": data, "model": "e", "usage": {"prompt_tokens": 7, "total_tokens": 7}}

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
