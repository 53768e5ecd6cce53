"""A turn with colleagues, as a person sees it: the plan ticks, the score grows, questions are answered in place."""

import base64
import json
import os
from pathlib import Path

import chinese
import pytest
from alma import EMAIL, PASSWORD

PHONE = {"width": 390, "height": 844}
ORCHESTRATOR = "01900000-0000-7000-8000-000000000002"
CODING = "01900000-0000-7000-8000-000000000003"


def task(id, goal, agent, title, needs=()):
    return {"id": id, "title": title, "agent": agent, "goal": goal, "depends_on": list(needs)}


def plan(*tasks):
    return "/tool plan " + json.dumps({"tasks": tasks})


def keep_picture(person, name):
    """For whoever wants to look: ALMA_PICTURES names a folder."""
    if folder := os.environ.get("ALMA_PICTURES"):
        size = person.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        picture = person.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        Path(folder, name + ".png").write_bytes(base64.b64decode(picture["data"]))


@pytest.fixture
def asking(visitor, lin):
    """Somebody whose coding agent asks before it calculates. Who has a Chinese browser has a Chinese account."""

    def asking(**settings):
        email = chinese.EMAIL if settings.get("language") == "zh-CN" else EMAIL
        person = visitor(**settings).sign_in(email, PASSWORD)
        person.go(f"/agents/{CODING}").choose("policy.calculator", "ask")
        person.submit("form[action$='/tools'] button.primary")
        return person

    return asking


TASKS = plan(
    task("delay", '/tool calculator {"expression": "0.5 * 2"}', "coding", "Work out the new delay"),
    task("docs", "/long 120", "web", "Look up what the queue promises"),
    task("sum", "/echo All in one place", "file", "Bring both together", ["delay", "docs"]),
)


@pytest.mark.parametrize(
    "settings",
    [{}, {"scripts": False}, PHONE, {**PHONE, "scripts": False}, {"dark": True}, {**PHONE, "dark": True, "language": "zh-CN"}],
    ids=["wide", "wide-no-scripts", "phone", "phone-no-scripts", "dark", "phone-dark-chinese"],
)
def test_a_plan_is_seen_and_a_childs_question_is_answered_in_place(asking, settings, request):
    person, name = asking(**settings), request.node.callspec.id
    is_chinese = settings.get("language") == "zh-CN"
    person.go(f"/?agent={ORCHESTRATOR}").choose("agent_id", ORCHESTRATOR).ask(TASKS)
    person.until(lambda: person.all("section.approval"))
    # The page as it is: the plan, whose first step waits, the runs, and the question after them. Without scripts it
    # loads itself anew while it grows, and between two documents there is nothing to be seen: each look waits.
    person.until(lambda: len(person.all(".plan li")) == 4)
    person.until(lambda: person.all(".plan li.wait"))
    person.until(lambda: person.one("details.run").get_attribute("open") is not None)
    person.until(lambda: len(person.all(".score details.node, .score > .line:not(.head)")) >= 3)
    person.until(lambda: person.all(".score details.node[open] rect[fill='url(#hatch)']"))
    person.until(lambda: "0.5 * 2" in person.one("section.approval textarea").get_attribute("value"))
    assert person.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["width"] <= settings.get("width", 1280)
    if is_chinese:
        chinese.is_spoken(person, "想使用", "section.approval")
    if settings.get("scripts", True):
        # What the reader has closed stays closed, what they type stays typed, whatever comes meanwhile.
        person.press(".score details.node[open] > summary .name")
        person.type("input", '{"expression": "0.5 * 4"}')
        before = person.until(lambda: person.one(".score .now").get_attribute("x1"))
        person.until(lambda: person.one(".score .now").get_attribute("x1") != before)
        assert not person.all(".score > details.node[open]")
        assert person.one("section.approval textarea").get_attribute("value") == '{"expression": "0.5 * 4"}'
        person.press(".score > details.node > summary .name small")
    keep_picture(person, f"team-{name}-waiting")
    person.submit("section.approval button[value=approve]")
    person.answer()
    person.until(lambda: len(person.all(".plan li.done")) == 4)
    person.press("details.run > summary")
    if is_chinese:
        chinese.is_spoken(person, "计划", "details.run")
    keep_picture(person, f"team-{name}-finished")
    # Any run opens; what was calculated is what was approved.
    person.press(".score details.node a[href^='/runs/']")
    person.until(lambda: person.all("header.page-head h1") and "/runs/" in person.driver.current_url)
    if is_chinese:
        chinese.is_spoken(person, "的运行")
    assert ("2" if settings.get("scripts", True) else "1") in person.text("article.message .prose")
    assert person.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["width"] <= settings.get("width", 1280)
    keep_picture(person, f"team-{name}-child")
    assert not person.complaints()
