"""The administrator's journey: people are invited, found, changed and shut out, with and without JavaScript."""

from uuid import uuid4

import pytest

from alma import EMAIL, PASSWORD, Client


@pytest.mark.parametrize("settings", [{}, {"scripts": False, "width": 390, "height": 844}], ids=["desk", "phone"])
def test_somebody_is_invited_works_and_is_shut_out(visitor, settings):
    administrator = visitor(**settings).sign_in(EMAIL, PASSWORD)
    name, guest_email = f"Guest {uuid4().hex[:6]}", f"{uuid4().hex}@example.com"
    administrator.go("/admin/users/new").type("email", "nobody").type("nickname", name)
    # The browser's own check is for those who have it; ours is for all.
    administrator.evaluate("document.querySelector('form.form').noValidate = true")
    administrator.submit("main button.primary")
    assert administrator.one("#email-error").text and administrator.one("[name=nickname]").get_attribute("value") == name
    administrator.type("email", guest_email).submit("main button.primary")
    link = administrator.one("main .notice code").text
    assert "/password/reset?token=" in link

    guest = visitor(**settings)
    guest.driver.get(link)
    assert guest_email in guest.text("main")
    guest.type("new_password", "a horse of my own").submit("main button.primary")
    assert "Sign in with it" in guest.text()
    guest.sign_in(guest_email, "a horse of my own")
    assert guest.go("/settings").one("[name=nickname]").get_attribute("value") == name
    assert not guest.all("a[href='/admin/users']")

    administrator.go("/admin/users").type("q", name).submit(".filters button")
    rows = administrator.all("main tbody tr")
    assert len(rows) == 1 and guest_email in rows[0].text and "Active" in rows[0].text
    assert administrator.one("main").size["width"] <= settings.get("width", 1280)
    administrator.submit("main tbody a.plain")
    assert name in administrator.text("main h1") and "Signed in" in administrator.text("main")
    administrator.submit("#access button.danger")
    assert "Disabled" in administrator.text("main")
    # Signed out at once.
    guest.go("/settings")
    assert guest.driver.current_url.endswith("/sign-in?next=/settings")
    guest.sign_in(guest_email, "a horse of my own")
    assert "switched off" in guest.text()
    administrator.submit("#access button.primary")
    guest.sign_in(guest_email, "a horse of my own")
    assert guest.driver.current_url.rstrip("/").endswith(str(guest.address).rsplit("/", 1)[-1])
    # Another role, and a link that is handed out; both are written down.
    administrator.choose("role", "auditor").submit("#profile button.primary")
    assert "Auditor" in administrator.text("dl.facts")
    administrator.submit("#access form[action$='password-link'] button:last-of-type")
    assert "/password/reset?token=" in administrator.one("main .notice code").text
    identifier = administrator.one("#profile form").get_attribute("action").rsplit("/", 1)[1]
    administrator.go(f"/admin/audit?q={identifier}")
    acts = administrator.text("main table")
    assert "user.role_changed" in acts and "user.password_link_made" in acts and "auditor" in acts
    assert not administrator.complaints() and not guest.complaints()


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_waits_and_is_let_in(visitor, server, scripts):
    program, name = Client(server).http, f"Waiting {uuid4().hex[:6]}"
    program.put("/v1/settings/registration", json={"mode": "approval"})
    guest, email = visitor(scripts=scripts), f"{uuid4().hex}@example.com"
    guest.go("/register").type("nickname", name).type("email", email).type("password", "correct horse 9")
    guest.submit("form[action='/register'] button.primary")
    program.put("/v1/settings/registration", json={"mode": "open"})
    guest.sign_in(email, "correct horse 9")
    assert "approve" in guest.text() or "waits" in guest.text()
    administrator = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD).go("/admin/users?status=pending")
    administrator.type("q", name).submit(".filters button")
    administrator.press("main tbody input[type=checkbox]").submit(".bulk button[value=approve]")
    assert "Active" in administrator.go(f"/admin/users?q={name}").text("main tbody")
    guest.sign_in(email, "correct horse 9")
    assert guest.go("/settings").one("[name=nickname]").get_attribute("value") == name
    assert not administrator.complaints() and not guest.complaints()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_team_is_made_joined_and_left(visitor, scripts):
    def somebody(name):
        person = visitor(scripts=scripts)
        person.go("/register").type("nickname", name).type("email", f"{uuid4().hex}@example.com")
        person.type("password", "correct horse 9")
        return person.submit("form[action='/register'] button.primary")

    owner, member = somebody("Owner"), somebody("Joiner")
    owner.go("/organisations").type("name", "Harbour team").submit("main section button.primary")
    owner.submit("#invitations button.primary")
    link = owner.one("main .notice code").text
    member.driver.get(link)
    assert "Harbour team" in member.text("main")
    member.submit("main button.primary")
    assert "Harbour team" in member.text("main h1") and "Owner" in member.text("main")
    owner.go("/organisations").submit("main tbody a.plain")
    assert "Joiner" in owner.text("#members")
    member.submit("#members a.quiet")
    member.submit("main button.danger")
    assert "Harbour team" not in member.go("/organisations").text("main")
    # What goes with it is said before.
    owner.submit("main a.danger")
    assert "closed to everybody" in owner.text("main")
    owner.submit("main button.danger")
    assert "Harbour team" not in owner.text("main table")


PHONE = {"width": 390, "height": 844, "scripts": False, "dark": True}


def newcomers(server, *names):
    """Accounts for these, each signed in from a program."""
    programs = []
    for name in names:
        email = f"{uuid4().hex}@example.com"
        Client(server).created("/v1/users", email=email, password=PASSWORD, nickname=name)
        programs.append(Client(server, email=email))
    return programs


def fits(person):
    return person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= PHONE["width"]


def test_many_are_changed_at_once_on_a_phone_without_scripts(visitor, server):
    crew, program = f"Crew{uuid4().hex[:6]}", Client(server)
    people = newcomers(server, f"{crew} A", f"{crew} B", f"{crew} C")
    administrator = visitor(**PHONE).sign_in(EMAIL, PASSWORD)

    def done(action, role="member"):
        """With the first two of the three: the accounts as they are then."""
        administrator.go(f"/admin/users?q={crew}&sort=nickname").choose("new_role", role)
        assert len(administrator.all("main tbody tr")) == 3 and fits(administrator)
        for row in (1, 2):
            administrator.press(f"main tbody tr:nth-of-type({row}) input[type=checkbox]")
        administrator.submit(f".bulk button[value={action}]")
        assert "Saved" in administrator.one(".toast").get_attribute("textContent")
        return program.http.get("/v1/users", params={"search": crew, "sort": "nickname"}).json()["data"]

    def answers():
        return [one.http.get("/v1/users/me").status_code for one in people]

    found = done("role", "manager")
    assert [one["role"] for one in found] == ["manager", "manager", "member"]
    assert answers() == [200, 200, 200]
    # A role stands in the form with every act, and is given by its own button alone.
    signed_out = done("sign_out")
    assert [(one["role"], one["status"]) for one in signed_out] == [
        ("manager", "active"), ("manager", "active"), ("member", "active"),
    ]  # fmt: skip
    assert answers() == [401, 401, 200]
    assert [one["status"] for one in done("disable")] == ["disabled", "disabled", "active"]
    refused = program.http.post("/v1/login/access-token", data={"username": found[0]["email"], "password": PASSWORD})
    assert refused.status_code != 200
    assert answers() == [401, 401, 200]
    assert not administrator.complaints()


def test_somebody_signs_out_elsewhere_on_a_phone_without_scripts(visitor, server):
    (program,) = newcomers(server, "Forgetful")
    email = program.http.get("/v1/users/me").json()["data"]["email"]
    person = visitor(**PHONE).sign_in(email, PASSWORD)
    Client(server, email=email)
    person.go("/settings")
    # The one that reads this, and two programs: theirs can be ended, one's own by signing out alone.
    assert len(person.all("#sessions tbody tr")) == 3 and fits(person)
    person.submit("#sessions tbody form[action$='/end'] button")
    assert "That device is signed out" in person.one(".toast").get_attribute("textContent")
    assert len(person.all("#sessions tbody tr")) == 2
    person.submit("form[action='/settings/sessions/end'] button")
    assert len(person.all("#sessions tbody tr")) == 1 and not person.all("#sessions form") and fits(person)
    assert program.http.get("/v1/users/me").status_code == 401
    assert not person.complaints()
