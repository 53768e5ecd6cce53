"""MCP servers and API keys, on a phone and without scripts."""

import re
import sys

import chinese
import pytest
from alma import EMAIL, PASSWORD, Client, Folder, Server
from mcp_sites import PYTHON, HTTPSite
from person import Person


@pytest.fixture(scope="module")
def outpost():
    """A server that may run a program, and reach services of this machine."""
    folder = Folder()
    programs = str(PYTHON / "mcp-server-time")
    reach = {"ALMA_MCP_PROGRAMS": programs, "ALMA_MCP_FOLDERS": sys.prefix, "ALMA_TOOL_NETWORKS": "127.0.0.0/8"}
    server = Server(folder, **reach).start()
    Client(server).set_up_model()
    yield server
    server.stop()
    folder.remove()


def wide(person) -> int:
    return person.evaluate("document.documentElement.scrollWidth")["result"]["value"]


# What the pages say: the form, its refusal, what waits, what failed, the list.
WORDS = {
    "en": ["How it is reached", "a letter first", "Waiting for approval", "The last connection failed.", "failing"],
    "zh-CN": ["连接方式", "以字母开头", "等待批准", "上次连接失败。", "连接失败"],
}


@pytest.mark.parametrize("language", WORDS)
def test_a_server_is_added_connected_and_approved(open_browser, outpost, tmp_path, language):
    email = EMAIL
    if language == "zh-CN":
        chinese.settle(outpost)
        email = chinese.EMAIL
    form, refusal, waiting, failure, state = WORDS[language]
    site = HTTPSite(tmp_path).start()
    try:
        driver = open_browser(width=390, height=844, scripts=False, language=language, dark=language != "en")
        person = Person(driver, outpost.url).sign_in(email, PASSWORD)
        name = "harbour" if language == "en" else "hafen"
        person.go("/admin/mcp/new").type("name", "not a name").type("place", site.url)
        assert person.one("html").get_attribute("lang") == language and form in person.text("main")
        person.choose("transport", "http")
        person.type("secrets", "X-Berth=seventeen").submit("form[action='/admin/mcp'] .primary")
        assert refusal in person.text("#name-error")
        # Nothing typed is lost but what is secret.
        assert person.one("[name=place]").get_property("value") == site.url
        assert "seventeen" not in driver.page_source and wide(person) <= 390
        person.type("name", name).type("secrets", "X-Berth=seventeen").submit("form[action='/admin/mcp'] .primary")
        person.submit("form[action$='/test'] button")
        assert f"{name}__tides" in person.text("#waiting") and waiting in person.text("#waiting")
        assert wide(person) <= 390
        person.submit("form[action$='/approvals'] .primary")
        assert f"{name}__tides" in person.text("main") and "seventeen" not in driver.page_source
        assert driver.find_elements("css selector", "#waiting") == []
        # It has gone, and that is said.
        site.kill()
        person.submit("form[action$='/test'] button")
        assert failure in person.text(".notice.fail") and wide(person) <= 390
        person.go("/admin/mcp")
        assert name in person.text("main") and state in person.text("main") and wide(person) <= 390
    finally:
        site.kill()


def test_a_key_is_made_shown_once_and_revoked(open_browser, outpost):
    driver = open_browser(width=390, height=844, scripts=False)
    person = Person(driver, outpost.url).sign_in(EMAIL, PASSWORD)
    person.go("/settings/keys").type("name", "laptop").submit("form[action='/settings/keys'] .primary")
    key = re.search(r"alma_[A-Za-z0-9_-]{43}", person.text(".notice"))[0]
    assert wide(person) <= 390
    person.go("/settings/keys")
    assert key not in driver.page_source and "laptop" in person.text("table")
    person.submit("tbody button")
    assert "laptop" not in person.text("main")
