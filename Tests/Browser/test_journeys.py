"""What people do, from the door to the answer."""

import chinese
import pytest
from alma import EMAIL, PASSWORD, Folder, Server
from person import Person

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_question_is_answered(visitor, scripts):
    person = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD)
    person.go("/").ask("Show me a table, please")
    assert "/conversations/" in person.driver.current_url
    assert "Show me a table, please" in person.text("article.mine")
    person.until(lambda: person.all("article.message:not(.mine) .prose table"))
    answer = person.answer()
    assert "not an AI" in answer
    assert not person.complaints()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_tool_is_seen_at_work(visitor, scripts):
    person = visitor(scripts=scripts).sign_in(EMAIL, PASSWORD)
    person.go("/").ask('/tool calculator {"expression": "0.1 + 0.2"}')
    assert "0.3" in person.answer()
    person.go_again()
    person.press("details.run summary")
    assert "calculator" in person.text("details.run")
    assert "0.1 + 0.2" in person.text("details.run")
    assert not person.complaints()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_tool_waits_for_its_person(visitor, scripts):
    person = visitor(scripts=scripts, **PHONE).sign_in(EMAIL, PASSWORD)
    person.go("/agents").press("a.title[href$='000000000001']").choose("policy.calculator", "ask")
    person.submit("form[action$='/tools'] button.primary")
    person.go("/").ask('/tool calculator {"expression": "6 * 7"}')
    person.until(lambda: person.all("section.approval"))
    person.until(lambda: "6 * 7" in person.one("section.approval textarea").get_attribute("value"))
    if scripts:
        assert person.driver.execute_script("return innerWidth") == PHONE["width"]
    person.type("input", '{"expression": "6 * 9"}')
    person.submit("section.approval button[value=approve]")
    assert "54" in person.answer()
    assert not person.complaints()
    person.go("/agents").press("a.title[href$='000000000001']").choose("policy.calculator", "")
    person.submit("form[action$='/tools'] button.primary")


def test_the_answer_grows_before_it_is_finished(visitor):
    person = visitor().sign_in(EMAIL, PASSWORD)
    person.go("/").ask("/long 1000")
    lengths = set()
    person.until(lambda: lengths.add(len(person.text("[data-blocks]"))) or len(lengths) > 3)
    person.submit("form.composer button[data-while-running]")
    assert person.answer()


def test_two_browsers_see_the_same(visitor, lin):
    """In the account's language, whatever theirs is."""
    first = visitor().sign_in(chinese.EMAIL, PASSWORD)
    first.go("/").ask("The same for both of us")
    second = visitor(language="zh-CN").sign_in(chinese.EMAIL, PASSWORD)
    second.driver.get(first.driver.current_url)
    assert first.answer() == second.answer()
    for person in (first, second):
        chinese.is_spoken(person, "发送", "form.composer")


def test_a_refresh_in_the_middle_loses_nothing(visitor, author):
    person = visitor().sign_in(author.email, PASSWORD)
    person.go("/").ask("Take your time")
    person.until(lambda: len(person.text("[data-blocks]")) > 20)
    before = person.text("[data-blocks]")
    person.driver.refresh()
    person.until(lambda: person.text("[data-blocks]").startswith(before))
    # It has not ended meanwhile, nor does it by itself.
    assert person.all("[data-stream]")
    author.may_end.set()
    answer = person.answer()
    assert answer.startswith(before)
    person.driver.refresh()
    assert person.answer() == answer


def test_an_upstream_that_fails_keeps_its_words_and_offers_another_try(visitor):
    person = visitor().sign_in(EMAIL, PASSWORD)
    person.go("/").ask("/fail interrupted")
    again = ".notice.fail form[action$='/retry']"
    first = person.until(lambda: person.one(again).get_attribute("action"))
    assert "The beginning of the answer came" in person.answer()
    person.submit(f"{again} button")
    # Another run, which breaks off in its turn: only the last one can be tried again.
    person.until(lambda: person.one(again).get_attribute("action") != first)
    assert len(person.all(again)) == 1 and "The beginning of the answer came" in person.answer()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_person_registers_and_finds_the_words_they_typed(visitor, scripts):
    person = visitor(scripts=scripts).go("/register")
    email = f"new-{scripts}@example.com".lower()
    person.type("email", email).type("password", "short")
    person.submit("form[action='/register'] button.primary")
    assert person.one("[name=email]").get_attribute("value") == email
    assert person.one("[name=password]").get_attribute("value") == ""
    assert person.all(".field.wrong")
    person.type("password", "long enough for me 7").submit("form[action='/register'] button.primary")
    if person.all("form[action='/sign-in']"):
        person.sign_in(email, "long enough for me 7")
    person.go("/settings")
    assert email in person.text()


def test_the_pages_speak_both_languages(visitor):
    chinese = visitor(language="zh-CN").go("/sign-in")
    assert chinese.one("html").get_attribute("lang") == "zh-CN"
    assert "登录" in chinese.text()
    english = visitor(language="en").go("/sign-in")
    assert english.one("html").get_attribute("lang") == "en"
    assert "Sign in" in english.text()


@pytest.mark.parametrize("size", [{}, PHONE], ids=["1280", "390"])
def test_nothing_scrolls_sideways(visitor, size):
    person = visitor(**size).sign_in(EMAIL, PASSWORD)
    for path in ("/", "/conversations", "/providers", "/providers/new", "/agents", "/settings"):
        person.go(path)
        assert person.one("h1").is_displayed(), path
        width = person.driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= size.get("width", 1280), path
        assert not person.complaints(), path


def test_the_first_person_sets_the_server_up(open_browser):
    folder = Folder()
    server = Server(folder, FIRST_SUPERUSER="", FIRST_SUPERUSER_PASSWORD="").start()
    try:
        line = next(line for line in server.output.read_text().splitlines() if "token=" in line)
        address = line[line.index("http") :].strip()
        person = Person(open_browser(), server.url)
        person.driver.get(address)
        person.type("email", "first@example.com").type("password", "a word of my own 1")
        person.submit("form[action='/set-up'] button.primary")
        if person.all("form[action='/sign-in']"):
            person.sign_in("first@example.com", "a word of my own 1")
        assert person.go("/providers").one("h1").is_displayed()
        person.submit("form[action*='builtin'] button, form button[value*='builtin']")
        person.go("/").ask("hello")
        assert "not an AI" in person.answer()
        stranger = Person(open_browser(), server.url)
        stranger.driver.get(address)
        assert not stranger.all("form[action='/set-up']")
    finally:
        server.stop()
        folder.remove()
