"""Tools of MCP servers over Streamable HTTP, in the real process."""

import html
import re

import httpx
from alma import EMAIL, PASSWORD, wait_until
from mcp_calls import added, allow, approved, begun, called, connected, look, states
from mcp_oauth_server import GuardedSite


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


def test_private_addresses_are_out_of_reach(person, site):
    """At a server whose operator lets nothing go there."""
    made = person.created("/v1/mcp-servers", name="near", transport="http", place=site.url)
    answer = person.http.post(f"/v1/mcp-servers/{made['server_id']}/test", timeout=60)
    assert answer.status_code == 502, answer.text
    assert "MCP_UNREACHABLE" in answer.text
    person.http.delete(f"/v1/mcp-servers/{made['server_id']}")


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
