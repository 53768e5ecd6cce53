"""Agents that use tools, in the real process."""

from alma import assert_whole


def asked(client, words):
    """The finished answer's text, and the run's events."""
    events = list(client.events(client.send(client.conversation(), words)))
    assert_whole(events)
    complete = [event for event in events if event.type == "message_complete"]
    return complete[-1].data["final_content"], events


def test_a_calculation_is_right(client):
    text, events = asked(client, '/tool calculator {"expression": "0.1 + 0.2"}')
    assert "0.3" in text and "0.30000" not in text
    (call,) = [event.data for event in events if event.type == "tool_call"]
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert call["tool_input"] == {"expression": "0.1 + 0.2"}
    assert result["call_id"] == call["call_id"]
    assert result["success"] is True and result["result"] == "0.3"


def test_a_wrong_call_is_explained(client):
    text, events = asked(client, '/tool calculator {"expresion": "1"}')
    (result,) = [event.data for event in events if event.type == "tool_result"]
    assert result["success"] is False
    assert '"expression" is missing' in result["error"]
    assert 'is not known here; there are "expression"' in result["error"]
    assert '"expression" is missing' in text


def test_earlier_words_are_found(client):
    asked(client, "The password of the week is heliotrope")
    text, _ = asked(client, '/tool search_conversations {"text": "HELIOTROPE", "limit": 1}')
    assert "heliotrope" in text


def test_every_model_call_is_counted(client):
    _, events = asked(client, '/tool current_time {"time_zone": "Asia/Shanghai"}')
    usage = [event.data for event in events if event.type == "usage"]
    assert len(usage) == 2
    assert "step" in usage[0] and "step" not in usage[1]
