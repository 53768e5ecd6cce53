"""WebSockets as the standard has them, byte by byte, and those who do no good: on the real process."""

import contextlib
import json
import select
import socket
import threading

import pytest
from sockets import RawSocket, Socket, frame
from websockets.exceptions import ConnectionClosed


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


def test_the_handshake_is_the_standards(raw):
    head = raw(key="dGhlIHNhbXBsZSBub25jZQ==").head.decode().lower()
    assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
    assert "upgrade: websocket" in head and "connection: upgrade" in head
    assert "sec-websocket-extensions" not in head and "content-length" not in head and "transfer-encoding" not in head


def test_pings_get_their_words_back(raw):
    ws = raw()
    for payload in [b"", b"ping", bytes(range(125)), b"\xff" * 125]:
        for piece in [frame(0x9, payload)] + [bytes([byte]) for byte in frame(0x9, payload)]:
            ws.send(piece)
        assert ws.next(0xA) == payload and ws.next(0xA) == payload
    ws.send(frame(0xA, b"unasked") + frame(0x9, b"after"))
    assert ws.next(0xA) == b"after"
    ws.send(b"".join(frame(0x9, str(number)) for number in range(10)))
    assert [ws.next(0xA) for _ in range(10)] == [str(number).encode() for number in range(10)]


def test_a_message_in_pieces_with_a_ping_between(raw):
    ws = raw()
    said = '{"type":"ping","data":{"words":"你好 😀"}}'.encode()
    for index in range(len(said)):
        ws.send(frame(0x1 if index == 0 else 0x0, said[index : index + 1], final=False))
        if index == 20:
            ws.send(frame(0x9, b"meanwhile"))
    ws.send(frame(0x0))
    assert ws.next(0xA) == b"meanwhile"
    texts = []
    while not texts or json.loads(texts[-1])["type"] != "pong":
        texts.append(ws.next(0x1))


PING = '{"type":"ping"}'


BROKEN = [
    (1002, frame(0x1, PING, reserved=0x40)),
    (1002, frame(0x9, b"", reserved=0x20)),
    (1002, frame(0x3)),
    (1002, frame(0x7, b"x")),
    (1002, frame(0xB)),
    (1002, frame(0xF, b"x")),
    (1002, frame(0x9, b"x" * 126)),
    (1002, frame(0x9, b"x", final=False)),
    (1002, frame(0x8, b"x" * 126)),
    (1002, frame(0x0, PING)),
    (1002, frame(0x1, "{", final=False) + frame(0x1, "}")),
    (1002, frame(0x1, PING, masked=False)),
    (1002, frame(0x8, b"\x03")),
    (1002, frame(0x8, b"\x03\xec")),
    (1002, frame(0x8, b"\x03\xed")),
    (1002, frame(0x8, b"\x03\xee")),
    (1002, frame(0x8, b"\x13\x88")),
    (1007, frame(0x8, b"\x03\xe8\xce\xba\xe1")),
    (1003, frame(0x2, PING)),
    (1007, frame(0x1, b"\xce\xba\xed\xa0\x80")),
    (1007, frame(0x1, b"\xf4\x90\x80\x80", final=False)),
    (1007, frame(0x1, b"\xce", final=False) + frame(0x0, b"\xce")),
    (1009, frame(0x1, b"x" * 1_048_577)[:14]),
    (1009, frame(0x1, b"x" * 700_000, final=False) + frame(0x0, b"x" * 700_000)[:14]),
    (1002, b"GET / HTTP/1.1\r\n\r\n"),
]


def test_what_breaks_the_rules_gets_its_code(raw):
    for code, sent in BROKEN:
        ws = raw()
        ws.send(sent)
        assert ws.end()[0] == code, sent[:40]
        ws.close()


def test_bad_text_is_refused_before_its_frame_is_whole(raw):
    ws = raw()
    ws.send(frame(0x1, b"\xce\xba\xf4\x90" + b"a" * 500)[:12])
    assert ws.end()[0] == 1007


def test_a_goodbye_is_returned(raw):
    for sent, code in [(b"", None), (b"\x03\xe8", 1000), (b"\x03\xe8bye", 1000), (b"\x0f\xa0", 4000)]:
        ws = raw()
        ws.send(frame(0x8, sent) + frame(0x9, b"nobody hears this"))
        assert ws.end()[0] == code


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
        with pytest.raises(ConnectionClosed) as caught:
            for _ in range(3000):
                ws.connection.send(PING)
            while True:
                ws.hear()
        assert caught.value.rcvd.code == 1008
        other.say("not disturbed")
        other.until_end()


def test_pings_that_nobody_reads_cost_no_memory(server, client, raw):
    before = server.resident_megabytes()
    ws = raw(buffer=4096)
    ws.line.setblocking(False)
    burst, sent = frame(0x9, b"x" * 125) * 500, 0
    # Until nobody reads there, either.
    while sent < 64 * 1024 * 1024 and takes_more(ws, within=2):
        sent += ws.line.send(burst)
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


def test_half_a_handshake_and_other_upgrades_leave_the_port_alone(server, client):
    """A request that asks for a protocol which nobody speaks gets its answer, and the line is closed behind it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(
            f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n".encode()
        )
        answer = b""
        while piece := line.recv(4096):
            answer += piece
        assert answer.startswith(b"HTTP/1.1 200") and b"connection: close" in answer.lower()
