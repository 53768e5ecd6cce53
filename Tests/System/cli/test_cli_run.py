"""The command line signs in and runs: standard output, exit codes, signals."""

import json
import signal
import stat
import subprocess

import pytest
from alma import EMAIL, PASSWORD, PROGRAM, QUESTION, Client, free_port, wait_until
from cli_calls import SUM, alma, environment_of, newest_run

# Signing in


def test_a_login_is_kept_for_its_person_alone(server, home, cli):
    file = home / "alma" / "login.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and PASSWORD not in file.read_text()
    assert EMAIL in cli("whoami").stdout and server.url in cli("whoami").stdout
    assert json.loads(cli("whoami", "--json").stdout)["email"] == EMAIL


def test_wrong_sign_ins_say_what_to_do(server, tmp_path):
    wrong = alma("login", "--server", server.url, "--email", EMAIL, home=tmp_path, input="wrong password\n")
    assert wrong.returncode == 4 and not wrong.stdout and wrong.stderr.startswith("alma: ")
    assert not (tmp_path / "alma" / "login.json").exists()
    nobody = alma("models", "list", "--server", server.url, home=tmp_path)
    assert nobody.returncode == 4 and f"alma login --server {server.url}" in nobody.stderr
    refused = alma("models", "list", "--server", server.url, home=tmp_path, ALMA_TOKEN="alma_nonsense")
    assert refused.returncode == 4 and len(refused.stderr.splitlines()) == 1 and "ALMA_TOKEN" in refused.stderr
    # Whoever is at it is not told to do it.
    key = alma("login", "--server", server.url, "--key", "alma_nonsense", home=tmp_path)
    assert key.returncode == 4 and "alma login" not in wrong.stderr + key.stderr
    (tmp_path / "alma").mkdir()
    (tmp_path / "alma" / "login.json").write_text(json.dumps({"server": server.url, "key": "alma_nonsense"}))
    assert "alma login" in alma("models", "list", home=tmp_path).stderr


def test_a_password_file_that_cannot_be_used(server, tmp_path):
    (tmp_path / "empty").touch()
    for name, complaint in [("nowhere", "cannot be read"), ("empty", "is empty")]:
        file = str(tmp_path / name)
        failed = alma("login", "--server", server.url, "--email", EMAIL, "--password-file", file, home=tmp_path)
        assert failed.returncode == 2 and f"{name} {complaint}" in failed.stderr, failed.stderr


def test_a_key_signs_in_and_does_not_pass_what_is_personal(server, cli, tmp_path):
    key = cli("keys", "create", "terminal", "--scopes", "chat").stdout.strip()
    assert key.startswith("alma_")
    signed_in = alma("login", "--server", server.url, "--key", "-", home=tmp_path, input=key + "\n")
    assert signed_in.returncode == 0, signed_in.stderr
    assert alma("run", "/echo by key", home=tmp_path).stdout == "by key\n"
    assert alma("keys", "create", "more", "--scopes", "chat", home=tmp_path).returncode == 4
    # The environment comes before the file.
    assert alma("run", "x", home=tmp_path, ALMA_TOKEN="alma_nonsense").returncode == 4
    assert "terminal" in cli("keys", "list").stdout and key not in cli("keys", "list").stdout
    assert cli("keys", "revoke", "terminal", code=2).stderr
    cli("keys", "revoke", "terminal", "--yes")
    assert alma("run", "x", home=tmp_path).returncode == 4
    assert alma("logout", home=tmp_path).returncode == 0 and not (tmp_path / "alma" / "login.json").exists()


def test_keys_do_not_go_unencrypted_to_other_machines(tmp_path):
    refused = alma("whoami", "--server", "http://192.0.2.1", home=tmp_path, ALMA_TOKEN="alma_secret")
    assert refused.returncode == 2 and "--plain-http" in refused.stderr


def test_tokens_are_renewed_once_by_commands_side_by_side(home, cli):
    for _ in range(2):
        file = home / "alma" / "login.json"
        login = json.loads(file.read_text())
        file.write_text(json.dumps(login | {"token": "stale"}))
        started = [
            subprocess.Popen([PROGRAM, "whoami"], env=environment_of(home), stdout=subprocess.PIPE) for _ in range(3)
        ]
        assert [one.wait(30) for one in started] == [0, 0, 0]
        for one in started:
            one.stdout.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    cli("whoami")


def test_signing_out_ends_the_login_at_the_server(server, tmp_path):
    alma("login", "--server", server.url, "--email", EMAIL, home=tmp_path, input=PASSWORD + "\n")
    kept = json.loads((tmp_path / "alma" / "login.json").read_text())
    assert alma("logout", home=tmp_path).returncode == 0
    answer = Client(server).http.post("/v1/login/refresh-token", json={"refresh_token": kept["refreshToken"]})
    assert answer.status_code == 401


# One question


def test_the_answer_alone_is_on_standard_output(cli):
    answer = cli("run", SUM)
    assert "42" in answer.stdout and "→ calculator" not in answer.stdout
    assert '→ calculator {"expression":"20 + 22"}' in answer.stderr and "✓ calculator" in answer.stderr
    assert cli("run", SUM, "--quiet").stderr == ""
    assert cli("run", "-", input="/echo one\ntwo\n").stdout == "one\ntwo\n"
    assert cli("chat", input="/echo piped\n").stdout == "piped\n"


def test_a_run_as_json(client, cli):
    said = json.loads(cli("run", SUM, "--json").stdout)
    assert "42" in said["answer"] and said["status"] == "completed" and said["error"] is None
    assert said["usage"]["total_tokens"] > 0 and said["steps"][0]["tool_calls"][0]["tool_name"] == "calculator"
    assert client.run(said["run_id"])["conversation_id"] == said["conversation_id"]
    again = json.loads(cli("run", "/echo again", "--json", "--conversation", said["conversation_id"][-10:]).stdout)
    assert again["answer"] == "again" and again["conversation_id"] == said["conversation_id"]
    *records, result = map(json.loads, cli("run", "/echo lines", "--stream-json").stdout.splitlines())
    assert [one["data"]["state"] for one in records if one["type"] == "run_status"][-1] == "completed"
    assert "".join(one["data"]["content_delta"] for one in records if one["type"] == "content_stream") == "lines"
    assert result["type"] == "result" and result["data"]["answer"] == "lines"


def test_a_failed_run_as_json(client, cli):
    said = json.loads(cli("run", "/fail 400", "--json", code=1).stdout)
    assert said["status"] == "failed" and said["error"] and said["waits_for"] is None
    assert client.run(said["run_id"])["state"] == "failed"
    *_, result = map(json.loads, cli("run", "/fail 400", "--stream-json", code=1).stdout.splitlines())
    assert result["type"] == "result" and result["data"]["status"] == "failed" and result["data"]["error"]


def test_agents_models_and_files_go_along(client, cli, tmp_path):
    file = tmp_path / "numbers.csv"
    file.write_text("1;2;3")
    said = json.loads(
        cli("run", "/echo x", "--agent", "Coding", "--model", "demo", "--file", str(file), "--file", "-", "--json", input="abc").stdout
    )
    assert said["agent"] == "coding"
    (question,) = [one for one in client.messages(said["conversation_id"]) if one["role"] == "user"]
    assert {one["name"]: one["size"] for one in question["attachments"]} == {"numbers.csv": 5, "input.txt": 3}


@pytest.mark.parametrize(
    "code, arguments",
    [
        (1, ["run", "/fail rejected"]),
        (2, ["run"]),
        (2, ["run", "x", "--timeout", "soon"]),
        (2, ["run", "x", "--approve", "ask"]),
        (2, ["run", "x", "--file", "/nowhere"]),
        (2, ["nonsense"]),
        (2, ["chat"]),
        (5, ["run", "x", "--agent", "nobody"]),
        (5, ["chat", "0198a1b2-0000-7000-8000-000000000000"]),
        (5, ["runs", "show", "0198a1b2-0000-7000-8000-000000000000"]),
        (124, ["run", "/stall", "--timeout", "1s"]),
    ],
)
def test_exit_codes(cli, code, arguments):
    answer = cli(*arguments, code=code, input="x" if "0198" in arguments[-1] else "")
    assert answer.stderr and not answer.stdout


def test_a_server_that_is_not_there(home):
    url = f"http://127.0.0.1:{free_port()}"
    answer = alma("models", "--server", url, home=home, ALMA_TOKEN="x")
    assert answer.returncode == 6 and url in answer.stderr


def test_what_nobody_may_answer_waits(asking, cli):
    waits = cli("run", SUM, code=3)
    assert "alma approvals approve" in waits.stderr and waits.stdout == ""
    run = newest_run(asking)
    assert asking.run(run)["state"] == "waiting"
    assert "42" in cli("runs", "follow", run, "--approve", "all").stdout
    assert "42" in cli("run", SUM, "--approve", "all").stdout
    said = json.loads(cli("run", QUESTION, "--approve", "all", "--json", code=3).stdout)
    assert said["status"] == "waiting" and said["waits_for"]["kind"] == "question"
    cli("runs", "stop", said["run_id"])


def asked(client):
    """The run that waits for its person, begun just now, and its call."""
    run = newest_run(client)
    waiting = client.http.get("/v1/approvals").json()["data"]
    return run, next(one["call_id"] for one in waiting if one["run_id"] == run)


def test_a_call_is_approved_with_another_input_and_from_then_on(asking, cli):
    cli("run", SUM, code=3)
    run, call = asked(asking)
    assert "JSON object" in cli("approvals", "approve", call, "--input", "[]", code=2).stderr
    approved = cli("approvals", "approve", call, "--input", '{"expression": "300 + 33"}', "--remember")
    assert f"Answered {call}" in approved.stdout
    answer = cli("runs", "follow", run).stdout
    assert "333" in answer and "42" not in answer
    # Nobody is asked again.
    assert "42" in cli("run", SUM).stdout
    cli("approvals", "approve", call, code=5)


def test_a_call_is_denied(asking, cli):
    cli("run", SUM, code=3)
    run, call = asked(asking)
    assert f"Answered {call}" in cli("approvals", "deny", call).stdout
    assert asking.finished(run)["state"] == "completed"
    assert "42" not in cli("runs", "follow", run).stdout
    # It holds for this call alone.
    cli("run", SUM, code=3)
    cli("runs", "stop", newest_run(asking))


def test_a_refused_message_leaves_no_empty_conversation(client, cli):
    def count():
        return client.http.get("/v1/conversations").json()["pagination"]["total"]

    before, too_long = count(), "x" * 300_000
    cli("run", "-", input=too_long, code=1)
    cli("chat", input=too_long, code=1)
    assert count() == before
    conversation = client.conversation()
    cli("run", "-", "--conversation", conversation, input=too_long, code=1)
    assert count() == before + 1
    # More than any message can be is not sent at all.
    assert "longer than 1 MB" in cli("run", "-", input="x" * 2**20 + "x", code=2).stderr


def test_a_signal_stops_the_run(client, home):
    started = subprocess.Popen(
        [PROGRAM, "run", "/slow 1000"], env=environment_of(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    def begun():
        live = client.http.get("/v1/runs", params={"state": "running"}).json()["data"]
        return live and live[0]["run_id"]

    run = wait_until(begun, 20, "the run")
    started.send_signal(signal.SIGINT)
    output, _ = started.communicate(timeout=30)
    assert started.returncode == 130 and output == b""
    assert client.finished(run)["state"] == "cancelled"
