"""schemathesis with all its checks against the program, from its own description."""

import os
import subprocess
import sys
from pathlib import Path

from alma import PASSWORD, Client, Folder, Server
from newcomers import UNLIMITED

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def records(client: Client) -> dict[str, dict[str, str]]:
    """One of each, for the addresses that begin so: what is asked of nothing is only ever refused."""
    agent = client.created("/v1/agents", name="checker", instruction="Check.", tools=["calculator"])["agent_id"]
    conversation = client.conversation()
    run = client.send(conversation, "Hello")
    client.finished(run)
    message = client.messages(conversation)[0]["message_id"]
    text = "---\nname: checking\ndescription: How things are checked.\n---\nLook twice."
    skill = client.created("/v1/skills", skill_md=text)["skill_id"]
    tool = client.created(
        "/v1/tools",
        name="double",
        description="Doubles a number.",
        schema={"type": "object"},
        effect="pure",
        definition={"language": "python", "code": "print(2)"},
    )["tool_id"]
    budget = client.created("/v1/budgets", scope="user", period="total", amount=1_000_000, warn_at=1)["budget_id"]
    key = client.created("/v1/api-keys", name="checker", scopes=["read"])["key_id"]
    user = client.created("/v1/users", email="checked@example.com", password=PASSWORD)["user_id"]
    organization = client.created("/v1/organizations", name="Checkers")["organization_id"]
    return {
        "/v1/agents/": {"id": agent, "name": "calculator"},
        "/v1/conversations/": {"id": conversation, "message": message},
        "/v1/runs/": {"id": run},
        "/v1/skills/": {"id": skill},
        "/v1/tools/": {"id": tool},
        "/v1/budgets/": {"id": budget},
        "/v1/api-keys/": {"id": key},
        "/v1/users/": {"id": user},
        "/v1/organizations/": {"id": organization, "user": user},
    }


def configuration(client: Client) -> str:
    """With the records' names in place of such as are made up, but for what would do away with them."""
    parts = [CONFIGURATION.read_text()]
    for place, names in records(client).items():
        parts.append(f"[[operations]]\ninclude-path-regex = '^{place}'\nexclude-method = 'DELETE'\n")
        parts.append("[operations.parameters]\n" + "".join(f'"path.{name}" = "{id}"\n' for name, id in names.items()))
    return "\n".join(parts)


def check(server: Server, client: Client, *arguments: str) -> subprocess.CompletedProcess:
    """`arguments` bound it, such as `--max-examples 5 --seed 1`."""
    me = client.http.get("/v1/users/me").json()["data"]
    described = server.folder.path / "schemathesis.toml"
    described.write_text(configuration(client))
    return subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            described,
            "run",
            f"{server.url}/openapi.json",
            "--no-color",
            "--checks",
            "all",
            "--header",
            f"Authorization: Bearer {client.token}",
            "--generation-database",
            "none",
            # Else most requests come with a key that is made up, and are refused for it.
            "--generation-with-security-parameters",
            "false",
            *arguments,
        ],
        cwd=server.folder.path,
        env=os.environ | {"ALMA_ORGANIZATION": me["organization_id"]},
        capture_output=True,
        text=True,
    )


def main():
    folder = Folder()
    server = Server(folder, **UNLIMITED).start()
    try:
        result = check(server, Client(server).set_up_model(), *(sys.argv[1:] or ["--max-examples", "100"]))
        print(result.stdout)
        print(result.stderr, file=sys.stderr)
        if result.returncode:
            print(server.log_text()[-20_000:], file=sys.stderr)
        sys.exit(result.returncode)
    finally:
        server.stop()
        folder.remove()


if __name__ == "__main__":
    main()
