"""MCP servers as tests add and call them."""

import json
import sys

from alma import assert_whole, wait_until
from mcp_sites import PYTHON

SERVERS = {name: str(PYTHON / f"mcp-server-{name}") for name in ["time", "git", "fetch"]}
# It wants the SDK's first version.
SERVERS["sqlite"] = f"{sys.prefix}/older/bin/mcp-server-sqlite"


def added(client, name, place, *arguments, transport="stdio", **fields):
    """Made, connected to and approved."""
    made = client.created(
        "/v1/mcp-servers", name=name, transport=transport, place=place, arguments=list(arguments), **fields
    )
    return approved(client, connected(client, made["server_id"]))


def connected(client, server):
    answer = client.http.post(f"/v1/mcp-servers/{server}/test", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def approved(client, server):
    answer = client.http.post(f"/v1/mcp-servers/{server['server_id']}/approvals", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def look(client, server):
    return client.http.get(f"/v1/mcp-servers/{server['server_id']}").json()["data"]


def states(server):
    return {tool["name"]: tool["state"] for tool in server["tools"]}


def begun(client, tool, **arguments):
    return client.send(client.conversation(), f"/tool {tool} {json.dumps(arguments)}")


def called(client, tool, asks=True, **arguments):
    """What the tool gave; what changes something is asked about first."""
    run = begun(client, tool, **arguments)
    if asks:
        allow(client, run)
    events = list(client.events(run))
    assert_whole(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    return result


def result_of(client, run):
    """What the tool of a run gave, without the words that come after it."""
    result = next(event.data for event in client.events(run) if event.type == "tool_result")
    assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    return result


def allow(client, run):
    wait_until(lambda: client.run(run)["state"] == "waiting", 30, "the question")
    (asked,) = client.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    path = f"/v1/runs/{run}/approvals/{asked['call_id']}"
    assert client.http.post(path, json={"decision": "approve"}).status_code == 202
