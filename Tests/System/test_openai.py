"""OpenAI's API, as its own clients use it: the official package and the Agents SDK."""

import asyncio
import base64
import http.client
import json
import struct
import threading

import httpx
import openai
import pytest
from alma import wait_until
from openai_world import WEATHER
from scripted_model import Answer, Upstream

pytestmark = pytest.mark.shared

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(64)).decode()


def test_models_and_agents_are_listed(world):
    listed = {one.id: one for one in world.openai.models.list()}
    assert {"m", "e", "assistant", "orchestrator"} <= set(listed)
    assert listed["m"].owned_by == "Scripted" and listed["assistant"].kind == "agent"
    assert world.openai.models.retrieve("m").id == "m"
    assert world.openai.models.retrieve("assistant").kind == "agent"
    world.client.created("/v1/models", llm_id=world.provider("Scripted"), name="vendor/small", display_name="Small")
    assert world.openai.models.retrieve("vendor/small").id == "vendor/small"
    assert world.ask(model="vendor/small").model == "vendor/small"
    with pytest.raises(openai.NotFoundError) as refused:
        world.openai.models.retrieve("vendor/nothing")
    assert refused.value.code == "model_not_found"


def test_a_chat_answers_and_is_paid(world):
    answer = world.ask(
        messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],
        temperature=0.5, top_p=0.9, max_completion_tokens=50, seed=7, stop=["END"], presence_penalty=0.1,
    )
    assert answer.object == "chat.completion" and answer.model == "m"
    assert answer.choices[0].message.content == "Hello there." and answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (11, 5, 16)
    (sent,) = world.upstream.requests
    assert sent["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    wanted = {"temperature": 0.5, "top_p": 0.9, "max_tokens": 50, "seed": 7, "stop": ["END"], "presence_penalty": 0.1}
    assert wanted.items() <= sent.items()
    (total,) = world.usage()
    assert (total["calls"], total["prompt_tokens"], total["completion_tokens"]) == (1, 11, 5)
    # 11 at 1 and 5 at 1000 for a million.
    assert total["cost"] == 0.005011
    assert world.client.http.get("/v1/conversations").json()["data"] == []


def test_a_stream_is_what_the_model_says(world):
    world.say = lambda body: Answer(["Hel", "lo “there”\n", "."])
    chunks = list(world.ask(stream=True, stream_options={"include_usage": True}))
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "Hello “there”\n."
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 16
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in world.ask(stream=True))
    assert world.calls() == 2


def test_tools_are_the_callers(world):
    world.say = lambda body: Answer(calls=[("weather", '{"town":"Rome"}'), ("weather", '{"town":"Bern"}')])
    answer = world.ask(tools=[WEATHER], tool_choice="required", parallel_tool_calls=True)
    assert answer.choices[0].finish_reason == "tool_calls" and answer.choices[0].message.content is None
    calls = answer.choices[0].message.tool_calls
    assert [json.loads(call.function.arguments)["town"] for call in calls] == ["Rome", "Bern"]
    sent = world.upstream.requests[-1]
    assert sent["tools"] == [WEATHER] and sent["tool_choice"] == "required" and sent["parallel_tool_calls"] is True
    world.say = lambda body: "Sunny in both."
    messages = [
        {"role": "user", "content": "Weather?"},
        answer.choices[0].message,
        {"role": "tool", "tool_call_id": calls[0].id, "content": "sun"},
        {"role": "tool", "tool_call_id": calls[1].id, "content": "sun"},
    ]
    assert world.ask(messages=messages, tools=[WEATHER]).choices[0].message.content == "Sunny in both."
    sent = world.upstream.requests[-1]["messages"]
    assert [one["role"] for one in sent] == ["user", "assistant", "tool", "tool"]
    assert sent[1]["tool_calls"][1]["function"] == {"name": "weather", "arguments": '{"town":"Bern"}'}
    world.say = lambda body: Answer(calls=[("weather", '{"town":"Rome"}')])
    with world.openai.chat.completions.stream(model="m", messages=messages[:1], tools=[WEATHER]) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.arguments == '{"town":"Rome"}'


def test_pictures_go_along(world):
    parts = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "low"}},
    ]
    world.ask(messages=[{"role": "user", "content": parts}])
    sent = world.upstream.requests[-1]["messages"][0]["content"]
    assert [part["image_url"] for part in sent[:2]] == [parts[1]["image_url"], parts[2]["image_url"]]
    assert sent[2]["text"] == "What is it?"
    # One that does not see says so, whoever else would.
    blind = world.client.created("/v1/models", llm_id=world.provider("Scripted"), name="blind", display_name="Blind")
    seeing = next(one for one in world.client.http.get("/v1/models").json()["data"] if one["name"] == "m")
    assert not blind["supports_vision"] and seeing["supports_vision"]
    assert world.client.http.put("/v1/models/fallbacks", json={"model_ids": [seeing["model_id"]]}).status_code < 300
    with pytest.raises(openai.BadRequestError) as refused:
        world.ask(model="blind", messages=[{"role": "user", "content": parts}])
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", "messages")
    assert len(world.upstream.requests) == 1


def test_embeddings(world):
    answer = world.openai.embeddings.create(model="e", input=["abc", "d"])
    assert [one.embedding for one in answer.data] == [[3, 97, 0.5], [1, 100, 0.5]]
    assert answer.usage.prompt_tokens == 7
    plain = world.openai.embeddings.create(model="e", input="abc", encoding_format="float", dimensions=3)
    assert plain.data[0].embedding == [3, 97, 0.5] and world.upstream.requests[-1]["dimensions"] == 3
    raw = httpx.post(
        f"{world.url}/embeddings", headers={"Authorization": f"Bearer {world.key}"},
        json={"model": "e", "input": [[5, 6]], "encoding_format": "base64"}, trust_env=False,
    ).json()
    assert struct.unpack("<3f", base64.b64decode(raw["data"][0]["embedding"])) == (2, 5, 0.5)
    assert {one["key"]: one["calls"] for one in world.usage()} == {"e": 3}
    with pytest.raises(openai.NotFoundError):
        world.openai.embeddings.create(model="m", input="abc")


@pytest.mark.parametrize(
    "status, error, kind, code",
    [
        (400, {"message": "No.", "type": "invalid_request_error"}, openai.BadRequestError, "rejected_by_provider"),
        (400, {"message": "Long.", "code": "context_length_exceeded"}, openai.BadRequestError, "context_length_exceeded"),
        (401, {"message": "Key."}, openai.InternalServerError, "model_unauthorized"),
        (302, {"message": "Elsewhere."}, openai.ConflictError, "model_not_configured"),
        (404, {"message": "What?"}, openai.NotFoundError, "model_not_found"),
        (429, {"message": "Slow."}, openai.RateLimitError, "rate_limit_exceeded"),
        (500, {"message": "Oh."}, openai.InternalServerError, "model_unavailable"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_a_provider_refuses(world, status, error, kind, code, stream):
    world.say = lambda body: Answer(status=status, error=error)
    with pytest.raises(kind) as refused:
        world.ask(stream=stream)
    assert refused.value.code == code and refused.value.message
    if kind is openai.ConflictError:
        assert refused.value.response.headers["x-should-retry"] == "false"
    assert world.client.http.get("/v1/usage", params={"group_by": "day"}).json()["data"][0]["failed_calls"] == 1


def test_a_stream_that_breaks_off_says_so(world):
    world.say = lambda body: Answer(["Half"], breaks_off=True)
    text = ""
    with pytest.raises(openai.APIError) as broken:
        for chunk in world.ask(stream=True):
            text += chunk.choices[0].delta.content or ""
    assert text == "Half" and broken.value.code == "model_interrupted"
    with pytest.raises(openai.InternalServerError):
        world.ask()


def test_clients_try_again(world):
    answers = iter([Answer(status=429, error={"message": "Slow."}, headers={"retry-after-ms": "10"})])
    world.say = lambda body: next(answers, "At last.")
    client = world.openai.with_options(max_retries=3)
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}])
    assert answer.choices[0].message.content == "At last."


def test_a_fallback_answers_in_its_place(world):
    other = Upstream(lambda body: "From the other.")
    try:
        fields = {"provider": "custom", "provider_name": "Other", "api_base_url": other.address}
        provider = world.client.created("/v1/llm-configs", **fields)["llm_id"]
        model = world.client.created("/v1/models", llm_id=provider, name="spare", display_name="spare")["model_id"]
        assert world.client.http.put("/v1/models/fallbacks", json={"model_ids": [model]}).status_code < 300
        world.say = lambda body: Answer(status=500, error={"message": "Oh."})
        answer = world.ask()
        assert answer.model == "spare" and answer.choices[0].message.content == "From the other."
        assert {one["key"]: one["failed_calls"] for one in world.usage()} == {"m": 1, "spare": 0}
        # What is wrong with the request is for whoever has made it.
        world.say = lambda body: Answer(status=400, error={"message": "No.", "type": "invalid_request_error"})
        with pytest.raises(openai.BadRequestError) as refused:
            world.ask()
        assert refused.value.code == "rejected_by_provider" and len(other.requests) == 1
    finally:
        other.stop()


def test_a_budget_holds(world):
    budget = world.client.created("/v1/budgets", scope="user", period="total", amount=0.31)["budget_id"]
    # It is seen within a second.
    wait_until(lambda: world.ask() and world.upstream.requests[-1].get("max_tokens") == 300, 10, "the budget")

    def standing():
        found = world.client.http.get("/v1/budgets").json()["data"]
        return next(one for one in found if one["budget_id"] == budget)

    assert standing()["spent"] == pytest.approx(0.005011 * world.calls()) and standing()["reserved"] == 0
    with pytest.raises(openai.RateLimitError) as refused:
        for _ in range(5):
            world.ask()
    assert refused.value.code == refused.value.type == "insufficient_quota" and "0.31" in refused.value.message
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert standing()["spent"] <= 0.31


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_pays_for_what_came(world, stream):
    held = threading.Event()
    world.say = lambda body: Answer(["Some words of it."], until=held)
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
    headers = {"Authorization": f"Bearer {world.key}"}
    url = httpx.URL(f"{world.url}/chat/completions")
    if stream:
        with httpx.stream("POST", url, json=body, headers=headers, timeout=60, trust_env=False) as answer:
            next(answer.iter_lines())
    else:
        line = http.client.HTTPConnection(url.host, url.port, timeout=60)
        line.request("POST", url.path, json.dumps(body), headers | {"Content-Type": "application/json"})
        # The server has read the first ones long before so many are sent.
        wait_until(lambda: world.upstream.frames > 40, 60, "the upstream's words")
        line.close()
    wait_until(world.upstream.cut.is_set, 20, "the end of the upstream's answer")
    held.set()
    (total,) = wait_until(world.usage, 10, "what it cost")
    assert total["calls"] == total["failed_calls"] == 1
    # Nobody has told: it is estimated.
    assert total["prompt_tokens"] > 0 and total["completion_tokens"] > 0 and total["cost"] > 0


def test_keys_and_tokens(world):
    def refusal(key):
        with pytest.raises(openai.APIStatusError) as refused:
            openai.OpenAI(base_url=world.url, api_key=key, max_retries=0).models.list()
        return refused.value

    assert refusal("alma_nothing").status_code == 401 and refusal("alma_nothing").code == "invalid_api_key"
    other = world.client.created("/v1/api-keys", name="other", scopes=["mcp"])["key"]
    assert refusal(other).status_code == 403
    assert openai.OpenAI(base_url=world.url, api_key=world.client.token).models.list().data
    assert world.openai.models.list().data
    assert world.client.http.delete(f"/v1/api-keys/{world.key_id}").status_code == 204
    assert refusal(world.key).status_code == 401
    # Such a key opens nothing else.
    fresh = world.client.created("/v1/api-keys", name="third", scopes=["openai"])["key"]
    answer = httpx.get(f"{world.site}/v1/models", headers={"Authorization": f"Bearer {fresh}"}, trust_env=False)
    assert answer.status_code == 403


def test_many_at_once_each_have_their_row(world):
    async def storm():
        client = openai.AsyncOpenAI(base_url=world.url, api_key=world.key, max_retries=0)
        asked = (client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hi"}]) for _ in range(40))
        return await asyncio.gather(*asked)

    assert {answer.choices[0].message.content for answer in asyncio.run(storm())} == {"Hello there."}
    assert world.calls() == 40
