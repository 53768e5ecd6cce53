"""Messages said otherwise and answered again, on a phone."""

import pytest
from alma import EMAIL, PASSWORD

PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def person(visitor, request):
    person = visitor(scripts=request.param, **PHONE).sign_in(EMAIL, PASSWORD)
    person.scripts = request.param
    return person


def fits(person):
    return person.driver.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_message_is_edited_and_both_versions_stay(person):
    person.go("/").ask("/echo the first words")
    person.until(lambda: person.answer() == "the first words")
    person.press("article.mine a[data-in-place]")
    person.until(lambda: person.all("form[data-place] textarea"))
    # With scripts in its place, without them on a page of its own.
    assert bool(person.all("article.mine form[data-place]")) == person.scripts
    assert person.one("form[data-place] textarea").get_attribute("value") == "/echo the first words"
    area = person.one("form[data-place] textarea")
    area.clear()
    area.send_keys("/echo other words")
    person.submit("form[data-place] button.primary")
    person.until(lambda: person.answer() == "other words")
    person.go_again()
    assert person.text("article.mine form.branch") == "2 / 2"
    person.submit("article.mine form.branch button")
    assert person.answer() == "the first words"
    assert person.text("article.mine form.branch") == "1 / 2"
    assert not person.scripts or fits(person)
    assert not person.complaints()


def test_an_answer_is_written_anew_as_it_grows(person):
    person.go("/").ask("/long 30")
    first = person.answer()
    person.until(lambda: person.all("form[action$='/regeneration']"))
    person.press("article.message:not(.mine) details.menu:has(form) summary")
    person.submit("form[action$='/regeneration'] button.primary")
    person.until(lambda: person.text("article.message:not(.mine) form.branch") == "2 / 2")
    assert person.answer() == first
    person.submit("article.message:not(.mine) form.branch button")
    assert person.text("article.message:not(.mine) form.branch") == "1 / 2"
    assert not person.scripts or fits(person)
    assert not person.complaints()


def test_a_deletion_is_taken_back(person):
    person.go("/").ask("/echo keep me")
    person.answer()
    person.until(lambda: person.all("article.mine form[action$='/deletion']"))
    person.submit("article.mine form[action$='/deletion'] button")
    assert not person.all("article.mine")
    person.submit("form[action$='/restoration'] button")
    assert "keep me" in person.text("article.mine")


def test_a_run_is_forked_from_a_step_with_another_result(person):
    person.go("/").ask('/tool calculator {"expression": "6 * 7"}')
    person.until(lambda: "42" in person.answer())
    person.go_again()
    run = person.one("article.message:not(.mine) a[href$='/fork']").get_attribute("href")
    person.driver.get(run)
    area = person.one("textarea[name^='result.']")
    assert area.get_attribute("value") == "42"
    area.clear()
    area.send_keys("77")
    person.submit("form[action$='/fork'] button.primary")
    person.until(lambda: "77" in person.answer())
    person.go_again()
    person.driver.get(person.one("article.message:not(.mine) a[href^='/runs/']").get_attribute("href"))
    person.driver.get(person.one("a[href*='/compare/']").get_attribute("href"))
    assert person.all(".difference .added") and person.all(".difference .removed")
    assert not person.scripts or fits(person)
    assert not person.complaints()
