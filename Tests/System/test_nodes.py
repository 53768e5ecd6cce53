"""Two processes on one PostgreSQL: what one of them does, the other shows, stops, and takes over."""

import os
import re
import signal
import time

import pytest

from alma import Client, Event, Folder, Server, answer_text, assert_whole, wait_until
from nodes import SECRET, Reader, Site


def has_text(event: Event) -> bool:
    return event.type == "content_stream" and bool(event.data.get("content_delta"))


def answers(client: Client, conversation: str) -> list[str]:
    return [message["content"] for message in client.messages(conversation) if message["role"] == "assistant"]


@pytest.fixture
def site(database, request):
    failed = request.session.testsfailed
    site = Site(database)
    yield site
    site.remove(shows_logs=request.session.testsfailed > failed)


@pytest.fixture(params=["embedded", "external"])
def pair(site, request):
    """Two whole servers, on the first one's PostgreSQL or on one beside."""
    first = site.embedded() if request.param == "embedded" else site.server()
    return first, site.server()


def test_reader_at_the_other_node(site, pair):
    a, b = pair
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    _, run = site.send(a, client, "/long 650")
    begun = time.monotonic()
    readers = [Reader(client, run), Reader(there, run)]
    at_a, at_b = (reader.whole(90) for reader in readers)
    assert at_a == at_b == list(there.events(run))

    first, last = readers[1].time_of(has_text), readers[1].times[-1]
    assert first - begun < 5 and last - first > 10, "the answer grows while it is read"
    assert first - readers[0].time_of(has_text) < 5, "the first words come to the other node soon"
    # Not in a few heaps: there is always something that comes, and each event is soon after its own time.
    pauses = [later - earlier for earlier, later in zip(readers[1].times, readers[1].times[1:])]
    assert max(pauses) < 5
    known = dict(zip((event.id for event in at_a), readers[0].times))
    late = sorted(moment - known[event.id] for event, moment in zip(at_b, readers[1].times))
    assert late[len(late) // 2] < 1 and late[-1] < 5, f"median {late[len(late) // 2]:.3f} s, worst {late[-1]:.3f} s"


def test_late_readers_at_the_other_node_wait_for_little(site, pair):
    """A reader that comes back in the middle goes on at its place, at whatever node."""
    a, b = pair
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    _, run = site.send(a, client, "/long 400")
    seen: list[Event] = []
    while not seen or not (seen[-1].type == "run_status" and seen[-1].data["state"] == "completed"):
        reader = there if len(seen) % 2 else client
        begun = time.monotonic()
        for count, event in enumerate(reader.events(run, after=seen[-1].id if seen else 0)):
            if count == 0:
                assert time.monotonic() - begun < 5
            seen.append(event)
            if count == 8:
                break
    assert_whole(seen)
    assert seen == list(there.events(run))


def test_cancelling_at_the_other_node(site, pair):
    a, b = pair
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    conversation, run = site.send(a, client, "/long 1000")
    readers = [Reader(client, run), Reader(there, run)]
    wait_until(lambda: readers[0].has_words(3), 10, "some words")
    asked = time.monotonic()
    assert there.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    for reader in readers:
        assert reader.whole(15)[-1].data["state"] == "cancelled"
        assert reader.times[-1] - asked < 5
    assert readers[0].seen == readers[1].seen
    assert client.run(run)["state"] == "cancelled"
    assert site.holder(run) == ""
    assert answers(there, conversation) == [answer_text(readers[1].seen)]


def test_node_killed_in_the_middle_of_an_answer(site, pair):
    a, b = pair
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    conversation, run = site.send(a, client, "/long 400")
    reader = Reader(there, run)
    wait_until(lambda: reader.has_words(5), 10, "some words")
    count, killed = len(reader.seen), time.monotonic()
    a.kill()

    wait_until(lambda: reader.has_begun(after=count), 30, "the other node's attempt")
    assert time.monotonic() - killed < 30
    seen = reader.whole()
    assert seen == list(there.events(run)), "a late reader gets the same bytes"
    assert there.run(run)["attempt"] == 2
    assert answers(there, conversation) == [answer_text(seen)]
    assert answer_text(seen).count("(Built-in demo)") == 1


def test_node_that_was_thought_dead_cannot_write(site):
    """Stopped for longer than the others wait, then awake again: the second law."""
    a, b = site.server(), site.server()
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    conversation, run = site.send(a, client, "/long 400")
    reader = Reader(there, run)
    wait_until(lambda: reader.has_words(5), 10, "some words")
    os.kill(a.process.pid, signal.SIGSTOP)
    count = len(reader.seen)
    try:
        wait_until(lambda: reader.has_begun(after=count), 30, "the takeover")
    finally:
        os.kill(a.process.pid, signal.SIGCONT)
    at_a = Reader(Client(a, client.token), run)
    seen = reader.whole(90)
    assert at_a.whole(90) == seen == list(there.events(run))
    assert answers(there, conversation) == [answer_text(seen)]
    assert there.run(run)["attempt"] == 2


@pytest.mark.parametrize("has_own_readers", [False, True], ids=["no readers of its own", "readers of its own"])
def test_node_that_stops_gracefully_hands_over(site, has_own_readers):
    """On an external database: with the embedded one it would end together with its node."""
    a, b = site.server(), site.server()
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    conversation, run = site.send(a, client, "/long 400")
    reader = Reader(there, run)
    _ = [Reader(client, run) for _ in range(2 if has_own_readers else 0)]
    wait_until(lambda: reader.has_words(5), 10, "some words")
    count, stopped = len(reader.seen), time.monotonic()
    a.process.send_signal(signal.SIGTERM)
    wait_until(lambda: reader.has_begun(after=count), 5, "the other node's attempt")
    assert time.monotonic() - stopped < 5
    assert a.process.wait(timeout=20) == 0
    seen = reader.whole()
    assert seen == list(there.events(run))
    assert there.run(run)["attempt"] == 2
    assert answers(there, conversation) == [answer_text(seen)]


def test_node_with_readers_of_a_run_elsewhere_stops_at_once(site):
    """Those who read there are sent away, and come back at another node with their place."""
    a, b = site.server(), site.server()
    client = Client(a).set_up_model()
    there = Client(b, client.token)
    _, run = site.send(a, client, "/long 400")
    reader = Reader(there, run)
    wait_until(lambda: reader.has_words(5), 10, "some words")
    stopped = time.monotonic()
    assert b.stop() == 0
    assert time.monotonic() - stopped < 5
    assert "could not sign off" not in b.log_text()
    reader.join(timeout=5)
    assert not reader.is_alive()
    seen = reader.seen + list(client.events(run, after=reader.seen[-1].id))
    assert_whole(seen)
    assert client.run(run)["attempt"] == 1


def test_node_without_a_free_worker(site):
    """Its queue is everybody's."""
    a, b = site.server(ALMA_WORKERS="1"), site.server()
    client = Client(a).set_up_model()
    _, busy = site.send(a, client, "/long 3000")
    for _ in range(5):
        sent = time.monotonic()
        conversation = client.conversation()
        reader = Reader(client, client.send(conversation, "/long 20"))
        seen = reader.whole(15)
        assert reader.time_of(has_text) - sent < 5, "taken by the other node soon"
        assert answers(client, conversation) == [answer_text(seen)]
    assert client.run(busy)["state"] == "running"
    assert Client(b, client.token).http.post(f"/v1/runs/{busy}/cancellation").status_code == 202


def test_server_without_workers_beside_a_worker(site):
    """`serve` only shows, `worker` only works."""
    server = site.server(ALMA_WORKERS="0")
    client = Client(server).set_up_model()
    waiting = client.send(client.conversation(), "/long 10")
    time.sleep(1)
    assert client.run(waiting)["state"] == "queued"

    hands = site.hands()
    assert client.finished(waiting, 20)["state"] == "completed"
    sent = time.monotonic()
    conversation = client.conversation()
    run = client.send(conversation, "/long 300")
    readers = [Reader(client, run), Reader(client, run)]
    seen = [reader.whole(90) for reader in readers]
    assert seen[0] == seen[1] == list(client.events(run))
    assert readers[0].time_of(has_text) - sent < 5
    assert readers[0].times[-1] - readers[0].time_of(has_text) > 3
    assert answers(client, conversation) == [answer_text(seen[0])]

    whole = client.http.post(f"/v1/conversations/{client.conversation()}/messages", json={"content": "Hello"})
    assert whole.status_code == 201, whole.text

    run = client.send(client.conversation(), "/long 1000")
    reader = Reader(client, run)
    wait_until(lambda: reader.has_words(3), 10, "some words")
    asked = time.monotonic()
    client.http.post(f"/v1/runs/{run}/cancellation")
    assert reader.whole(15)[-1].data["state"] == "cancelled"
    assert reader.times[-1] - asked < 5
    assert hands.stop() == 0


def test_worker_killed_and_another_one_there(site):
    """With the silence that is usual: nothing is set."""
    server = site.server(ALMA_WORKERS="0", ALMA_TAKEOVER_SECONDS="")
    client = Client(server).set_up_model()
    first = site.hands(ALMA_TAKEOVER_SECONDS="")
    conversation = client.conversation()
    run = client.send(conversation, "/long 400")
    reader = Reader(client, run)
    wait_until(lambda: reader.has_words(5), 10, "some words")
    site.hands(ALMA_TAKEOVER_SECONDS="")
    count = len(reader.seen)
    first.kill()
    wait_until(lambda: reader.has_begun(after=count), 30, "the second worker")
    seen = reader.whole()
    assert seen == list(client.events(run))
    assert answers(client, conversation) == [answer_text(seen)]


def test_node_with_other_keys_is_refused(site):
    """It could open no provider's key, and would seal what nobody else can open."""
    server = site.server()
    Client(server).created("/v1/llm-configs", provider="openai", provider_name="Sealed", api_key="sk-" + "0" * 40)
    folder = Folder()
    site.folders.append(folder)
    other = Server(folder, DATABASE_URL=site.url, SECRET_KEY=SECRET)
    site.nodes.append(other)
    other.launch()
    assert other.process.wait(timeout=30) != 0
    assert re.search(r"seal|key", other.log_text())
    assert "sk-0000" not in other.log_text()
