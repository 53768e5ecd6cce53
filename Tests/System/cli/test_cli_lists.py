"""The command line's lists, what it makes and changes, and its completions."""

import json
import os
import subprocess

from alma import PROGRAM


def test_lists_as_tables_and_as_json(client, cli, terminal):
    conversation = client.conversation("港口 " + "很长的标题" * 30)
    client.finished(client.send(conversation, "/echo to be found"))
    for command, key in {
        ("agents", "list"): "agent_id",
        ("models", "list"): "model_id",
        ("conversations", "list"): "conversation_id",
        ("conversations", "list", "--search", "港口"): "conversation_id",
        ("conversations", "search", "found"): "message_id",
        ("runs", "list"): "run_id",
        ("usage", "--by", "model"): "calls",
        ("keys", "list"): "key_id",
        ("approvals", "list"): "call_id",
    }.items():
        items = json.loads(cli(*command, "--json").stdout)
        assert all(key in one for one in items), command
        table = cli(*command).stdout
        assert len(table.splitlines()) == max(1, len(items) + bool(items)), table
    table = terminal("conversations", "list", columns=60)
    assert table.end() == 0
    table.until("很长")
    (line,) = [line for line in table.text.splitlines() if "港口" in line]
    assert sum(2 if ord(letter) >= 0x2E80 else 1 for letter in line) <= 60 and "…" in line
    assert "很长的标题" * 30 in cli("conversations", "list").stdout
    assert cli("usage", "--csv").stdout.count(",") > 5
    assert cli("usage", "--by", "agent", "--from", "2026-01-01", "--to", "2020-01-01", code=1).stderr


def test_agents_are_made_and_changed(cli):
    cli("agents", "create", "harbour", code=2)
    cli("agents", "create", "harbour", "--instruction-file", "/nowhere", code=2)
    cli("agents", "create", "harbour", "--display-name", "Harbour", "--instruction-file", "-", "--tools", "calculator", input="Count ships.\n")
    assert "Count ships." in cli("agents", "show", "harbour").stdout
    assert cli("agents", "create", "harbour", "--instruction", "x", code=1).stderr
    file = cli("agents", "export", "harbour").stdout
    assert json.loads(file)["agent"]["instruction"] == "Count ships."
    cli("agents", "import", "-", "--name", "harbour-2", input=file)
    assert "calculator" in cli("agents", "export", "harbour-2").stdout
    cli("agents", "delete", "harbour-2", "--yes")
    cli("agents", "import", "/nowhere", code=2)
    cli("agents", "update", "harbour", code=2)
    cli("agents", "update", "harbour", "--description", "Ships", "--status", "disabled", "--model", "demo")
    agent = json.loads(cli("agents", "show", "Harbour", "--json").stdout)
    assert (agent["description"], agent["status"], agent["instruction"]) == ("Ships", "disabled", "Count ships.")
    assert agent["model_id"]
    assert "--yes" in cli("agents", "delete", "harbour", code=2).stderr
    cli("agents", "delete", "harbour", "--yes")
    cli("agents", "show", "harbour", code=5)


def test_conversations_are_kept_in_order(client, cli):
    conversation = client.conversation("Before")
    client.finished(client.send(conversation, "/echo kept"))
    cli("conversations", "rename", conversation[-8:], "After")
    cli("conversations", "archive", conversation)
    assert "After" not in cli("conversations", "list").stdout and "After" in cli("conversations", "list", "--archived").stdout
    cli("conversations", "restore", conversation)
    exported = cli("conversations", "export", conversation).stdout
    assert exported.startswith("# After\n\n## You, ") and "\n\n## Answer, " in exported and exported.endswith("kept\n")
    messages = json.loads(cli("conversations", "export", conversation, "--json").stdout)["messages"]
    assert [one["role"] for one in messages] == ["user", "assistant"]
    cli("conversations", "delete", conversation, "--yes")
    cli("conversations", "show", conversation, code=5)


def test_runs_are_shown(client, cli):
    run = client.send(client.conversation(), "/echo shown")
    client.finished(run)
    assert "completed" in cli("runs", "show", run[-8:]).stdout
    assert "children" in json.loads(cli("runs", "show", run, "--json").stdout)
    assert cli("runs", "follow", run).stdout == "shown\n"
    assert run[-8:] in cli("runs", "list", "--state", "completed", "--limit", "3").stdout


def test_a_team_is_told_afterwards_as_it_was_meanwhile(client, cli):
    goal = '/tool calculator {"expression": "6 * 7"}'
    tasks = [
        {"id": id, "title": f"Task {id}", "agent": "coding", "goal": goal, "depends_on": needs}
        for id, needs in [("a", []), ("b", ["a"]), ("c", ["b"])]
    ]
    meanwhile = cli("run", "/tool plan " + json.dumps({"tasks": tasks}), "--agent", "orchestrator")
    run = client.http.get("/v1/runs").json()["data"][0]
    cli("run", "/echo later", "--conversation", run["conversation_id"])
    afterwards = cli("runs", "follow", run["run_id"])
    assert afterwards.stdout == meanwhile.stdout and "later" not in afterwards.stderr
    # Each task waits for the one before, so there is one order.
    told = [line for line in afterwards.stderr.splitlines() if "Task" in line and "Coding:" in line or "plan:" in line]
    assert told == [
        line for line in meanwhile.stderr.splitlines() if "Task" in line and "Coding:" in line or "plan:" in line
    ]
    assert [line.strip() for line in told if "Coding:" in line] == [f"Coding: Task {id}" for id in "abc"]
    assert afterwards.stderr.count("Coding: ✓ calculator") == 3
    child = client.http.get(f"/v1/runs/{run['run_id']}/children").json()["data"][0]["run_id"]
    alone = cli("runs", "follow", child)
    assert "42" in alone.stdout and "✓ calculator" in alone.stderr and "Coding" not in alone.stderr


# Shells


def test_completions(tmp_path, cli):
    script = tmp_path / "alma.bash"
    script.write_text(cli("completions", "bash").stdout)
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    ask = """
        source "$1"; COMP_WORDS=(alma con); COMP_CWORD=1; COMP_LINE="alma con"; COMP_POINT=8; COMP_TYPE=9
        "$(complete -p alma | sed 's/.*-F \\([^ ]*\\).*/\\1/')" alma con alma; printf '%s\\n' "${COMPREPLY[@]}"
    """
    completed = subprocess.run(["bash", "-c", ask, "sh", script], capture_output=True, text=True, env={"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"})
    assert "conversations" in completed.stdout, completed.stderr
    assert cli("completions", "zsh").stdout.startswith("#compdef alma") and "complete -c" in cli("completions", "fish").stdout
    cli("completions", "csh", code=2)
