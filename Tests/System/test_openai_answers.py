"""Answers by OpenAI's API: by a schema, refused, thought about, late; and what programs ask of them."""

import json
import threading

import openai
import pytest
from openai_world import WEATHER
from pydantic import BaseModel
from scripted_model import Answer

pytestmark = pytest.mark.shared


class Town(BaseModel):
    town: str
    people: int


def test_answers_by_a_schema(world):
    world.say = lambda body: json.dumps({"town": "Bern", "people": 134000})
    answer = world.openai.chat.completions.parse(
        model="m", messages=[{"role": "user", "content": "A town"}], response_format=Town
    )
    assert answer.choices[0].message.parsed == Town(town="Bern", people=134000)
    sent = world.upstream.requests[-1]["response_format"]
    assert sent["type"] == "json_schema" and sent["json_schema"]["strict"] is True
    # In the order in which they were written: models write in it.
    assert list(sent["json_schema"]["schema"]["properties"]) == ["town", "people"]
    world.ask(response_format={"type": "json_object"})
    assert world.upstream.requests[-1]["response_format"] == {"type": "json_object"}


def test_a_refusal_is_no_answer(world):
    world.say = lambda body: Answer(refusal=["I will ", "not."])
    client, question = world.openai.chat.completions, [{"role": "user", "content": "A town"}]
    answer = client.parse(model="m", messages=question, response_format=Town).choices[0].message
    assert answer.refusal == "I will not." and answer.content is None and answer.parsed is None
    with client.stream(model="m", messages=question, response_format=Town) as stream:
        kinds = [event.type for event in stream]
        answer = stream.get_final_completion().choices[0].message
    assert answer.refusal == "I will not." and answer.content is None and answer.parsed is None
    assert "refusal.done" in kinds and "content.delta" not in kinds
    # An agent has said it.
    assert world.ask(model="assistant").choices[0].message.content == "I will not."


@pytest.mark.parametrize(
    "reason, error",
    [("length", openai.LengthFinishReasonError), ("content_filter", openai.ContentFilterFinishReasonError)],
)
def test_why_an_answer_ended(world, reason, error):
    world.say = lambda body: Answer(['{"town"'], finish=reason)
    assert world.ask().choices[0].finish_reason == reason
    with pytest.raises(error):
        world.openai.chat.completions.parse(
            model="m", messages=[{"role": "user", "content": "A town"}], response_format=Town
        )


def test_what_was_thought_is_told(world):
    world.say = lambda body: Answer(["Hm."], reasoning_tokens=3)
    assert world.ask().usage.completion_tokens_details.reasoning_tokens == 3
    *_, last = world.ask(stream=True, stream_options={"include_usage": True})
    assert last.usage.completion_tokens_details.reasoning_tokens == 3


def test_what_changes_an_answer_goes_along(world):
    choice = {"type": "function", "function": {"name": "weather"}}
    wanted = {"logit_bias": {"50256": -100}, "verbosity": "low", "reasoning_effort": "high", "tool_choice": choice}
    world.ask(**wanted, tools=[WEATHER], stop="END", extra_body={"colour": "blue"})
    sent = world.upstream.requests[-1]
    assert wanted.items() <= sent.items() and sent["stop"] == ["END"] and "colour" not in sent


@pytest.mark.parametrize("fails", [False, True])
def test_a_silent_model_is_waited_for(world, fails):
    held = threading.Event()
    refused = {"status": 500, "error": {"message": "Oh."}} if fails else {}
    world.say = lambda body: Answer(["At last."], after=held, **refused)
    client = world.openai.with_options(timeout=40)
    try:
        # It begins with a sign of life, long before the first word.
        answer = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
    finally:
        held.set()
    if fails:
        with pytest.raises(openai.APIError) as broken:
            list(answer)
        assert broken.value.code == "model_unavailable"
    else:
        assert "".join(chunk.choices[0].delta.content or "" for chunk in answer) == "At last."


def test_how_long_to_wait_is_told(world):
    world.say = lambda body: Answer(status=429, error={"message": "Slow."}, headers={"retry-after": "7"})
    with pytest.raises(openai.RateLimitError) as refused:
        world.ask()
    assert refused.value.response.headers["retry-after"] == "7" and refused.value.type == "requests"
