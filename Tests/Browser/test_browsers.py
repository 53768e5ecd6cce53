"""The browsers that tests share: what one test has left in one, the next does not find."""

import os
import signal

import pytest
from alma import EMAIL, PASSWORD
from person import Person

KEEP = "for (const storage of [localStorage, sessionStorage]) storage.setItem('kept', 'mine'); console.error('mine')"
FOUND = """return [
    localStorage.getItem("kept"), sessionStorage.getItem("kept"), innerWidth,
    matchMedia("(prefers-color-scheme: dark)").matches, history.length > 2
]"""


def test_whoever_comes_next_finds_nothing(browsers, server):
    driver = browsers.lend(width=390, height=844, dark=True)
    person = Person(driver, server.url).sign_in(EMAIL, PASSWORD).go("/agents").go("/settings")
    driver.add_cookie({"name": "kept", "value": "mine"})
    driver.execute_script(KEEP)
    assert driver.execute_script(FOUND) == ["mine", "mine", 390, True, True]
    driver.switch_to.new_window("tab")
    person.go("/budgets")
    browsers.take_back(driver)

    assert browsers.lend() is driver and len(driver.window_handles) == 1
    stranger = Person(driver, server.url).go("/settings")
    assert driver.current_url.endswith("/sign-in?next=/settings")
    assert driver.get_cookie("kept") is None
    assert driver.execute_script(FOUND) == [None, None, 1280, False, False]
    assert not stranger.complaints()
    browsers.take_back(driver)


def test_two_at_once_have_a_browser_each(browsers, server):
    drivers = [browsers.lend(), browsers.lend()]
    first, second = [Person(driver, server.url) for driver in drivers]
    first.sign_in(EMAIL, PASSWORD)
    assert second.go("/settings").driver.current_url.endswith("/sign-in?next=/settings")
    for driver in drivers:
        browsers.take_back(driver)


@pytest.mark.parametrize("is_lent", [True, False], ids=["lent", "put-away"])
def test_one_that_has_died_is_replaced(browsers, server, is_lent):
    driver = browsers.lend()
    if not is_lent:
        browsers.take_back(driver)
    os.kill(driver.capabilities["goog:processID"], signal.SIGKILL)
    if is_lent:
        browsers.take_back(driver)
    other = browsers.lend()
    assert other is not driver
    assert Person(other, server.url).go("/sign-in").all("form[action='/sign-in']")
    browsers.take_back(other)
