"""What a long call brings is seen while it works."""

import pytest
from alma import EMAIL, PASSWORD, Client

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
CODING = "01900000-0000-7000-8000-000000000003"
COUNTING = '/tool run_code {"language": "shell", "code": "for i in 1 2 3; do echo line $i; sleep 1; done; sleep 60"}'


@BOTH
def test_output_is_seen_while_the_program_runs(visitor, server, scripts):
    health = Client(server).http.get("/healthz").json()
    if health["status"] != "ok":
        pytest.skip(f"no sandbox: {health}")
    person = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD)
    person.go("/").choose("agent_id", CODING).ask(COUNTING)
    shown = lambda: [one.get_attribute("textContent") for one in person.all("[data-tree] .io pre")]  # noqa: E731
    person.until(lambda: any("line 3" in text for text in shown()) or (not scripts and person.go_again() and False))
    person.until(lambda: "Output so far" in person.one("[data-tree]").get_attribute("textContent"))
    person.press("button[formaction$='/cancellation']")
    person.until(lambda: not person.all("[data-stream]"))
    assert not person.complaints()
