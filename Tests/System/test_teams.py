"""Agents that plan, delegate and hand over, in the real process."""

import json
import time

import pytest
from alma import answer_text, assert_whole, wait_until
from timing import takes_less_than

pytestmark = pytest.mark.shared


def task(id, goal, agent="coding", needs=()):
    return {"id": id, "title": f"Task {id}", "agent": agent, "goal": goal, "depends_on": list(needs)}


def plan(*tasks):
    return "/tool plan " + json.dumps({"tasks": tasks})


@pytest.fixture
def agents(client):
    return {agent["name"]: agent["agent_id"] for agent in client.http.get("/v1/agents").json()["data"]}


@pytest.fixture
def ask(client, agents):
    """Says something to the orchestrator; returns the run's id."""

    def ask(content, agent="orchestrator"):
        path = f"/v1/conversations/{client.conversation()}/messages"
        body = {"content": content, "agent_id": agents[agent]}
        answer = client.http.post(path, json=body, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.text
        return answer.json()["data"]["run_id"]

    return ask


def children(client, run, count):
    """The runs that a run has asked for, by task, as soon as its plan tells of that many."""
    for event in client.events(run):
        found = {one["id"]: one["run_id"] for one in event.data.get("tasks", []) if one["run_id"]}
        if len(found) >= count:
            return found
    raise AssertionError(f"there are no {count} children")


def whole(client, run):
    events = list(client.events(run))
    assert_whole(events)
    return events


def results(events):
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert result["success"], result
    return {one["id"]: one for one in result["result"]["tasks"]}


def test_tasks_build_on_each_other(client, ask):
    events = whole(client, ask(plan(task("a", "/echo one"), task("b", "/echo two", "web"), task("c", "Sum up", "file", "ab"))))
    assert events[-1].data["state"] == "completed"
    told = results(events)
    assert told["a"]["result"] == "one" and told["b"]["result"] == "two"
    assert "not an AI" in told["c"]["result"]
    plans = [event.data["tasks"] for event in events if event.type == "plan_update"]
    assert [one["state"] for one in plans[0]] == ["running", "running", "pending"]
    assert {one["state"] for one in plans[-1]} == {"completed"}
    for child in children(client, events[-1].data["run_id"], 3).values():
        whole(client, child)


def test_a_failed_task_does_not_take_the_others_along(client, ask):
    tasks = task("a", "/fail rejected"), task("b", "/echo two"), task("c", "/echo three", needs="a")
    told = results(whole(client, ask(plan(*tasks))))
    assert [told[id]["state"] for id in "abc"] == ["failed", "completed", "skipped"]


def test_a_colleague_takes_over(client, ask, agents):
    run = ask('/tool hand_off {"agent": "coding", "note": "kindly"}')
    events = whole(client, run)
    names = [event.data["agent_name"] for event in events if event.type == "agent_start"]
    assert names == ["Orchestrator", "Coding"]
    (message,) = [one for one in client.messages(conversation_of(client, run)) if one["role"] == "assistant"]
    assert message["agent_id"] == agents["coding"]


def conversation_of(client, run):
    return client.run(run)["conversation_id"]


@pytest.mark.alone
def test_nothing_is_done_twice_and_nothing_lost_through_crashes(server, client, ask):
    tasks = [task("a", "/echo one"), task("b", "/slow 60"), task("c", "/slow 40", "web"), task("d", "Sum up", needs="abc")]
    run = ask(plan(*tasks))
    for _ in range(3):
        children(client, run, 3)
        server.kill()
        server.start()
    events = whole(client, run)
    assert events[-1].data["state"] == "completed"
    assert {one["state"] for one in results(events).values()} == {"completed"}
    assert sum(event.type == "tool_call" for event in events) == 1
    found = children(client, run, 4)
    for child in found.values():
        finished = whole(client, child)
        assert finished[-1].data["state"] == "completed"
        assert sum(event.type == "message_complete" for event in finished) == 1


def test_a_stop_ends_the_children_within_a_second(client, ask):
    stopped = []

    def stop():
        run = ask(plan(task("a", "/slow 5000"), task("b", "/slow 5000"), task("c", "/echo never", needs="ab")))
        found = children(client, run, 2)
        wait_until(lambda: all(client.run(one)["state"] == "running" for one in found.values()), 10, "the children's work")
        begun = time.monotonic()
        assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
        for one in [run, *found.values()]:
            assert client.finished(one, 5)["state"] == "cancelled"
        stopped.append(run)
        return time.monotonic() - begun

    takes_less_than(1.5, stop)
    run = stopped[-1]
    # The next turn starts clean.
    again = client.send(conversation_of(client, run), "/echo again")
    assert answer_text(whole(client, again)) == "again"


@pytest.mark.alone
def test_a_child_waits_for_its_person_and_its_parent_with_it(server, client, ask, agents):
    path = f"/v1/agents/{agents['coding']}/tools/calculator/policy"
    assert client.http.put(path, json={"decision": "ask"}).status_code == 200
    run = ask(plan(task("a", '/tool calculator {"expression": "6 * 7"}'), task("b", "/echo two")))
    child = children(client, run, 2)["a"]
    wait_until(lambda: client.run(child)["state"] == "waiting", 10, "the question")
    server.kill()
    server.start()
    wait_until(lambda: client.run(run)["state"] == "waiting", 15, "the parent's rest")
    (approval,) = client.http.get(f"/v1/runs/{child}/approvals").json()["data"]
    answer = client.http.post(f"/v1/runs/{child}/approvals/{approval['call_id']}", json={"decision": "approve"})
    assert answer.status_code == 202, answer.text
    told = results(whole(client, run))
    assert "42" in told["a"]["result"] and told["b"]["result"] == "two"


def test_the_tree_tells_who_did_what_when(client, ask):
    run = ask(plan(task("a", '/tool calculator {"expression": "6 * 7"}'), task("b", "/echo two", "web", "a")))
    whole(client, run)
    tree = client.http.get(f"/v1/runs/{run}/tree").json()["data"]
    assert [one["state"] for one in tree["plan"]] == ["completed", "completed"]
    first, second = tree["children"]
    assert (first["agent_name"], second["agent_name"]) == ("coding", "web") and first["task"] == "Task a"
    assert first["parent_run_id"] == second["root_run_id"] == run and first["depth"] == 1
    assert [one["tool_name"] for one in first["tool_calls"]] == ["calculator"]
    assert {"model", "tool"} <= {one["kind"] for one in first["segments"]}
    assert first["finished_at"] <= second["started_at"]
    assert "children" in {one["kind"] for one in tree["segments"]} and tree["usage"]["total_tokens"] > 0
    found = client.http.get(f"/v1/runs/{run}/children").json()["data"]
    assert [one["run_id"] for one in found] == [first["run_id"], second["run_id"]]
    assert "42" in client.run(first["run_id"])["result"]
