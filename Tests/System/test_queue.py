"""Who is next, and what becomes of a run whose provider is down, in the real process."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from alma import PASSWORD, Client, Server, answer_text, assert_whole, wait_until


def another_person(server, client, name):
    """Somebody else, in an organisation of their own with a model of its own."""
    answer = client.http.post(
        "/v1/register",
        json={"email": f"{name}@example.com", "password": PASSWORD, "nickname": name},
    )
    assert answer.status_code == 201, answer.text
    form = {"username": f"{name}@example.com", "password": PASSWORD}
    token = client.http.post("/v1/login/access-token", data=form).json()["data"]["access_token"]
    return Client(server, token).set_up_model()


@pytest.fixture
def small_server(folder):
    """Two runs at a time, whoever's they are."""
    server = Server(folder, ALMA_WORKERS="2", ALMA_REGISTRATION="open").start()
    yield server
    server.stop()


def test_a_flood_of_one_does_not_hold_up_another(small_server):
    client = Client(small_server).set_up_model()
    flood = another_person(small_server, client, "flood")
    quiet = another_person(small_server, client, "quiet")
    runs = [flood.send(flood.conversation(), "/long 150") for _ in range(30)]
    for _ in range(3):
        sent = time.monotonic()
        run = quiet.send(quiet.conversation(), "/echo here")
        assert quiet.finished(run, 15)["state"] == "completed"
        # At most until one of the two places is free: an answer of 150 words takes three seconds, all of them
        # three quarters of a minute.
        assert time.monotonic() - sent < 10
    states = [flood.run(run)["state"] for run in runs]
    assert states.count("queued") > 0
    assert "completed" in states or "running" in states


@pytest.fixture
def limited_server(folder):
    server = Server(folder, ALMA_RUNS_PER_USER="2").start()
    yield server
    server.stop()


def most_at_work(client, runs):
    """How many were at work at once, until all are done. One may end and the next begin between two questions: those that
    were at work the time before and still are were so together."""
    most, before = 0, set()
    while True:
        states = [client.run(run)["state"] for run in runs]
        running = {run for run, state in zip(runs, states, strict=True) if state == "running"}
        most, before = max(most, len(running & before)), running
        if set(states) <= {"completed", "failed"}:
            assert set(states) == {"completed"}
            return most
        time.sleep(0.05)


def test_the_rest_of_one_persons_runs_waits(limited_server):
    client = Client(limited_server).set_up_model()
    runs = [client.send(client.conversation(), "/long 200") for _ in range(6)]
    assert most_at_work(client, runs) == 2


@pytest.mark.shared
def test_urgency_is_checked(client):
    conversation = client.conversation()
    path = f"/v1/conversations/{conversation}/messages"
    refused = client.http.post(path, json={"content": "x", "urgency": "very"})
    assert refused.status_code == 422 and "urgency" in refused.text
    assert client.http.post(path, json={"content": "x", "urgency": "low"}).status_code == 201


@pytest.mark.shared
def test_a_provider_takes_no_more_at_once_than_it_allows(client):
    (provider,) = client.http.get("/v1/llm-configs").json()["data"]
    path = f"/v1/llm-configs/{provider['llm_id']}"
    answer = client.http.patch(path, json={"rate_limit": {"concurrent": 1}})
    assert answer.json()["data"]["rate_limit"] == {"concurrent": 1}, answer.text
    assert client.http.patch(path, json={"rate_limit": {"concurrent": 0}}).status_code == 422
    runs = [client.send(client.conversation(), "/long 200") for _ in range(3)]
    assert most_at_work(client, runs) == 1
    assert client.http.patch(path, json={"rate_limit": None}).json()["data"]["rate_limit"] is None


class Broken:
    """A provider that answers every call with a failure, and counts them."""

    def __enter__(self):
        self.calls = 0
        broken = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                broken.calls += 1
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.shared
def test_a_provider_that_is_down_is_passed_by_and_shown(client):
    builtin = client.http.get("/v1/models").json()["data"][0]["model_id"]
    with Broken() as broken:
        provider = client.created("/v1/llm-configs", provider="custom", provider_name="down", api_base_url=broken.url)
        model = client.created("/v1/models", llm_id=provider["llm_id"], name="down", display_name="down")
        assert client.http.put("/v1/models/default", json={"model_id": model["model_id"]}).status_code < 300
        assert client.http.put("/v1/models/fallbacks", json={"model_ids": [builtin]}).status_code < 300

        def reasons():
            events = list(client.events(client.send(client.conversation(), "/echo there")))
            assert_whole(events)
            assert "there" in answer_text(events)
            return [event.data.get("reason") for event in events if event.type == "run_status"]

        wait_until(lambda: "breaker_open: down" in reasons(), 30, "the breaker")
        calls = broken.calls
        assert calls == 5
        assert "breaker_open: down" in reasons()
        assert broken.calls == calls
        shown = client.http.get(f"/v1/llm-configs/{provider['llm_id']}").json()["data"]
        assert shown["failing_since"] and shown["next_try_at"]
