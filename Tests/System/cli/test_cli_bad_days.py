"""The command line at servers that are not as they should be."""

import contextlib
import json
import resource
import subprocess
import threading

import pytest
from alma import EMAIL, PASSWORD, PROGRAM, wait_until
from cli_calls import alma, environment_of
from stand_in import StandIn
from terminals import Terminal

CONVERSATION = "0198a1b2-0000-7000-8000-000000000001"
RUN = "0198a1b2-0000-7000-8000-000000000002"
RENEWAL = "POST /v1/login/refresh-token"


@pytest.fixture
def stand_in():
    opened = []

    def stand_in(answer):
        opened.append(StandIn(answer))
        return opened[-1]

    yield stand_in
    for one in opened:
        one.close()


def signed_in(folder, server):
    (folder / "alma").mkdir()
    login = {"server": server.url, "token": "stale", "refreshToken": "once"}
    (folder / "alma" / "login.json").write_text(json.dumps(login))


def test_a_login_goes_where_the_last_one_was(server, tmp_path):
    alma("login", "--server", server.url, "--email", EMAIL, home=tmp_path, input=PASSWORD + "\n")
    file = tmp_path / "alma" / "login.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"token": "stale", "refreshToken": "stale"}))
    over = alma("whoami", home=tmp_path)
    assert over.returncode == 4 and "Use `alma login`." in over.stderr
    # As it was told.
    again = alma("login", "--email", EMAIL, home=tmp_path, input=PASSWORD + "\n")
    assert again.returncode == 0 and again.stdout.startswith(f"Signed in to {server.url} as"), again.stderr


@pytest.mark.parametrize("status, code, is_over", [(503, 6, False), (500, 6, False), (429, 1, False), (401, 4, True)])
def test_only_a_refusal_ends_a_login(stand_in, tmp_path, status, code, is_over):
    server = stand_in(lambda what, token: (status if what == RENEWAL else 401, None))
    signed_in(tmp_path, server)
    answer = alma("whoami", home=tmp_path)
    assert answer.returncode == code and ("alma login" in answer.stderr) == is_over, answer.stderr
    assert len(server.times(RENEWAL)) == 1


def test_tokens_that_cannot_be_kept_serve_all_the_same(stand_in, tmp_path):
    def answer(what, token):
        if what == RENEWAL:
            return 200, {"access_token": "fresh", "refresh_token": "next"}
        return (200, {"email": EMAIL}) if token == "fresh" else (401, None)

    server = stand_in(answer)
    signed_in(tmp_path, server)
    before = (tmp_path / "alma" / "login.json").read_text()
    # Nothing can be written to files; the signal that would come of it stays ignored, as it is in Python.
    told = subprocess.run(
        [PROGRAM, "whoami", "--json"],
        env=environment_of(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        restore_signals=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert told.returncode == 0 and json.loads(told.stdout)["email"] == EMAIL, told.stderr
    assert "cannot be kept" in told.stderr and "alma login" in told.stderr
    assert (tmp_path / "alma" / "login.json").read_text() == before


def test_a_stream_that_ends_at_once_is_not_asked_for_all_the_time(stand_in, tmp_path):
    events = f"GET /v1/conversations/{CONVERSATION}/events"

    def answer(what, token):
        if what == events:
            return 200, "retry: 600\n\n: nothing\n\n"
        return 200, {"conversation_id": CONVERSATION, "run_id": RUN}

    server = stand_in(answer)
    run = subprocess.Popen(
        [PROGRAM, "run", "x"],
        env=environment_of(tmp_path) | {"ALMA_URL": server.url, "ALMA_TOKEN": "x"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        first, second, third = wait_until(lambda: len(server.times(events)) > 2 and server.times(events)[:3], 30, "three tries")
        # The server's own pause, then longer ones.
        assert second - first >= 0.59 and third - second >= 1.18
    finally:
        run.kill()
        run.wait()


@contextlib.contextmanager
def hello(command, server, folder):
    """A terminal in which hello was said, as a talk or as a run."""
    arguments = ["chat"] if command == "chat" else ["run", "hello"]
    terminal = Terminal(*arguments, XDG_CONFIG_HOME=str(folder), ALMA_URL=server.url, ALMA_TOKEN="x")
    try:
        if command == "chat":
            terminal.until("› ")
            terminal.type("hello\n")
        yield terminal
    finally:
        terminal.close()


@pytest.mark.parametrize("command", ["chat", "run"])
def test_ctrl_c_while_something_is_said_leaves_no_empty_conversation(stand_in, tmp_path, command):
    def answer(what, token):
        if what.endswith("/messages"):
            return None
        if what.startswith("DELETE"):
            return 200, {}
        return 200, {"conversation_id": CONVERSATION, "message_count": 0}

    server = stand_in(answer)
    with hello(command, server, tmp_path) as terminal:
        wait_until(lambda: server.times(f"POST /v1/conversations/{CONVERSATION}/messages"), 30, "the message")
        terminal.type("\x03")
        assert terminal.end() == 130
        assert len(server.times(f"DELETE /v1/conversations/{CONVERSATION}")) == 1


@pytest.mark.parametrize("command", ["chat", "run"])
def test_ctrl_c_while_a_conversation_is_made_leaves_none(stand_in, tmp_path, command):
    is_left = threading.Event()

    def answer(what, token):
        if what == "POST /v1/conversations":
            is_left.wait(60)
        return 200, {"conversation_id": CONVERSATION, "message_count": 0}

    server = stand_in(answer)
    with hello(command, server, tmp_path) as terminal:
        try:
            wait_until(lambda: server.times("POST /v1/conversations"), 30, "the conversation")
            terminal.type("\x03")
            terminal.until("once more leaves at once")
        finally:
            is_left.set()
        assert terminal.end() == 130
        assert len(server.times(f"DELETE /v1/conversations/{CONVERSATION}")) == 1
        assert not server.times(f"POST /v1/conversations/{CONVERSATION}/messages")
