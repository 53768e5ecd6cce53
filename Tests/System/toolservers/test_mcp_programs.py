"""Tools of MCP servers that nobody here wrote, programs in the sandbox, in the real process."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from alma import Client, Folder, Server, answer_text, wait_until
from mcp_calls import SERVERS, added, allow, begun, called, connected, look, result_of, states
from mcp_sites import HERE, PYTHON
from test_sandbox import commands, descendants


def test_the_time_server(client):
    server = added(client, "time", SERVERS["time"], "--local-timezone", "Europe/Berlin")
    assert server["state"] == "connected" and server["protocol_version"] and server["latency_ms"] >= 0
    assert states(server) == {"get_current_time": "approved", "convert_time": "approved"}
    result = called(client, "time__get_current_time", timezone="Asia/Tokyo")
    assert result["success"] is True, result
    assert result["result"]["timezone"] == "Asia/Tokyo"
    # What the server refuses, the model is told.
    result = called(client, "time__get_current_time", timezone="Atlantis/Capital")
    assert result["success"] is False and "Atlantis" in result["error"], result


def test_the_database_server_keeps_its_file(client):
    server = added(client, "db", SERVERS["sqlite"], "--db-path", "/workspace/harbour.db", is_trusted=True)
    assert states(server)["create_table"] == "approved" and states(server)["list_resources"] == "approved"
    assert called(client, "db__create_table", query="create table ships (name text)")["success"] is True
    assert called(client, "db__write_query", query="insert into ships values ('Ann')")["success"] is True
    # Run anew, it finds what it had.
    connected(client, server["server_id"])
    result = called(client, "db__read_query", query="select name from ships")
    assert "Ann" in result["result"], result
    listed = called(client, "db__list_resources", asks=False)
    assert "memo://insights" in listed["result"], listed
    read = called(client, "db__read_resource", asks=False, uri="memo://insights")
    assert read["success"] is True, read
    prompts = called(client, "db__list_prompts", asks=False)
    assert "mcp-demo" in prompts["result"]
    # The built-in model would say all of it again, word by word.
    prompt = result_of(client, begun(client, "db__get_prompt", name="mcp-demo", arguments={"topic": "tides"}))
    assert "tides" in prompt["result"]


def test_the_git_server(client, repository):
    trust = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    added(client, "git", SERVERS["git"], "--repository", str(repository), secrets=trust)
    result = called(client, "git__git_log", repo_path=str(repository))
    assert result["success"] is True and "The tide" in result["result"], result


def test_the_fetch_server_has_no_network_of_its_own(client):
    server = added(client, "fetch", SERVERS["fetch"])
    assert states(server)["fetch"] == "approved"
    result = called(client, "fetch__fetch", url="http://example.org/")
    assert result["success"] is False, result


def test_the_fetch_server_reaches_what_is_listed_for_it(client):
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == "/tides"
            self.send_response(200 if found else 404)
            self.send_header("content-type", "text/plain")
            self.end_headers()
            self.wfile.write(b"High water at six." if found else b"")

        def log_message(self, *_):
            pass

    # A sandbox takes 127.0.0.1 for itself.
    place = ("127.0.0.2", 0)
    with ThreadingHTTPServer(place, Page) as listed, ThreadingHTTPServer(place, Page) as other:
        for site in (listed, other):
            threading.Thread(target=site.serve_forever, daemon=True).start()
        wrong = {"name": "w", "transport": "stdio", "place": SERVERS["fetch"], "network": ["no host"]}
        assert client.http.post("/v1/mcp-servers", json=wrong).json()["error"]["details"][0]["field"] == "network"
        server = added(client, "fetch", SERVERS["fetch"], "--allow-private-ips", network=[f"127.0.0.2:{listed.server_port}"])
        assert look(client, server)["network"] == [f"127.0.0.2:{listed.server_port}"]
        read = called(client, "fetch__fetch", url=f"http://127.0.0.2:{listed.server_port}/tides")
        assert read["success"] is True and "High water at six." in read["result"], read
        refused = called(client, "fetch__fetch", url=f"http://127.0.0.2:{other.server_port}/tides")
        assert refused["success"] is False, refused
        for site in (listed, other):
            site.shutdown()


def test_a_program_sees_nothing_of_the_server(client, server):
    probe = "import os,sys,json;print(json.dumps(dict(os.environ)),os.path.exists(%r),file=sys.stderr);sys.exit(1)"
    made = client.created(
        "/v1/mcp-servers",
        name="probe",
        transport="stdio",
        place=str(PYTHON / "python"),
        arguments=["-c", probe % str(server.folder.path)],
        secrets={"OWN": "mine-alone"},
    )
    answer = client.http.post(f"/v1/mcp-servers/{made['server_id']}/test", timeout=60)
    assert answer.status_code == 502
    said = answer.json()["error"]["message"]
    assert "code 1" in said and "False" in said and "FIRST_SUPERUSER" not in said and "ALMA" not in said
    assert "mine-alone" not in said and "[OWN]" in said
    assert look(client, made)["state"] == "failing"


def test_only_listed_programs_are_run(client):
    for place in ["/bin/sh", "/usr/bin/python3", "mcp-server-time", SERVERS["time"] + "/../mcp-server-git"]:
        answer = client.http.post("/v1/mcp-servers", json={"name": "x", "transport": "stdio", "place": place})
        assert answer.status_code == 422 and answer.json()["error"]["details"][0]["field"] == "place", answer.text


def test_a_silent_program_is_given_up(furnished):
    folder = Folder(furnished)
    reach = {"ALMA_MCP_PROGRAMS": str(PYTHON / "python"), "ALMA_MCP_FOLDERS": f"{sys.prefix},{HERE}"}
    server = Server(folder, ALMA_MCP_PATIENCE_SECONDS="1", **reach).start()
    try:
        ends_in_words(Client(server), "silent", "did not answer")
    finally:
        server.stop()
        folder.remove()


@pytest.mark.parametrize("kind, words", [("endless", "more than 4 MB"), ("old", "another revision")])
def test_a_hostile_program_ends_in_words(client, kind, words):
    ends_in_words(client, kind, words)


def ends_in_words(client, kind, words):
    made = client.created(
        "/v1/mcp-servers",
        name="bad",
        transport="stdio",
        place=str(PYTHON / "python"),
        arguments=[str(HERE / "mcp_hostile.py"), kind],
    )
    answer = client.http.post(f"/v1/mcp-servers/{made['server_id']}/test", timeout=90)
    assert answer.status_code == 502 and words in answer.json()["error"]["message"], answer.text


def test_who_has_read_what_changes_is_told(client):
    place = [str(PYTHON / "python"), str(HERE / "mcp_hostile.py"), "moving"]
    server = added(client, "sea", *place, is_trusted=True)
    conversation, results = client.conversation(), []
    for tool, arguments in [("read_resource", {"uri": "tide://now"}), ("turn", {}), ("read_resource", {"uri": "tide://now"})]:
        run = client.send(conversation, f"/tool sea__{tool} {json.dumps(arguments)}")
        if tool == "turn":
            allow(client, run)
        results += [event.data["result"] for event in client.events(run) if event.type == "tool_result"]
    assert results[0] == results[2] == "subscribed: ['tide://now']"
    assert results[1].startswith("done") and "read it anew before you rely on it: tide://now]" in results[1]
    # What else there is now is on the page of the server, too.
    wait_until(lambda: [one["name"] for one in look(client, server)["prompts"]] == ["ask tide://now", "ask tide://1"], 10, "prompts")
    assert [one["address"] for one in look(client, server)["resources"]] == ["tide://now", "tide://1"]


def test_a_program_that_fills_its_folder_is_ended(client):
    """Its quota is that of a conversation's workspace; nothing but a new server gives it an empty one."""
    added(client, "flood", str(PYTHON / "python"), str(HERE / "mcp_hostile.py"), "flood")
    result = called(client, "flood__turn")
    assert result["success"] is False and "its workspace was full" in result["error"], result
    wait_until(lambda: "The workspace is full" in called(client, "flood__turn")["error"], 30, "the refusal of another start")


def test_noise_and_markup_are_only_text(client):
    server = added(
        client, "noisy", str(PYTHON / "python"), str(HERE / "mcp_hostile.py"), "noisy", secrets={"TOKEN": "t0p-s3cret"}
    )
    found = states(server)
    assert found == {"<img src=x>": "approved", "bad_schema": "unusable", "no_schema": "unusable", "die": "approved"}
    names = {tool["name"]: tool["tool_name"] for tool in server["tools"]}
    assert all(character.isalnum() or character in "_-" for character in names["<img src=x>"])
    assert called(client, names["<img src=x>"])["result"] == "done"
    page = client.http.get("/v1/mcp-servers").text
    assert "t0p-s3cret" not in page
    # It ends in the middle of a call, and prints its key on the way out.
    result = called(client, "noisy__die")
    assert result["success"] is False and "code 3" in result["error"], result
    assert "t0p-s3cret" not in json.dumps(result) and "[TOKEN]" in result["error"]
    # The next call runs it again.
    assert wait_until(lambda: called(client, names["<img src=x>"])["success"], 20, "another life")


def test_nothing_is_left_of_a_program(client, server):
    added(client, "time", SERVERS["time"])

    def running():
        return {*commands("bin/mcp-server-time")}

    # Of this server's own: those of other tests may run beside it.
    own = lambda: running() & {*descendants(server.process.pid)}  # noqa: E731
    first = own()
    assert first
    (known,) = client.http.get("/v1/mcp-servers").json()["data"]
    assert client.http.patch(f"/v1/mcp-servers/{known['server_id']}", json={"is_enabled": False}).status_code == 200
    wait_until(lambda: not own() and not first & running(), 10, "the end of the program")
    result = called(client, "time__get_current_time", asks=False, timezone="UTC")
    assert result["success"] is False and "switched off" in result["error"]


def test_the_conversation_tells_it(client):
    """The whole way once: the model's words hold what the tool gave."""
    added(client, "time", SERVERS["time"])
    run = begun(client, "time__get_current_time", timezone="UTC")
    allow(client, run)
    assert "UTC" in answer_text(list(client.events(run)))
