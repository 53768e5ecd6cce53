"""What models are sent, and what they write when nobody waits, in the real process."""

import threading

import pytest
from alma import Client, wait_until
from scripted_model import Upstream, is_background, system_of

pytestmark = pytest.mark.shared


@pytest.fixture
def upstreams():
    made = []

    def make(answer):
        made.append(Upstream(answer))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def new_talk(client) -> str:
    return client.created("/v1/conversations")["conversation_id"]


def talk(client, conversation):
    return client.http.get(f"/v1/conversations/{conversation}").json()["data"]


def test_a_long_conversation_goes_on_in_a_small_window(client, upstreams):
    def answer(body):
        if not is_background(body):
            return "I see. " + "words " * 60
        return "The secret is heliotrope." if "summary" in system_of(body) else "A long talk"

    upstream = upstreams(answer)
    upstream.set_up(client, context_window=4096, max_tokens=512)
    conversation = new_talk(client)
    for turn in range(24):
        words = f"Turn {turn}: the secret is heliotrope. " + "blah " * 100
        assert client.finished(client.send(conversation, words))["state"] == "completed"
    last = upstream.turns[-1]
    assert len(last["messages"]) < 30
    contents = [one["content"] for one in last["messages"]]
    assert any("Turn 23:" in one for one in contents), "the newest message is whole"
    assert not any("Turn 0:" in one for one in contents), "the oldest has gone"
    wait_until(lambda: any(is_background(b) and "summary" in system_of(b) for b in upstream.requests), 15, "a summary")
    # With the summary stored, it stands in for what is left out.
    def told():
        assert client.finished(client.send(conversation, "And now? " + "blah " * 100))["state"] == "completed"
        return any("The secret is heliotrope." in (one["content"] or "") for one in upstream.turns[-1]["messages"][:2])

    wait_until(told, 30, "the summary in a request")


def test_a_message_that_never_fits_says_so(client, upstreams):
    upstream = upstreams(lambda body: "No.")
    upstream.set_up(client, context_window=1024, max_tokens=256)
    run = client.finished(client.send(new_talk(client), "word " * 5000))
    assert run["state"] == "failed" and run["error_code"] == "CONTEXT_TOO_LONG"
    assert upstream.requests == []


def test_a_title_comes_after_the_answer_and_is_paid(client, upstreams):
    upstream = upstreams(lambda body: "桥为什么不倒\n\n谈论桥。" if is_background(body) else "因为有拱。")
    upstream.set_up(client)
    conversation = new_talk(client)
    client.finished(client.send(conversation, "桥为什么不会倒下来？"))
    wait_until(lambda: talk(client, conversation)["title"] == "桥为什么不倒", 15, "the title")
    assert talk(client, conversation)["summary"] == "谈论桥。"
    (usage,) = client.http.get("/v1/usage", params={"group_by": "model"}).json()["data"]
    assert (usage["calls"], usage["prompt_tokens"], usage["runs"]) == (2, 22, 1)
    named = client.conversation("Mine")
    client.finished(client.send(named, "Hello"))
    assert talk(client, named)["title"] == "Mine"


@pytest.mark.alone
def test_a_server_killed_between_answer_and_title(server, upstreams):
    asked, release = threading.Event(), threading.Event()

    def answer(body):
        if not is_background(body):
            return "Because of arches."
        if not asked.is_set():
            asked.set()
            release.wait(60)
        return "Arches"

    upstream = upstreams(answer)
    client = upstream.set_up(Client(server))
    conversation = new_talk(client)
    run = client.send(conversation, "Why do bridges stand?")
    assert client.finished(run)["state"] == "completed"
    assert asked.wait(15), "the title was asked for"
    server.kill()
    release.set()
    server.start()
    client = Client(server)
    wait_until(lambda: talk(client, conversation)["title"] == "Arches", 30, "the title after the crash")
    assert client.run(run)["state"] == "completed"


def test_titles_can_be_turned_off(folder, upstreams):
    from alma import Server

    server = Server(folder, ALMA_BACKGROUND_WRITING="false").start()
    try:
        upstream = upstreams(lambda body: "Fine.")
        client = upstream.set_up(Client(server))
        conversation = new_talk(client)
        client.finished(client.send(conversation, "Hello there"))
        assert talk(client, conversation)["title"] == "Hello there"
        assert len(upstream.requests) == 1
    finally:
        server.stop()


def test_what_was_sent_can_be_seen(client):
    conversation = client.conversation()
    run = client.send(conversation, '/tool set_variable {"name": "city", "value": ["Oslo", 2]}')
    assert client.finished(run)["state"] == "completed"
    kept = client.http.get(f"/v1/conversations/{conversation}/variables").json()["data"]
    assert kept == [{"name": "city", "value": ["Oslo", 2]}]
    sent = client.http.get(f"/v1/runs/{run}/requests").json()["data"]
    assert [len(one["messages"]) for one in sent] == [1, 3]
    assert sent[0]["messages"][0]["content"].startswith("/tool set_variable")
    assert sent[1]["messages"][:1] == sent[0]["messages"]
    assert [one["role"] for one in sent[1]["messages"]] == ["user", "assistant", "tool"]
    assert sent[1]["messages"][2]["content"] == "city is kept."
    assert {tool["name"] for tool in sent[0]["tools"]} >= {"set_variable", "get_variables", "read_result"}
    # The next turn is told of it, and of the turn before.
    after = client.send(conversation, "And now?")
    client.finished(after)
    (request,) = client.http.get(f"/v1/runs/{after}/requests").json()["data"]
    assert 'city = ["Oslo",2]' in request["messages"][0]["content"]
    assert [one["role"] for one in request["messages"]] == ["user", "user", "assistant", "user"]
    (call,) = [event.data for event in client.events(run) if event.type == "tool_call"]
    result = client.http.get(f"/v1/runs/{run}/results/{call['call_id']}").json()["data"]
    assert result["result"] == "city is kept."
