"""Passwords that were forgotten, and addresses that are confirmed, by mail that goes through a real server."""

import re

import httpx
import pytest

from alma import EMAIL, PASSWORD, Client, Folder, Server, wait_until
from mailbox import PASSWORD as MAIL_PASSWORD
from mailbox import USER, Mailbox, certificate

NEW = "another horse battery"


def link(mail, what: str) -> str:
    """The token of the link in both parts of a mail, which say the same."""
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    found = re.search(rf"https://alma\.example\.org{what}\?token=([\w-]+)", plain)
    assert found, plain
    assert found.group(0) in html
    return found.group(1)


@pytest.fixture
def sending(furnished, tmp_path, request):
    """A server, and the mail server that it sends to."""
    protection = getattr(request, "param", "starttls")
    trust, context = certificate(tmp_path)
    trust.chmod(0o644)
    folder = Folder(furnished)
    with Mailbox(protection, None if protection == "none" else context) as box:
        environment = {
            "ALMA_SMTP_SERVER": box.place,
            "ALMA_SMTP_SECURITY": protection,
            "ALMA_MAIL_FROM": "ALMA at the Harbour, Ltd. <alma@example.org>",
            "ALMA_PUBLIC_URL": "https://alma.example.org",
            "ALMA_SECURE_COOKIES": "false",
        }
        if protection != "none":
            environment |= {
                "ALMA_SMTP_USER": USER,
                "ALMA_SMTP_PASSWORD": MAIL_PASSWORD,
                "ALMA_SMTP_AUTHORITIES": str(trust),
            }
        server = Server(folder, **environment).start()
        yield server, box
        server.stop()
    folder.remove()


@pytest.mark.parametrize("sending", ["starttls", "tls", "none"], indirect=True)
def test_a_forgotten_password_is_chosen_anew(sending):
    server, box = sending
    client = Client(server)
    anyone = httpx.Client(base_url=server.url, trust_env=False)
    for address in (EMAIL, "nobody@example.com"):
        answer = anyone.post("/v1/password/forgot", json={"email": address}, headers={"Accept-Language": "zh"})
        assert answer.status_code == 202 and answer.json()["data"] == {"status": "accepted"}
    mail = box.mail(0)
    assert mail["To"] == f"<{EMAIL}>" or EMAIL in mail["To"]
    assert mail["From"].addresses[0].addr_spec == "alma@example.org"
    assert mail["From"].addresses[0].display_name == "ALMA at the Harbour, Ltd."
    assert mail["Subject"] == "A new password for ALMA", "in the account's language, not the asker's"
    assert mail.get_content_type() == "multipart/alternative"
    token = link(mail, "/password/reset")
    weak = anyone.post("/v1/password/reset", json={"token": token, "new_password": "password"})
    assert weak.status_code == 422 and weak.json()["error"]["details"][0]["field"] == "new_password"
    assert anyone.post("/v1/password/reset", json={"token": token, "new_password": NEW}).status_code == 204
    assert client.http.get("/v1/users/me").status_code == 401, "tokens end"
    again = anyone.post("/v1/password/reset", json={"token": token, "new_password": NEW})
    assert again.status_code == 422 and again.json()["error"]["details"][0]["field"] == "token"
    old = anyone.post("/v1/login/access-token", data={"username": EMAIL, "password": PASSWORD})
    new = anyone.post("/v1/login/access-token", data={"username": EMAIL, "password": NEW})
    assert (old.status_code, new.status_code) == (401, 200)
    assert box.mail(1)["Subject"] == "Your password for ALMA was changed"
    assert [envelope.rcpt_tos for envelope in box.envelopes] == [[EMAIL], [EMAIL]], "nobody gets nothing"
    assert token not in server.log_text()


def test_mail_waits_for_its_server(sending):
    server, box = sending
    anyone = httpx.Client(base_url=server.url, trust_env=False)
    box.refusals = ["451 Later, please"]
    assert anyone.post("/v1/password/forgot", json={"email": EMAIL}).status_code == 202
    wait_until(lambda: "A mail was not sent" in server.log_text(), 30, "the refusal")
    assert not box.refusals and not box.mails
    # What was not sent is in the database, not in the process.
    assert server.stop() == 0
    server.start()
    assert wait_until(lambda: box.mails, 60, "the second try")


def test_addresses_are_confirmed_where_that_is_wanted(sending):
    server, box = sending
    client = Client(server)
    wanted = {"mode": "approval", "email_verification": True}
    assert client.http.put("/v1/settings/registration", json=wanted).json()["data"] == wanted
    anyone = httpx.Client(base_url=server.url, trust_env=False, headers={"Accept-Language": "zh-CN"})
    body = {"email": "new@example.com", "password": PASSWORD, "nickname": 'Eve\r\nBcc: all@example.com <b>"'}
    made = anyone.post("/v1/register", json=body)
    assert made.status_code == 201 and made.json()["data"]["status"] == "unverified"
    refused = anyone.post("/v1/login/access-token", data={"username": "new@example.com", "password": PASSWORD})
    assert refused.status_code == 403
    mail = box.mail(0)
    assert mail["Subject"] == "确认你在ALMA的邮箱" and mail["Bcc"] is None
    assert "<b>" not in mail.get_body(("html",)).get_content()
    token = link(mail, "/verification")
    confirmed = anyone.post("/v1/email-verification/confirmation", json={"token": token})
    assert confirmed.json()["data"] == {"email": "new@example.com", "status": "pending"}
    assert anyone.post("/v1/email-verification/confirmation", json={"token": token}).status_code == 422
    user = made.json()["data"]["user_id"]
    assert client.http.put(f"/v1/users/{user}", json={"status": "active"}).json()["data"]["is_active"]
    again = anyone.post("/v1/login/access-token", data={"username": "new@example.com", "password": PASSWORD})
    assert again.status_code == 200


def test_somebody_is_invited(sending):
    server, box = sending
    client = Client(server)
    made = client.created("/v1/users", email="guest@example.com", language="en")
    assert made["password_link"] == {"url": None, "expires_at": None, "is_mailed": True}
    token = link(box.mail(0), "/password/reset")
    anyone = httpx.Client(base_url=server.url, trust_env=False)
    assert anyone.post("/v1/password/reset", json={"token": token, "new_password": NEW}).status_code == 204
    assert anyone.post("/v1/login/access-token", data={"username": "guest@example.com", "password": NEW}).is_success


def test_a_server_that_nobody_vouches_for_gets_nothing(furnished, tmp_path):
    _, context = certificate(tmp_path)
    folder = Folder(furnished)
    with Mailbox("starttls", context) as box:
        server = Server(
            folder,
            ALMA_SMTP_SERVER=box.place,
            ALMA_SMTP_USER=USER,
            ALMA_SMTP_PASSWORD=MAIL_PASSWORD,
            ALMA_MAIL_FROM="alma@example.org",
            ALMA_PUBLIC_URL="https://alma.example.org",
        ).start()
        httpx.post(f"{server.url}/v1/password/forgot", json={"email": EMAIL}, trust_env=False)
        wait_until(lambda: "A mail was not sent" in server.log_text(), 30, "the refusal")
        assert not box.mails and MAIL_PASSWORD not in server.log_text()
        server.stop()
    folder.remove()


def test_without_a_mail_server_an_administrator_hands_out_the_link(server, client):
    refused = httpx.post(f"{server.url}/v1/password/forgot", json={"email": EMAIL}, trust_env=False)
    assert refused.status_code == 403
    made = client.created("/v1/users", email="guest@example.com")
    url = made["password_link"]["url"]
    assert url.startswith(f"{server.url}/password/reset?token=")
    page = httpx.get(url, trust_env=False)
    assert page.status_code == 200 and "guest@example.com" in page.text
    again = client.created(f"/v1/users/{made['user_id']}/password-links")
    token = again["url"].split("token=")[1]
    body = {"token": token, "new_password": NEW}
    assert httpx.post(f"{server.url}/v1/password/reset", json=body, trust_env=False).status_code == 204
    assert httpx.get(url, trust_env=False).status_code == 422, "the other link has gone with it"
