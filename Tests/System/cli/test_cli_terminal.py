"""The command line in real terminals: talking, approvals, broken connections."""

import socket

from alma import EMAIL, PASSWORD, QUESTION, wait_until
from cli_calls import SLOW, SUM, answer_of, newest_run, spoken
from mcp_calls import begun
from terminals import Cable, Terminal


def test_a_conversation_at_a_terminal(asking, terminal):
    chat = terminal("chat")
    chat.until("› ")
    chat.type("/echo Good morning\n")
    chat.until("/echo Good morning\n")
    assert "Good morning" in chat.until("› ")
    # Approved, with another input.
    chat.type(SUM + "\n")
    chat.until("calculator waits for your approval")
    assert '"expression": "20 + 22"' in chat.until("[y]es")
    chat.until("› ")
    chat.type("what\n")
    chat.until("Type y, n, e or a.")
    chat.until("› ")
    chat.type("e\n")
    chat.until("on one line › ")
    chat.type('{"expression": "1 + 1"}\n')
    assert "approved" in chat.until("2\n")
    # Not allowed.
    chat.until("› ")
    chat.type(SUM + "\n")
    chat.until("[a]lways › ")
    chat.type("n\n")
    chat.until("denied: calculator")
    # A question, answered by its number.
    chat.until("› ")
    chat.type(QUESTION + "\n")
    assert "1  red\n    2  blue" in chat.until("a number, or - for no answer › ")
    chat.type("2\n")
    chat.until("answered: ask_person: blue")
    chat.until("› ")
    chat.type("\x04")
    assert chat.end() == 0


def test_what_is_typed_meanwhile_is_said_afterwards(asking, terminal):
    chat = terminal("chat")
    chat.until("› ")
    chat.type("/slow 200\n")
    chat.until("(Built-in demo)")
    chat.type("/echo typed meanwhile\n")
    chat.until("› /echo typed meanwhile\n")
    assert "typed meanwhile" in chat.until("› ")
    # What was typed before a question is none of its answers.
    chat.type(SUM + "\ny\n")
    chat.until("[a]lways › ")
    chat.type("n\n")
    chat.until("denied: calculator")
    chat.until("› y\n")
    chat.until("› ")
    chat.type("\x04")
    assert chat.end() == 0


def test_a_conversation_is_made_once_and_not_for_nothing(client, cli, terminal):
    def count():
        return client.http.get("/v1/conversations").json()["pagination"]["total"]

    cli("agents", "create", "harbour", "--instruction", "Count ships.")
    before = count()
    for words in ["/echo one", None]:
        cli("agents", "update", "harbour", "--status", "active")
        chat = terminal("chat", "--agent", "harbour")
        chat.until("› ")
        cli("agents", "update", "harbour", "--status", "disabled")
        for _ in range(2):
            chat.type("/echo refused\n")
            chat.until("/echo refused\n")
            assert "conversation " not in chat.until("› ")
            assert count() == before + 1
        if words:
            cli("agents", "update", "harbour", "--status", "active")
            chat.type(words + "\n")
            chat.until("conversation ")
            chat.until("› ")
        chat.type("\x04")
        assert chat.end() == 0
        before = before + 1 if words else before
        assert count() == before


def test_an_editor_changes_an_input(asking, terminal, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/22/23/' \"$1\"\n")
    editor.chmod(0o755)
    run = terminal("run", SUM, EDITOR=str(editor))
    run.until("[a]lways › ")
    run.type("e\n")
    run.until("43")
    assert run.end() == 0


def test_a_question_that_is_answered_elsewhere_is_not_asked_any_longer(client, terminal):
    run = terminal("run", QUESTION)
    run.until("no answer › ")
    (asked,) = [one for one in client.http.get("/v1/approvals").json()["data"]]
    client.http.post(f"/v1/runs/{asked['run_id']}/approvals/{asked['call_id']}", json={"answer": "red"})
    run.until("answered: ask_person: red")
    assert run.end() == 0 and "red" in answer_of(client, asked["run_id"])["content"]


def test_a_question_that_is_answered_while_its_input_is_typed_is_over(asking, terminal):
    run = terminal("run", SUM)
    run.until("[a]lways › ")
    run.type("e\n")
    run.until("on one line › ")
    (asked,) = [one for one in asking.http.get("/v1/approvals").json()["data"]]
    asking.http.post(f"/v1/runs/{asked['run_id']}/approvals/{asked['call_id']}", json={"decision": "approve"})
    run.until("42")
    assert run.end() == 0


def test_an_input_is_shown_in_the_order_in_which_it_is_written(asking, terminal):
    run = terminal("run", '/tool calculator {"expression": "1 + \u202e2\u2066"}')
    run.until("waits for your approval")
    assert "1 + \ufffd2\ufffd" in run.until("[a]lways › ")
    assert "\u202e" not in run.text and "\u2066" not in run.text
    run.type("n\n")
    run.until("denied: calculator")
    run.end()


def test_ctrl_c_stops_the_answer_and_then_leaves(client, terminal):
    chat = terminal("chat")
    chat.until("› ")
    chat.type("/slow 2000\n")
    chat.until("conversation ")
    run = wait_until(lambda: client.run(newest_run(client))["state"] == "running" and newest_run(client), 20, "the run")
    chat.type("\x03")
    chat.until("The run was stopped.")
    assert client.finished(run)["state"] == "cancelled"
    chat.until("› ")
    chat.type("\x03")
    chat.until("Ctrl-C once more")
    chat.until("› ")
    chat.type("\x03")
    assert chat.end() == 130


def test_ctrl_c_leaves_a_server_that_does_not_answer(terminal):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        run = terminal("run", "x", ALMA_URL=f"http://127.0.0.1:{silent.getsockname()[1]}", ALMA_TOKEN="x")
        connection, _ = silent.accept()
        run.type("\x03")
        assert run.end() == 130
        connection.close()


def test_an_answer_under_way_is_taken_up(client, terminal, cli):
    run = client.send(client.conversation("Harbour"), SLOW)
    conversation = client.run(run)["conversation_id"]
    chat = terminal("chat", conversation[-8:])
    chat.until("Harbour")
    chat.until(SLOW)
    text = answer_of(client, run)["content"]
    chat.until(text)
    chat.until("› ")
    chat.type("\x04")
    assert chat.end() == 0
    # What is over is shown as it was.
    chat = terminal("chat", "--last")
    chat.until(text)
    chat.type("\x04")
    assert chat.end() == 0
    assert text in cli("conversations", "show", conversation).stdout
    shown = terminal("conversations", "show", conversation)
    assert shown.end() == 0 and "␛" not in shown.text


def test_no_word_is_lost_or_repeated_when_the_connection_breaks(server, client, terminal):
    cable = Cable(server.port)
    try:
        run = terminal("run", SLOW, ALMA_URL=cable.url, ALMA_TOKEN=client.token)
        begun = wait_until(lambda: len(run.text.split()) > 3, 30, "the first words")
        for _ in range(3):
            taken, words = cable.taken, len(run.text.split())
            cable.cut()
            wait_until(lambda: cable.taken > taken and len(run.text.split()) > words or run.process.poll() is not None, 30, "more words")
        assert run.end() == 0 and begun
        assert spoken(run) == answer_of(client, newest_run(client))["content"].split()
    finally:
        cable.close()


def test_a_server_that_is_killed_is_waited_for(server, client, terminal):
    run = terminal("run", SLOW, ALMA_URL=server.url, ALMA_TOKEN=client.token)
    wait_until(lambda: len(run.text.split()) > 3, 30, "the first words")
    server.kill()
    heard = spoken(run)
    server.start()
    assert run.end(90) == 0
    assert spoken(run) == answer_of(client, newest_run(client))["content"].split() and len(spoken(run)) > len(heard)


def test_a_terminal_obeys_no_model(cli, terminal):
    hostile = "/echo red \x1b[31mtext\x1b]0;title\x07 \u009b2J"
    assert "\x1b[31m" in cli("run", hostile).stdout
    run = terminal("run", hostile, NO_COLOR="1")
    assert run.end() == 0
    run.until("␛[31mtext␛]0;title␇")
    assert b"\x1b" not in run.raw and "\u009b".encode() not in run.raw


def test_a_login_asks_for_what_it_needs(server, tmp_path):
    login = Terminal("login", "--server", server.url, XDG_CONFIG_HOME=str(tmp_path))
    login.until("E-mail: ")
    login.type(EMAIL + "\n")
    login.until("Password: ")
    login.type(PASSWORD + "\n")
    login.until(f"Signed in to {server.url} as {EMAIL}.")
    assert login.end() == 0 and PASSWORD not in login.text
