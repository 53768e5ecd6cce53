"""An administrator's way through the administration, with JavaScript and without."""

import time

import pytest

from alma import EMAIL, PASSWORD, QUESTION, Client, wait_until

PLACES = ["users", "runs", "usage", "audit", "health", "settings", "backups"]


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrators_journey(visitor, server, scripts):
    person = visitor(width=1280 if scripts else 390, height=844, scripts=scripts)
    person.sign_in(EMAIL, PASSWORD).go("/admin")
    links = [link.get_attribute("href") for link in person.all("main .place")]
    for place in PLACES:
        assert f"{server.url}/admin/{place}" in links
    for place in PLACES:
        person.go(f"/admin/{place}")
        assert person.text("main h1")
        if not scripts:
            assert person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= 390, place
    assert not person.complaints()

    # Somebody's run rests with a question: the administrator sees it, and stops it.
    client = Client(server)
    conversation = client.conversation()
    run = client.send(conversation, QUESTION)
    wait_until(lambda: client.run(run)["state"] == "waiting", 30, "the question")
    stop = f"form[action='/admin/runs/{run}/cancellation'] button"
    person.go("/admin/runs").submit(stop)
    wait_until(lambda: client.run(run)["state"] == "cancelled", 30, "the stop")
    person.go("/admin/audit?action=run.stopped")
    assert run in person.text("main table")

    # What models were called is drawn, with the same as a table behind it.
    person.go("/admin/usage?measure=calls")
    assert person.all("main svg.plot rect") and person.one("main svg.plot").size["width"] > 200
    person.press("main details.fold summary")
    assert person.text("main .scroll table")

    # An announcement is made, seen, and put away.
    person.go("/admin/settings").type("announcement", "Harbour **closes** at ten").submit("main .form button.primary")
    assert person.text(".announcement strong") == "closes"
    # What it stands above is where it always is.
    place = person.one("main h1").rect
    assert place["y"] < 300
    if scripts:
        assert place["x"] >= person.one("#rail").rect["width"]
    person.submit(".announcement button")
    assert not person.all(".announcement")
    person.go("/admin/settings").type("conversation_days", "never")
    person.submit("main .form button.primary")
    assert person.one("#conversation_days-error").text
    assert person.one("[name=announcement]").get_attribute("value") == "Harbour **closes** at ten"
    client.http.patch("/v1/admin/settings", json={"announcement": None})

    # A backup is made in the background; the page shows it by itself.
    person.go("/admin/backups")
    before = len(person.all("main tbody tr"))
    person.submit("main .page-head button.primary")
    deadline = time.monotonic() + 60
    while len(person.all("main tbody tr")) == before and time.monotonic() < deadline:
        time.sleep(0.2)
    person.go("/admin/backups")
    assert len(person.all("main tbody tr")) == before + 1
    person.submit("main tbody tr a[href$='/deletion']").submit("main form button")
    assert len(person.all("main tbody tr")) == before
    person.go("/admin/health")
    assert person.text("main table")
    assert not person.complaints()
