"""A conversation over a WebSocket: the whole protocol, on the real process, with a client of somebody else's making."""

import contextlib
import json
import socket
import threading
import time

import httpx
import pytest
from alma import EMAIL, PASSWORD, Client, Folder, Server, wait_until
from sockets import RawSocket, Socket, frame
from websockets.exceptions import ConnectionClosed, InvalidStatus

QUESTION = '/tool ask_person {"question": "Which colour?", "choices": ["red", "blue"]}'


def text_of(records):
    begins = max(index for index, one in enumerate(records) if one["type"] == "agent_start")
    return "".join(one["data"].get("content_delta") or "" for one in records[begins:] if one["type"] == "content_stream")


def log_of(client, run):
    """What SSE tells of the run."""
    return [{**event.record, "seq": event.id} for event in client.events(run)]


def without_id(records):
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


# The protocol


def test_a_conversation_from_greeting_to_answer(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        greeting = ws.hear()
        assert greeting["type"] == "connection_status" and greeting["timestamp"]
        me = client.http.get("/v1/users/me").json()["data"]["user_id"]
        assert greeting["data"]["status"] == "connected" and greeting["data"]["user_id"] == me
        assert greeting["data"]["conversation_id"] == conversation and greeting["data"]["session_id"]
        ws.connection.send('{"type":"ping","timestamp":"2025-06-24T10:00:00Z"}')
        pong = ws.hear()
        assert pong["type"] == "pong" and pong["timestamp"]
        assert ws.connection.ping().wait(10)
        name = ws.say("good morning")
        received = ws.hear()
        assert received["type"] == "message_received"
        assert received["data"]["temp_message_id"] == name and received["data"]["status"] == "processing"
        ws.until_end()
    run = received["data"]["run_id"]
    assert without_id(ws.log) == log_of(client, run)
    complete = next(one for one in ws.heard if one["type"] == "message_complete")
    assert complete["data"]["final_content"] == text_of(ws.log) == client.messages(conversation)[-1]["content"]
    assert complete["data"]["metadata"]["model"] and complete["data"]["metadata"]["usage"]["total_tokens"] > 0
    start = next(one for one in ws.heard if one["type"] == "agent_start")
    assert start["data"]["agent_name"] and start["data"]["message_id"] == complete["data"]["message_id"]


def test_two_clients_read_the_same(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as one, Socket.of(client, server, conversation) as other:
        one.say("/long 60")
        one.until_end()
        other.until_end()
        assert one.log == other.log
        other.say("and now you")
        other.until_end()
        one.until_end()
        assert one.log == other.log
    # Somebody comes in the middle and gets the whole turn.
    with Socket.of(client, server, conversation) as one:
        one.say("/long 200")
        one.until_type("content_stream")
        with Socket.of(client, server, conversation) as late:
            late.until_end()
        one.until_end()
        assert late.log == one.log


def test_a_message_that_comes_twice_is_one(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        name = ws.say("/long 40")
        run = ws.until_type("message_received")["data"]["run_id"]
        ws.say("/long 40", name)
        again = ws.until_type("message_received", duplicate=True)
        assert again["data"]["run_id"] == run and again["data"]["temp_message_id"] == name
        ws.say("something else", name)
        error = ws.until_type("error")
        assert error["data"]["error_code"] == "CONFLICT" and error["data"]["temp_message_id"] == name
        ws.until_end()
    with Socket.of(client, server, conversation) as ws:
        ws.say("/long 40", name)
        again = ws.until_type("message_received", duplicate=True)
        assert again["data"]["run_id"] == run and again["data"]["status"] == "completed"
    assert [one["role"] for one in client.messages(conversation)] == ["user", "assistant"]


def test_it_goes_on_after_kill_9_where_it_was(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        name = ws.say("/long 400")
        run = ws.until_type("message_received")["data"]["run_id"]
        for _ in range(3):
            ws.until_type("content_stream")
        server.kill()
        with pytest.raises(ConnectionClosed):
            while True:
                ws.hear()
    before = ws.log
    server.start()
    # By the conversation's place, and by the plain number of the last event.
    for after in [before[-1]["id"], before[-1]["seq"]]:
        with Socket.of(client, server, conversation, after) as ws:
            assert ws.hear()["data"]["resumed"] is True
            ws.say("/long 400", name)
            ws.until_end(90)
            assert [one["seq"] for one in before + ws.log] == list(range(1, len(before + ws.log) + 1))
            assert without_id(before + ws.log) == log_of(client, run)
    assert [one["role"] for one in client.messages(conversation)] == ["user", "assistant"]


def test_who_comes_back_gets_what_was_missed_in_later_turns(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say("first")
        last = ws.until_end()
    runs = [client.send(conversation, "second")]
    client.finished(runs[0])
    runs.append(client.send(conversation, "third"))
    client.finished(runs[1])
    with Socket.of(client, server, conversation, last["id"]) as ws:
        ws.until_type("run_status", run_id=runs[1], state="completed")
    assert without_id(ws.log) == log_of(client, runs[0]) + log_of(client, runs[1])
    # Nothing of what is over for somebody without a place.
    with Socket.of(client, server, conversation) as ws:
        ws.hear()
        ws.send("ping")
        assert ws.hear()["type"] == "pong"


def test_an_answer_is_stopped(server, client):
    with Socket.of(client, server, client.conversation()) as ws:
        ws.send("cancel")
        assert ws.until_type("error")["data"]["error_code"] == "NOT_FOUND"
        ws.say("/long 2000")
        ws.until_type("content_stream")
        ws.send("cancel")
        ws.until_end(state="cancelled")


def test_questions_are_answered(server, client):
    with Socket.of(client, server, client.conversation()) as ws:
        ws.say(QUESTION)
        asked = ws.until_type("approval_request")["data"]
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="green")
        error = ws.until_type("error")["data"]
        assert error["error_code"] == "VALIDATION_ERROR" and "red, blue" in error["error_message"]
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="blue")
        assert ws.until_type("approval_resolved")["data"]["answer"] == "blue"
        assert ws.until_type("tool_result")["data"]["result"] == "blue"
        ws.until_end()
        assert next(one for one in ws.log if one["type"] == "tool_call")["data"]["tool_name"] == "ask_person"


def test_messages_while_an_answer_is_under_way(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say("/long 2000")
        run = ws.until_type("message_received")["data"]["run_id"]
        name = ws.say("without a mode")
        assert ws.until_type("error")["data"]["temp_message_id"] == name
        first = ws.say("then this", mode="queue")
        waiting = ws.until_type("message_received", temp_message_id=first)["data"]
        assert waiting["status"] == "waiting" and waiting["mode"] == "queue" and waiting["pending_id"]
        ws.say("then this", first, mode="queue")
        again = ws.until_type("message_received", temp_message_id=first)["data"]
        assert again["pending_id"] == waiting["pending_id"] and again["duplicate"] is True
        ws.send("discard_pending", pending_id=waiting["pending_id"])
        second = ws.say("then that", mode="queue")
        waiting = ws.until_type("message_received", temp_message_id=second)["data"]
        ws.send("pause")
        ws.until_type("run_status", run_id=run, state="paused")
        ws.send("resume")
        ws.until_type("content_stream", run_id=run)
        ws.send("cancel", run_id=run)
        ws.until_type("run_status", run_id=run, state="cancelled")
        # What was said into an answer that was stopped waits for a word.
        ws.send("dispatch_pending", pending_id=waiting["pending_id"])
        ws.until_end()
    assert [one["content"] for one in client.messages(conversation) if one["role"] == "user"] == ["/long 2000", "then that"]


def test_mistakes_are_told_and_do_not_end_it(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.hear()
        for said, code in [
            ("", "BAD_REQUEST"),
            ("nonsense", "BAD_REQUEST"),
            ("[]", "BAD_REQUEST"),
            ("{}", "VALIDATION_ERROR"),
            ('{"type":"dance"}', "VALIDATION_ERROR"),
            ('{"type":"user_message"}', "VALIDATION_ERROR"),
            ('{"type":"user_message","data":{"content":""}}', "VALIDATION_ERROR"),
            ('{"type":"user_message","data":{"content":"x","agent_id":"y"}}', "VALIDATION_ERROR"),
            ('{"type":"user_message","data":{"content":"x","mode":"shout","message_id":"m"}}', "VALIDATION_ERROR"),
            (f'{{"type":"user_message","data":{{"content":"x","message_id":"{"n" * 300}"}}}}', "VALIDATION_ERROR"),
            ('{"type":"cancel","data":{"run_id":"0197b1a0-0000-7000-8000-000000000000"}}', "NOT_FOUND"),
            ("[" * 5000, "BAD_REQUEST"),
        ]:
            ws.connection.send(said)
            error = ws.hear()
            assert error["type"] == "error" and error["data"]["error_code"] == code, (said[:80], error)
        ws.say("still here")
        ws.until_end()
        for _ in range(20):
            ws.connection.send("nonsense")
        assert end_of(ws) == 1008


# Who gets in


def newcomer(server, name):
    email = f"{name}@example.com"
    with httpx.Client(base_url=server.url, trust_env=False) as http:
        http.post("/v1/register", json={"email": email, "password": PASSWORD})
        answer = http.post("/v1/login/access-token", data={"username": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Client(server, answer.json()["data"]["access_token"])


@pytest.fixture
def open_server():
    folder = Folder()
    server = Server(folder, ALMA_REGISTRATION="open", ALMA_STREAMS_PER_USER="5").start()
    yield server
    server.stop()
    folder.remove()


def test_who_gets_in(open_server):
    server = open_server
    client = Client(server)
    conversation = client.conversation()
    assert refusal(server, conversation) == 401
    assert refusal(server, conversation, "?token=nonsense") == 401
    assert refusal(server, conversation, "?ticket=nonsense") == 401
    stranger = newcomer(server, "ada")
    assert refusal(server, conversation, f"?token={stranger.token}") == 404
    assert refusal(server, "0197b1a0-0000-7000-8000-000000000000", f"?token={client.token}") == 404
    key = client.created("/v1/api-keys", name="k", scopes=["api"])["key"]
    narrow = client.created("/v1/api-keys", name="m", scopes=["mcp"])["key"]
    assert refusal(server, conversation, f"?token={narrow}") == 403
    for query in [f"?token={client.token}", f"?token={key}"]:
        with Socket(server, conversation, query) as ws:
            assert ws.hear()["type"] == "connection_status"
    # A key that was made to look may listen.
    looks = client.created("/v1/api-keys", name="r", scopes=["read"])["key"]
    with Socket(server, conversation, f"?token={looks}") as ws:
        ws.hear()
        ws.say("hello")
        assert ws.hear()["data"]["error_code"] == "FORBIDDEN"
        ws.send("ping")
        assert ws.hear()["type"] == "pong"
    # Pages of other sites stay out, whatever they hold; our own come in.
    assert refusal(server, conversation, f"?token={client.token}", origin="https://elsewhere.example") == 403
    with Socket(server, conversation, f"?token={client.token}", origin=server.url) as ws:
        assert ws.hear()["type"] == "connection_status"
    # What stands in an address does not stand in our log.
    assert client.token not in server.log.read_text() and key not in server.log.read_text()
    headers = {"Authorization": f"Bearer {client.token}"}
    plain = httpx.get(f"{server.url}/v1/ws/chat/{conversation}", headers=headers, trust_env=False)
    assert plain.status_code == 426 and plain.headers["sec-websocket-version"] == "13"
    # Somebody's fair share; what was closed is free again.
    held = [Socket.of(client, server, conversation) for _ in range(5)]
    assert refusal(server, conversation, f"?token={client.token}") == 429
    held.pop().connection.close()
    wait_until(lambda: fits(server, conversation, client), 10, "a free place")
    for ws in held:
        ws.connection.close()


def fits(server, conversation, client):
    try:
        with Socket.of(client, server, conversation):
            return True
    except InvalidStatus:
        return False


def test_a_ticket_opens_one_socket_once(server, client, monkeypatch):
    conversation = client.conversation()
    made = client.created("/v1/ws/tickets")
    assert made["expires_in"] == 30 and client.token not in made["ticket"]
    with Socket(server, conversation, f"?ticket={made['ticket']}") as ws:
        ws.say("by ticket")
        ws.until_end()
    assert refusal(server, conversation, f"?ticket={made['ticket']}") == 401
    # It opens a socket and nothing else.
    ticket = client.created("/v1/ws/tickets")["ticket"]
    answer = httpx.get(f"{server.url}/v1/conversations?ticket={ticket}", trust_env=False)
    assert answer.status_code == 401
    key = client.created("/v1/api-keys", name="k", scopes=["api"])
    headers = {"Authorization": f"Bearer {key['key']}"}
    ticket = httpx.post(f"{server.url}/v1/ws/tickets", headers=headers, trust_env=False).json()["data"]["ticket"]
    with Socket(server, conversation, f"?ticket={ticket}") as ws:
        ws.hear()
        # The key is gone, and with it whoever came by a ticket of its.
        assert client.http.delete(f"/v1/api-keys/{key['key_id']}").status_code == 204
        assert end_of(ws) == 1008
    ticket = client.created("/v1/ws/tickets")["ticket"]
    answer = client.http.post("/v1/login/access-token", data={"username": EMAIL, "password": PASSWORD}).json()["data"]
    first = client.http.post("/v1/logout", json={"refresh_token": answer["refresh_token"]})
    assert first.status_code < 300
    with Socket(server, conversation, f"?ticket={ticket}"):
        pass


def test_signing_out_closes_the_socket(server, client):
    answer = client.http.post("/v1/login/access-token", data={"username": EMAIL, "password": PASSWORD}).json()["data"]
    conversation = client.conversation()
    with Socket(server, conversation, f"?token={answer['access_token']}") as ws, Socket.of(client, server, conversation) as other:
        ws.hear()
        assert client.http.post("/v1/logout", json={"refresh_token": answer["refresh_token"]}).status_code < 300
        assert end_of(ws) == 1008
        other.say("the other goes on")
        other.until_end()


def test_the_servers_end_says_so(server, client):
    with Socket.of(client, server, client.conversation()) as idle, Socket.of(client, server, client.conversation()) as busy:
        idle.hear()
        busy.say("/long 2000")
        busy.until_type("content_stream")
        assert server.stop() == 0
        assert end_of(idle) == 1001
        assert end_of(busy) == 1001


# Frames


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
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and sent < 64 * 1024 * 1024:
        try:
            sent += ws.line.send(burst)
        except BlockingIOError:
            # Nobody reads there, either.
            if not threading.Event().wait(0.05) and sent and stalled(ws.line):
                break
    assert sent < 64 * 1024 * 1024
    assert server.resident_megabytes() - before < 30


def stalled(line) -> bool:
    """Whether nothing more goes in."""
    try:
        line.send(b"")
        return False
    except BlockingIOError:
        return True


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
