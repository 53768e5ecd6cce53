"""Tables that are wider than the screen."""

from alma import EMAIL, PASSWORD


def test_an_answers_table_is_reached_and_named_without_a_mouse(visitor):
    person = visitor(width=390, height=844).sign_in(EMAIL, PASSWORD)
    person.go("/").ask("Show me a table, please")
    person.until(lambda: not person.all("[data-stream]") and person.all("article.message:not(.mine) .scroll"))
    region = person.all("article.message:not(.mine) .scroll")[-1]
    assert (region.aria_role, region.accessible_name) == ("region", "Table")
    person.driver.execute_script("arguments[0].focus()", region)
    assert person.driver.switch_to.active_element == region
