"""The pages of management and administration as they are read on a phone at night: in Chinese, dark, without scripts."""

import json
import re

import chinese
from alma import PASSWORD, ROOT, wait_until

WIDTH = 390
# What a page is and says: each element's own words, code and what is typed aside, and its headings.
LOOK = """(() => {
    const line = (text) => text.replace(/\\s+/g, ' ').trim();
    const said = new Set();
    for (const one of document.body.querySelectorAll('*')) {
        if (one.closest('pre, code, script, style, textarea, template, [lang]:not(html)')) continue;
        said.add(line([...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(' ')));
        for (const name of ['aria-label', 'title', 'placeholder', 'data-label']) said.add(one.getAttribute(name) ?? '');
    }
    const headings = 'main h1, main h2, main h3, main legend, main thead th';
    const isAnswer = (one) => one.closest('.prose') !== null;
    return {
        status: performance.getEntriesByType('navigation')[0].responseStatus,
        language: document.documentElement.lang,
        width: document.documentElement.scrollWidth,
        said: [...said],
        headings: [document.title.replace(' · ALMA', '')].concat(
            [...document.querySelectorAll(headings)].filter((one) => !isAnswer(one)).map((one) => line(one.textContent))
        ),
    };
})()"""
# What answers no page, and what is read before somebody signs in or, by its nature, in English.
ELSEWHERE = {
    "/set-up", "/sign-in", "/register", "/password/forgot", "/password/reset", "/verification", "/join",
    "/conversations/{id}/live", "/conversations/{id}/workspace/file", "/conversations/{id}/workspace/archive",
    "/conversations/{id}/files/{file}", "/conversations/{id}/files/{file}/picture", "/runs/{id}/results/{call}",
    "/agents/{id}/export", "/skills/{id}/archive", "/usage/export", "/admin/usage/export", "/settings/audit/export",
    "/admin/audit/export", "/admin/audit/tool-calls/export", "/admin/backups/{name}", "/admin/mcp/authorisation",
    "/docs", "/redoc", "/docs/{chapter}", "/docs/calls/{operation}", "/assets/{name}", "/favicon.ico",
}  # fmt: skip


def words(language):
    """The strings by their keys, and all that they say."""
    strings = json.loads((ROOT / f"Templates/strings/{language}.json").read_text())
    return strings, {text for one in strings.values() for text in ([one] if isinstance(one, str) else one.values())}


STRINGS, CHINESE = words("zh-CN")
# Beginning with a capital: others may be names that are the same in every language.
ENGLISH = {text for text in words("en")[1] - CHINESE if re.match(r"[A-Z][^{]+$", text)}
PLACES = {place for text in CHINESE for place in re.findall(r"\{[a-z]+\}", text)}
# It names the places that an address of the reader's has.
HINT = STRINGS["search.urlHint"]


def faults(seen, names):
    """Why the page is not what its reader wants."""
    if seen["status"] != 200:
        yield f"status {seen['status']}"
    if seen["language"] != "zh-CN":
        yield f"language {seen['language']}"
    if seen["width"] > WIDTH:
        yield f"{seen['width']} wide"
    for text in seen["said"]:
        if text in STRINGS:
            yield f"the key {text} without its words"
        elif text != HINT and any(place in text for place in PLACES):
            yield f"nothing put in its place: {text}"
        elif text in ENGLISH and text not in names:
            yield f"English: {text}"
    for heading in seen["headings"]:
        rest = heading
        for name in sorted(names, key=len, reverse=True):
            rest = rest.replace(name, "")
        if heading not in CHINESE and re.search("[A-Za-z]{2}", rest) and not re.search("[\u3400-\u9fff]", rest):
            yield f"an English heading: {heading}"


def one_of_each(lin):
    """Makes what the pages are about: the addresses of its pages, and its names."""
    data = lambda path: lin.http.get(path).json()["data"]  # noqa: E731
    me, model = data("/v1/users/me")["user_id"], data("/v1/models")[0]
    provider = data(f"/v1/llm-configs/{model['llm_id']}")
    agent = lin.created("/v1/agents", name="harbour", display_name="港口管家", instruction="数船。")["agent_id"]
    definition = {"language": "python", "code": "print(3)"}
    schema = {"type": "object", "properties": {"pier": {"type": "string", "description": "码头"}}}
    tool = lin.created("/v1/tools", name="count_ships", description="数船。", schema=schema, definition=definition)["tool_id"]
    text = "---\nname: tides\ndescription: 看潮汐\n---\n先看表。"
    skill = lin.created("/v1/skills", skill_md=text)["skill_id"]
    for path, change in [
        (f"/v1/agents/{agent}", {"description": "清点船只"}),
        (f"/v1/tools/{tool}", {"description": "清点船只。"}),
        (f"/v1/skills/{skill}", {"skill_md": text + "再看天。"}),
    ]:
        assert lin.http.patch(path, json=change).status_code == 200
    built_in = next(one["tool_id"] for one in data("/v1/tools") if one["name"] == "calculator")
    budget = lin.created("/v1/budgets", scope="user", period="month", amount=5, name="茶")["budget_id"]
    lin.created("/v1/api-keys", name="笔记本", scopes=["chat"])
    lin.created("/v1/tool-secrets", name="TIDES", value="not-to-be-seen", hosts=["api.harbour.example"])
    place = {"transport": "http", "place": "https://mcp.harbour.example", "is_enabled": False}
    site = lin.created("/v1/mcp-servers", name="pilot", **place)["server_id"]
    team = lin.created("/v1/organizations", name="港口队")["organization_id"]
    lin.created(f"/v1/organizations/{team}/invitations")
    talk = lin.conversation("港口")
    first = lin.send(talk, '/tool calculator {"expression": "6 * 7"}')
    lin.finished(first)
    run = lin.send(talk, "/echo 三艘船")
    lin.finished(run)
    question = next(one["message_id"] for one in lin.messages(talk) if one["role"] == "user")
    assert lin.http.post("/v1/admin/backups").status_code == 202

    def done():
        state = data("/v1/admin/backups")
        return state["files"] if not state["is_running"] else None

    backup = wait_until(done, 60, "the backup")[0]["name"]
    pages = [
        "/tools", "/skills", "/instructions", "/budgets", "/runs", "/settings/keys", "/settings/audit",
        "/agents/new", "/agents/import", "/providers/new", "/tools/new?kind=script", "/tools/new?kind=http", "/skills/new",
        "/budgets/new", "/admin/mcp/new", "/admin/users/new", "/admin/audit/tool-calls", f"/admin/users?organisation={team}",
        *(f"/conversations/{talk}{rest}" for rest in ["", "/edit", "/deletion", "/files", f"/messages/{question}/edit"]),
        *(f"/runs/{run}{rest}" for rest in ["", "/requests", "/fork", f"/compare/{first}"]),
        *(f"/providers/{provider['llm_id']}{rest}" for rest in ["", "/models", "/deletion"]),
        *(f"/models/{model['model_id']}{rest}" for rest in ["", "/deletion"]),
        *(f"/agents/{agent}{rest}" for rest in ["", "/edit", "/deletion", "/versions/1"]),
        *(f"/tools/{tool}{rest}" for rest in ["", "/edit", "/deletion", "/versions/1"]),
        f"/tools/{built_in}",
        *(f"/skills/{skill}{rest}" for rest in ["", "/deletion", "/versions/1"]),
        *(f"/budgets/{budget}{rest}" for rest in ["", "/deletion"]),
        *(f"/organisations/{team}{rest}" for rest in ["", "/deletion", f"/members/{me}/removal"]),
        *(f"/admin/users/{me}{rest}" for rest in ["", "/deletion"]),
        *(f"/admin/mcp/{site}{rest}" for rest in ["", "/edit", "/deletion"]),
        f"/admin/backups/{backup}/deletion",
    ]  # fmt: skip
    names = {model["name"], model["display_name"], provider["provider_name"], backup}
    names |= {"harbour", "count_ships", "calculator", "tides", "pilot"}
    # Others have been here before.
    names |= {one["nickname"] for one in data("/v1/users?per_page=100")}
    names |= {one["name"] for one in data("/v1/organizations?all=true&per_page=100")}
    return pages, names


def route(address, routes):
    """Which of the routes it goes, a named place before one for anything."""
    path = address.split("?")[0]
    fitting = [one for one in routes if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", one), path)]
    return min(fitting, key=lambda one: one.count("{"))


def test_each_page_is_chinese_and_fits_a_phone_without_scripts(visitor, lin):
    pages, names = one_of_each(lin)
    person = visitor(width=WIDTH, height=844, language="zh-CN", scripts=False, dark=True)
    person.sign_in(chinese.EMAIL, PASSWORD)

    def links(page, selector):
        found = [link.get_attribute("href") for link in person.go(page).all(selector)]
        return [link.removeprefix(person.address) for link in found if link.startswith(person.address)]

    rail = links("/", "#rail nav a, #rail .me a")
    places = links("/admin", "main .place, #rail nav a")
    assert {"/agents", "/providers", "/usage", "/settings", "/organisations"} <= {*rail} and len(places) > 8
    complaints, pages = {}, [*dict.fromkeys(rail + places + pages)]
    for page in pages:
        answer = person.go(page).evaluate(LOOK)
        assert "value" in answer["result"], f"{page}: {answer}"
        if found := [*faults(answer["result"]["value"], names)]:
            complaints[page] = found
    assert not complaints, json.dumps(complaints, ensure_ascii=False, indent=1)

    # No page is left out, of those to come either.
    source = (ROOT / "Sources/Web/Pages/PageRoutes.swift").read_text()
    routes = re.findall(r'router\.get\("([^"]+)"', source)
    assert {*routes} - {route(page, routes) for page in pages} == ELSEWHERE

    # What was called is drawn, and fits.
    person.go("/usage?measure=calls")
    assert person.all("main svg.plot rect") and 200 < person.one("main svg.plot").size["width"] < WIDTH
    assert not person.complaints()
