"""Money in the real process: prices, budgets, questions, sums."""

from decimal import Decimal

import pytest
from alma import wait_until

pytestmark = pytest.mark.shared


@pytest.fixture
def paid(client):
    """The scripted model has a price: 1 for a million tokens of input, 1000 of output, at most 300 tokens."""
    model = client.http.get("/v1/models").json()["data"][0]["model_id"]
    price = {"input_tokens": 1, "output_tokens": 1000, "currency": "USD"}
    answer = client.http.patch(f"/v1/models/{model}", json={"pricing": price, "max_tokens": 300})
    assert answer.status_code == 200, answer.text
    return client


def asked(client, words="Hello"):
    return list(client.events(client.send(client.conversation(), words)))


def spent(client, budget):
    found = {one["budget_id"]: one for one in client.http.get("/v1/budgets").json()["data"]}
    return Decimal(str(found[budget]["spent"])), Decimal(str(found[budget]["reserved"]))


def test_a_cap_holds_and_says_so(paid):
    budget = paid.created("/v1/budgets", scope="organization", period="total", amount=0.6, warn_at=60)["budget_id"]
    costs = Decimal(0)
    for _ in range(50):
        events = asked(paid)
        costs += sum(Decimal(str(event.data["cost"])) for event in events if event.type == "usage")
        if events[-1].data["state"] == "failed":
            break
    (error,) = [event.data for event in events if event.type == "error"]
    assert error["error_code"] == "BUDGET_EXCEEDED"
    assert "0.6 USD" in error["error_message"] and "This call may cost up to" in error["error_message"]
    assert spent(paid, budget) == (costs, 0)
    assert 0 < costs <= Decimal("0.6")
    # The same sum in another place.
    (total,) = paid.http.get("/v1/usage", params={"group_by": "model"}).json()["data"]
    assert Decimal(str(total["cost"])) == costs
    paid.http.patch(f"/v1/budgets/{budget}", json={"amount": 5})
    assert asked(paid)[-1].data["state"] == "completed"


def test_a_budget_warns_once(paid):
    paid.created("/v1/budgets", scope="user", period="month", amount=100, warn_at=1, name="Lunch")
    assert not [event for event in asked(paid) if "budget" in event.data]
    paid.created("/v1/budgets", scope="user", period="run", amount=5, warn_at=1, name="Turn")
    events = asked(paid)
    (warning,) = [event.data for event in events if event.data.get("reason") == "budget_warning: Turn"]
    assert warning["budget"]["amount"] == 5
    assert events[-1].data["state"] == "completed"


@pytest.mark.parametrize("decision, state", [("approve", "completed"), ("deny", "failed")])
def test_a_budget_that_asks_waits_for_its_person(paid, decision, state):
    paid.created("/v1/budgets", scope="organization", period="day", amount=1, ask_at=1)
    run = paid.send(paid.conversation(), "Hello")
    wait_until(lambda: paid.run(run)["state"] == "waiting", 20, "the question")
    (question,) = paid.http.get(f"/v1/runs/{run}/approvals").json()["data"]
    assert question["tool_name"] == "exceed_budget" and question["tool_input"]["amount"] == 1
    answer = paid.http.post(f"/v1/runs/{run}/approvals/{question['call_id']}", json={"decision": decision})
    assert answer.status_code == 202, answer.text
    assert paid.finished(run)["state"] == state
