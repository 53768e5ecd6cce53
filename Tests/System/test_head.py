"""HEAD on the real process: what GET would have above its body, on a connection that goes on."""

PASSING = {"date", "set-cookie", "ratelimit-remaining", "ratelimit-reset", "x-ratelimit-remaining", "x-ratelimit-reset"}


def fixed(answer):
    return {name: value for name, value in answer.headers.items() if name not in PASSING}


def test_head_is_get_without_a_body(client):
    talk = f"/v1/conversations/{client.conversation()}"
    sent = client.http.post(f"{talk}/files", files={"file": ("a.txt", b"hello")}).json()["data"][0]
    for path, status in [
        (talk, 200),
        (sent["url"], 200),
        # Nobody knows their length before they have been made.
        (f"{talk}/workspace/archive", 200),
        (f"{talk}/events?follow=false", 200),
        ("/v1/usage?format=csv", 200),
        ("/v1/nonsense", 404),
        ("/v1/models/default", 405),
        ("/sign-in", 200),
        ("/conversations", 303),
        ("/nonsense", 404),
    ]:
        named = {"X-Request-Id": "mine"}
        get, head = client.http.get(path, headers=named), client.http.head(path, headers=named)
        assert get.status_code == head.status_code == status, path
        assert fixed(get) == fixed(head) and not head.content, path
    assert "content-length" not in client.http.head(f"{talk}/workspace/archive").headers
    assert client.http.head(sent["url"]).headers["content-length"] == "5"
