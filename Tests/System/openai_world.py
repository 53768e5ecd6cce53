"""OpenAI's API of a server, for its own clients."""

import openai
from scripted_model import Upstream

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
    },
}


class World:
    """A server whose model says what a test wants, with a key for programs."""

    def __init__(self, client):
        self.client = client
        self.say = lambda body: "Hello there."
        self.upstream = Upstream(lambda body: self.say(body))
        price = {"input_tokens": 1, "output_tokens": 1000, "currency": "USD"}
        self.upstream.set_up(client, pricing=price, max_tokens=300, supports_vision=True)
        provider = self.provider("Scripted")
        client.created("/v1/models", llm_id=provider, name="e", display_name="e", model_type="embedding", pricing=price)
        made = client.created("/v1/api-keys", name="program", scopes=["openai"])
        self.key, self.key_id = made["key"], made["key_id"]
        self.site = str(client.http.base_url).rstrip("/")
        self.url = f"{self.site}/openai/v1"
        self.openai = openai.OpenAI(base_url=self.url, api_key=self.key, max_retries=0)

    def provider(self, name: str) -> str:
        found = self.client.http.get("/v1/llm-configs").json()["data"]
        return next(one["llm_id"] for one in found if one["provider_name"] == name)

    def ask(self, words="Hi", **fields):
        fields = {"model": "m", "messages": [{"role": "user", "content": words}], **fields}
        return self.openai.chat.completions.create(**fields)

    def usage(self) -> list[dict]:
        return self.client.http.get("/v1/usage", params={"group_by": "model"}).json()["data"]

    def calls(self) -> int:
        return sum(one["calls"] for one in self.usage())
