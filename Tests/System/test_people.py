"""People in the loop: questions, pauses, steering and the command line, on the real process."""

import http.server
import json
import stat
import threading
import time

import pytest
from alma import EMAIL, PASSWORD, QUESTION, Client, answer_text, assert_whole, wait_until
from cli_calls import alma
from timing import takes_less_than

pytestmark = pytest.mark.shared


def waiting(client, run, kind="question"):
    """The request that the run waits for."""

    def found():
        pending = [one for one in client.http.get("/v1/approvals").json()["data"] if one["run_id"] == run]
        return pending and pending[0]

    request = wait_until(found, 10, "the question")
    assert request["kind"] == kind
    return request


def reply(client, run, **body):
    return client.http.post(f"/v1/runs/{run}/approvals/{waiting(client, run)['call_id']}", json=body)


def state(client, run, wanted, limit=10):
    wait_until(lambda: client.run(run)["state"] == wanted, limit, f"the state {wanted}")


def say(client, conversation, content, mode, key=None):
    headers = {"Prefer": "respond-async"} | ({"Idempotency-Key": key} if key else {})
    path = f"/v1/conversations/{conversation}/messages"
    return client.http.post(path, json={"content": content, "mode": mode}, headers=headers)


def pending(client, conversation):
    return client.http.get(f"/v1/conversations/{conversation}/pending-messages").json()["data"]


def contents(client, conversation):
    return [message["content"] for message in client.messages(conversation)]


# Questions


@pytest.mark.alone
def test_a_question_waits_through_a_crash_and_its_answer_is_the_result(server, client):
    run = client.send(client.conversation(), QUESTION)
    assert waiting(client, run)["tool_input"]["choices"] == ["red", "blue"]
    server.kill()
    server.start()
    assert client.run(run)["state"] == "waiting"
    wrong = reply(client, run, answer="green")
    assert wrong.status_code == 422 and "Choose one of: red, blue" in wrong.text
    assert reply(client, run, decision="approve").status_code == 422
    assert reply(client, run, answer="blue").status_code == 202
    events = list(client.events(run))
    assert_whole(events)
    assert "blue" in answer_text(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert result["success"] is True and result["result"] == "blue"
    assert not client.http.get("/v1/approvals").json()["data"]


def test_a_waiting_question_is_stopped(client):
    run = client.send(client.conversation(), QUESTION)
    waiting(client, run)
    assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    assert client.finished(run, 5)["state"] == "cancelled"
    assert not client.http.get("/v1/approvals").json()["data"]


def test_time_runs_out(client):
    agent = next(one for one in client.http.get("/v1/agents").json()["data"] if one["name"] == "assistant")
    path = f"/v1/agents/{agent['agent_id']}/tools/ask_person/policy"
    assert client.http.put(path, json={"decision": "allow", "expires_after": 1}).status_code == 200
    run = client.send(client.conversation(), QUESTION)
    events = list(client.events(run))
    (request,) = [event.data for event in events if event.type == "approval_request"]
    (resolved,) = [event.data for event in events if event.type == "approval_resolved"]
    assert request["expires_at"] and resolved["decision"] == "expired" and resolved["by"] is None
    assert "Nobody answered in time" in answer_text(events)


# Pauses


@pytest.mark.alone
def test_a_pause_outlives_a_restart(server, client):
    conversation = client.conversation()
    run = client.send(conversation, QUESTION)
    request = waiting(client, run)
    assert client.http.post(f"/v1/runs/{run}/pause").json()["data"]["state"] == "paused"
    server.stop()
    server.start()
    client = Client(server)
    assert client.run(run)["state"] == "paused"
    assert reply(client, run, answer="red").status_code == 202
    assert client.run(run)["state"] == "paused"
    assert client.http.post(f"/v1/runs/{run}/resume").status_code == 202
    events = list(client.events(run))
    assert_whole(events)
    assert "red" in answer_text(events)
    assert sum(event.type == "approval_request" for event in events) == 1
    assert request["call_id"] == next(event.data["call_id"] for event in events if event.type == "approval_resolved")
    assert client.http.post(f"/v1/runs/{run}/pause").status_code == 409


def test_a_long_answer_that_is_paused_is_cut_and_written_again(client):
    run = client.send(client.conversation(), "/long 2000")
    state(client, run, "running")
    assert client.http.post(f"/v1/runs/{run}/pause").status_code == 202
    state(client, run, "paused", 15)
    assert client.http.post(f"/v1/runs/{run}/resume").status_code == 202
    state(client, run, "running")
    assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    assert client.finished(run, 5)["state"] == "cancelled"


# Messages meanwhile


@pytest.mark.alone
def test_a_queued_message_is_sent_by_itself_and_once(server, client):
    conversation = client.conversation()
    run = client.send(conversation, "/long 300")
    refused = client.http.post(f"/v1/conversations/{conversation}/messages", json={"content": "no mode"})
    assert refused.status_code == 409
    for _ in range(2):
        said = say(client, conversation, "/echo second", "queue", key="once")
        assert said.status_code == 202 and said.json()["data"]["mode"] == "queue"
    assert [one["content"] for one in pending(client, conversation)] == ["/echo second"]
    server.kill()
    server.start()
    client = Client(server)
    client.finished(run)
    wait_until(lambda: contents(client, conversation)[-1] == "second", 20, "the second answer")
    assert contents(client, conversation).count("/echo second") == 1
    assert not pending(client, conversation)


@pytest.mark.alone
def test_a_message_steers_at_the_next_step(server, client):
    conversation = client.conversation()
    run = client.send(conversation, QUESTION)
    waiting(client, run)
    assert say(client, conversation, "/echo steered", "steer").json()["data"]["mode"] == "steer"
    server.kill()
    server.start()
    client = Client(server)
    assert reply(client, run, answer="red").status_code == 202
    events = list(client.events(run))
    assert_whole(events)
    (heard,) = [event.data for event in events if event.type == "message_received" and event.data.get("steers")]
    assert contents(client, conversation) == [QUESTION, "/echo steered", answer_text(events)]
    assert client.messages(conversation)[1]["message_id"] == heard["message_id"] == heard["user_message_id"]
    assert answer_text(events) == "steered"
    assert not pending(client, conversation)


def test_a_message_that_came_too_late_to_steer_is_the_next_turn(client):
    conversation = client.conversation()
    run = client.send(conversation, "/long 200")
    state(client, run, "running")
    assert say(client, conversation, "/echo late", "steer").status_code == 202
    wait_until(lambda: contents(client, conversation)[-1] == "late", 20, "the second answer")
    assert client.run(run)["state"] == "completed"


def test_what_waits_is_held_when_the_answer_is_stopped(client):
    conversation = client.conversation()
    run = client.send(conversation, "/long 2000")
    state(client, run, "running")
    for words in ("/echo one", "/echo two"):
        assert say(client, conversation, words, "queue").status_code == 202
    assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    client.finished(run, 5)
    wait_until(lambda: [one["status"] for one in pending(client, conversation)] == ["held", "held"], 5, "the hold")
    one, two = (message["pending_id"] for message in pending(client, conversation))
    path = f"/v1/conversations/{conversation}/pending-messages"
    assert client.http.delete(f"{path}/{two}").status_code == 204
    assert client.http.post(f"{path}/{one}/dispatch").status_code == 202
    wait_until(lambda: contents(client, conversation)[-1] == "one", 10, "the answer")
    assert not pending(client, conversation)


# Stop means stop


@pytest.mark.parametrize("words", ["/slow 5000", "/stall", "/long 5000"])
def test_a_stop_ends_within_a_second(client, words):
    def stop():
        run = client.send(client.conversation(), words)
        state(client, run, "running")
        began = time.monotonic()
        assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
        assert client.finished(run, 5)["state"] == "cancelled"
        return time.monotonic() - began

    takes_less_than(1, stop)


class SlowUpstream(http.server.BaseHTTPRequestHandler):
    """Speaks OpenAI's protocol, a word every tenth of a second for a minute, and notices when nobody listens any more."""

    protocol_version = "HTTP/1.1"
    began = threading.Event()
    closed = threading.Event()

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        piece = json.dumps({"choices": [{"index": 0, "delta": {"content": "word "}}]})
        try:
            for _ in range(600):
                self.wfile.write(f"data: {piece}\n\n".encode())
                self.wfile.flush()
                self.began.set()
                time.sleep(0.1)
        except OSError:
            self.closed.set()


def test_a_stop_closes_the_upstream_within_a_second(client):
    upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowUpstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{upstream.server_port}/v1"
        provider = client.created("/v1/llm-configs", provider="custom", provider_name="Slow", api_base_url=address)
        model = client.created("/v1/models", llm_id=provider["llm_id"], name="slow", display_name="slow")
        body = {"content": "go", "model_id": model["model_id"]}

        def stop():
            for event in (SlowUpstream.began, SlowUpstream.closed):
                event.clear()
            path = f"/v1/conversations/{client.conversation()}/messages"
            run = client.http.post(path, json=body, headers={"Prefer": "respond-async"}).json()["data"]["run_id"]
            assert SlowUpstream.began.wait(10)
            began = time.monotonic()
            assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
            assert client.finished(run, 5)["state"] == "cancelled"
            assert SlowUpstream.closed.wait(5)
            return time.monotonic() - began

        takes_less_than(1, stop)
    finally:
        upstream.shutdown()
        upstream.server_close()


# The command line


@pytest.mark.alone
def test_what_waits_is_answered_from_the_terminal(server, client, tmp_path):
    def cli(*arguments, **environment):
        return alma(*arguments, home=tmp_path, input=PASSWORD + "\n", ALMA_URL=server.url, **environment)

    assert cli("approvals").returncode == 4
    signed_in = cli("login", "--email", EMAIL)
    assert signed_in.returncode == 0, signed_in.stderr
    file = tmp_path / "alma" / "login.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and PASSWORD not in file.read_text()
    assert "Nothing waits" in cli("approvals").stdout

    run = client.send(client.conversation(), QUESTION)
    call = waiting(client, run)["call_id"]
    table = cli("approvals", "list").stdout
    assert call in table and "Which colour? [red | blue]" in table
    assert json.loads(cli("approvals", "list", "--json").stdout)[0]["call_id"] == call
    # What is short or empty names nothing.
    for name in ["", call[-3:]]:
        assert cli("approvals", "deny", name).returncode == 5
    wrong = cli("approvals", "answer", call, "green")
    assert wrong.returncode == 1 and "Choose one of" in wrong.stderr
    assert cli("approvals", "answer", call[-6:].upper(), "blue", ALMA_TOKEN=client.token).returncode == 0
    assert "blue" in answer_text(list(client.events(run)))
    assert cli("approvals", "deny", call).returncode == 5
    server.stop()
    assert cli("approvals").returncode == 6
