"""Tools that people made, in the real process: scripts in the sandbox, requests to a server of the test's own."""

import json

import pytest
from alma import answer_text, assert_whole, wait_until
from test_web_tools import Upstream


@pytest.fixture
def upstream():
    upstream = Upstream()
    yield upstream
    upstream.server.shutdown()
    upstream.server.server_close()


def agent_with(client, tool, **configuration):
    agent = client.created("/v1/agents", name=f"host_{tool['name']}", instruction="Use your tool.")
    path = f"/v1/agents/{agent['agent_id']}/tools"
    client.created(path, tool_id=tool["tool_id"], configuration=configuration)
    return agent["agent_id"]


def used(client, agent, tool, arguments, conversation=None):
    """The events of a run of the agent's that calls the tool, and the call's result."""
    path = f"/v1/conversations/{conversation or client.conversation()}/messages"
    body = {"content": f"/tool {tool} {json.dumps(arguments)}", "agent_id": agent}
    answer = client.http.post(path, json=body, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    events = list(client.events(answer.json()["data"]["run_id"]))
    assert_whole(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    return events, result


def test_a_script_is_made_tried_used_and_audited(client, offered):
    code = """
import json, sys
given, set_ = json.load(sys.stdin), json.loads(sys.argv[1])
print(json.dumps({"sum": sum(given["numbers"]) * set_.get("factor", 1)}), end="")
"""
    schema = {
        "type": "object",
        "required": ["numbers"],
        "properties": {"numbers": {"type": "array", "items": {"type": "number"}}},
    }
    parameters = {"type": "object", "properties": {"factor": {"type": "number"}}}
    tool = client.created(
        "/v1/tools",
        name="add_up",
        description="Adds numbers up.",
        schema=schema,
        effect="pure",
        definition={"language": "python", "code": code, "parameters": parameters},
    )
    assert (tool["security_level"], tool["version"]) == ("safe_execute", "1")
    trial = client.http.post(f"/v1/tools/{tool['tool_id']}/test", json={"input": {"numbers": [1, 2.5]}}).json()["data"]
    assert (trial["success"], trial["result"]) == (True, '{"sum": 3.5}')
    agent = agent_with(client, tool, custom_params={"factor": 10})
    events, result = used(client, agent, "add_up", {"numbers": [1, 2]})
    assert result["result"] == {"sum": 30} and "cached" not in result
    assert '{"sum": 30}' in answer_text(events)
    _, again = used(client, agent, "add_up", {"numbers": [1, 2]})
    assert again["result"] == result["result"] and again["cached"] is True
    # A new form of it knows nothing of the old one's results.
    changed = {"language": "python", "code": code.replace("sum(", "max("), "parameters": parameters}
    assert client.http.patch(f"/v1/tools/{tool['tool_id']}", json={"definition": changed}).status_code == 200
    _, third = used(client, agent, "add_up", {"numbers": [1, 2]})
    assert third["result"] == {"sum": 20} and "cached" not in third
    calls = client.http.get("/v1/audit/tool-calls?tool_name=add_up").json()["data"]
    assert [call["cached"] for call in calls] == [False, True, False]
    assert all(call["agent_id"] == agent and call["tool_input"] == {"numbers": [1, 2]} for call in calls)
    assert calls[0]["result_digest"] != calls[1]["result_digest"] == calls[2]["result_digest"]
    shown = client.http.get(f"/v1/tools/{tool['tool_id']}").json()["data"]
    assert (shown["usage_count"], shown["usage"][0]["cached_count"]) == (3, 1)


def test_a_request_is_made_with_a_secret_that_nobody_sees(open_client, upstream):
    client = open_client
    upstream.answers["/v1/weather/Bad%20Ems"] = ("application/json", json.dumps({"now": {"degrees": [7, 8]}}))
    client.created("/v1/tool-secrets", name="WEATHER", value="not-to-be-seen", hosts=[upstream.url])
    tool = client.created(
        "/v1/tools",
        name="weather",
        description="Tells the weather of a place.",
        tool_type="http",
        schema={"type": "object", "required": ["place"], "properties": {"place": {"type": "string"}}},
        definition={
            "url": upstream.url + "/v1/weather/{{input.place}}?units={{param.units}}",
            "headers": {"X-Key": "{{secret:WEATHER}}"},
            "answer": "now.degrees[1]",
            "parameters": {"type": "object", "properties": {"units": {"type": "string"}}},
        },
    )
    assert (tool["security_level"], tool["effect"]) == ("read_only", "idempotent")
    agent = agent_with(client, tool, timeout=20, max_retries=1, custom_params={"units": "metric"})
    _, result = used(client, agent, "weather", {"place": "Bad Ems"})
    assert result["result"] == "8"
    method, path, headers, _ = upstream.requests[-1]
    assert (method, path) == ("GET", "/v1/weather/Bad%20Ems?units=metric")
    assert headers["X-Key"] == "not-to-be-seen"
    _, refused = used(client, agent, "weather", {"place": ".."})
    assert "cannot stand in a path" in refused["error"] and len(upstream.requests) == 1


def test_what_changes_something_asks_first(open_client, upstream):
    client = open_client
    definition = {"method": "POST", "url": upstream.url + "/orders", "body": {"what": "{{input.what}}"}}
    tool = {
        "name": "order",
        "description": "Orders.",
        "tool_type": "http",
        "schema": {"type": "object", "properties": {"what": {}}},
        "definition": definition,
    }
    careless = client.http.post("/v1/tools", json={**tool, "security_level": "read_only"})
    assert careless.status_code == 422 and "privileged" in careless.text
    made = client.created("/v1/tools", **tool)
    agent = agent_with(client, made)
    path = f"/v1/conversations/{client.conversation()}/messages"
    body = {"content": '/tool order {"what": "tea"}', "agent_id": agent}
    run = client.http.post(path, json=body, headers={"Prefer": "respond-async"}).json()["data"]["run_id"]
    wait_until(lambda: client.run(run)["state"] == "waiting", 10, "the question")
    assert not upstream.requests
    (asked,) = client.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    answer = client.http.post(f"/v1/runs/{run}/approvals/{asked['call_id']}", json={"decision": "approve"})
    assert answer.status_code == 202, answer.text
    assert_whole(list(client.events(run)))
    assert [(one[0], json.loads(one[3])) for one in upstream.requests] == [("POST", {"what": "tea"})]
    (call,) = client.http.get(f"/v1/audit/tool-calls?run_id={run}").json()["data"]
    assert call["decision"] == "approved"
