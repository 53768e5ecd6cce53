"""The list of conversations beside the one that is read."""

from alma import EMAIL, PASSWORD, Client


def group(person):
    """The heading above the conversation that is read; others may be at work beside it."""
    place = "//*[@data-talks]/a[@aria-current]/preceding-sibling::h2[1]"
    return person.until(lambda: person.driver.find_element("xpath", place).text)


def test_what_has_ended_is_no_longer_among_what_runs(visitor, server):
    person = visitor().sign_in(EMAIL, PASSWORD)
    person.go("/").ask("/long 1000")
    person.until(lambda: person.all("[data-talks] .talk[aria-current] .state"))
    assert group(person) == "Running"
    # From elsewhere: the page has to hear of the end by itself.
    stop = person.one("form.composer button[data-while-running][formaction]").get_attribute("formaction")
    assert Client(server).http.post("/v1/runs/" + stop.split("/runs/")[1]).status_code == 202
    person.until(lambda: not person.all("[data-stream]"))
    person.until(lambda: not person.all("[data-talks] .talk[aria-current] .state"))
    person.until(lambda: group(person) == "Today")
    assert len(person.all("[data-talks] .talk[aria-current]")) == 1
    assert not person.complaints()
