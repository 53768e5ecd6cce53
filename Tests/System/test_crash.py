"""What is accepted is never lost, whatever is killed."""

import os
import signal
import threading
import time
import uuid

import httpx

from alma import FINAL, Client, answer_text, assert_whole, wait_until


def first_events(client, run, count):
    """Reads until `count` pieces of the answer have come, then goes away."""
    seen = []
    for event in client.events(run):
        seen.append(event)
        if sum(1 for past in seen if past.type == "content_stream") >= count:
            break
    return seen


def test_server_killed_in_the_middle_of_an_answer(server, client):
    conversation = client.conversation()
    run = client.send(conversation, "/long 200")
    seen = first_events(client, run, 5)
    postmaster = server.folder.postmaster()
    server.kill()

    server.start()
    assert server.folder.postmaster() == postmaster, "the database that was left running is taken over"
    client = Client(server)
    seen += client.events(run, after=seen[-1].id)

    assert_whole(seen)
    assert seen == list(client.events(run)), "a late reader gets the same bytes"
    answers = [message for message in client.messages(conversation) if message["role"] == "assistant"]
    assert [message["content"] for message in answers] == [answer_text(seen)]


def test_server_killed_again_and_again(server, client):
    conversation = client.conversation()
    run = client.send(conversation, "/long 200")
    seen = []
    for _ in range(3):
        for event in client.events(run, after=seen[-1].id if seen else 0):
            seen.append(event)
            if len(seen) % 7 == 0:
                break
        server.kill()
        server.start()
        client = Client(server)
    seen += client.events(run, after=seen[-1].id)
    assert_whole(seen)


def test_database_killed_under_load(server, client):
    accepted: dict[str, str] = {}
    problems: list[str] = []
    conversations = [client.conversation(f"Load {number}") for number in range(6)]
    stop = threading.Event()

    def talk(conversation):
        """A person who sends again, under the same key, until the server has it."""
        person = Client(server, client.token)
        while not stop.is_set():
            key = str(uuid.uuid4())
            while key not in accepted:
                try:
                    answer = person.http.post(
                        f"/v1/conversations/{conversation}/messages",
                        json={"content": f"Hello {key}"},
                        headers={"Prefer": "respond-async", "Idempotency-Key": key},
                    )
                except httpx.HTTPError as error:
                    problems.append(f"no answer: {error!r}")
                    continue
                if answer.status_code == 202:
                    accepted[key] = answer.json()["data"]["run_id"]
                elif answer.status_code in (409, 500, 502, 503, 504):
                    assert answer.json()["success"] is False
                    time.sleep(0.05)
                else:
                    problems.append(f"{answer.status_code} {answer.text}")
                    time.sleep(0.05)

    threads = [threading.Thread(target=talk, args=(conversation,)) for conversation in conversations]
    for thread in threads:
        thread.start()
    for _ in range(2):
        wait_until(lambda before=len(accepted): len(accepted) >= before + 12, 60, "progress under load")
        os.kill(server.folder.postmaster(), signal.SIGKILL)
    wait_until(lambda before=len(accepted): len(accepted) >= before + 12, 60, "progress after the last kill")
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()

    assert server.process.poll() is None, server.log_text()
    assert problems == []
    client = Client(server)
    for run in accepted.values():
        assert client.finished(run)["state"] in FINAL
        assert_whole(list(client.events(run)))
    kept = [message["content"] for conversation in conversations for message in all_messages(client, conversation)]
    for key in accepted:
        assert kept.count(f"Hello {key}") == 1


def all_messages(client, conversation):
    page, messages = 1, []
    while True:
        answer = client.http.get(f"/v1/conversations/{conversation}/messages", params={"page": page, "per_page": 100}).json()
        messages += answer["data"]
        if not answer["pagination"]["has_next"]:
            return messages
        page += 1
