"""A real Chromium against the real program: each test gets one that is as new, all share one server."""

import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "System"))

from alma import PASSWORD, Client, Folder, Server  # noqa: E402
from newcomers import MARKS  # noqa: E402
from scripted_model import Answer, Upstream, is_background  # noqa: E402
import chinese  # noqa: E402
from browsers import Browsers  # noqa: E402
from person import Person  # noqa: E402


def pytest_configure(config):
    # Of the tests of the system, some of whose functions are used here.
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


@pytest.fixture(scope="session")
def browsers():
    browsers = Browsers()
    yield browsers
    browsers.end()


@pytest.fixture
def open_browser(browsers):
    """Opens browsers that are given back with the test."""
    opened = []

    def open_one(**settings):
        opened.append(browsers.lend(**settings))
        return opened[-1]

    yield open_one
    for driver in opened:
        browsers.take_back(driver)


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
def author(server):
    """Somebody whose model writes on and on until it `may_end`, and is brief from then on. As an administrator they may
    have a model on this machine."""
    email, may_end = f"{uuid4().hex}@example.com", threading.Event()

    def answer(body):
        if is_background(body):
            return "Patience\n\nOn waiting."
        return "It is whole." if may_end.is_set() else Answer(["It grows "], until=may_end)

    upstream = Upstream(answer)
    account = {"email": email, "password": PASSWORD, "nickname": "Author"}
    Client(server).created("/v1/users", role="administrator", **account)
    upstream.set_up(Client(server, email=email))
    yield SimpleNamespace(email=email, may_end=may_end)
    may_end.set()
    upstream.stop()


@pytest.fixture
def visitor(open_browser, server):
    """Somebody at the door, with the browser they want."""
    return lambda **settings: Person(open_browser(**settings), server.url)
