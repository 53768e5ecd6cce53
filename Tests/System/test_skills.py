"""An agent opens a skill and works with its files, in the real process."""

import json

from test_custom_tools import used

TEXT = "---\nname: harbour\ndescription: How the harbour counts its boats.\n---\nRead boats.txt first."


def test_a_skill_is_named_opened_and_its_files_are_there(client):
    skill = client.created("/v1/skills", skill_md=TEXT)
    file = {"path": "data/boats.txt", "content": "three\n"}
    assert client.http.put(f"/v1/skills/{skill['skill_id']}/files", json=file).status_code == 200
    agent = client.created("/v1/agents", name="harbourmaster", instruction="Count.", tools=["read_file"])
    path = f"/v1/agents/{agent['agent_id']}/skills"
    assert client.http.put(path, json={"skills": ["harbour"]}).status_code == 200
    events, result = used(client, agent["agent_id"], "open_skill", {"name": "harbour"})
    assert result["success"] and "skills/harbour/data/boats.txt" in result["result"]
    run = events[0].data["run_id"]
    sent = client.http.get(f"/v1/runs/{run}/requests").json()["data"]
    assert "- harbour: How the harbour counts its boats." in json.dumps(sent[0])
    assert "Read boats.txt first." not in json.dumps(sent[0])
    _, refused = used(client, agent["agent_id"], "open_skill", {"name": "other"})
    assert refused["error"] == "You have no skill called other."
