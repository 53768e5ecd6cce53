"""The reference, from which calls are tried: with files, too."""

import pytest
from alma import EMAIL, PASSWORD, Client


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("width, dark", [(1280, False), (390, True)])
def test_files_are_sent_with_a_call(visitor, server, tmp_path, scripts, width, dark):
    client = Client(server)
    conversation = client.conversation()
    notes, table = tmp_path / "notes.txt", tmp_path / "table.csv"
    notes.write_text("hello")
    # More than a connection hands over at once.
    table.write_text("a,b\n" * 300_000)
    person = visitor(width=width, height=844, scripts=scripts, dark=dark).sign_in(EMAIL, PASSWORD)
    person.go("/docs/files#post_v1_conversations_id_files")
    person.submit("#post_v1_conversations_id_files header a")
    person.type("path-id", conversation)
    person.one("input[type=file]").send_keys(f"{notes}\n{table}")
    person.submit("form[action^='/docs/calls'] button.primary")
    answer = person.text("#result")
    assert "201 Created" in answer and "notes.txt" in answer and "table.csv" in answer
    assert person.one("[name=path-id]").get_attribute("value") == conversation
    assert person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= width
    kept = {file["name"]: file for file in client.http.get(f"/v1/conversations/{conversation}/files").json()["data"]}
    assert client.http.get(kept["notes.txt"]["url"]).text == "hello"
    assert kept["table.csv"]["size"] == 1_200_000
    assert not person.complaints()


def test_a_call_without_its_file_is_not_sent_by_the_browser(visitor, server):
    person = visitor().sign_in(EMAIL, PASSWORD).go("/docs/calls/post_v1_skills_archive")
    assert not person.one("input[type=file]").get_attribute("multiple")
    person.press("form[action^='/docs/calls'] button.primary")
    # It leads to what is missing.
    person.until(lambda: person.evaluate("document.activeElement.name")["result"].get("value") == "file")
    assert not person.all("#result")
    assert not person.complaints()
