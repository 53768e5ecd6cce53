"""Agents that use tools, in the real process."""

import pytest
from alma import answer_text, assert_whole, wait_until

pytestmark = pytest.mark.shared


def asked(client, words):
    """The finished answer's text, and the run's events."""
    events = list(client.events(client.send(client.conversation(), words)))
    assert_whole(events)
    complete = [event for event in events if event.type == "message_complete"]
    return complete[-1].data["final_content"], events


def test_a_calculation_is_right(client):
    text, events = asked(client, '/tool calculator {"expression": "0.1 + 0.2"}')
    assert "0.3" in text and "0.30000" not in text
    (call,) = [event.data for event in events if event.type == "tool_call"]
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert call["tool_input"] == {"expression": "0.1 + 0.2"}
    assert result["call_id"] == call["call_id"]
    assert result["success"] is True and result["result"] == "0.3"


def test_a_wrong_call_is_explained(client):
    text, events = asked(client, '/tool calculator {"expresion": "1"}')
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert result["success"] is False
    assert '"expression" is missing' in result["error"]
    assert 'is not known here; there are "expression"' in result["error"]
    assert '"expression" is missing' in text


def test_earlier_words_are_found(client):
    asked(client, "The password of the week is heliotrope")
    text, _ = asked(client, '/tool search_conversations {"text": "HELIOTROPE", "limit": 1}')
    assert "heliotrope" in text


def test_every_model_call_is_counted(client):
    _, events = asked(client, '/tool current_time {"time_zone": "Asia/Shanghai"}')
    usage = [event.data for event in events if event.type == "usage"]
    assert len(usage) == 2
    assert "step" in usage[0] and "step" not in usage[1]


# Approvals


def set_policy(client, decision):
    agent = next(one for one in client.http.get("/v1/agents").json()["data"] if one["name"] == "assistant")
    path = f"/v1/agents/{agent['agent_id']}/tools/calculator/policy"
    answer = client.http.put(path, json={"decision": decision})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def asking(client):
    set_policy(client, "ask")
    return client


def waiting(client, run):
    return wait_until(lambda: client.run(run)["state"] == "waiting", 10, "the question")


def pending(client, run):
    found = client.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    return next(one for one in found if one["state"] == "pending")


def decide(client, run, **body):
    path = f"/v1/runs/{run}/approvals/{pending(client, run)['call_id']}"
    return client.http.post(path, json=body)


@pytest.mark.alone
def test_a_run_waits_for_its_person_through_a_crash(server, asking):
    run = asking.send(asking.conversation(), '/tool calculator {"expression": "6 * 7"}')
    waiting(asking, run)
    server.kill()
    server.start()
    assert asking.run(run)["state"] == "waiting"
    assert pending(asking, run)["tool_input"] == {"expression": "6 * 7"}
    bad = decide(asking, run, decision="approve", tool_input={"expresion": "1"})
    assert bad.status_code == 422 and "is missing" in bad.text
    good = decide(asking, run, decision="approve", tool_input={"expression": "6 * 8"})
    assert good.status_code == 202, good.text
    events = list(asking.events(run))
    assert_whole(events)
    assert "48" in answer_text(events)
    assert [event.data["decision"] for event in events if event.type == "approval_resolved"] == ["approved"]
    assert sum(event.type == "tool_call" for event in events) == 1
    assert events[-1].data["attempt"] == 1


def test_what_is_denied_is_not_done(asking):
    run = asking.send(asking.conversation(), '/tool calculator {"expression": "6 * 7"}')
    waiting(asking, run)
    assert decide(asking, run, decision="deny").status_code == 202
    events = list(asking.events(run))
    assert_whole(events)
    assert "did not allow" in answer_text(events)
    assert "42" not in answer_text(events)


def test_always_is_remembered(asking):
    run = asking.send(asking.conversation(), '/tool calculator {"expression": "6 * 7"}')
    waiting(asking, run)
    assert decide(asking, run, decision="approve", remember=True).status_code == 202
    asking.finished(run)
    text, events = asked(asking, '/tool calculator {"expression": "1 + 1"}')
    assert "2" in text
    assert not [event for event in events if event.type == "approval_request"]


def test_a_waiting_run_can_be_stopped(asking):
    run = asking.send(asking.conversation(), '/tool calculator {"expression": "6 * 7"}')
    waiting(asking, run)
    assert asking.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    assert asking.finished(run, 5)["state"] == "cancelled"


def test_policy_may_forbid(client):
    set_policy(client, "deny")
    text, _ = asked(client, '/tool calculator {"expression": "6 * 7"}')
    assert "does not allow calculator" in text
