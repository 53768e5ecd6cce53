"""A call that a crash has cut short, in the real process: nobody knows what it did, so its person says what becomes of it."""

import pytest
from alma import Client, answer_text, assert_whole, wait_until
from test_sandbox import ask, commands

# Says that it was begun; the first time it does not come to its end.
CODE = "echo begun >>times; test -e go && echo through || exec sleep %s"


@pytest.mark.parametrize(
    "decision, mark, state, begun",
    [("again", "61741", "completed", 2), ("done", "61742", "completed", 1), ("stop", "61743", "cancelled", 1)],
)
def test_its_person_decides(server, client, offered, decision, mark, state, begun):
    conversation = client.conversation()
    run = ask(client, '/tool run_code {"language": "shell", "code": "%s"}' % (CODE % mark), conversation)
    wait_until(lambda: commands(mark), 30, "the program")
    server.kill()
    server.start()
    client = Client(server)
    wait_until(lambda: client.run(run)["state"] == "waiting", 30, "the question")
    assert not commands(mark)
    (asked,) = client.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    assert asked["kind"] == "maybe_executed" and asked["tool_name"] == "run_code"
    workspace = server.folder.path / "workspaces" / conversation
    (workspace / "go").touch()
    answers = f"/v1/runs/{run}/approvals/{asked['call_id']}"
    assert client.http.post(answers, json={"decision": "approve"}).status_code == 422
    answer = client.http.post(answers, json={"decision": decision, "note": "I looked."})
    assert answer.status_code == 202, answer.text
    assert client.finished(run)["state"] == state
    assert (workspace / "times").read_text().split() == ["begun"] * begun
    events = list(client.events(run))
    assert_whole(events)
    results = [event.data for event in events if event.type == "tool_result"]
    resolved = [event.data for event in events if event.type == "approval_resolved"]
    assert [(one["kind"], one["decision"]) for one in resolved] == [("maybe_executed", decision)]
    if decision == "again":
        assert [one["success"] for one in results] == [True] and results[0]["result"]["output"] == "through\n"
    if decision == "done":
        assert [one["maybe_executed"] for one in results] == [True]
        # What its person found is told to the model.
        assert "I looked." in answer_text(events)
