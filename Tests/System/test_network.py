"""Sandboxed programs on the network: what a person has listed for the agent, through the proxy, and nothing else."""

import shutil

import pytest
from alma import Client, Folder, Server, need_sandbox
from registry import ADDRESS, Registry
from test_sandbox import CODING, called


@pytest.fixture(scope="module")
def registry():
    made = Registry()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def networked(furnished):
    """A server whose operator lets tools reach the registry's address."""
    folder = Folder(furnished)
    server = Server(folder, ALMA_TOOL_NETWORKS=ADDRESS).start()
    try:
        client = Client(server)
        need_sandbox(client)
        yield client
    finally:
        server.stop()
        folder.remove()


def lets(client, *hosts):
    answer = client.http.put(f"/v1/agents/{CODING}/network", json={"hosts": hosts})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"] == {"hosts": list(hosts), "is_available": True}


def shell(client, code, conversation=None):
    return called(client, "run_code", conversation, language="shell", code=code)[1]


def test_packages_stay_in_the_workspace(networked, registry):
    lets(networked, registry.host)
    conversation = networked.conversation()
    index = f"--index-url http://{registry.host}/simple/ --trusted-host {ADDRESS}"
    result = shell(networked, f"pip install {index} almatiny 2>&1 || python3 -m pip install {index} almatiny", conversation)
    assert result["exit_code"] == 0, result
    (traffic,) = result["network"]
    assert traffic["host"] == registry.host and traffic["connections"] >= 1 and traffic["received_bytes"] > 200
    lets(networked)
    code = "import almatiny; print(almatiny.words(), almatiny.__file__.startswith('/workspace/'))"
    _, result = called(networked, "run_code", conversation, language="python", code=code)
    assert result["output"] == "from the index True\n"
    assert "network" not in result


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed")
def test_npm_packages_stay_too(networked, registry):
    lets(networked, registry.host)
    conversation = networked.conversation()
    result = shell(networked, f"npm install --registry http://{registry.host}/ almatiny 2>&1", conversation)
    assert result["exit_code"] == 0, result
    _, result = called(
        networked, "run_code", conversation, language="javascript", code="console.log(require('almatiny')())"
    )
    assert result["output"] == "from the registry\n"


def test_git_works_in_the_workspace(networked, registry):
    lets(networked, registry.host)
    conversation = networked.conversation()
    code = f"git clone -q http://{registry.host}/project.git && cat project/README && git -C project log --format=%s"
    assert shell(networked, code, conversation)["output"] == "cloned\none\n"
    lets(networked)
    code = """cd project && echo more >>README && git commit -qam two && git log --format='%s %an' && git diff --stat HEAD~"""
    output = shell(networked, code, conversation)["output"]
    assert output.startswith("two ALMA agent\none T\n") and "1 file changed" in output
    code = f"cd project && git pull 2>&1 http://{registry.host}/project.git"
    assert shell(networked, code, conversation)["exit_code"] != 0


def test_what_is_not_listed_is_refused_and_said(networked, registry):
    lets(networked, "pypi")
    before = len(registry.asked)
    code = (
        f"curl -sS -m 5 http://{registry.host}/ || python3 -c \"import urllib.request as u; u.urlopen('http://{registry.host}/')\"; "
        "python3 -c \"import urllib.request as u; u.urlopen('https://169.254.169.254/')\"; true"
    )
    result = shell(networked, code)
    assert set(result["network_refused"]) == {
        f"{registry.host} is not on this agent's list",
        "169.254.169.254:443 is not on this agent's list",
    }
    assert len(registry.asked) == before and "network" not in result
    # The operator's word stands above the list.
    lets(networked, "127.0.0.3:80")
    code = "python3 -c \"import urllib.request as u; u.urlopen('http://127.0.0.3/')\""
    result = shell(networked, code)
    assert result["network_refused"] == ["127.0.0.3:80 leads into a private or local network"]


def test_what_is_no_host_is_not_kept(networked):
    answer = networked.http.put(f"/v1/agents/{CODING}/network", json={"hosts": ["http://x y/"]})
    assert answer.status_code == 422 and answer.json()["error"]["details"][0]["field"] == "hosts"


def test_the_operator_can_take_it_away(furnished, registry):
    folder = Folder(furnished)
    server = Server(folder, ALMA_TOOL_NETWORKS=ADDRESS, ALMA_SANDBOX_NETWORK="off").start()
    try:
        client = Client(server)
        need_sandbox(client)
        answer = client.http.put(f"/v1/agents/{CODING}/network", json={"hosts": [registry.host]})
        assert answer.json()["data"]["is_available"] is False
        code = f"curl -sS -m 5 http://{registry.host}/ || echo nothing; env | grep -ci proxy"
        assert shell(client, code)["output"].startswith("nothing\n0")
        page = client.http.get(f"/agents/{CODING}").text
        assert 'action="/agents/' + CODING + '/network"' not in page
    finally:
        server.stop()
        folder.remove()
