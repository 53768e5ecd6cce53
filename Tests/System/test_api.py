"""The API as its own description has it: every call, with what fits and with what does not."""

import api_check
import httpx
import pytest
from alma import Client, Folder, Server


@pytest.fixture
def unlimited(furnished):
    folder = Folder(furnished)
    server = Server(folder, **api_check.UNLIMITED).start()
    yield server
    server.stop()
    folder.remove()


# Which of the API's addresses are tried beside each other; whatever is in none of these is the last one.
PARTS = [
    "agents|skills|tool",
    "conversations|runs|approvals",
    "users|organizations|admin",
    "llm-configs|models|mcp-servers|budgets|api-keys",
]


@pytest.mark.parametrize("part", [*PARTS, "the rest"])
def test_every_call_is_as_it_is_described(unlimited, part):
    """The short form of scripts/api-check: the same few examples each time."""
    place = f"^/v1/({part})" if part in PARTS else f"^(?!/v1/({'|'.join(PARTS)}))"
    few = ["--max-examples", "2", "--seed", "1", "--include-path-regex", place]
    result = api_check.check(unlimited, Client(unlimited), *few)
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-5_000:]


def test_limits_and_origins_come_from_the_configuration(furnished):
    folder = Folder(furnished)
    server = Server(folder, ALMA_USER_RATE="2", ALMA_CORS_ORIGINS="https://tools.example.org").start()
    try:
        client = Client(server)
        answers = [client.http.get("/v1/users/me") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) > 0
        asked = {"Origin": "https://tools.example.org", "Access-Control-Request-Method": "POST"}
        allowed = httpx.options(f"{server.url}/v1/agents", headers=asked, trust_env=False)
        assert allowed.headers["Access-Control-Allow-Origin"] == "https://tools.example.org"
    finally:
        server.stop()
        folder.remove()


def test_a_key_that_was_sent_twice_is_made_once_across_a_restart(server):
    client = Client(server)
    ask = {"json": {"name": "made"}, "headers": {"Idempotency-Key": "one"}}
    first = client.http.post("/v1/api-keys", **ask).json()["data"]
    server.kill()
    server.start()
    second = client.http.post("/v1/api-keys", **ask)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.json()["data"]["key"] == first["key"]
    program = httpx.get(f"{server.url}/v1/users/me", headers={"X-API-Key": first["key"]}, trust_env=False)
    assert program.status_code == 403, "it was made for MCP"
