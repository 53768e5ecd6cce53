"""One server for all, and somebody who is signed in there."""

import pytest
from alma import EMAIL, PASSWORD, standing
from cli_calls import alma, calculator, environment_of
from terminals import Terminal


@pytest.fixture(scope="session")
def server(furnished):
    with standing(furnished) as server:
        yield server


@pytest.fixture(scope="session")
def home(server, tmp_path_factory):
    """Where somebody is signed in."""
    home = tmp_path_factory.mktemp("home")
    answer = alma("login", "--server", server.url, "--email", EMAIL, home=home, input=PASSWORD + "\n")
    assert answer.returncode == 0, answer.stderr
    return home


@pytest.fixture
def cli(home):
    """Runs a command of whoever is signed in; `code` is what it has to end with."""

    def cli(*arguments, code=0, input="", **environment):
        answer = alma(*arguments, home=home, input=input, **environment)
        assert answer.returncode == code, f"{answer.returncode}\n{answer.stdout}\n{answer.stderr}"
        return answer

    return cli


@pytest.fixture
def terminal(home):
    """Opens terminals, and closes those that are left."""
    opened = []

    def terminal(*arguments, **environment):
        opened.append(Terminal(*arguments, **environment_of(home), **environment))
        return opened[-1]

    yield terminal
    for one in opened:
        one.close()


@pytest.fixture
def asking(client):
    """The calculator has to be allowed."""
    calculator(client, "ask")
    yield client
    calculator(client, "allow")
