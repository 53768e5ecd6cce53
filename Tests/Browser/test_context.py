"""A model that writes titles, and what it was sent."""

import threading

import pytest
from alma import EMAIL, PASSWORD, Client, Folder, Server
from person import Person
from scripted_model import Upstream, is_background


@pytest.fixture
def writer():
    """A server of its own, whose model names conversations; the scripted one never does. It answers once it is watched:
    a page that comes after the answer and before the title shows that at its next visit."""
    watched = threading.Event()

    def answer(body):
        if is_background(body):
            return "Arches\n\nOn bridges."
        assert watched.wait(60)
        return "They stand on arches."

    upstream = Upstream(answer)
    folder = Folder()
    server = Server(folder).start()
    upstream.set_up(Client(server))
    server.watched = watched
    yield server
    server.stop()
    folder.remove()
    upstream.stop()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_title_comes_by_itself_and_what_was_sent_is_shown(open_browser, writer, width):
    person = Person(open_browser(width=width, dark=width < 500), writer.url).sign_in(EMAIL, PASSWORD)
    person.go("/").ask("Why do bridges stand?")
    person.until(lambda: person.all("[data-stream]"))
    writer.watched.set()
    person.until(lambda: person.text("h1") == "Arches")
    person.until(lambda: person.one("[data-talks] [aria-current] b").get_attribute("textContent") == "Arches")
    assert person.answer() == "They stand on arches."
    # What follows is said into the same page.
    person.type("content", "And roofs?").submit("form.composer button[data-send]:not([hidden])")
    person.until(lambda: len(person.all("article[data-run]")) == 2 and not person.all("[data-stream]"))
    assert person.text("h1") == "Arches"
    run = person.all("[data-run]")[-1].get_attribute("data-run")
    person.go(f"/runs/{run}").submit(f"a[href='/runs/{run}/requests']")
    assert person.text("h1") == "What the models were sent"
    parts = person.all("details.run")
    assert len(parts) >= 4
    for number in range(len(parts)):
        person.press(f"details.run:nth-of-type({number + 1}) > summary")
    shown = person.text(".page")
    assert "And roofs?" in shown and "Why do bridges stand?" in shown and "They stand on arches." in shown
    assert person.evaluate("document.documentElement.scrollWidth <= innerWidth")["result"]["value"]
    assert not person.complaints()
