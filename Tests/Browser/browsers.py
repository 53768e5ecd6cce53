"""Chromiums that tests share: each is started once, and is as new whenever it is lent."""

import contextlib
import os
import signal
from collections import defaultdict
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

# What comes of asking one that has died or hangs: its driver complains, or does not answer.
FAULTS = (WebDriverException, HTTPError, OSError)


class Browsers:
    """Of each kind as many as are wanted at once. A process has its language for good, and whether scripts run in it;
    size and colours belong to a tab."""

    def __init__(self):
        self.kinds = {}
        self.idle = defaultdict(list)

    def lend(self, width=1280, height=900, language="en", scripts=True, dark=False):
        kind = language, scripts
        while self.idle[kind]:
            driver = self.idle[kind].pop()
            try:
                clear(driver)
                show(driver, width, height, dark)
                return driver
            except FAULTS:
                self.give_up(driver)
        driver = start(*kind)
        self.kinds[driver] = kind
        show(driver, width, height, dark)
        return driver

    def take_back(self, driver):
        try:
            leave(driver)
        except FAULTS:
            self.give_up(driver)
        else:
            self.idle[self.kinds[driver]].append(driver)

    def give_up(self, driver):
        """Another one is started when it is wanted."""
        del self.kinds[driver]
        end(driver)

    def end(self):
        for driver in self.kinds:
            driver.quit()


def start(language, scripts):
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--window-size=1280,900",
        f"--lang={language}",
        "--hide-scrollbars",
    ):
        options.add_argument(argument)
    # It remembers nothing of what is typed into forms: nothing is offered to whoever comes next.
    preferences = {
        "intl.accept_languages": language,
        "autofill.profile_enabled": False,
        "credentials_enable_service": False,
        "profile.password_manager_enabled": False,
    }
    if not scripts:
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    # Before the driver itself is given up, which it is after twice as long.
    driver.set_page_load_timeout(60)
    return driver


def show(driver, width, height, dark):
    """In a tab that has not been shown otherwise."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    if dark:
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        )


def leave(driver):
    """Closes all tabs for a new one. With a tab end its streams and what loads by itself, and go its history, its
    session storage, how it was shown and what was done to its network."""
    others = driver.window_handles
    driver.switch_to.new_window("tab")
    blank = driver.current_window_handle
    for other in others:
        driver.switch_to.window(other)
        driver.close()
    driver.switch_to.window(blank)
    if len(driver.window_handles) > 1:
        raise WebDriverException("There are other tabs still.")


def clear(driver):
    """Takes away what servers have left, whatever their port, and what the console said. The cache may stay: pages are
    not kept in it, and an asset's address says what is in it."""
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    driver.get_log("browser")


def end(driver):
    """Kills the browser first: its driver would wait for one that hangs."""
    with contextlib.suppress(OSError, KeyError):
        process, profile = driver.capabilities["goog:processID"], driver.capabilities["chrome"]["userDataDir"]
        # Another process may have its number by now.
        if profile.encode() in Path(f"/proc/{process}/cmdline").read_bytes():
            os.kill(process, signal.SIGKILL)
    with contextlib.suppress(OSError):
        driver.quit()
