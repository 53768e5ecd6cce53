"""A conversation over a WebSocket: the whole protocol, on the real process, with a client of somebody else's making."""

import pytest
from alma import QUESTION, answer_text
from sockets import Socket, end_of, log_of, without_id
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.shared

# The protocol


def test_a_conversation_from_greeting_to_answer(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        greeting = ws.hear()
        assert greeting["type"] == "connection_status" and greeting["timestamp"]
        me = client.http.get("/v1/users/me").json()["data"]["user_id"]
        assert greeting["data"]["status"] == "connected" and greeting["data"]["user_id"] == me
        assert greeting["data"]["conversation_id"] == conversation and greeting["data"]["session_id"]
        ws.connection.send('{"type":"ping","timestamp":"2025-06-24T10:00:00Z"}')
        pong = ws.hear()
        assert pong["type"] == "pong" and pong["timestamp"]
        assert ws.connection.ping().wait(10)
        name = ws.say("good morning")
        received = ws.hear()
        assert received["type"] == "message_received"
        assert received["data"]["temp_message_id"] == name and received["data"]["status"] == "processing"
        ws.until_end()
    run = received["data"]["run_id"]
    assert without_id(ws.log) == log_of(client, run)
    ends = [one["data"]["is_complete"] for one in ws.heard if one["type"] == "content_stream"]
    assert ends == [False] * (len(ends) - 1) + [True] and len(ends) > 1
    complete = next(one for one in ws.heard if one["type"] == "message_complete")
    assert complete["data"]["final_content"] == answer_text(ws.log) == client.messages(conversation)[-1]["content"]
    assert complete["data"]["metadata"]["model"] and complete["data"]["metadata"]["usage"]["total_tokens"] > 0
    assert 0 < complete["data"]["metadata"]["response_time"] < 60
    said = client.messages(conversation)
    assert received["data"]["message_id"] == said[0]["message_id"]
    assert received["data"]["answer_message_id"] == complete["data"]["message_id"] == said[1]["message_id"]
    start = next(one for one in ws.heard if one["type"] == "agent_start")
    assert start["data"]["agent_name"] and start["data"]["message_id"] == complete["data"]["message_id"]


def test_two_clients_read_the_same(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as one, Socket.of(client, server, conversation) as other:
        one.say("/long 60")
        one.until_end()
        other.until_end()
        assert one.log == other.log
        other.say("and now you")
        other.until_end()
        one.until_end()
        assert one.log == other.log
    # Somebody comes in the middle and gets the whole turn.
    with Socket.of(client, server, conversation) as one:
        one.say("/long 200")
        one.until_type("content_stream")
        with Socket.of(client, server, conversation) as late:
            late.until_end()
        one.until_end()
        assert late.log == one.log


def test_a_message_that_comes_twice_is_one(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        name = ws.say("/long 40")
        run = ws.until_type("message_received")["data"]["run_id"]
        ws.say("/long 40", name)
        again = ws.until_type("message_received", duplicate=True)
        assert again["data"]["run_id"] == run and again["data"]["temp_message_id"] == name
        ws.say("something else", name)
        error = ws.until_type("error")
        assert error["data"]["error_code"] == "CONFLICT" and error["data"]["temp_message_id"] == name
        assert error["data"]["message_id"] == client.run(run)["message_id"]
        assert error["data"]["details"][0]["field"] == "message_id"
        # Its end may have been heard before the error was.
        assert client.finished(run)["state"] == "completed"
    with Socket.of(client, server, conversation) as ws:
        ws.say("/long 40", name)
        again = ws.until_type("message_received", duplicate=True)
        assert again["data"]["run_id"] == run and again["data"]["status"] == "completed"
    assert [one["role"] for one in client.messages(conversation)] == ["user", "assistant"]


@pytest.mark.alone
def test_it_goes_on_after_kill_9_where_it_was(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        name = ws.say("/long 400")
        run = ws.until_type("message_received")["data"]["run_id"]
        for _ in range(3):
            ws.until_type("content_stream")
        server.kill()
        with pytest.raises(ConnectionClosed):
            while True:
                ws.hear()
    before = ws.log
    server.start()
    # By the conversation's place, and by the plain number of the last event.
    for after in [before[-1]["id"], before[-1]["seq"]]:
        with Socket.of(client, server, conversation, after) as ws:
            assert ws.hear()["data"]["resumed"] is True
            ws.say("/long 400", name)
            ws.until_end(90)
            assert [one["seq"] for one in before + ws.log] == list(range(1, len(before + ws.log) + 1))
            assert without_id(before + ws.log) == log_of(client, run)
    assert [one["role"] for one in client.messages(conversation)] == ["user", "assistant"]


def test_who_comes_back_gets_what_was_missed_in_later_turns(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say("first")
        last = ws.until_end()
    runs = [client.send(conversation, "second")]
    client.finished(runs[0])
    runs.append(client.send(conversation, "third"))
    client.finished(runs[1])
    with Socket.of(client, server, conversation, last["id"]) as ws:
        ws.until_type("run_status", run_id=runs[1], state="completed")
    assert without_id(ws.log) == log_of(client, runs[0]) + log_of(client, runs[1])
    # Nothing of what is over for somebody without a place.
    with Socket.of(client, server, conversation) as ws:
        ws.hear()
        ws.send("ping")
        assert ws.hear()["type"] == "pong"


def test_an_answer_is_stopped(server, client):
    with Socket.of(client, server, client.conversation()) as ws:
        ws.send("cancel")
        assert ws.until_type("error")["data"]["error_code"] == "NOT_FOUND"
        ws.say("/long 2000")
        ws.until_type("content_stream")
        ws.send("cancel")
        ws.until_end(state="cancelled")


def test_questions_are_answered(server, client):
    with Socket.of(client, server, client.conversation()) as ws:
        ws.say(QUESTION)
        asked = ws.until_type("approval_request")["data"]
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="green")
        error = ws.until_type("error")["data"]
        assert error["error_code"] == "VALIDATION_ERROR" and "red, blue" in error["error_message"]
        assert error["message_id"] == asked["message_id"] and error["temp_message_id"] is None
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="blue")
        assert ws.until_type("approval_resolved")["data"]["answer"] == "blue"
        assert ws.until_type("tool_result")["data"]["result"] == "blue"
        ws.until_end()
        assert next(one for one in ws.log if one["type"] == "tool_call")["data"]["tool_name"] == "ask_person"


def test_messages_while_an_answer_is_under_way(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say("/long 2000")
        run = ws.until_type("message_received")["data"]["run_id"]
        name = ws.say("without a mode")
        error = ws.until_type("error")["data"]
        assert error["temp_message_id"] == name and error["message_id"] is None
        first = ws.say("then this", mode="queue")
        waiting = ws.until_type("message_received", temp_message_id=first)["data"]
        assert waiting["status"] == "waiting" and waiting["mode"] == "queue" and waiting["pending_id"]
        assert waiting["message_id"] is None
        ws.say("then this", first, mode="queue")
        again = ws.until_type("message_received", temp_message_id=first)["data"]
        assert again["pending_id"] == waiting["pending_id"] and again["duplicate"] is True
        ws.send("discard_pending", pending_id=waiting["pending_id"])
        second = ws.say("then that", mode="queue")
        waiting = ws.until_type("message_received", temp_message_id=second)["data"]
        ws.send("pause")
        ws.until_type("run_status", run_id=run, state="paused")
        ws.send("resume")
        ws.until_type("content_stream", run_id=run)
        ws.send("cancel", run_id=run)
        ws.until_type("run_status", run_id=run, state="cancelled")
        # What was said into an answer that was stopped waits for a word.
        ws.send("dispatch_pending", pending_id=waiting["pending_id"])
        ws.until_end()
    assert [one["content"] for one in client.messages(conversation) if one["role"] == "user"] == ["/long 2000", "then that"]


def test_a_message_that_was_taken_in_is_known_by_its_id(server, client):
    size = '/tool ask_person {"question": "Which size?", "choices": ["large", "small"]}'
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say(QUESTION)
        asked = ws.until_type("approval_request")["data"]
        name = ws.say(size, mode="steer")
        waiting = ws.until_type("message_received", temp_message_id=name)["data"]
        assert waiting["status"] == "waiting" and waiting["message_id"] is None
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="red")
        taken = ws.until_type("message_received", steers=True)["data"]
        # The run rests again: it is not over.
        asked = ws.until_type("approval_request")["data"]
        ws.say(size, name, mode="steer")
        again = ws.until_type("message_received", duplicate=True)["data"]
        assert again["message_id"] == taken["message_id"] and again["status"] == "processing"
        assert again["pending_id"] == waiting["pending_id"] and again["temp_message_id"] == name
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="small")
        ws.until_end()
    said = [one["message_id"] for one in client.messages(conversation) if one["role"] == "user"]
    assert len(said) == 2 and said[1] == taken["message_id"]


def test_a_message_that_waited_is_one_under_its_name(server, client):
    """However late it is sent again: an answer that is over has taken it in, or answered it."""
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say(QUESTION)
        asked = ws.until_type("approval_request")["data"]
        heard = ws.say("and a reason", mode="steer")
        ws.until_type("message_received", temp_message_id=heard, status="waiting")
        queued = ws.say("then this", mode="queue")
        ws.until_type("message_received", temp_message_id=queued, status="waiting")
        ws.send("approval_response", run_id=asked["run_id"], call_id=asked["call_id"], answer="red")
        taken = ws.until_type("message_received", steers=True)["data"]
        assert taken["temp_message_id"] == heard and taken["run_id"] == asked["run_id"]
        begun = ws.until_type("message_received", temp_message_id=queued, status="processing")["data"]
        ws.until_type("run_status", run_id=begun["run_id"], state="completed")
        for name, content, first in [(heard, "and a reason", taken), (queued, "then this", begun)]:
            for mode in [{"mode": "steer"}, {"mode": "queue"}, {}]:
                ws.say(content, name, **mode)
                again = ws.until_type("message_received", duplicate=True)["data"]
                assert again["temp_message_id"] == name and again["status"] == "completed"
                for field in ["message_id", "user_message_id", "run_id", "answer_message_id"]:
                    assert again[field] == first[field]
            ws.say("something else", name)
            error = ws.until_type("error")["data"]
            assert error["error_code"] == "CONFLICT" and error["message_id"] == first["answer_message_id"]
    said = [one["content"] for one in client.messages(conversation) if one["role"] == "user"]
    assert said == [QUESTION, "and a reason", "then this"]


def test_an_answer_that_fails_is_told_as_an_error(server, client):
    """As the protocol has it: a code, a sentence, when to come again, and of which message."""
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.say("/fail 401")
        error = ws.until_type("error")
        assert error["data"]["error_code"] == "MODEL_UNAUTHORIZED" and error["data"]["error_message"]
        assert error["data"]["retry_after"] is None and error["timestamp"]
        received = next(one for one in ws.heard if one["type"] == "message_received")
        assert error["data"]["message_id"] == received["data"]["answer_message_id"]
        ws.until_end(state="failed")
        # The socket stays, and so does the conversation.
        ws.say("/fail 429")
        limited = ws.until_type("error")
        assert limited["data"]["error_code"] == "MODEL_RATE_LIMITED" and limited["data"]["retry_after"] == 5
        ws.until_end(state="failed")
        ws.say("and now?")
        ws.until_end()
    assert without_id(ws.log)[-1]["data"]["state"] == "completed"


def test_mistakes_are_told_and_do_not_end_it(server, client):
    conversation = client.conversation()
    with Socket.of(client, server, conversation) as ws:
        ws.hear()
        for said, code in [
            ("", "BAD_REQUEST"),
            ("nonsense", "BAD_REQUEST"),
            ("[]", "BAD_REQUEST"),
            ("{}", "VALIDATION_ERROR"),
            ('{"type":"dance"}', "VALIDATION_ERROR"),
            ('{"type":"user_message"}', "VALIDATION_ERROR"),
            ('{"type":"user_message","data":{"content":""}}', "VALIDATION_ERROR"),
            ('{"type":"user_message","data":{"content":"x","agent_id":"y"}}', "VALIDATION_ERROR"),
            ('{"type":"user_message","data":{"content":"x","mode":"shout","message_id":"m"}}', "VALIDATION_ERROR"),
            (f'{{"type":"user_message","data":{{"content":"x","message_id":"{"n" * 300}"}}}}', "VALIDATION_ERROR"),
            ('{"type":"cancel","data":{"run_id":"0197b1a0-0000-7000-8000-000000000000"}}', "NOT_FOUND"),
            ("[" * 5000, "BAD_REQUEST"),
        ]:
            ws.connection.send(said)
            error = ws.hear()
            assert error["type"] == "error" and error["data"]["error_code"] == code, (said[:80], error)
            assert error["data"]["message_id"] is None, (said[:80], error)
        ws.say("still here")
        ws.until_end()
        for _ in range(20):
            ws.connection.send("nonsense")
        assert end_of(ws) == 1008
