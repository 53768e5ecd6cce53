"""People of a server that many tests share: each has nothing of the others'."""

import contextlib
import uuid

from alma import PASSWORD, Client, Server

# To such a server many tests are one address.
UNLIMITED = {f"ALMA_{name}_RATE": "0" for name in ("USER", "KEY", "ADDRESS", "SIGN_IN")}

MARKS = [
    "shared: leaves the server as it is, and does with one that others have, too",
    "alone: needs a server of its own, in a module of those that do not",
]


def address(name: str) -> str:
    """An e-mail address that nobody has had."""
    return f"{name}-{uuid.uuid4().hex[:12]}@example.com"


def administrator(server: Server) -> Client:
    """By a key, which is good for as long as the tests take."""
    made = Client(server).created("/v1/api-keys", name="tests", scopes=["admin"])
    return Client(server, made["key"])


@contextlib.contextmanager
def newcomer(server: Server, administrator: Client):
    """Somebody new with a model, in an organisation of their own; an administrator, too, whose providers may be on this
    machine. What they leave under way is stopped with their account."""
    email = address("newcomer")
    account = administrator.created("/v1/users", email=email, password=PASSWORD, language="en", role="administrator")
    try:
        yield Client(server, email=email).set_up_model()
    finally:
        administrator.http.put(f"/v1/users/{account['user_id']}", json={"status": "disabled"})
