"""WebSockets as the standard has them, byte by byte, and those who do no good: on the real process."""

import contextlib
import json
import select
import threading
import zlib

import pytest
import socket_cases
import socket_texts
from alma import Client, standing
from socket_cases import BYE, Case, fine, message, text
from sockets import RawSocket, Socket, answer_to, end_of, frame, handshake
from websockets.exceptions import ConnectionClosed


@pytest.fixture(scope="module")
def server(furnished):
    with standing(furnished) as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    return Client(server)


@pytest.fixture
def raw(server, client):
    conversation = client.conversation()
    opened = []

    def open_socket(**options):
        opened.append(RawSocket(server, conversation, client.token, **options))
        return opened[-1]

    yield open_socket
    for one in opened:
        one.close()


# The handshake


def test_the_handshake_is_the_standards(raw):
    head = raw(headers={"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}).head.decode().lower()
    assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    assert "upgrade: websocket" in head and "connection: upgrade" in head
    assert "sec-websocket-extensions" not in head and "content-length" not in head and "transfer-encoding" not in head


@pytest.mark.parametrize(
    "status, query, headers",
    [
        (400, "", {"Sec-WebSocket-Key": "dGhlIHNhbXBsZQ=="}),
        (422, "?after=nonsense", {}),
        (426, "", {"Sec-WebSocket-Version": "8"}),
        (426, "", {"Upgrade": "h2c"}),
    ],
)
def test_who_asks_wrongly_gets_an_answer_and_no_socket(server, client, status, query, headers):
    request = handshake(server, client.conversation(), client.token, query, headers)
    answer = answer_to(server, request + frame(0x9)).lower()
    head = answer.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert head[0].startswith(b"http/1.1 %d " % status) and b"connection: close" in head
    assert (b"sec-websocket-version: 13" in head) == (status == 426)


def test_who_speaks_before_the_answer_harms_nobody(raw):
    ws = raw(early=frame(0x9, b"early"))
    ws.send(frame(0x9, b"late"))
    # What came with the request is no socket's yet; what came behind it may have waited.
    assert ws.next(0xA) == b"late" or ws.next(0xA) == b"late"


def test_other_upgrades_leave_the_port_alone(server):
    """A request that asks for a protocol which nobody speaks gets its answer, and the line is closed behind it."""
    host = f"Host: 127.0.0.1:{server.port}"
    answer = answer_to(server, f"GET /healthz HTTP/1.1\r\n{host}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200") and b"connection: close" in answer.lower()


# Autobahn's cases


def holds(raw, case: Case, **options):
    """What is said, and how it ends, is as the case has it."""
    ws = raw(**options)
    with contextlib.suppress(ConnectionError):
        for piece in case.pieces:
            ws.send(piece)
    said, pongs = [], []
    while True:
        kind, content = ws.frame()
        if kind == 0x8:
            break
        if kind == 0xA:
            pongs.append(content)
        elif kind == 0x1 and (record := json.loads(content))["type"] != "connection_status":
            assert record["type"] == "error", (case.name, record)
            said.append(record["data"]["temp_message_id"])
    code, _ = ws.part(content)
    ws.close()
    assert (said, pongs, code) == (case.said, case.pongs, case.code), case.name


@pytest.mark.parametrize("group", ["FRAMING", "PINGS", "RESERVED", "OPCODES", "FRAGMENTS", "GOODBYES"])
def test_frames(raw, group):
    for case in getattr(socket_cases, group):
        holds(raw, case)


def test_as_much_as_there_may_be_and_more(raw):
    for case in socket_cases.limits():
        holds(raw, case)


def test_texts_in_frames(raw):
    for case in socket_texts.FRAMED:
        holds(raw, case)


def test_all_of_unicode_comes_through(raw):
    names = socket_texts.VALID
    # Fewer than the mistakes that end a socket.
    for some in [names[start : start + 15] for start in range(0, len(names), 15)]:
        holds(raw, fine(repr(some), [text(name) for name in some], some))


def test_what_is_no_utf8_is_refused(raw):
    for case in socket_texts.REFUSED:
        holds(raw, case)


@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9, permessage-deflate",
        "x-webkit-deflate-frame",
    ],
)
def test_compression_is_declined(raw, offer):
    headers = {"Sec-WebSocket-Extensions": offer}
    assert b"sec-websocket-extensions" not in raw(headers=headers).head.lower()
    holds(raw, fine(offer, [text("plain")], ["plain"]), headers=headers)
    # Whoever compresses all the same breaks the rules.
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(message("packed")) + packer.flush(zlib.Z_SYNC_FLUSH)
    case = socket_cases.broken(offer, [text("plain") + frame(0x1, packed[:-4], reserved=0x40) + BYE], ["plain"])
    holds(raw, case, headers=headers)


def test_a_client_that_would_compress_talks_plainly(server, client):
    with Socket.of(client, server, client.conversation(), compression="deflate") as ws:
        assert ws.connection.protocol.extensions == []
        ws.say("all in plain words")
        ws.until_end()


def test_long_messages_are_taken_and_not_more_than_there_is_to_say(server, client):
    with Socket.of(client, server, client.conversation()) as ws:
        ws.say("x" * (256 * 1024 + 1))
        assert ws.until_type("error")["data"]["error_code"] == "VALIDATION_ERROR"
        ws.say("x" * 256 * 1024)
        ws.until_type("message_received")
        ws.send("cancel")


# Those who do no good


def test_a_flood_ends(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws, Socket.of(client, server, conversation) as other:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(3000):
                ws.connection.send('{"type":"ping"}')
        assert end_of(ws) == 1008
        # Before the goodbye it says why.
        assert ws.heard[-1]["type"] == "error" and ws.heard[-1]["data"]["error_code"] == "RATE_LIMITED"
        assert ws.heard[-1]["data"]["retry_after"] == 1
        other.say("not disturbed")
        other.until_end()


def test_pings_that_nobody_reads_cost_no_memory(server, client, raw):
    before = server.resident_megabytes()
    ws = raw(buffer=4096)
    ws.line.setblocking(False)
    burst, sent = frame(0x9, b"x" * 125) * 500, 0
    rest = burst
    # Until nobody reads there, either.
    while sent < 64 * 1024 * 1024 and takes_more(ws, within=2):
        count = ws.line.send(rest)
        # What did not fit is next: a frame that lacks its end would be a mistake.
        rest, sent = rest[count:] or burst, sent + count
    assert sent < 64 * 1024 * 1024
    assert server.resident_megabytes() - before < 30
    # Once its answers are read, it reads on.
    ws.line.settimeout(30)
    while not takes_more(ws, within=0):
        assert ws.next(0xA) == b"x" * 125


def takes_more(ws, within) -> bool:
    """Whether something can be sent, or can be in so many seconds."""
    return bool(select.select([], [ws.line], [], within)[1])


def test_slow_readers_cost_no_memory_and_hold_nothing_up(server, client):
    conversation = client.conversation()
    client.finished(client.send(conversation, "/long 50"))
    before = server.resident_megabytes()
    stopped = [RawSocket(server, conversation, client.token, buffer=1024) for _ in range(60)]
    with Socket.of(client, server, conversation) as ws, signs_of_life(stopped):
        ws.say("/long")
        ws.until_end(90)
    assert server.resident_megabytes() - before < 80
    # Who reads at last gets all of it.
    slow = stopped[0]
    seen = []
    while not seen or not (seen[-1]["type"] == "run_status" and seen[-1]["data"]["state"] == "completed"):
        kind, content = slow.frame()
        if kind == 0x1:
            seen.append(json.loads(content))
    assert [one for one in seen if "seq" in one] == ws.log
    for one in stopped:
        one.close()


@contextlib.contextmanager
def signs_of_life(sockets):
    """They read nothing, and are there."""
    over = threading.Event()

    def go_on():
        while not over.wait(5):
            for one in sockets:
                one.send(frame(0xA))

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()
