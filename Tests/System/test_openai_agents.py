"""Agents by OpenAI's API, and the Agents SDK."""

import asyncio
import threading

import agents
import httpx
import openai
import pytest
from scripted_model import Answer

pytestmark = pytest.mark.shared


def test_an_agent_works_with_its_tools(world):
    def say(body):
        if body["messages"][-1]["role"] == "tool":
            return Answer(["It is ", body["messages"][-1]["content"], "."])
        if any(tool["function"]["name"] == "calculator" for tool in body.get("tools", [])):
            return Answer(["Let me see."], calls=[("calculator", '{"expression":"6*7"}')])
        return "Nothing to count with."

    world.say = say
    client, question = world.openai.chat.completions, [{"role": "user", "content": "What is 6*7?"}]
    answer = client.create(model="assistant", messages=question)
    assert "42" in answer.choices[0].message.content and answer.model == "assistant"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (22, 10)
    chunks = list(client.create(model="assistant", messages=question, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == answer.choices[0].message.content and chunks[-1].usage.prompt_tokens == 22
    assert world.client.http.get("/v1/conversations", params={"is_archived": False}).json()["data"] == []
    kept = world.client.http.get("/v1/conversations", params={"is_archived": True}).json()["data"]
    assert [one["tags"] for one in kept] == [["api"], ["api"]]


def test_who_leaves_an_agent_stops_it(world):
    held = threading.Event()
    world.say = lambda body: Answer(["Some words of it."], until=held)
    body = {"model": "assistant", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    headers = {"Authorization": f"Bearer {world.key}"}
    with httpx.stream("POST", f"{world.url}/chat/completions", json=body, headers=headers, trust_env=False) as answer:
        run = answer.headers["x-run-id"]
        next(answer.iter_lines())
    assert world.client.finished(run)["state"] == "cancelled"
    held.set()


def test_the_agents_sdk(world):
    agents.set_tracing_disabled(True)

    @agents.function_tool
    def town_of(person: str) -> str:
        """Tells where somebody lives."""
        return f"{person} lives in Bern"

    def say(body):
        last = body["messages"][-1]
        if last["role"] == "tool":
            return last["content"] + "."
        return Answer(calls=[("town_of", '{"person":"Ada"}')])

    world.say = say

    async def walk():
        client = openai.AsyncOpenAI(base_url=world.url, api_key=world.key)
        model = agents.OpenAIChatCompletionsModel(model="m", openai_client=client)
        agent = agents.Agent(name="Guide", instructions="Find out.", model=model, tools=[town_of])
        result = await agents.Runner.run(agent, "Where does Ada live?")
        running = agents.Runner.run_streamed(agent, "Where does Ada live?")
        kinds = [event.type async for event in running.stream_events()]
        return result.final_output, running.final_output, kinds

    whole, streamed, kinds = asyncio.run(walk())
    assert whole == streamed == "Ada lives in Bern." and "raw_response_event" in kinds
