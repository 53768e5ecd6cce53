"""Agents that run programs, in the real process."""

import json
import os
import time
from pathlib import Path

import pytest
from alma import Client, Folder, Server, assert_whole, wait_until

CODING = "01900000-0000-7000-8000-000000000003"


def ask(client, words, conversation=None):
    conversation = conversation or client.conversation()
    path = f"/v1/conversations/{conversation}/messages"
    body = {"content": words, "agent_id": CODING}
    answer = client.http.post(path, json=body, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer.json()["data"]["run_id"]


def called(client, tool, conversation=None, **arguments):
    """The events of a run that calls the tool, and its result."""
    run = ask(client, f"/tool {tool} {json.dumps(arguments)}", conversation)
    events = list(client.events(run))
    assert_whole(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert result["success"], result
    return events, result["result"]


def commands(mark):
    """Processes with the mark in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


def told(path):
    """Nothing of what has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""


def children(process):
    try:
        return [one for path in Path(f"/proc/{process}/task").glob("*/children") for one in told(path).split()]
    except OSError:
        return []


def descendants(process):
    """What it has begun, bubblewrap's own processes among them, and what these have begun."""
    found = children(process)
    return found + [other for one in found for other in descendants(one)]


def is_alive(process):
    """The dead that nobody has collected are none of ours any more."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX"
    except OSError:
        return False


def launcher_of(server):
    def launchers():
        return [one for one in children(server.process.pid) if told(Path(f"/proc/{one}/comm")).strip() == "alma-sandbox"]

    # While a child ends, the kernel may pass over another.
    (launcher,) = wait_until(launchers, 10, "the launcher")
    return launcher


@pytest.mark.shared
def test_code_runs_and_files_stay(client, offered):
    conversation = client.conversation()
    code = "print(6 * 7); open('kept.txt', 'w').write('one\\ntwo\\n')"
    events, result = called(client, "run_code", conversation, language="python", code=code)
    assert (result["exit_code"], result["output"]) == (0, "42\n")
    assert 0 < result["seconds"] < 60 and result["peak_memory_mb"] > 1
    progress = "".join(event.data["output_delta"] for event in events if event.type == "tool_progress")
    assert progress == "42\n"
    _, text = called(client, "read_file", conversation, path="kept.txt")
    assert text == "1\tone\n2\ttwo\n3\t"
    _, result = called(client, "run_code", conversation, language="shell", code="wc -l <kept.txt; false")
    assert result["output"].strip() == "2" and result["exit_code"] == 1
    _, text = called(client, "list_files")
    assert text == "There are no files."


@pytest.mark.shared
def test_a_database_file_stays_between_calls(client, offered):
    conversation = client.conversation()
    made = "create table boats (name text, length int); insert into boats values ('Ada', 12), ('Bea', 7);"
    _, result = called(client, "run_code", conversation, language="sql", code=made)
    assert (result["exit_code"], result["output"]) == (0, ""), result
    asked = "select name, length * 2 as twice from boats order by length;"
    _, result = called(client, "run_code", conversation, language="sql", code=asked)
    assert [line.split() for line in result["output"].splitlines()] == [["name", "twice"], ["----", "-----"], ["Bea", "14"], ["Ada", "24"]]
    _, result = called(client, "run_code", language="sql", code=asked)
    assert result["exit_code"] != 0 and "no such table" in result["error_output"], result


@pytest.mark.shared
def test_hostile_output_is_told(client, offered):
    code = r"printf '\377\000\033[31m<b>\n'; printf '\033]0;title\007'"
    _, result = called(client, "run_code", language="shell", code=code)
    assert result["output"] == "\ufffd\ufffd<b>\n"


@pytest.mark.shared
def test_only_those_who_are_to_have_it_have_it(client):
    tools = {
        agent["name"]: names(client, agent)
        for agent in client.http.get("/v1/agents").json()["data"]
    }
    assert "read_file" in tools["coding"] and "read_file" in tools["file"]
    assert "run_code" not in tools["file"] and "read_file" not in tools["assistant"]


def names(client, agent):
    answer = client.http.get(f"/v1/agents/{agent['agent_id']}/tools")
    return {tool["name"] for tool in answer.json()["data"]}


@pytest.mark.shared
def test_a_stopped_run_ends_its_program(client, offered):
    run = ask(client, '/tool run_code {"language": "shell", "code": "sleep 61731"}')
    wait_until(lambda: commands("61731"), 20, "the program")
    assert client.http.post(f"/v1/runs/{run}/cancellation").status_code == 202
    wait_until(lambda: not commands("61731"), 5, "the end of the program")


@pytest.mark.parametrize("milliseconds", [0, 5, 50])
def test_nothing_outlives_a_server_that_is_killed_while_programs_begin(server, client, offered, milliseconds):
    """SB21 for the real process: the first has begun, and others are on their way."""
    mark = f"6180{milliseconds:02}"
    for _ in range(20):
        ask(client, '/tool run_code {"language": "shell", "code": "exec sleep %s"}' % mark)
    wait_until(lambda: commands(mark), 20, "the first program")
    launcher = launcher_of(server)
    time.sleep(milliseconds / 1000)
    begun = descendants(launcher)
    server.kill()
    wait_until(lambda: not Path(f"/proc/{launcher}").exists(), 20, "the end of the launcher")
    assert begun and not [one for one in begun if is_alive(one)]
    assert not commands(mark) and not list(Path("/sys/fs/cgroup").glob(f"**/alma-sandbox/{launcher}-*"))


def test_nothing_outlives_a_server_that_was_killed(server, client, offered):
    runs = [ask(client, '/tool run_code {"language": "shell", "code": "sleep 61732"}') for _ in range(5)]
    wait_until(lambda: len(commands("61732")) >= 5, 20, "the programs")
    launcher = launcher_of(server)
    server.kill()
    wait_until(lambda: not commands("61732"), 5, "the end of the programs")
    wait_until(lambda: not Path(f"/proc/{launcher}").exists(), 20, "the end of the launcher")
    assert not list(Path("/sys/fs/cgroup").glob(f"**/alma-sandbox/{launcher}-*"))
    server.start()
    # What a crash cut short is not done again by itself: its person is asked.
    wait_until(lambda: {client.run(run)["state"] for run in runs} == {"waiting"}, 30, "the questions")
    assert not commands("61732")


def test_a_start_takes_no_workspace_away(server, client, offered):
    """The database may be one that is yet to be restored; SweepTests tell when they go."""
    conversation = client.conversation()
    called(client, "write_file", conversation, path="a/b.txt", content="x")
    folder = server.folder.path / "workspaces" / conversation
    assert (folder / "a" / "b.txt").read_text() == "x"
    assert client.http.delete(f"/v1/conversations/{conversation}").status_code in (200, 204)
    assert server.stop() == 0
    server.start()
    assert Client(server).http.get("/healthz").json()["status"] == "ok"
    assert (folder / "a" / "b.txt").read_text() == "x"


def without_bubblewrap(folder):
    """A PATH on which everything lies but bubblewrap."""
    programs = folder.path / "programs"
    programs.mkdir()
    for place in reversed(os.environ["PATH"].split(":")):
        for program in Path(place).glob("*") if place else []:
            if program.name != "bwrap":
                (programs / program.name).unlink(missing_ok=True)
                (programs / program.name).symlink_to(program)
    return str(programs)


def test_without_bubblewrap_no_code_tool_is_offered(furnished):
    folder = Folder(furnished)
    server = Server(folder)
    server.environment["PATH"] = without_bubblewrap(folder)
    server.start()
    try:
        client = Client(server)
        health = client.http.get("/healthz")
        assert health.status_code == 200
        assert health.json() == {
            "status": "degraded",
            "sandbox": "bubblewrap is not installed (apt-get install bubblewrap)",
        }
        assert "Agents run no programs" in server.log_text()
        events = list(client.events(ask(client, '/tool run_code {"language": "shell", "code": "id"}')))
        assert not [event for event in events if event.type == "tool_result" and event.data["success"]]
        assert "agents run no programs: bubblewrap" in server.command("doctor").stdout
    finally:
        server.stop()
        folder.remove()


def test_it_can_be_switched_off(folder):
    server = Server(folder, ALMA_SANDBOX="off")
    assert "off (ALMA_SANDBOX)" in server.command("doctor").stdout
