"""`/mcp`: agents and conversations as tools of other programs, asked by the official SDK's client."""

import asyncio
import json

import httpx
import httpx2
import pytest
from alma import QUESTION, wait_until
from mcp import Client as Program
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

pytestmark = pytest.mark.shared


@pytest.fixture
def key(client):
    return client.created("/v1/api-keys", name="program", scopes=["mcp"])["key"]


def with_program(server, key, body, **options):
    """Runs `body(program)` with a connected client of the SDK's."""

    async def main():
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False) as http:
            async with Program(streamable_http_client(f"{server.url}/mcp", http_client=http), **options) as program:
                return await body(program)

    return asyncio.run(main())


def text_of(result):
    return "".join(part.text for part in result.content if part.type == "text")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_are_offered(server, key, mode):
    async def body(program):
        assert program.server_info.name == "ALMA"
        return [tool.name for tool in (await program.list_tools()).tools]

    names = with_program(server, key, body, mode=mode)
    assert names == ["list_agents", "ask_agent", "list_conversations", "get_conversation", "search"]


def test_an_agent_is_asked_and_goes_on(server, key, client):
    steps = []

    async def told(progress, total, message):
        steps.append((progress, message))

    async def body(program):
        agents = await program.call_tool("list_agents", {})
        names = [agent["name"] for agent in agents.structured_content["agents"]]
        assert "assistant" in names and "orchestrator" in names
        first = await program.call_tool("ask_agent", {"message": "Say lighthouse"}, progress_callback=told)
        assert not first.is_error, first
        conversation = first.structured_content["conversation_id"]
        second = await program.call_tool(
            "ask_agent", {"message": "And again", "agent": "assistant", "conversation_id": conversation}
        )
        assert second.structured_content["conversation_id"] == conversation
        read = await program.call_tool("get_conversation", {"conversation_id": conversation})
        found = await program.call_tool("search", {"text": "lighthouse"})
        listed = await program.call_tool("list_conversations", {"limit": 5})
        return first, conversation, read, found, listed

    first, conversation, read, found, listed = with_program(server, key, body)
    assert first.structured_content["answer"] == text_of(first) != ""
    assert [one["role"] for one in read.structured_content["messages"]] == ["user", "assistant"] * 2
    assert conversation in [match["conversation_id"] for match in found.structured_content["matches"]]
    assert conversation in [one["conversation_id"] for one in listed.structured_content["conversations"]]
    assert len(steps) >= 2 and [one[0] for one in steps] == sorted(one[0] for one in steps)
    # It is the person's own conversation.
    assert len(client.messages(conversation)) == 4


def test_what_is_asked_wrongly_is_said(server, key):
    async def body(program):
        return [
            await program.call_tool("ask_agent", {"message": "Hi", "agent": "nobody"}),
            await program.call_tool("ask_agent", {"message": "Hi", "conversation_id": "0" * 36}),
            await program.call_tool("ask_agent", {}),
            await program.call_tool("get_conversation", {"conversation_id": "7"}),
        ]

    for result in with_program(server, key, body):
        assert result.is_error and text_of(result)

    async def unknown(program):
        with pytest.raises(MCPError, match="no such tool"):
            await program.call_tool("destroy", {})

    with_program(server, key, unknown)


def test_an_agent_that_waits_for_a_person_is_not_waited_for(server, key, client):
    async def body(program):
        asked = await program.call_tool("ask_agent", {"message": QUESTION})
        rest = asked.structured_content
        (call,) = rest["waiting_for"]
        path = f"/v1/runs/{call['run_id']}/approvals/{call['call_id']}"
        answered = await asyncio.to_thread(client.http.post, path, json={"answer": "red"})
        assert answered.status_code == 202, answered.text
        await asyncio.to_thread(client.finished, rest["run_id"])
        return asked, await program.call_tool("get_conversation", {"conversation_id": rest["conversation_id"]})

    asked, read = with_program(server, key, body)
    assert asked.is_error and asked.structured_content["state"] == "waiting"
    (call,) = asked.structured_content["waiting_for"]
    assert call["tool_name"] == "ask_person" and call["tool_input"]["question"] == "Which colour?"
    for words in ["ask_person", call["run_id"], f"approvals/{call['call_id']}", "get_conversation"]:
        assert words in text_of(asked), text_of(asked)
    assert "red" in read.structured_content["messages"][-1]["content"]


def test_a_call_that_is_cancelled_stops_the_run(server, key, client):
    async def body(program):
        call = asyncio.ensure_future(program.call_tool("ask_agent", {"message": "/stall"}))
        runs = await asyncio.to_thread(wait_until, lambda: active(client), 30, "the run")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        # The client's own task tells the server: until then the connection stays.
        ended = lambda: client.run(runs[0])["state"] == "cancelled"
        await asyncio.to_thread(wait_until, ended, 10, "the end of the run")
        return runs

    assert with_program(server, key, body)


def active(client):
    found = []
    for one in client.http.get("/v1/conversations").json()["data"]:
        for message in client.messages(one["conversation_id"]):
            if message.get("run_id") and client.run(message["run_id"])["state"] in ("queued", "running"):
                found.append(message["run_id"])
    return found


def test_who_may_ask(server, client, key):
    def post(token, **headers):
        hello = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        own = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(f"{server.url}/mcp", json=hello, headers={**own, **headers}, trust_env=False)

    assert post(key).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert post(None).status_code == 401 and post("alma_" + "x" * 43).status_code == 401
    # Another site's page in a browser is no program.
    assert post(key, Origin="https://evil.example").status_code == 403
    assert post(key, Origin=server.url).status_code == 200
    # A key opens what it is for, is never an administrator's, and makes no other keys.
    as_key = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False)
    assert as_key.get("/v1/conversations").status_code == 403
    other = client.created("/v1/api-keys", name="api", scopes=["api"])
    as_other = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {other['key']}"}, trust_env=False)
    assert as_other.get("/v1/conversations").status_code == 200
    assert as_other.get("/v1/mcp-servers").status_code == 403
    assert as_other.post("/v1/api-keys", json={"name": "more"}).status_code == 403
    assert as_other.get("/v1/users/me").json()["data"]["is_superuser"] is False
    assert post(other["key"]).status_code == 403
    # A key that is revoked opens nothing any more; nothing of it is ever shown again.
    assert other["key"] not in json.dumps(client.http.get("/v1/api-keys").json())
    assert client.http.delete(f"/v1/api-keys/{other['key_id']}").status_code == 204
    assert as_other.get("/v1/conversations").status_code == 401


def test_what_is_no_message_is_refused(server, key):
    def post(body):
        return httpx.post(
            f"{server.url}/mcp", content=body, headers={"Authorization": f"Bearer {key}"}, trust_env=False
        )

    ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
    several = b"[" + ping + b"," + ping + b"]"
    other = ping.replace(b"2.0", b"1.0")
    for body in [b"", b"{", b"[]", b"7", other, several, b"\xff\xfe", b"[" * 100_000]:
        answer = post(body)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == -32700, (body[:20], answer.text)
    answer = post(b'{"jsonrpc":"2.0","id":5,"method":"resources/list"}')
    assert answer.json()["error"]["code"] == -32601
    assert post(b'{"jsonrpc":"2.0","method":"notifications/initialized"}').status_code == 202
