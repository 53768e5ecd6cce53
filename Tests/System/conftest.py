import pytest

from alma import Client, Folder, Server, need_sandbox
from nodes import Database


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
def server(furnished, request):
    folder = Folder(furnished)
    server = Server(folder).start()
    yield server
    server.stop()
    if request.session.testsfailed:
        print(server.log_text())
    folder.remove()


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture
def offered(client):
    """For tests whose server has to run programs."""
    need_sandbox(client)


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
