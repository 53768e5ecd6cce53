"""Questions, pauses and messages meanwhile, as people meet them."""

import pytest
from alma import EMAIL, PASSWORD

PHONE = {"width": 390, "height": 844}
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
QUESTION = '/tool ask_person {"question": "Which colour?", "choices": ["red", "blue"], "allows_free_text": true}'


@BOTH
def test_a_question_is_answered_on_a_phone(visitor, scripts):
    person = visitor(scripts=scripts, **PHONE).sign_in(EMAIL, PASSWORD)
    person.go("/").ask(QUESTION)
    person.until(lambda: person.all("section.approval"))
    assert "Which colour?" in person.text("section.approval")
    if scripts:
        assert person.driver.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]
    person.submit("section.approval button.primary")
    assert "Choose one of the answers" in person.text("section.approval .error")
    person.press("section.approval input[value=blue]")
    person.submit("section.approval button.primary")
    person.until(lambda: "blue" in person.answer())
    assert not person.complaints()


@BOTH
def test_a_question_takes_free_text(visitor, scripts):
    person = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD)
    person.go("/").ask(QUESTION)
    person.until(lambda: person.all("section.approval"))
    person.one("section.approval textarea").send_keys("rather green")
    person.submit("section.approval button.primary")
    person.until(lambda: "rather green" in person.answer())


@BOTH
def test_a_run_is_paused_and_resumed(visitor, scripts):
    person = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD)
    person.go("/").ask(QUESTION)
    person.until(lambda: person.all("section.approval"))
    person.submit("form[action$='/pause'] button")
    person.until(lambda: person.all("form[action$='/resume'] button"))
    assert "Paused" in person.text("[data-line]")
    person.until(lambda: "read when it goes on" in person.one("#say").get_attribute("placeholder"))
    person.submit("form[action$='/resume'] button")
    person.until(lambda: person.all("form[action$='/pause'] button") and person.all("section.approval"))
    person.press("section.approval input[value=red]")
    person.submit("section.approval button.primary")
    person.until(lambda: "red" in person.answer())
    assert not person.complaints()


@BOTH
def test_a_message_waits_for_its_turn(visitor, author, scripts):
    person = visitor(scripts=scripts, **PHONE).sign_in(author.email, PASSWORD)
    person.go("/").ask("Take your time")
    person.until(lambda: person.all("[data-stream]"))
    if not scripts:
        person.submit("noscript a[href*='write=1']" if person.all("noscript a") else "a[href*='write=1']")
    person.type("content", "And the second answer?")
    person.submit("form.composer button[value=queue]")
    assert "And the second answer?" in person.text("ul.pending")
    # It waits as long as the first one is written.
    person.until(lambda: person.all("[data-stream]"))
    author.may_end.set()
    person.until(lambda: "It is whole." == person.answer(90), 90)
    assert not person.all("ul.pending")
    assert not person.complaints()


@BOTH
def test_what_waits_is_held_by_a_stop(visitor, scripts):
    person = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD)
    person.go("/").ask(QUESTION)
    person.until(lambda: person.all("section.approval"))
    person.type("content", "/echo later")
    person.submit("form.composer button[value=queue]")
    person.submit("form.composer button[data-while-running][formaction]")
    person.until(lambda: person.all("ul.pending .state.wait"))
    person.submit("ul.pending button[value=send]")
    person.until(lambda: "later" == person.answer())
    assert not person.all("ul.pending")


def test_a_message_steers_while_the_page_watches(visitor):
    person = visitor().sign_in(EMAIL, PASSWORD)
    person.go("/").ask(QUESTION)
    person.until(lambda: person.all("section.approval"))
    person.type("content", "/echo steered")
    person.submit("form.composer button[value=steer]")
    assert "next step" in person.text("ul.pending")
    person.press("section.approval input[value=blue]")
    person.submit("section.approval button.primary")
    person.until(lambda: "steered" == person.answer())
    said = [one.text for one in person.all("article.mine .said")]
    assert said[-1] == "/echo steered" and not person.all("ul.pending")
    assert not person.complaints()
