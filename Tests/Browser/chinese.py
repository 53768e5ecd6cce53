"""Somebody who reads Chinese: to people who are signed in a page speaks their account's language, not their browser's."""

from alma import PASSWORD, Client

EMAIL = "lin@example.com"


def settle(server):
    """Makes them, an administrator with a model of their own; returns a program of theirs."""
    account = {"email": EMAIL, "password": PASSWORD, "nickname": "林海", "language": "zh-CN"}
    Client(server).created("/v1/users", role="administrator", **account)
    return Client(server, email=EMAIL).set_up_model()


def is_spoken(person, word, selector="main"):
    """Waits until the page is Chinese and says the word where it can be seen."""
    person.until(lambda: person.one("html").get_attribute("lang") == "zh-CN" and word in person.one(selector).text)
