"""The program as a client of a server, for tests of the command line."""

import os
import subprocess

from alma import PROGRAM

SUM = '/tool calculator {"expression": "20 + 22"}'
# Some fifteen words: long enough to be cut between them.
SLOW = "/slow 200"


def environment_of(home):
    return {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(home)}


def alma(*arguments, home, input="", **environment):
    return subprocess.run(
        [PROGRAM, *arguments],
        env=environment_of(home) | environment,
        input=input,
        capture_output=True,
        text=True,
        timeout=60,
    )


def calculator(client, decision):
    agent = next(one for one in client.http.get("/v1/agents").json()["data"] if one["name"] == "assistant")
    path = f"/v1/agents/{agent['agent_id']}/tools/calculator/policy"
    assert client.http.put(path, json={"decision": decision}).status_code == 200


def answer_of(client, run):
    finished = client.finished(run)
    return next(one for one in client.messages(finished["conversation_id"]) if one["run_id"] == run and one["role"] == "assistant")


def spoken(terminal):
    """The words of the answer; what happened on the way is told on lines of its own, further in."""
    return " ".join(line for line in terminal.text.splitlines() if not line.startswith("  ")).split()


def newest_run(client):
    return client.http.get("/v1/runs").json()["data"][0]["run_id"]
