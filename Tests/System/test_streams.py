"""Event streams of a conversation and of all that concerns a person, on real processes."""

import pytest
from alma import PASSWORD, QUESTION, Client, wait_until
from listeners import Listener
from nodes import Site
from sockets import Socket, log_of, without_id


def test_what_concerns_a_person_comes_as_it_happens(server, client):
    listener = Listener(client, "/v1/events")
    assert listener.first == "retry: 1000"
    assert listener.until(lambda one: one["type"] == "connection_status")["data"]["status"] == "connected"
    conversation = client.conversation()
    run = client.send(conversation, QUESTION)
    asked = listener.until(lambda one: one["type"] == "approval_request")["data"]
    assert asked["run_id"] == run and asked["tool_name"] == "ask_person"
    place = listener.ids[-1]
    client.http.patch(f"/v1/conversations/{conversation}", json={"title": "Colours"})
    named = listener.until(lambda one: one["type"] == "conversation_title" and one["data"]["title"] == "Colours")
    assert named["data"]["conversation_id"] == conversation
    # Nothing that happens while nobody listens is lost, whatever ends the listening.
    server.kill()
    server.start()
    answered = client.http.post(f"/v1/runs/{run}/approvals/{asked['call_id']}", json={"answer": "red"})
    assert answered.status_code == 202
    client.finished(run)
    again = Listener(client, "/v1/events", place)
    again.until_state(run, "completed")
    assert again.seen[0]["data"]["status"] == "resumed"
    assert any(one["type"] == "conversation_title" for one in again.seen)
    assert any(one["type"] == "approval_resolved" for one in again.seen)
    # What is told is the log's own record.
    log = [event.record for event in client.events(run)]
    assert all(one in log for one in again.seen if one["type"] == "run_status")


@pytest.mark.shared
def test_a_new_turn_is_heard_of_by_whoever_waits(server, client):
    conversation = client.conversation()
    listener = Listener(client, f"/v1/conversations/{conversation}/events")
    for words in ["first", "second"]:
        run = client.send(conversation, words)
        listener.until_state(run, "completed")
        log = [event.record for event in client.events(run)]
        assert [one for one in listener.seen if one["data"]["run_id"] == run] == log
    other = client.send(client.conversation(), "elsewhere")
    client.finished(other)
    client.finished(client.send(conversation, "third"))
    assert all(one["data"]["run_id"] != other for one in listener.seen)


def test_idle_streams_say_that_they_live_and_end_with_the_server(server, client):
    listener = Listener(client, f"/v1/conversations/{client.conversation()}/events")
    wait_until(lambda: listener.comments, 30, "a heartbeat")
    assert server.stop() == 0
    listener.join(10)
    assert not listener.is_alive()


@pytest.mark.shared
def test_signing_out_ends_the_streams(server, client):
    signed = client.http.post("/v1/login/access-token", data={"username": client.email, "password": PASSWORD}).json()["data"]
    other = Client(server, signed["access_token"])
    listeners = [Listener(other, path) for path in ["/v1/events", f"/v1/conversations/{client.conversation()}/events"]]
    client.http.post("/v1/logout", json={"refresh_token": signed["refresh_token"]})
    for listener in listeners:
        listener.join(20)
        assert not listener.is_alive()


@pytest.fixture
def site(database, request):
    failed = request.session.testsfailed
    site = Site(database)
    yield site
    site.remove(shows_logs=request.session.testsfailed > failed)


def test_readers_at_a_node_that_does_nothing_itself(site):
    """One node works, the other only listens; turns begin at either."""
    works = site.server()
    client = Client(works).set_up_model()
    listens = site.server(ALMA_WORKERS="0")
    there = Client(listens, client.token)
    conversation = client.conversation()
    all_of_it = Listener(there, "/v1/events")
    stream = Listener(there, f"/v1/conversations/{conversation}/events")
    with Socket.of(there, listens, conversation) as ws:
        ws.hear()
        run = client.send(conversation, "/long 30")
        ws.until_end()
        stream.until_state(run, "completed")
        all_of_it.until_state(run, "completed")
        assert without_id(ws.log) == log_of(client, run)
        ws.say(QUESTION)
        asked = ws.until_type("approval_request")["data"]
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="blue")
        ws.until_type("run_status", run_id=asked["run_id"], state="completed")
    stream.until_state(asked["run_id"], "completed")
