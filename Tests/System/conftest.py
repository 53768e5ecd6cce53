import pytest

from alma import Client, Folder, Server, need_sandbox, standing
from newcomers import MARKS, UNLIMITED, administrator, newcomer
from nodes import Database


def pytest_configure(config):
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def is_shared(request) -> bool:
    node = request.node
    return node.get_closest_marker("shared") is not None and node.get_closest_marker("alone") is None


@pytest.fixture
def folder():
    folder = Folder()
    yield folder
    folder.remove()


@pytest.fixture(scope="session")
def furnished():
    """A folder in which a server has been made ready once, to be copied: making each anew would take a second each."""
    folder = Folder()
    server = Server(folder).start()
    Client(server).set_up_model()
    assert server.stop() == 0
    yield folder
    folder.remove()


@pytest.fixture
def own_server(furnished):
    with standing(furnished) as server:
        yield server


@pytest.fixture(scope="session")
def shared(furnished):
    """A server for all tests of this process that neither end it nor change what is not their person's own."""
    with standing(furnished, **UNLIMITED) as server:
        yield server


@pytest.fixture(scope="session")
def shared_administrator(shared):
    return administrator(shared)


@pytest.fixture
def person(shared, shared_administrator):
    """Somebody new at the shared server."""
    with newcomer(shared, shared_administrator) as person:
        yield person


@pytest.fixture
def server(request):
    """One of the test's own, or where it is marked so the shared one."""
    server = request.getfixturevalue("shared" if is_shared(request) else "own_server")
    yield server
    if request.session.testsfailed:
        print(server.log_text())


@pytest.fixture
def client(request, server):
    """Whoever has the server to themselves, or somebody new at the shared one."""
    return request.getfixturevalue("person") if is_shared(request) else Client(server)


@pytest.fixture
def offered(client):
    """For tests whose server has to run programs."""
    need_sandbox(client)


@pytest.fixture(scope="session")
def open_server(furnished):
    """One whose operator lets tools go to this machine."""
    with standing(furnished, ALMA_TOOL_NETWORKS="127.0.0.0/8", **UNLIMITED) as server:
        yield server


@pytest.fixture
def open_client(open_server):
    return Client(open_server)


@pytest.fixture(scope="session")
def database():
    """A PostgreSQL for those who bring their own; of several test processes each has one."""
    database = Database()
    yield database
    database.remove()


@pytest.fixture
def world(client):
    """OpenAI's API, with a model that says what a test wants."""
    # Its package takes a while to load, and few want it.
    from openai_world import World

    made = World(client)
    yield made
    made.upstream.stop()
