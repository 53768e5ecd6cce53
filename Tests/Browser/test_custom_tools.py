"""A tool is made on its page, tried out, given to an agent, and used by it."""

import json

import pytest
from alma import EMAIL, PASSWORD, Client, need_sandbox

SCHEMA = '{"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}'
CODE = "import json, sys; print('Hello, ' + json.load(sys.stdin)['name'] + json.loads(sys.argv[1]).get('end', ''))"


def no_wider_than_the_screen(person, width):
    return person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= width


@pytest.mark.parametrize("width, dark", [(1280, False), (390, True)], ids=["wide", "phone"])
def test_a_tool_is_made_tried_and_used(visitor, server, width, dark):
    need_sandbox(Client(server))
    person = visitor(width=width, height=844, dark=dark).sign_in(EMAIL, PASSWORD)
    name = f"greet_{width}"
    person.go("/tools").submit("a[href='/tools/new?kind=script']")
    person.type("name", "9 lives").type("description", "Greets somebody.").type("schema", SCHEMA).type("code", CODE)
    person.type("parameters", '{"type": "object", "properties": {"end": {"type": "string"}}}')
    person.submit("form .button.primary")
    assert "a letter first" in person.text("#name-error")
    person.type("name", name).submit("form .button.primary")
    assert person.text("h1") == name
    person.type("input", '{"name": "Ada"}').submit("#test .button.primary")
    assert "Hello, Ada" in person.text("#test")
    assert no_wider_than_the_screen(person, width)

    # Each change is a version: what it changed, and the way back.
    person.submit("a[href$='/edit']").type("description", "Greets everybody.").submit("form .button.primary")
    assert no_wider_than_the_screen(person, width)
    person.submit("#versions a[href$='/versions/1']")
    assert "somebody" in person.text(".difference .removed") and "everybody" in person.text(".difference .added")
    assert no_wider_than_the_screen(person, width)
    person.submit("form[action$='/versions/1/restoration'] button")
    assert "Greets somebody." in person.text(".instruction")

    person.go("/agents/new").type("display_name", f"Host {width}").type("instruction", "Greet whoever comes.")
    person.press(f"input[name='tool'][value='{name}']").press(f"details:has([name='timeout.{name}']) > summary")
    person.one(f"[name='param.end.{name}']").send_keys("!")
    person.submit("form .button.primary")
    agent = person.driver.current_url.split("/agents/")[1].split("?")[0]
    assert name in person.text()

    person.go(f"/?agent={agent}").ask(f"/tool {name} {json.dumps({'name': 'Grace'})}")
    assert "Hello, Grace!" in person.answer()
    person.go("/tools")
    assert name in person.text()
    assert no_wider_than_the_screen(person, width)
    assert person.complaints() == []
