import pytest

from alma import Client, Folder, Server


@pytest.fixture
def folder():
    folder = Folder()
    yield folder
    folder.remove()


@pytest.fixture
def server(folder, request):
    server = Server(folder).start()
    yield server
    server.stop()
    if request.session.testsfailed:
        print(server.log_text())


@pytest.fixture
def client(server):
    return Client(server).set_up_model()
