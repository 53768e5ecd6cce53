"""Who reads mails, and what they do with the links in them."""

import re

import httpx

from alma import Server


def link(mail, what: str) -> str:
    """The token of the link in both parts of a mail, which say the same."""
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    found = re.search(rf"https://alma\.example\.org{what}\?token=([\w-]+)", plain)
    assert found, plain
    assert found.group(0) in html
    return found.group(1)


class Visitor:
    """A browser without scripts: it keeps cookies, follows links and redirects, and sends the forms that it sees."""

    def __init__(self, server: Server, language: str = "en"):
        headers = {"Accept-Language": language}
        self.http = httpx.Client(base_url=server.url, trust_env=False, headers=headers, follow_redirects=True)
        self.proof = ""

    def get(self, path: str) -> httpx.Response:
        return self.seen(self.http.get(path))

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.seen(self.http.post(path, data={"csrf": self.proof, **fields}))

    def seen(self, answer: httpx.Response) -> httpx.Response:
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.proof = found.group(1)
        return answer

    def signs_in(self, email: str, password: str) -> bool:
        self.get("/sign-in")
        return self.post("/sign-in", email=email, password=password).url.path == "/"
