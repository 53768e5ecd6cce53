"""History that can be changed: versions of messages, and runs that go on from a step of others, in the real process."""

import pytest
from alma import Client, answer_text, assert_whole

pytestmark = pytest.mark.shared


def changed(client, path, **body):
    """Begins what the path says and returns the run's id."""
    answer = client.http.post(path, json=body, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer.json()["data"]["run_id"]


def asked(client, conversation, words):
    run = client.send(conversation, words)
    client.finished(run)
    return run


def contents(client, conversation):
    return [message["content"] for message in client.messages(conversation)]


def test_a_message_is_said_otherwise_and_the_branches_are_switched(client):
    conversation = client.conversation()
    asked(client, conversation, "/echo one")
    asked(client, conversation, "/echo two")
    first = client.messages(conversation)
    path = f"/v1/conversations/{conversation}"
    run = changed(client, f"{path}/messages/{first[0]['message_id']}/edits", content="/echo other")
    client.finished(run)
    assert contents(client, conversation) == ["/echo other", "other"]
    switched = client.http.put(f"{path}/leaf", json={"message_id": first[0]["message_id"]})
    assert switched.status_code == 200, switched.text
    assert contents(client, conversation) == ["/echo one", "one", "/echo two", "two"]
    again = changed(client, f"{path}/messages/{first[1]['message_id']}/regenerations")
    client.finished(again)
    messages = client.messages(conversation)
    assert len(messages) == 2 and len(messages[1]["version_ids"]) == 2


@pytest.mark.alone
def test_a_branch_outlives_a_crash(server, client):
    conversation = client.conversation()
    asked(client, conversation, "/echo one")
    said = client.messages(conversation)[0]["message_id"]
    run = changed(client, f"/v1/conversations/{conversation}/messages/{said}/edits", content="/long 60")
    next(event for event in client.events(run) if event.type == "content_stream")
    server.kill()
    server.start()
    client = Client(server)
    assert client.finished(run)["state"] == "completed"
    assert contents(client, conversation) == ["/long 60", answer_text(list(client.events(run)))]


def forked(client, run, step, **changes):
    return changed(client, f"/v1/runs/{run}/fork", step=step, changes=changes)


def the_call(client, run):
    steps = client.http.get(f"/v1/runs/{run}/steps").json()["data"]
    return steps[0]["tool_calls"][0]["call_id"]


def test_a_fork_with_another_tool_result_answers_otherwise(client):
    conversation = client.conversation()
    run = asked(client, conversation, '/tool calculator {"expression": "6 * 7"}')
    result = {"call_id": the_call(client, run), "content": "77"}
    fork = forked(client, run, 1, tool_result=result)
    events = list(client.events(fork))
    assert_whole(events)
    assert "77" in answer_text(events) and "42" not in answer_text(events)
    # The tool was not asked again, and the step not paid again.
    assert [event.data.get("copied") for event in events if event.type == "tool_call"] == [True]
    compared = client.http.get(f"/v1/runs/{run}/compare/{fork}").json()["data"]
    assert compared["first"]["model_calls"] == 2 and compared["second"]["model_calls"] == 1
    assert compared["second"]["steps"][0]["tool_calls"][0]["is_changed"] is True
    assert {line["kind"] for line in compared["differences"]} >= {"removed", "added"}
    last = client.messages(conversation)[-1]
    assert last["run_id"] == fork and len(last["version_ids"]) == 2


def test_what_two_runs_cost_is_compared(client):
    (model,) = [one for one in client.http.get("/v1/models").json()["data"] if one["is_default"]]
    path = f"/v1/models/{model['model_id']}"
    price = {"input_tokens": 2.5, "output_tokens": 10, "currency": "EUR"}
    assert client.http.patch(path, json={"pricing": price}).status_code == 200
    run = asked(client, client.conversation(), "/echo one two three")
    fork = forked(client, run, 0, input="/echo one")
    list(client.events(fork))
    compared = client.http.get(f"/v1/runs/{run}/compare/{fork}").json()["data"]
    for side in ("first", "second"):
        usage = compared[side]["usage"]
        (cost,) = compared[side]["costs"]
        tokens = usage["prompt_tokens"] * 2.5 + usage["completion_tokens"] * 10
        assert cost["currency"] == "EUR" and float(cost["cost"]) == pytest.approx(tokens / 1e6, abs=1e-6)
    assert float(compared["first"]["costs"][0]["cost"]) > float(compared["second"]["costs"][0]["cost"]) > 0


@pytest.mark.alone
def test_a_fork_outlives_a_crash(server, client):
    run = asked(client, client.conversation(), '/tool calculator {"expression": "6 * 7"}')
    words = " ".join(f"word{number}" for number in range(200))
    fork = forked(client, run, 1, tool_result={"call_id": the_call(client, run), "content": words})
    seen = []
    for event in client.events(fork):
        seen.append(event)
        if sum(1 for past in seen if past.type == "content_stream") >= 3:
            break
    server.kill()
    server.start()
    client = Client(server)
    events = list(client.events(fork))
    assert_whole(events)
    assert events[: len(seen)] == seen
    assert "word199" in answer_text(events)
    assert events[-1].data["attempt"] == 2
    assert sum(event.type == "tool_call" for event in events) == 1
