"""Keys for agents' tools, on a phone and without scripts."""

import pytest
from alma import EMAIL, PASSWORD


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_key_is_added_and_taken_away(visitor, dark):
    person = visitor(width=390, height=844, scripts=False, dark=dark).sign_in(EMAIL, PASSWORD)
    name = "HARBOUR-DARK" if dark else "HARBOUR"
    person.go("/settings").type("secret_name", name).type("secret_value", "short")
    person.type("secret_hosts", "api.harbour.example, *.tides.example:8443")
    person.submit("form[action^='/settings/secrets'] .primary")
    assert "8 to 4000 characters" in person.text("#secrets")
    assert person.one("[name=secret_name]").get_property("value") == name
    person.type("secret_value", "s3cret-of-the-coast").submit("form[action^='/settings/secrets'] .primary")
    assert name in person.text("#secrets table") and "*.tides.example:8443" in person.text("#secrets table")
    assert "s3cret-of-the-coast" not in person.driver.page_source
    assert person.evaluate("document.documentElement.scrollWidth")["result"]["value"] <= 390
    person.submit("#secrets tbody button")
    assert name not in person.text("#secrets")
