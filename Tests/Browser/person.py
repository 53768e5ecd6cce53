"""What a person does in the browser, by what they see and press."""

import json
import time

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By


class Person:
    def __init__(self, driver, address):
        self.driver = driver
        self.address = address

    def go(self, path):
        self.driver.get(self.address + path)
        return self

    def go_again(self):
        self.driver.refresh()
        return self

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def type(self, name, text):
        field = self.one(f"[name={name}]")
        field.clear()
        field.send_keys(text)
        return self

    def choose(self, name, value):
        self.until(lambda: self.one(f"select[name='{name}'] option[value='{value}']")).click()
        return self

    def press(self, selector):
        """Brings what is wanted to the middle of the screen, as the composer lies over its foot, and presses it. A live
        page may change meanwhile: then it is looked for again."""
        self.until(lambda: self.to_middle(selector) and self.click(self.one(selector)))
        return self

    def click(self, element):
        element.click()
        return True

    def to_middle(self, selector):
        """With scripts switched off in the page, too."""
        expression = f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})"
        return "exceptionDetails" not in self.evaluate(expression)

    def evaluate(self, expression):
        return self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": expression, "returnByValue": True})

    def submit(self, selector):
        """Presses a button that loads a page, and waits until that page is there."""
        before = self.one("html").id
        self.press(selector)
        self.until(lambda: self.one("html").id != before and self.state() == "complete")
        return self

    def state(self):
        return self.evaluate("document.readyState")["result"].get("value")

    def text(self, selector="body"):
        return self.until(lambda: [self.one(selector).text])[0]

    def until(self, condition, seconds=20):
        """Looks until the condition holds. Between two documents there is no element to find, and one that was
        found may be gone when it is asked: whatever the driver says then, it is looked at again."""
        deadline = time.monotonic() + seconds
        while True:
            complaint = "the condition is false"
            try:
                if found := condition():
                    return found
            except WebDriverException as error:
                complaint = error.msg
            assert time.monotonic() < deadline, f"not within {seconds} s: {complaint}\n{self.source()}"
            time.sleep(0.05)

    def source(self):
        """What the page says, for the report of a failure."""
        try:
            return f"{self.driver.current_url}:\n{self.one('body').text[:2000]}"
        except WebDriverException as error:
            return f"(the page cannot be read: {error.msg})"

    def sign_in(self, email, password):
        self.go("/sign-in").type("email", email).type("password", password)
        return self.submit("form[action='/sign-in'] button.primary")

    def ask(self, words):
        self.type("content", words)
        return self.submit("form.composer button[data-send]")

    def answer(self, seconds=20):
        """The text of the last answer, once nothing grows any more."""
        return self.until(lambda: not self.all("[data-stream]") and self.last_words(), seconds)

    def last_words(self):
        # Once: between two looks the page may have changed.
        said = self.all("article.message .prose")
        return said[-1].text if said else ""

    def complaints(self):
        """What the browser's console holds against the page: scripts that failed, rules of the CSP broken."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" and "status of 4" not in entry["message"]
        ]
