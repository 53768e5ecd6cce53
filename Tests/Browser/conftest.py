"""A real Chromium against the real program: each test gets a fresh profile, all share one server."""

import sys
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "System"))

from alma import Client, Folder, Server  # noqa: E402
import chinese  # noqa: E402
from person import Person  # noqa: E402


def browser(width=1280, height=900, language="en", scripts=True, dark=False):
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        f"--window-size={width},{height}",
        f"--lang={language}",
        "--hide-scrollbars",
    ):
        options.add_argument(argument)
    preferences = {"intl.accept_languages": language}
    if not scripts:
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    if dark:
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        )
    return driver


@pytest.fixture
def open_browser():
    """Opens browsers that are closed with the test."""
    opened = []

    def open_one(**settings):
        opened.append(browser(**settings))
        return opened[-1]

    yield open_one
    for driver in opened:
        driver.quit()


@pytest.fixture(scope="session")
def server():
    """A server whose administrator has the built-in provider to talk to."""
    folder = Folder()
    server = Server(folder, ALMA_REGISTRATION="open").start()
    Client(server).set_up_model()
    yield server
    server.stop()
    folder.remove()


@pytest.fixture(scope="session")
def lin(server):
    """Whose account is Chinese, as a program of theirs."""
    return chinese.settle(server)


@pytest.fixture
def visitor(open_browser, server):
    """Somebody at the door, with the browser they want."""
    return lambda **settings: Person(open_browser(**settings), server.url)
