"""A person's program on a WebSocket, and one that keeps to no rules."""

import base64
import contextlib
import json
import os
import socket
import struct

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


class Socket:
    """A conversation's socket; what was heard is kept."""

    def __init__(self, server, conversation, query="", headers=None, **options):
        address = f"ws://127.0.0.1:{server.port}/v1/ws/chat/{conversation}{query}"
        options = {"compression": None, "proxy": None, "max_size": None, **options}
        self.opened = connect(address, additional_headers=headers, **options)
        self.connection = self.opened.__enter__()
        self.heard: list[dict] = []
        self.count = 0

    @staticmethod
    def of(client, server, conversation, after=None, **options):
        query = f"?after={after}" if after else ""
        return Socket(server, conversation, query, {"Authorization": client.http.headers["Authorization"]}, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, kind, **data):
        self.connection.send(json.dumps({"type": kind, "data": data, "timestamp": "2025-06-24T10:00:00Z"}))

    def say(self, content, name=None, **fields):
        self.count += 1
        name = name or f"temp_{self.count}_{os.urandom(4).hex()}"
        self.send("user_message", content=content, message_id=name, **fields)
        return name

    def hear(self, limit=30) -> dict:
        record = json.loads(self.connection.recv(timeout=limit))
        self.heard.append(record)
        return record

    def until(self, condition, limit=30) -> dict:
        while True:
            record = self.hear(limit)
            if condition(record):
                return record

    def until_type(self, kind, limit=30, **data) -> dict:
        return self.until(
            lambda one: one["type"] == kind and all(one["data"].get(key) == value for key, value in data.items()), limit
        )

    def until_end(self, limit=60, state="completed") -> dict:
        return self.until_type("run_status", limit, state=state)

    @property
    def log(self) -> list[dict]:
        return [record for record in self.heard if "seq" in record]


def handshake(server, conversation, token, query="", headers=None) -> bytes:
    """The request that opens a socket. `headers` has those that are otherwise."""
    headers = {
        "Host": f"127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Authorization": f"Bearer {token}",
        **(headers or {}),
    }
    lines = [f"GET /v1/ws/chat/{conversation}{query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_to(server, request: bytes) -> bytes:
    """All that comes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(request)
        answer = b""
        while piece := line.recv(4096):
            answer += piece
    return answer


class RawSocket:
    """Bytes on a line, after a handshake. `early` is sent along with that."""

    def __init__(self, server, conversation, token, buffer=None, headers=None, early=b""):
        self.line = socket.socket()
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if buffer:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.line.settimeout(30)
        self.line.connect(("127.0.0.1", server.port))
        self.line.sendall(handshake(server, conversation, token, headers=headers) + early)
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            piece = self.line.recv(4096)
            assert piece, self.rest
            self.rest += piece
        self.head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        assert self.head.startswith(b"HTTP/1.1 101"), self.head

    def send(self, data: bytes):
        self.line.sendall(data)

    def read(self, count) -> bytes:
        while len(self.rest) < count:
            piece = self.line.recv(65536)
            if not piece:
                raise EOFError
            self.rest += piece
        data, self.rest = self.rest[:count], self.rest[count:]
        return data

    def frame(self) -> tuple[int, bytes]:
        """Opcode and content; a server's frames are whole and unmasked."""
        first, second = self.read(2)
        assert first & 0xF0 == 0x80 and not second & 0x80
        length = second
        if length == 126:
            (length,) = struct.unpack("!H", self.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self.read(8))
        return first & 0x0F, self.read(length)

    def next(self, opcode) -> bytes:
        """The next frame of a kind; texts in between are the log's, pings the server's."""
        while True:
            kind, content = self.frame()
            if kind == opcode:
                return content
            assert kind in (0x1, 0x9), (kind, content)

    def end(self) -> tuple[int | None, str]:
        """Code and reason with which the server closes; afterwards it hangs up."""
        return self.part(self.next(0x8))

    def part(self, content: bytes) -> tuple[int | None, str]:
        """Answers the server's goodbye."""
        code = struct.unpack("!H", content[:2])[0] if content else None
        with contextlib.suppress(OSError):
            self.send(frame(0x8, content))
            self.line.shutdown(socket.SHUT_WR)
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                self.frame()
        return code, content[2:].decode()

    def close(self):
        self.line.close()


def frame(opcode, content=b"", final=True, reserved=0, masked=True) -> bytes:
    if isinstance(content, str):
        content = content.encode()
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    bit = 0x80 if masked else 0
    if len(content) < 126:
        head += bytes([bit | len(content)])
    elif len(content) < 65536:
        head += bytes([bit | 126]) + struct.pack("!H", len(content))
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", len(content))
    if not masked:
        return head + content
    key = os.urandom(4)
    mask = (key * (len(content) // 4 + 1))[: len(content)]
    hidden = int.from_bytes(content, "big") ^ int.from_bytes(mask, "big")
    return head + key + hidden.to_bytes(len(content), "big")


def log_of(client, run):
    """What an event stream tells of the run, as a socket would."""
    return [{**event.record, "seq": event.id} for event in client.events(run)]


def without_id(records):
    """As they stand in the run's log, without their places in the conversation."""
    return [{key: value for key, value in record.items() if key != "id"} for record in records]


def refusal(*arguments, **options):
    with pytest.raises(InvalidStatus) as caught:
        Socket(*arguments, **options)
    return caught.value.response.status_code


def end_of(ws, limit=20):
    """The code with which the server closes."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            ws.hear(limit)
    return caught.value.rcvd.code
