"""Passwords that were forgotten, and addresses that are confirmed, by mail that goes through a real server."""

import contextlib

import httpx
import pytest

from alma import EMAIL, PASSWORD, Client, Folder, Server, standing, wait_until
from mailbox import PASSWORD as MAIL_PASSWORD
from mailbox import USER, Mailbox, certificate
from newcomers import UNLIMITED, address
from readers import Visitor, link

NEW = "another horse battery"


@contextlib.contextmanager
def mailing(furnished, folder, protection="starttls", **environment):
    """A server, and the mail server that it sends to; `folder` is for what they know each other by."""
    trust, context = certificate(folder)
    trust.chmod(0o644)
    with Mailbox(protection, None if protection == "none" else context) as box:
        environment |= {
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
        with standing(furnished, **environment) as server:
            yield server, box


@pytest.fixture
def sending(furnished, tmp_path, request):
    with mailing(furnished, tmp_path, getattr(request, "param", "starttls")) as both:
        yield both


@pytest.fixture(scope="module")
def post_office(furnished, tmp_path_factory):
    """The same for all tests that look at nothing but what is sent to addresses of their own."""
    with mailing(furnished, tmp_path_factory.mktemp("mail"), **UNLIMITED) as both:
        yield both


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


def test_addresses_are_confirmed_where_that_is_wanted(post_office):
    server, box = post_office
    client, email = Client(server), address("new")
    wanted = {"mode": "approval", "email_verification": True}
    assert client.http.put("/v1/settings/registration", json=wanted).json()["data"] == wanted
    anyone = httpx.Client(base_url=server.url, trust_env=False, headers={"Accept-Language": "zh-CN"})
    body = {"email": email, "password": PASSWORD, "nickname": 'Eve\r\nBcc: all@example.com <b>"'}
    made = anyone.post("/v1/register", json=body)
    assert made.status_code == 201 and made.json()["data"]["status"] == "unverified"
    refused = anyone.post("/v1/login/access-token", data={"username": email, "password": PASSWORD})
    assert refused.status_code == 403
    mail = box.mail(0, email)
    assert mail["Subject"] == "确认你在ALMA的邮箱" and mail["Bcc"] is None
    assert "<b>" not in mail.get_body(("html",)).get_content()
    # Another one, for whoever has lost the first.
    assert anyone.post("/v1/email-verification", json={"email": email}).status_code == 202
    token = link(box.mail(1, email), "/verification")
    other = anyone.post("/v1/email-verification/confirmation", json={"token": token, "password": NEW})
    assert other.status_code == 422 and other.json()["error"]["details"][0]["field"] == "password"
    body = {"token": token, "password": PASSWORD}
    confirmed = anyone.post("/v1/email-verification/confirmation", json=body)
    assert confirmed.json()["data"] == {"email": email, "status": "pending"}
    again = anyone.post("/v1/email-verification/confirmation", json=body)
    assert again.status_code == 422 and again.json()["error"]["details"][0]["field"] == "token"
    user = made.json()["data"]["user_id"]
    assert client.http.put(f"/v1/users/{user}", json={"status": "active"}).json()["data"]["is_active"]
    again = anyone.post("/v1/login/access-token", data={"username": email, "password": PASSWORD})
    assert again.status_code == 200


def test_a_browser_confirms_and_chooses_anew(post_office):
    server, box = post_office
    client = Client(server)
    wanted = {"mode": "open", "email_verification": True}
    assert client.http.put("/v1/settings/registration", json=wanted).is_success
    stranger = httpx.Client(base_url=server.url, trust_env=False)
    email = address("owner")
    made = stranger.post("/v1/register", json={"email": email, "password": PASSWORD})
    assert made.json()["data"]["status"] == "unverified"
    # The address's owner gets the mail, loses it, and asks for another one.
    visitor = Visitor(server)
    box.mail(0, email)
    visitor.get("/verification")
    assert "a mail is on its way" in visitor.post("/verification/mail", email=email).text
    token = link(box.mail(1, email), "/verification")
    page = visitor.get(f"/verification?token={token}")
    assert 'name="password"' in page.text and 'name="replace"' not in page.text
    refused = visitor.post("/verification", token=token, password=NEW)
    assert refused.status_code == 422 and "This is not the password" in refused.text
    assert NEW not in refused.text and f'value="{token}"' in refused.text and 'name="replace"' in refused.text
    weak = visitor.post("/verification", token=token, password="password", replace="1")
    assert weak.status_code == 422 and "Too easy to guess" in weak.text and "checked" in weak.text
    done = visitor.post("/verification", token=token, password=NEW, replace="1")
    assert done.status_code == 200 and done.url.path == "/sign-in"
    used = visitor.post("/verification", token=token, password=NEW)
    assert used.status_code == 422 and "used already" in used.text
    assert not Visitor(server).signs_in(email, PASSWORD), "the stranger's password opens nothing"
    assert visitor.signs_in(email, NEW)
    assert box.mail(2, email)["Subject"] == "Your password for ALMA was changed"
    # And later they forget it, in another browser.
    other = Visitor(server, "zh-CN")
    other.get("/password/forgot")
    assert "邮件已在路上" in other.post("/password/forgot", email=email).text
    token = link(box.mail(3, email), "/password/reset")
    assert email in other.get(f"/password/reset?token={token}").text
    chosen = other.post("/password/reset", token=token, new_password="yet another battery")
    assert chosen.url.path == "/sign-in"
    assert visitor.get("/").url.path == "/sign-in", "the first browser is signed out"
    assert other.signs_in(email, "yet another battery")


def test_an_old_address_hears_of_the_new_one(post_office):
    server, box = post_office
    client, old, new = Client(server), address("old"), address("somewhere-new")
    made = client.created("/v1/users", email=old, password=PASSWORD, language="zh-CN")
    moved = client.http.put(f"/v1/users/{made['user_id']}", json={"email": new})
    assert moved.json()["data"]["email"] == new
    mail = box.mail(0, old)
    assert mail["Subject"] == "你的ALMA账号换了邮箱" and old in mail["To"]
    text = mail.get_body(("plain",)).get_content()
    assert old in text
    for part in ("plain", "html"):
        assert "somewhere-new" not in mail.get_body((part,)).get_content()


def test_an_administrator_tries_the_mail_server(sending):
    server, box = sending
    client = Client(server)
    tried = client.http.post("/v1/admin/mail/tests")
    assert tried.status_code == 202 and tried.json()["data"] == {"recipient": EMAIL}
    assert box.mail(0)["Subject"] == "A mail from ALMA" and EMAIL in box.mail(0)["To"]
    visitor = Visitor(server)
    assert visitor.signs_in(EMAIL, PASSWORD)
    assert box.place in visitor.get("/admin/health").text
    assert visitor.post("/admin/health/mail").url.path == "/admin/health"
    assert box.mail(1)["Subject"] == "A mail from ALMA"

    def mail():
        return client.http.get("/v1/admin/health").json()["data"]["mail"]

    known = wait_until(lambda: mail() if mail()["sent"] == 2 else None, 30, "both are known to be sent")
    assert known["server"] == box.place and known["sender"] == "alma@example.org"
    assert known["queued"] == 0 and known["given_up"] == 0 and known["last_error"] is None
    # One that the server will never take is given up, and said to be a problem.
    box.refusals = ["550 Nobody here"]
    assert client.http.post("/v1/admin/mail/tests").status_code == 202
    refused = wait_until(lambda: mail() if mail()["given_up"] else None, 30, "the refusal")
    assert "550" in refused["last_error"]
    problems = client.http.get("/v1/admin/health").json()["data"]["problems"]
    assert "MAIL" in [problem["code"] for problem in problems]
    acts = client.http.get("/v1/audit/events", params={"action": "mail.tested"}).json()["data"]
    assert len(acts) == 3


def test_somebody_is_invited(post_office):
    server, box = post_office
    client, guest = Client(server), address("guest")
    made = client.created("/v1/users", email=guest, language="en")
    assert made["password_link"] == {"url": None, "expires_at": None, "is_mailed": True}
    token = link(box.mail(0, guest), "/password/reset")
    anyone = httpx.Client(base_url=server.url, trust_env=False)
    assert anyone.post("/v1/password/reset", json={"token": token, "new_password": NEW}).status_code == 204
    assert anyone.post("/v1/login/access-token", data={"username": guest, "password": NEW}).is_success


def test_somebody_is_asked_into_an_organisation(post_office):
    server, box = post_office
    client, email = Client(server), address("guest")
    client.created("/v1/users", email=email, language="en")
    anyone = httpx.Client(base_url=server.url, trust_env=False)
    token = link(box.mail(0, email), "/password/reset")
    assert anyone.post("/v1/password/reset", json={"token": token, "new_password": NEW}).status_code == 204
    assert box.mail(1, email)["Subject"] == "Your password for ALMA was changed"

    team = client.created("/v1/organizations", name="Harbour team")["organization_id"]
    path = f"/v1/organizations/{team}/invitations"
    nowhere = client.http.post(path, json={"send": True})
    assert nowhere.status_code == 422 and nowhere.json()["error"]["details"][0]["field"] == "email"
    made = client.created(path, email=email, send=True)
    assert made["url"] is None and made["is_mailed"] is True
    mail = box.mail(2, email)
    assert email in mail["To"] and "Harbour team" in mail.get_body(("plain",)).get_content()
    token = link(mail, "/join")

    guest = {"username": email, "password": NEW}
    access = anyone.post("/v1/login/access-token", data=guest).json()["data"]["access_token"]
    anyone.headers["Authorization"] = f"Bearer {access}"
    joined = anyone.post("/v1/invitations/acceptance", json={"token": token})
    assert joined.status_code == 200 and joined.json()["data"]["organization_id"] == team, joined.text
    members = client.http.get(f"/v1/organizations/{team}/members").json()["data"]
    assert [one["role"] for one in members] == ["owner", "member"]
    # Three in an hour, whatever becomes of them.
    for _ in range(2):
        again = client.created(path, email=email, send=True)["invitation_id"]
        assert client.http.delete(f"{path}/{again}").status_code == 204
    assert client.http.post(path, json={"email": email, "send": True}).status_code == 422
    assert token not in server.log_text()


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


@pytest.mark.shared
def test_without_a_mail_server_an_administrator_hands_out_the_link(server, client):
    refused = httpx.post(f"{server.url}/v1/password/forgot", json={"email": EMAIL}, trust_env=False)
    assert refused.status_code == 403
    guest = address("guest")
    made = client.created("/v1/users", email=guest)
    url = made["password_link"]["url"]
    assert url.startswith(f"{server.url}/password/reset?token=")
    page = httpx.get(url, trust_env=False)
    assert page.status_code == 200 and guest in page.text
    again = client.created(f"/v1/users/{made['user_id']}/password-links")
    token = again["url"].split("token=")[1]
    body = {"token": token, "new_password": NEW}
    assert httpx.post(f"{server.url}/v1/password/reset", json=body, trust_env=False).status_code == 204
    assert httpx.get(url, trust_env=False).status_code == 422, "the other link has gone with it"
