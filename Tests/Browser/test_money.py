"""Money on a phone, without JavaScript."""

from uuid import uuid4


def test_a_budget_is_set_and_changed_on_a_phone_without_scripts(visitor):
    email = f"{uuid4().hex}@example.com"
    person = visitor(width=390, height=844, scripts=False)
    person.go("/register").type("nickname", "Saver").type("email", email).type("password", "correct horse 9")
    person.submit("form[action='/register'] button.primary")
    person.go("/budgets")
    assert "There is no budget" in person.text("main")
    person.go("/budgets/new").type("amount", "much").type("name", "Coffee").submit("main button.primary")
    assert person.one("#amount-error").text == "Not an amount. Write it like 25.00."
    assert person.one("[name=name]").get_attribute("value") == "Coffee"
    person.type("amount", "12.5").submit("main button.primary")
    assert person.text("main .budget h3") == "Coffee"
    assert "of $12.50" in person.text("main .budget .sums")
    assert person.one("main svg.meter").size["width"] > 200
    # Nothing is wider than the phone.
    assert person.one("main").size["width"] <= 390
    person.submit("main .budget .button").type("amount", "20").submit("main button.primary")
    assert "of $20.00" in person.text("main .budget .sums")
    person.go("/usage")
    assert "No model was called" in person.text("main")
