"""Files by the file chooser, shown with their message, and the page of a conversation's files."""

import base64

import httpx
import pytest
from alma import EMAIL, PASSWORD, Client, need_sandbox
from test_sandbox import called

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def choose(person, *files):
    person.one("form.composer input[type=file]").send_keys("\n".join(str(file) for file in files))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("width, dark", [(1280, False), (390, True)])
def test_files_go_with_a_message_and_are_shown(visitor, tmp_path, scripts, width, dark):
    picture, notes = tmp_path / "dot.png", tmp_path / "a very long name of some notes that were taken at the harbour.txt"
    picture.write_bytes(DOT)
    notes.write_text("hello")
    person = visitor(width=width, height=844, scripts=scripts, dark=dark).sign_in(EMAIL, PASSWORD)
    person.go("/")
    choose(person, picture, notes)
    if scripts:
        assert person.text("form.composer [data-names]") == "2 files"
    person.ask("echo")
    person.until(lambda: person.all("article.message.mine .files img"))
    size = "document.querySelector('article.message.mine .files img').naturalWidth"
    person.until(lambda: person.evaluate(size)["result"].get("value") == 1)
    # Without scripts the page is loaded anew until the answer is whole, and takes what was found on it along.
    person.until(lambda: person.last_words() and not person.all("[data-stream]"))
    links = person.all("article.message.mine .files a.file")
    assert [link.text.split("\n")[0] for link in links] == ["dot.png", notes.name]
    assert person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= width
    person.go(person.driver.current_url.split("#")[0].split("?")[0].removeprefix(person.address) + "/files")
    assert notes.name in person.text(".files-list")
    assert person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= width
    person.submit(".files-list li button")
    assert "dot.png" not in person.text(".files-list")
    assert not person.complaints()


def test_what_an_agent_makes_is_shown_in_place_and_saved(visitor, server):
    client = Client(server)
    need_sandbox(client)
    conversation = client.conversation()
    code = f"import base64; open('dot.png', 'wb').write(base64.b64decode({base64.b64encode(DOT).decode()!r}))"
    called(client, "run_code", conversation, language="python", code=f"{code}; open('data.csv', 'w').write('a,b')")
    person = visitor().sign_in(EMAIL, PASSWORD).go(f"/conversations/{conversation}")
    size = "document.querySelector('article.message:not(.mine) .files img').naturalWidth"
    person.until(lambda: person.evaluate(size)["result"].get("value") == 1)
    assert "data.csv" in person.text("article.message:not(.mine) .files")
    # The page of its files gives each file's own bytes.
    person.go(f"/conversations/{conversation}/files")
    place = person.one("a[href*='/workspace/file?'][href*='data.csv']").get_attribute("href")
    cookies = {one["name"]: one["value"] for one in person.driver.get_cookies()}
    saved = httpx.get(place, cookies=cookies, trust_env=False)
    assert saved.content == b"a,b" and saved.headers["content-disposition"].startswith("attachment")
    assert not person.complaints()
