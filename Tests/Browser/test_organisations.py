"""Somebody in two organisations, who goes from one to the other in the page."""

from uuid import uuid4

import pytest
from alma import Client


def a_team_with_a_model(server):
    """Made by the administrator: its id, and a link to join it by."""
    program = Client(server)
    team = program.created("/v1/organizations", name="Port")["organization_id"]
    program.http.headers["X-Organization-Id"] = team
    program.set_up_model()
    return team, program.created(f"/v1/organizations/{team}/invitations")["url"]


def identifier(person, place):
    return person.driver.current_url.split(f"/{place}/")[1].split("?")[0].split("#")[0]


def make_agent(person, title):
    person.go("/agents/new").type("display_name", title).type("instruction", "Count ships.")
    person.submit("#agent .button.primary")
    return "/agents/" + identifier(person, "agents")


def enter(person, organisation, name):
    person.go("/organisations").submit(f"form[action='/organisations/{organisation}/entry'] button")
    assert name in person.text("main tbody tr:has(.tag)") and len(person.all("main tbody .tag")) == 1


def lists(person, address):
    """Whether the list that it belongs to leads there, or the rail beside the list."""
    return bool(person.go("/" + address.split("/")[1]).all(f"a[href='{address}']"))


def is_nothing(person, address):
    return "There is nothing here" in person.go(address).text("h1")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_each_organisation_keeps_to_itself(visitor, server, scripts):
    port, link = a_team_with_a_model(server)
    person = visitor(scripts=scripts).go("/register").type("nickname", "Commuter")
    person.type("email", f"{uuid4().hex}@example.com").type("password", "correct horse 9")
    person.submit("form[action='/register'] button.primary")
    # One that they make, and one that they join and are in from then on.
    person.go("/organisations").type("name", "Harbour").submit("main section button.primary")
    harbour = identifier(person, "organisations")
    person.driver.get(link)
    person.submit("main button.primary")
    pilot = make_agent(person, "Pilot")
    person.go("/").ask("/echo Two ships")
    assert person.answer() == "Two ships"
    talk = "/conversations/" + identifier(person, "conversations")

    # A message is half written in one window while another goes elsewhere.
    person.go("/").type("content", "/echo Three ships")
    first = person.driver.current_window_handle
    person.driver.switch_to.new_window("tab")
    second = person.driver.current_window_handle
    enter(person, harbour, "Harbour")
    assert not lists(person, pilot) and not lists(person, talk)
    assert is_nothing(person, pilot) and is_nothing(person, f"{pilot}/edit") and is_nothing(person, talk)
    scribe = make_agent(person, "Scribe")

    # It is not said in the other organisation.
    person.driver.switch_to.window(first)
    person.submit("form.composer button[data-send]")
    assert "This page belongs to another organisation" in person.text("h1")
    assert person.go("/conversations").all("main .empty")
    # Nor is anything lost: the page leads to where it can be said.
    enter(person, port, "Port")
    assert lists(person, pilot) and lists(person, talk) and len(person.all("main tbody a.plain")) == 1
    assert not lists(person, scribe) and is_nothing(person, scribe)
    person.go("/")
    if scripts:
        person.until(lambda: person.one("[name=content]").get_attribute("value") == "/echo Three ships")
    person.ask("/echo Three ships")
    assert person.answer() == "Three ships"

    # The other window is left behind in its turn; what is the same everywhere is done from there all the same.
    person.driver.switch_to.window(second)
    person.press("details.me > summary").submit("form[action='/sign-out'] button")
    assert person.go("/agents").driver.current_url.endswith("/sign-in?next=/agents")
    assert not person.complaints()
