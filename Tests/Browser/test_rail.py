"""The list of conversations beside the one that is read."""

from alma import EMAIL, PASSWORD


def test_what_has_ended_is_no_longer_among_what_runs(visitor):
    person = visitor().sign_in(EMAIL, PASSWORD)
    person.go("/").ask("/long 100")
    person.until(lambda: person.all("[data-talks] .talk[aria-current] .state"))
    assert person.text("[data-talks] h2") == "Running"
    person.until(lambda: not person.all("[data-stream]"))
    assert not person.all("[data-talks] .state")
    assert person.text("[data-talks] h2") == "Today"
    assert len(person.all("[data-talks] .talk[aria-current]")) == 1
    assert not person.complaints()
