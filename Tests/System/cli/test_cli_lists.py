"""The command line's lists, and what it makes and changes."""

import json

from alma import PASSWORD, Client, wait_until


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


def test_agents_have_parameters_settings_and_skills(client, cli):
    client.created("/v1/skills", skill_md="---\nname: tides\ndescription: Reads tide tables.\n---\nRead the table.")
    fields = ["--parameters", '{"temperature": 0.2}', "--capabilities", "counting, tides", "--skills", "tides"]
    tools = ["--tools", "calculator,current_time", "--tool-settings", 'calculator={"timeout": 9}']
    made = json.loads(cli("agents", "create", "pilot", "--instruction", "Count ships.", *fields, *tools, "--json").stdout)
    assert made["name"] == "pilot" and made["capabilities"] == ["counting", "tides"]

    def told():
        file = json.loads(cli("agents", "export", "pilot").stdout)["agent"]
        return file["parameters"], file["skills"], {one["name"]: one["configuration"] for one in file["tools"]}

    assert told() == ({"temperature": 0.2}, ["tides"], {"calculator": {"timeout": 9}, "current_time": {}})
    # What is not named stays, null takes a setting away, nothing takes all away.
    cli("agents", "update", "pilot", "--tool-settings", 'calculator={"timeout": null}', "--skills", "")
    assert told() == ({"temperature": 0.2}, [], {"calculator": {}, "current_time": {}})
    cli("agents", "update", "pilot", "--parameters", "{}")
    assert told()[0] == {}
    for wrong in [["--parameters", "[]"], ["--tool-settings", "calculator"], ["--tool-settings", "calculator=9"]]:
        assert cli("agents", "update", "pilot", *wrong, code=2).stderr
    # What was done is said where the rest was not.
    half = cli("agents", "update", "pilot", "--description", "Pilots", "--tool-settings", 'fly={"timeout": 9}', code=2)
    assert "fields were changed" in half.stderr and "no tool called fly" in half.stderr
    assert json.loads(cli("agents", "show", "pilot", "--json").stdout)["description"] == "Pilots"


def test_an_agent_goes_back_to_what_it_was(cli):
    cli("agents", "create", "keeper", "--instruction", "Light the lamp.")
    cli("agents", "update", "keeper", "--instruction", "Sound the horn.", "--description", "Of the lighthouse")

    def versions():
        return json.loads(cli("agents", "versions", "keeper", "--json").stdout)

    newest, oldest = versions()
    assert newest["version"] > oldest["version"] and {"instruction", "description"} <= {*newest["changes"]}
    assert "instruction" in cli("agents", "versions", "keeper").stdout
    assert "Light the lamp." not in cli("agents", "show", "keeper").stdout
    cli("agents", "restore", "keeper", str(oldest["version"]))
    assert "Light the lamp." in cli("agents", "show", "keeper").stdout
    assert [one["restored_version"] for one in versions()] == [oldest["version"], None, None]
    cli("agents", "restore", "keeper", "99", code=5)
    cli("agents", "restore", "keeper", "first", code=2)


def test_whoever_says_no_changes_nothing(cli, terminal):
    cli("agents", "create", "ferryman", "--instruction", "Row.")
    for answer, code in [("n", 7), ("", 7), ("y", 0)]:
        asked = terminal("agents", "delete", "ferryman")
        asked.until("Remove the agent ferryman? [y/N] ")
        asked.type(answer + "\n")
        assert asked.end() == code
        said = "Nothing was changed." if code else "Removed ferryman."
        wait_until(lambda: said in asked.text, 10, said)
        cli("agents", "show", "ferryman", code=0 if code else 5)


def test_usage_is_told_of_one_thing_alone(server, client, cli):
    key = client.created("/v1/api-keys", name="meter", scopes=["openai"])
    asked = {"model": "demo", "messages": [{"role": "user", "content": "/echo by key"}]}
    by_key = {"Authorization": f"Bearer {key['key']}"}
    assert client.http.post("/openai/v1/chat/completions", json=asked, headers=by_key).status_code == 200
    client.finished(client.send(client.conversation(), "/echo by an agent"))
    email = "purser@example.com"
    client.created("/v1/users", email=email, password=PASSWORD, nickname="Purser")
    purser = Client(server, email=email).set_up_model()
    purser.finished(purser.send(purser.conversation(), "/echo elsewhere"))
    mine, theirs = (one.http.get("/v1/users/me").json()["data"]["user_id"] for one in (client, purser))

    def keys(*arguments):
        return {one["key"] for one in json.loads(cli("usage", *arguments, "--json").stdout)}

    assert key["key_id"] in keys("--by", "key")
    assert keys("--by", "key", "--key", "meter") == keys("--by", "key", "--key", key["key_id"]) == {key["key_id"]}
    assert keys("--by", "model", "--model", "demo") == {"demo"} and keys("--by", "model", "--model", "other") == set()
    (assistant,) = keys("--by", "agent", "--agent", "assistant")
    assert assistant in keys("--by", "agent") and keys("--by", "key", "--agent", "assistant") != {key["key_id"]}
    # Mine, those of the organisation that I lead, everybody's.
    assert keys("--own", "--by", "user") == keys("--by", "user") == {mine}
    assert theirs in keys("--all", "--by", "user") and len(keys("--all", "--by", "organization")) > 1
    assert keys("--all", "--by", "user", "--user", email) == keys("--all", "--by", "user", "--user", "Purser") == {theirs}
    assert keys("--by", "user", "--user", email) == set()
    cli("usage", "--user", "nobody", code=5)
    cli("usage", "--own", "--all", code=2)


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
