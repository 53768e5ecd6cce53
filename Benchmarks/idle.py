"""Connections that wait: event streams and sockets on which nothing happens."""

import base64
import os
import selectors
import socket
import time

from alma import Client
from figure import Figure
from processes import BenchError

# One person may have so many; the server is told so.
PER_PERSON = 250


def idle(bench):
    """So many event streams of people, and as many sockets on their conversations; both say that they live."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    number = bench.number(5000, 500)
    people = [_person(alma.port, count) for count in range(-(-number // PER_PERSON))]
    # What a first connection of each kind brings along is not theirs.
    with _Crowd(alma.port) as crowd:
        crowd.add(people[0].stream)
        crowd.add(people[0].socket)
        crowd.hear(2)
    time.sleep(2)
    rows, before = [], alma.memory()
    with _Crowd(alma.port) as crowd:
        for name, request in (("event streams", "stream"), ("sockets", "socket")):
            for count in range(number):
                crowd.add(getattr(people[count // PER_PERSON], request))
                # Whoever does not answer is given up.
                if count % 50 == 0:
                    crowd.hear(0)
            crowd.hear(20)
            now = alma.memory()
            rows.append(Figure(f"memory of an idle connection, {number:,} {name}", "KB", alma=(now - before) * 1000 / number, target=20))
            before = now
        since, used = time.monotonic(), sum(alma.cpu_seconds())
        late = crowd.worst_silence(32)
        share = (sum(alma.cpu_seconds()) - used) / (time.monotonic() - since)
        rows.append(Figure(f"longest silence of {2 * number:,} idle connections, heartbeats every 15 s", "s", alma=late, target=17))
        rows.append(Figure(f"processors busy with {2 * number:,} idle connections", "", alma=share))
    return rows


class _Person:
    def __init__(self, token, conversation, port):
        head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        key = base64.b64encode(os.urandom(16)).decode()
        self.stream = f"GET /v1/events HTTP/1.1\r\n{head}\r\n".encode()
        self.socket = (
            f"GET /v1/ws/chat/{conversation} HTTP/1.1\r\n{head}Connection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()


def _person(port, count):
    client = Client(port, f"idle{count}@example.com").register()
    return _Person(client.token, client.add_conversation(0), port)


class _Crowd:
    """Connections that listen, and answer the pings of a socket."""

    PONG = bytes([0x8A, 0x80, 1, 2, 3, 4])

    def __init__(self, port):
        self.port, self.selector, self.heard = port, selectors.DefaultSelector(), {}
        self.longest = 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for line in self.heard:
            line.close()
        self.selector.close()

    def add(self, request):
        line = socket.create_connection(("127.0.0.1", self.port), 30)
        line.sendall(request)
        first = line.recv(12)
        if first not in (b"HTTP/1.1 200", b"HTTP/1.1 101"):
            raise BenchError(f"a connection that was to wait was refused: {first + line.recv(500)!r}")
        line.setblocking(False)
        self.heard[line] = time.monotonic()
        self.selector.register(line, selectors.EVENT_READ)

    def hear(self, seconds):
        end = time.monotonic() + seconds
        while True:
            ready = self.selector.select(max(0, end - time.monotonic()))
            for key, _ in ready:
                self._take(key.fileobj)
            if not ready and time.monotonic() >= end:
                return

    def _take(self, line):
        data = line.recv(65536)
        if not data:
            raise BenchError("a connection that was to wait was closed")
        now = time.monotonic()
        self.longest = max(self.longest, now - self.heard[line])
        self.heard[line] = now
        if data.endswith(b"\x89\x00"):
            line.send(self.PONG)

    def worst_silence(self, seconds):
        """Of all of them, in seconds."""
        self.longest = 0.0
        self.hear(seconds)
        return max([self.longest, *(time.monotonic() - moment for moment in self.heard.values())])
