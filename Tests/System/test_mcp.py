"""Tools of MCP servers that nobody here wrote, in the real process: programs in the sandbox, and Streamable HTTP."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from alma import EMAIL, PASSWORD, Client, Folder, Server, answer_text, assert_whole, wait_until
from mcp_oauth_server import GuardedSite
from mcp_sites import HERE, PYTHON, HTTPSite

SERVERS = {name: str(PYTHON / f"mcp-server-{name}") for name in ["time", "git", "fetch"]}
# It wants the SDK's first version.
SERVERS["sqlite"] = f"{sys.prefix}/older/bin/mcp-server-sqlite"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """One commit, for the server of git to look at."""
    folder = tmp_path_factory.mktemp("mcp") / "repository"
    folder.mkdir()
    folder.parent.chmod(0o755)
    (folder / "tide.txt").write_text("high\n")
    for arguments in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "The tide"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def server(furnished, repository):
    """One whose operator lets it run programs of the tests' own environment."""
    folder = Folder(furnished)
    server = Server(
        folder,
        ALMA_MCP_PROGRAMS=",".join([*SERVERS.values(), str(PYTHON / "python")]),
        ALMA_MCP_FOLDERS=f"{sys.prefix},{HERE},{repository}",
        ALMA_TOOL_NETWORKS="127.0.0.0/8",
    ).start()
    yield server
    server.stop()
    folder.remove()


@pytest.fixture
def client(server):
    client = Client(server)
    yield client
    for known in client.http.get("/v1/mcp-servers").json()["data"]:
        client.http.delete(f"/v1/mcp-servers/{known['server_id']}")


def added(client, name, place, *arguments, transport="stdio", **fields):
    """Made, connected to and approved."""
    made = client.created(
        "/v1/mcp-servers", name=name, transport=transport, place=place, arguments=list(arguments), **fields
    )
    return approved(client, connected(client, made["server_id"]))


def connected(client, server):
    answer = client.http.post(f"/v1/mcp-servers/{server}/test", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def approved(client, server):
    answer = client.http.post(f"/v1/mcp-servers/{server['server_id']}/approvals", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def look(client, server):
    return client.http.get(f"/v1/mcp-servers/{server['server_id']}").json()["data"]


def states(server):
    return {tool["name"]: tool["state"] for tool in server["tools"]}


def begun(client, tool, **arguments):
    return client.send(client.conversation(), f"/tool {tool} {json.dumps(arguments)}")


def called(client, tool, asks=True, **arguments):
    """What the tool gave; what changes something is asked about first."""
    run = begun(client, tool, **arguments)
    if asks:
        allow(client, run)
    events = list(client.events(run))
    assert_whole(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    return result


def allow(client, run):
    wait_until(lambda: client.run(run)["state"] == "waiting", 10, "the question")
    (asked,) = client.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    path = f"/v1/runs/{run}/approvals/{asked['call_id']}"
    assert client.http.post(path, json={"decision": "approve"}).status_code == 202


def test_the_time_server(client):
    server = added(client, "time", SERVERS["time"], "--local-timezone", "Europe/Berlin")
    assert server["state"] == "connected" and server["protocol_version"] and server["latency_ms"] >= 0
    assert states(server) == {"get_current_time": "approved", "convert_time": "approved"}
    result = called(client, "time__get_current_time", timezone="Asia/Tokyo")
    assert result["success"] is True, result
    assert json.loads(result["result"])["timezone"] == "Asia/Tokyo"
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
    prompt = called(client, "db__get_prompt", asks=False, name="mcp-demo", arguments={"topic": "tides"})
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
    added(client, "sea", *place, is_trusted=True)
    conversation, results = client.conversation(), []
    for tool, arguments in [("read_resource", {"uri": "tide://now"}), ("turn", {}), ("read_resource", {"uri": "tide://now"})]:
        run = client.send(conversation, f"/tool sea__{tool} {json.dumps(arguments)}")
        if tool == "turn":
            allow(client, run)
        results += [event.data["result"] for event in client.events(run) if event.type == "tool_result"]
    assert results[0] == results[2] == "subscribed: ['tide://now']"
    assert results[1].startswith("done") and "read it anew before you rely on it: tide://now]" in results[1]


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
        found = subprocess.run(["pgrep", "-f", "bin/mcp-server-time"], capture_output=True, text=True).stdout.split()
        return [one for one in found if Path(f"/proc/{one}/stat").exists()]

    assert running()
    (known,) = client.http.get("/v1/mcp-servers").json()["data"]
    assert client.http.patch(f"/v1/mcp-servers/{known['server_id']}", json={"is_enabled": False}).status_code == 200
    wait_until(lambda: not running(), 10, "the end of the program")
    result = called(client, "time__get_current_time", asks=False, timezone="UTC")
    assert result["success"] is False and "switched off" in result["error"]


@pytest.fixture
def site(tmp_path):
    site = HTTPSite(tmp_path).start()
    yield site
    site.kill()


def test_a_service_over_http(client, site, tmp_path):
    server = added(client, "harbour", site.url, transport="http")
    assert states(server)["tides"] == "approved"
    assert called(client, "harbour__tides", place="Husum")["result"] == "High at Husum: 06:12 and 18:40"
    assert "harbour://rules" in called(client, "harbour__list_resources", asks=False)["result"]
    read = called(client, "harbour__read_resource", asks=False, uri="harbour://rules")
    assert "Dead slow" in read["result"]
    # Progress is in the run's log.
    run = begun(client, "harbour__survey", steps=4)
    allow(client, run)
    events = list(client.events(run))
    told = "".join(event.data["output_delta"] for event in events if event.type == "tool_progress")
    assert "sounding 4" in told and "4 of 4" in told
    # A run that is stopped takes its call along.
    marker = tmp_path / "cancelled"
    run = begun(client, "harbour__wait_long", marker=str(marker))
    allow(client, run)
    wait_until((tmp_path / "cancelled.begun").exists, 10, "the call at the server")
    client.http.post(f"/v1/runs/{run}/cancellation")
    wait_until(marker.exists, 10, "the cancellation at the server")


def test_tools_come_and_go_and_change(client, site):
    server = added(client, "harbour", site.url, transport="http")
    called(client, "harbour__grow")
    wait_until(lambda: states(look(client, server)).get("lighthouse") == "new", 10, "the new tool")
    # Nobody has approved it: agents do not have it.
    assert called(client, "harbour__lighthouse", asks=False)["success"] is False
    approved(client, server)
    assert called(client, "harbour__lighthouse")["result"] == "every 12 s"
    called(client, "harbour__shrink")
    wait_until(lambda: states(look(client, server))["tides"] == "gone", 10, "the end of the tool")
    result = called(client, "harbour__tides", asks=False, place="Husum")
    assert result["success"] is False and "no longer offers this tool" in result["error"]
    # At the same address, another description: it waits for approval, and is not used meanwhile.
    site.kill()
    site.start(CHANGED="1")
    wait_until(lambda: states(connected(client, server["server_id"]))["tides"] == "changed", 20, "the changed tool")
    result = called(client, "harbour__tides", asks=False, place="Husum")
    assert result["success"] is False and "approve it again" in result["error"]
    approved(client, server)
    assert called(client, "harbour__tides", place="Husum")["result"] == "changed"


def test_a_service_that_was_away_is_found_again(client, site):
    added(client, "harbour", site.url, transport="http")
    assert called(client, "harbour__tides", place="Husum")["success"] is True
    site.kill()
    run = begun(client, "harbour__tides", place="Husum")
    allow(client, run)
    assert client.finished(run)["state"] == "completed"
    (known,) = client.http.get("/v1/mcp-servers").json()["data"]
    wait_until(lambda: look(client, known)["state"] == "failing", 10, "the bad news")
    site.start()
    wait_until(lambda: look(client, known)["state"] == "connected", 30, "the good news")
    assert called(client, "harbour__tides", place="Husum")["success"] is True


def test_private_addresses_are_out_of_reach(furnished, site):
    folder = Folder(furnished)
    server = Server(folder).start()
    try:
        client = Client(server)
        made = client.created("/v1/mcp-servers", name="near", transport="http", place=site.url)
        answer = client.http.post(f"/v1/mcp-servers/{made['server_id']}/test", timeout=60)
        assert answer.status_code == 502, answer.text
        assert "MCP_UNREACHABLE" in answer.text
    finally:
        server.stop()
        folder.remove()


def test_the_conversation_tells_it(client):
    """The whole way once: the model's words hold what the tool gave."""
    added(client, "time", SERVERS["time"])
    run = begun(client, "time__get_current_time", timezone="UTC")
    allow(client, run)
    assert "UTC" in answer_text(list(client.events(run)))


def signed_in(server):
    """An administrator's browser."""
    browser = httpx.Client(base_url=server.url, trust_env=False, timeout=60)

    def posted(path, page, **fields):
        proof = re.search(r'name="csrf" value="([^"]+)"', browser.get(page).text)[1]
        return browser.post(path, data={"csrf": proof, **fields})

    assert posted("/sign-in", "/sign-in", email=EMAIL, password=PASSWORD).status_code == 303
    return browser, posted


def test_a_service_where_somebody_has_to_sign_in(server, client):
    site = GuardedSite()
    try:
        made = client.created("/v1/mcp-servers", name="guarded", transport="http", place=f"{site.root}/mcp")
        answer = client.http.post(f"/v1/mcp-servers/{made['server_id']}/test")
        assert answer.status_code == 502 and answer.json()["error"]["code"] == "MCP_UNAUTHORISED"
        page = f"/admin/mcp/{made['server_id']}"
        browser, posted = signed_in(server)
        assert f'action="{page}/authorisation"' in browser.get(page).text
        away = posted(f"{page}/authorisation", page)
        (there,) = {html.unescape(one) for one in re.findall(r'href="(http[^"]+)"', away.text)}
        assert there.startswith(f"{site.root}/authorize?")
        back = httpx.get(there, trust_env=False).headers["location"]
        # Somebody else's state is nobody's.
        assert browser.get(back.replace("state=", "state=x")).status_code == 404
        assert browser.get(re.sub(r"state=([0-9a-f-]+)[^&]*", r"state=\1.y", back)).status_code == 502
        assert browser.get(back).status_code == 303
        found = look(client, made)
        assert found["state"] == "connected" and found["is_authorised"] is True
        approved(client, found)
        assert called(client, "guarded__whoami")["result"] == "token-1"
        # The token is refused one day; it is renewed, and the call goes on.
        site.good = None
        assert called(client, "guarded__whoami")["result"] == "token-2"
        assert site.seen[-1]["grant_type"] == "refresh_token" and site.seen[-1]["resource"] == f"{site.root}/mcp"
        # The same way back a second time leads nowhere.
        assert browser.get(back).status_code == 502
        assert "token-" not in client.http.get("/v1/mcp-servers").text
    finally:
        site.stop()
