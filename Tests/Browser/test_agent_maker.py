"""An agent maker's journey: make an agent, give it tools and a budget, try it out, change it, go back, carry it away."""

import json
import urllib.request
from pathlib import Path

import pytest
from alma import EMAIL, PASSWORD
from test_teams import keep_picture

PHONE = {"width": 390, "height": 844}


def no_wider_than_the_screen(person, width):
    return person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= width


@pytest.mark.parametrize(
    "settings",
    [{}, {"scripts": False}, {**PHONE, "dark": True, "scripts": False}],
    ids=["wide", "wide-no-scripts", "phone-dark-no-scripts"],
)
def test_the_makers_journey(visitor, tmp_path, settings, request):
    person, name = visitor(**settings).sign_in(EMAIL, PASSWORD), request.node.callspec.id
    width, title = settings.get("width", 1280), f"Scribe {name}"
    pictures = lambda what: keep_picture(person, f"maker-{name}-{what}")

    # Made, with a tool and its settings.
    person.go("/agents/new").type("display_name", title).type("instruction", "Write it down.\nKeep it short.")
    person.press("input[name='tool'][value='calculator']").press("details:has([name='timeout.calculator']) > summary")
    person.one("[name='timeout.calculator']").send_keys("9")
    person.submit("#agent .button.primary")
    agent = person.driver.current_url.split("/agents/")[1].split("?")[0]
    address = f"/agents/{agent}"

    # What it may spend.
    person.go("/budgets/new").choose("subject", f"own/agent:{agent}").type("amount", "5")
    person.submit("main form .button.primary")
    assert title in person.go("/budgets").text()

    # Tried out beside its form; what was changed there is saved with it.
    person.go(f"{address}/edit").type("instruction", "Write it down.\nKeep it very short.")
    person.type("trial", "/echo First words").submit("#try button.primary")
    person.until(lambda: "First words" in person.text("#try .thread") and not person.all("[data-stream]"))
    pictures("tried")
    assert no_wider_than_the_screen(person, width)
    assert "very short" in person.one("[name=instruction]").get_attribute("value")
    assert agent not in person.go("/conversations").driver.page_source

    # Stopped while it grows: what was typed meanwhile is neither saved nor lost.
    person.go(f"{address}/edit").type("trial", "/stall").submit("#try button.primary[form=agent]")
    person.go(f"{address}/edit?write=1").type("instruction", "Not yet.").type("trial", "Half a thou")
    person.submit("#try [formaction*='/trial/cancellation']")
    assert person.one("[name=instruction]").get_attribute("value") == "Not yet."
    assert person.one("[name=trial]").get_attribute("value") == "Half a thou"
    assert not person.all("#try [formaction*='/trial/cancellation']")
    person.go(f"{address}/edit")
    person.until(lambda: "Stopped." in person.text("#try .thread") and not person.all("[data-stream]"))
    assert "very short" in person.one("[name=instruction]").get_attribute("value")

    # Each change is a version, with what it changed, and the way back.
    person.go(address)
    assert len(person.all("#versions li")) == 2
    pictures("agent")
    person.submit("#versions a[href$='/versions/1']")
    assert "Keep it short." in person.text(".difference .removed") and "very" in person.text(".difference .added")
    pictures("version")
    assert no_wider_than_the_screen(person, width)
    person.submit("form[action$='/versions/1/restoration'] button")
    assert len(person.all("#versions li")) == 3
    assert "very short" not in person.text(".instruction")

    # Somebody else is quicker: nothing typed is lost.
    person.go(f"{address}/edit").type("instruction", "Mine.")
    other = visitor(scripts=False).sign_in(EMAIL, PASSWORD)
    other.go(f"{address}/edit").type("instruction", "Theirs.").submit("#agent .button.primary")
    person.submit("#agent .button.primary")
    assert person.one("[name=instruction]").get_attribute("value") == "Mine."
    assert person.all(".notice.fail a[href$='#versions']")
    pictures("overtaken")

    # Into a file, and back under another name, without what is not there.
    cookies = {cookie["name"]: cookie["value"] for cookie in person.driver.get_cookies()}
    file = export(person.address + address + "/export", cookies)
    assert file["format"] == "alma.agent" and file["agent"]["tools"][0]["configuration"] == {"timeout": 9}
    file["agent"]["team"] = ["nobody-here"]
    path = Path(tmp_path, "agent.json")
    path.write_text(json.dumps(file))
    person.go("/agents/import")
    person.one("[name=file]").send_keys(str(path))
    person.submit("main form .button.primary")
    assert "nobody-here" in person.text(".notice.wait")
    assert person.one("[name='timeout.calculator']").get_attribute("value") == "9"
    pictures("import")
    assert no_wider_than_the_screen(person, width)
    person.type("display_name", f"{title} again")
    person.evaluate("document.querySelector(\"details:has([name='name'])\").open = true")
    person.type("name", f"{title} again").submit("#agent .button.primary")
    assert f"{title} again" in person.text("h1")
    assert person.complaints() == []


def export(address, cookies):
    """What the browser would save."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": header})) as answer:
        assert "attachment" in answer.headers["Content-Disposition"]
        return json.load(answer)
