"""schemathesis with all its checks against the program, from its own description."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from alma import ROOT, Client, Folder, Server

# Requests come as fast as they can, and the built-in provider answers them.
UNLIMITED = {f"ALMA_{name}_RATE": "0" for name in ("USER", "KEY", "ADDRESS", "SIGN_IN")}
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def check(server: Server, token: str, *arguments: str) -> subprocess.CompletedProcess:
    """`arguments` bound it, such as `--max-examples 5 --seed 1`."""
    headers = {"Authorization": f"Bearer {token}"}
    me = httpx.get(f"{server.url}/v1/users/me", headers=headers, trust_env=False).json()["data"]
    return subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            CONFIGURATION,
            "run",
            f"{server.url}/openapi.json",
            "--no-color",
            "--checks",
            "all",
            "--header",
            f"Authorization: Bearer {token}",
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
        client = Client(server)
        client.set_up_model()
        result = check(server, client.token, *(sys.argv[1:] or ["--max-examples", "100"]))
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
