"""Who gets a WebSocket, and how it ends: on the real process."""

import httpx
import pytest
from alma import EMAIL, PASSWORD, Client, Folder, Server, wait_until
from sockets import Socket, end_of, refusal
from websockets.exceptions import InvalidStatus


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


def test_the_servers_end_says_so(server, client):
    with Socket.of(client, server, client.conversation()) as idle, Socket.of(client, server, client.conversation()) as busy:
        idle.hear()
        busy.say("/long 2000")
        busy.until_type("content_stream")
        assert server.stop() == 0
        assert end_of(idle) == 1001
        assert end_of(busy) == 1001
