"""How often one may ask: on the real process."""

import httpx
import pytest
from alma import Client, Folder, Server
from sockets import Socket


@pytest.fixture
def strict_server():
    folder = Folder()
    server = Server(folder, ALMA_KEY_RATE="4").start()
    yield server
    server.stop()
    folder.remove()


def test_what_a_key_says_on_a_socket_counts_like_its_requests(strict_server):
    client = Client(strict_server)
    conversation = client.conversation()
    key = client.created("/v1/api-keys", name="k", scopes=["chat"])["key"]
    with Socket(strict_server, conversation, f"?token={key}") as ws:
        ws.hear()
        # More than there may be mistakes in a row.
        for _ in range(30):
            ws.send("cancel")
        limited = ws.until_type("error", error_code="RATE_LIMITED")
        assert limited["data"]["retry_after"] > 0 and limited["data"]["error_message"]
        ws.send("ping")
        ws.until(lambda one: one["type"] == "pong")
    with httpx.Client(base_url=strict_server.url, headers={"X-API-Key": key}, trust_env=False) as http:
        answers = [http.get("/v1/agents") for _ in range(6)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["ratelimit-limit"] == "4" and refused.headers["ratelimit-remaining"] == "0"
    # To others it is nothing.
    assert client.http.get("/v1/agents").status_code == 200
