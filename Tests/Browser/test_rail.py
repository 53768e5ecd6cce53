"""The list of conversations beside the one that is read."""

from alma import EMAIL, PASSWORD


def group(person):
    """The heading above the conversation that is read; others may be at work beside it."""
    place = "//*[@data-talks]/a[@aria-current]/preceding-sibling::h2[1]"
    return person.until(lambda: person.driver.find_element("xpath", place).text)


def test_what_has_ended_is_no_longer_among_what_runs(visitor):
    person = visitor().sign_in(EMAIL, PASSWORD)
    person.go("/").ask("/long 100")
    person.until(lambda: person.all("[data-talks] .talk[aria-current] .state"))
    assert group(person) == "Running"
    person.until(lambda: not person.all("[data-stream]"))
    assert not person.all("[data-talks] .talk[aria-current] .state")
    assert group(person) == "Today"
    assert len(person.all("[data-talks] .talk[aria-current]")) == 1
    assert not person.complaints()
