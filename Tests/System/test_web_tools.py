"""Agents that look at the web, in the real process, against a server of the test's own."""

import http.server
import json
import threading

import pytest
from alma import Client, Folder, Server, answer_text, assert_whole, wait_until

PAGE = """<!DOCTYPE html><title>Tides</title><meta name="author" content="Ann"><nav><a href="/">Home</a></nav>
<article><h1>Tides</h1><p>The moon pulls at the <b>sea</b>, twice a day, see <a href="/moon">more</a>.</p></article>"""


class Upstream:
    """Keeps what it was asked, and answers with a page, or with whatever `answers` has for the path."""

    def __init__(self):
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                upstream.requests.append((self.command, self.path, dict(self.headers), body.decode()))
                kind, text = upstream.answers.get(self.path.split("?")[0], ("text/html; charset=utf-8", PAGE))
                text = text(self, body.decode()) if callable(text) else text
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.requests = []
        self.answers = {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def upstream():
    upstream = Upstream()
    yield upstream
    upstream.server.shutdown()
    upstream.server.server_close()


def called(client, tool, **arguments):
    """What the tool gave, and the answer's text."""
    run = client.send(client.conversation(), f"/tool {tool} {json.dumps(arguments)}")
    events = list(client.events(run))
    assert_whole(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    return result, answer_text(events)


def test_a_page_is_read_as_markdown(open_server, upstream):
    result, text = called(Client(open_server), "web_fetch", url=upstream.url + "/tides")
    assert result["success"] is True, result
    assert result["result"] == (
        f"Title: Tides\nAddress: {upstream.url}/tides\nAuthor: Ann\n\n"
        f"# Tides\n\nThe moon pulls at the **sea**, twice a day, see [more]({upstream.url}/moon)."
    )
    assert "twice a day" in text


@pytest.mark.shared
def test_the_servers_own_network_is_out_of_reach(client, upstream):
    port = upstream.server.server_port
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]:
        result, _ = called(client, "web_fetch", url=f"http://{host}:{port}/")
        assert result["success"] is False
        assert "private or local network" in result["error"]
    assert upstream.requests == []


def test_a_key_reaches_its_host_and_nobody_else(open_server, upstream):
    client, key = Client(open_server), "s3cret-of-the-coast"
    upstream.answers["/echo"] = ("application/json", lambda handler, body: json.dumps([dict(handler.headers), body]))
    made = client.created("/v1/tool-secrets", name="COAST", value=key, hosts=[upstream.url])
    assert key not in json.dumps(made)
    # What changes something asks first.
    arguments = {
        "method": "POST",
        "url": upstream.url + "/echo",
        "headers": {"Authorization": "Bearer {{secret:COAST}}"},
        "body": {"token": "{{secret:COAST}}"},
    }
    run = client.send(client.conversation(), f"/tool api_request {json.dumps(arguments)}")
    wait_until(lambda: client.run(run)["state"] == "waiting", 10, "the question")
    assert upstream.requests == []
    (asked,) = client.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    assert asked["tool_input"] == arguments
    path = f"/v1/runs/{run}/approvals/{asked['call_id']}"
    assert client.http.post(path, json={"decision": "approve"}).status_code == 202
    events = list(client.events(run))
    assert_whole(events)
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert result["success"] is True, result
    ((_, _, headers, body),) = upstream.requests
    assert headers["Authorization"] == f"Bearer {key}" and json.loads(body) == {"token": key}
    assert "[secret COAST]" in result["result"]
    seen = [event.text for event in events] + [
        client.http.get(place).text
        for place in ["/v1/tool-secrets"] + [f"/v1/runs/{run}{rest}" for rest in ["", "/tree", "/steps", "/requests"]]
    ]
    # What the model was sent is among it.
    assert "[secret COAST]" in seen[-1]
    assert not [text for text in seen if key in text]
    assert key not in open_server.log.read_text() and key not in open_server.output.read_text()
    assert client.http.delete(f"/v1/tool-secrets/{made['secret_id']}").status_code == 204


def test_reading_needs_no_leave_and_a_key_goes_nowhere_else(open_server, upstream):
    client = Client(open_server)
    client.created("/v1/tool-secrets", name="SHORE", value="s3cret-of-the-shore", hosts=["api.example.org"])
    result, _ = called(client, "api_request", url=upstream.url, headers={"X-Key": "{{secret:SHORE}}"})
    assert result["success"] is False and "only to api.example.org" in result["error"]
    assert upstream.requests == []
    result, _ = called(client, "api_request", url=upstream.url)
    assert result["success"] is True and result["result"].startswith("HTTP 200")


def test_a_search_goes_where_the_operator_says(furnished, upstream):
    found = {"results": [{"url": "https://a.example/", "title": "Tides", "content": "They turn.", "publishedDate": None}]}
    upstream.answers["/search"] = ("application/json", json.dumps(found))
    folder = Folder(furnished)
    # The tools themselves may not go to this machine.
    server = Server(folder, ALMA_SEARCH="searxng", ALMA_SEARCH_URL=upstream.url).start()
    try:
        result, _ = called(Client(server), "web_search", query="when do tides turn?")
        assert result["result"] == "[1] Tides\nhttps://a.example/\nThey turn."
        assert upstream.requests[0][1] == "/search?q=when%20do%20tides%20turn%3F&format=json&safesearch=2"
    finally:
        server.stop()
        folder.remove()
