"""A server whose operator lets it run the MCP servers of the tests' own environment."""

import subprocess
import sys

import pytest
from alma import Client, Folder, Server
from mcp_calls import SERVERS
from mcp_sites import HERE, PYTHON, HTTPSite


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """One commit, for the server of git to look at."""
    folder = tmp_path_factory.mktemp("mcp") / "repository"
    folder.mkdir()
    folder.parent.chmod(0o755)
    (folder / "tide.txt").write_text("high\n")
    for arguments in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "The tide"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def server(furnished, repository):
    """One whose operator lets it run programs of the tests' own environment."""
    folder = Folder(furnished)
    server = Server(
        folder,
        ALMA_MCP_PROGRAMS=",".join([*SERVERS.values(), str(PYTHON / "python")]),
        ALMA_MCP_FOLDERS=f"{sys.prefix},{HERE},{repository}",
        ALMA_TOOL_NETWORKS="127.0.0.0/8",
    ).start()
    yield server
    server.stop()
    folder.remove()


@pytest.fixture
def client(server):
    client = Client(server)
    yield client
    for known in client.http.get("/v1/mcp-servers").json()["data"]:
        client.http.delete(f"/v1/mcp-servers/{known['server_id']}")


@pytest.fixture
def site(tmp_path):
    site = HTTPSite(tmp_path).start()
    yield site
    site.kill()
