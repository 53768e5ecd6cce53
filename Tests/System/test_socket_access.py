"""Who gets a WebSocket, and how it ends: on the real process."""

import base64
import hmac
import itertools
import json
import time

import httpx
import pytest
from alma import EMAIL, PASSWORD, QUESTION, Client, standing, wait_until
from listeners import Listener
from sockets import Socket, end_of, refusal
from timing import takes_less_than
from websockets.exceptions import InvalidStatus

# A page that the operator has named.
PAGE = "https://tools.example.org"


@pytest.fixture(scope="module")
def server(furnished):
    with standing(furnished, ALMA_STREAMS_PER_USER="8", ALMA_CORS_ORIGINS=PAGE) as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    return Client(server)


def newcomer(server, client, name):
    """Somebody else, and their account."""
    email = f"{name}@example.com"
    made = client.created("/v1/users", email=email, password=PASSWORD)
    return Client(server, email=email), made["user_id"]


def test_who_gets_in(server, client):
    conversation = client.conversation()
    assert refusal(server, conversation) == 401
    assert refusal(server, conversation, "?token=nonsense") == 401
    assert refusal(server, conversation, "?ticket=nonsense") == 401
    stranger, _ = newcomer(server, client, "stranger")
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
    assert refusal(server, conversation, f"?token={client.token}", origin=f"{PAGE}.elsewhere.example") == 403
    for origin in [server.url, PAGE]:
        with Socket(server, conversation, f"?token={client.token}", origin=origin) as ws:
            assert ws.hear()["type"] == "connection_status"
    # What stands in an address does not stand in our log.
    assert client.token not in server.log.read_text() and key not in server.log.read_text()
    headers = {"Authorization": f"Bearer {client.token}"}
    plain = httpx.get(f"{server.url}/v1/ws/chat/{conversation}", headers=headers, trust_env=False)
    assert plain.status_code == 426 and plain.headers["sec-websocket-version"] == "13"


def test_somebodys_fair_share(server, client):
    person, _ = newcomer(server, client, "crowd")
    conversation = person.conversation()
    held = [Socket.of(person, server, conversation) for _ in range(8)]
    assert refusal(server, conversation, f"?token={person.token}") == 429
    for path in ["/v1/events", f"/v1/conversations/{conversation}/events"]:
        refused = person.http.get(path)
        assert refused.status_code == 429 and refused.headers["retry-after"] == "5"
    # What was closed is free again.
    held.pop().connection.close()
    wait_until(lambda: fits(server, conversation, person), 10, "a free place")
    for ws in held:
        ws.connection.close()


def fits(server, conversation, client):
    try:
        with Socket.of(client, server, conversation):
            return True
    except InvalidStatus:
        return False


def test_a_ticket_opens_one_socket_once(server, client):
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


def test_a_disabled_account_is_out_at_once(server, client):
    """Within five seconds, on a machine that has nothing else to do."""
    names = (f"dismissed-{number}" for number in itertools.count())

    def outlive():
        person, account = newcomer(server, client, next(names))
        conversation = person.conversation()
        with Socket.of(person, server, conversation) as ws:
            ws.hear()
            listeners = [Listener(person, path) for path in ["/v1/events", f"/v1/conversations/{conversation}/events"]]
            disabled = client.http.put(f"/v1/users/{account}", json={"status": "disabled"})
            assert disabled.status_code == 200, disabled.text
            since = time.monotonic()
            assert end_of(ws) == 1008
            for listener in listeners:
                listener.join(20)
                assert not listener.is_alive()
            taken = time.monotonic() - since
        assert refusal(server, conversation, f"?token={person.token}") == 401
        assert person.http.get("/v1/events").status_code == 401
        return taken

    takes_less_than(5 + 5, outlive)


def until(server, token, moment: int) -> str:
    """The same access token with another end, as only the server can make it."""
    head, body, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    body = encoded(json.dumps({**claims, "exp": moment}).encode())
    secret = (server.folder.path / "signing.secret").read_text().strip()
    return f"{head}.{body}.{encoded(hmac.digest(secret.encode(), f'{head}.{body}'.encode(), 'sha256'))}"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_tokens_end_ends_what_it_opened(server, client):
    person, _ = newcomer(server, client, "brief")
    person.set_up_model()
    conversation = person.conversation()
    run = person.send(conversation, QUESTION)
    wait_until(lambda: person.run(run)["state"] == "waiting", 20, "the question")

    def outlive():
        """How long what the token opened is there after its end."""
        # Time enough to open all of it on a busy machine.
        end = int(time.time()) + 8
        brief = Client(server, until(server, person.token, end))
        with Socket.of(brief, server, conversation) as ws:
            ws.hear()
            paths = ["/v1/events", f"/v1/conversations/{conversation}/events", f"/v1/runs/{run}/events"]
            listeners = [Listener(brief, path) for path in paths]
            assert all(listener.answer.status_code == 200 for listener in listeners)
            assert end_of(ws) == 1008
            for listener in listeners:
                listener.join(20)
                assert not listener.is_alive()
            late = time.time() - end
        assert late >= 0
        assert brief.http.get("/v1/users/me").status_code == 401
        return late

    takes_less_than(5, outlive)
    # Its person is not sent away with it.
    assert person.run(run)["state"] == "waiting"


def test_the_servers_end_says_so(furnished):
    with standing(furnished) as server:
        client = Client(server)
        with Socket.of(client, server, client.conversation()) as idle, Socket.of(client, server, client.conversation()) as busy:
            idle.hear()
            busy.say("/long 2000")
            busy.until_type("content_stream")
            assert server.stop() == 0
            assert end_of(idle) == 1001
            assert end_of(busy) == 1001
