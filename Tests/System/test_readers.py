"""Everybody who reads a run sees the same, and nobody who does not read harms it."""

import socket
import threading

import pytest
from alma import answer_text, assert_whole

pytestmark = pytest.mark.shared


def test_two_readers_and_a_late_one_see_the_same(client):
    run = client.send(client.conversation(), "/long 200")
    seen = [[], []]
    threads = [threading.Thread(target=lambda own=own: own.extend(client.events(run))) for own in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    assert_whole(seen[0])
    assert seen[0] == seen[1] == list(client.events(run))


def test_reader_that_comes_back_again_and_again(client):
    """A laptop lid: a few events, away, back with the last id."""
    run = client.send(client.conversation(), "/long 200")
    seen = []
    while not seen or seen[-1].type != "run_status" or seen[-1].data["state"] == "running" or seen[-1].data["state"] == "queued":
        for count, event in enumerate(client.events(run, after=seen[-1].id if seen else 0)):
            seen.append(event)
            if count == 10:
                break
    assert_whole(seen)


@pytest.mark.alone
def test_readers_that_stop_reading(server, client):
    """Sixty connections that never read: memory stays bounded, the run does not wait."""
    conversation = client.conversation()
    client.finished(client.send(conversation, "/long 50"))
    before = server.resident_megabytes()
    run = client.send(conversation, "/long")
    stopped = [stopped_reader(server, client, run) for _ in range(60)]
    events = list(client.events(run))
    assert_whole(events)
    assert client.finished(run)["state"] == "completed"
    assert server.resident_megabytes() - before < 80
    assert answer_text(events) == client.messages(conversation)[-1]["content"]
    for connection in stopped:
        connection.close()


def stopped_reader(server, client, run):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    connection.connect(("127.0.0.1", server.port))
    request = (
        f"GET /v1/runs/{run}/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: {client.http.headers['Authorization']}\r\nAccept: text/event-stream\r\n\r\n"
    )
    connection.sendall(request.encode())
    return connection
