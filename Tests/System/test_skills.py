"""Skills in the real process: an agent opens one and works with its files; folders come and go as zip archives."""

import hashlib
import io
import json
import zipfile

import pytest
from test_custom_tools import used

pytestmark = pytest.mark.shared

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


def test_its_scripts_run_in_the_sandbox(client, offered):
    skill = client.created("/v1/skills", skill_md=TEXT)
    script = "import os, sys\nprint(os.getuid(), os.getcwd(), open('skills/harbour/boats.txt').read() + sys.argv[1])\n"
    for path, content in [("scripts/count.py", script), ("boats.txt", "three")]:
        answer = client.http.put(f"/v1/skills/{skill['skill_id']}/files", json={"path": path, "content": content})
        assert answer.status_code == 200, answer.text
    agent = client.created("/v1/agents", name="harbourmaster", instruction="Count.", tools=["run_code"])
    assert client.http.put(f"/v1/agents/{agent['agent_id']}/skills", json={"skills": ["harbour"]}).status_code == 200
    conversation = client.conversation()
    results = []
    code = {"language": "shell", "code": "python3 skills/harbour/scripts/count.py boats"}
    for tool, arguments in [("open_skill", {"name": "harbour"}), ("run_code", code)]:
        _, result = used(client, agent["agent_id"], tool, arguments, conversation)
        assert result["success"], result
        results.append(result["result"])
    assert results[1]["output"] == "65534 /workspace threeboats\n" and results[1]["exit_code"] == 0, results


def test_a_folder_comes_goes_and_is_given_again(client):
    def packed(**files):
        bytes_ = io.BytesIO()
        with zipfile.ZipFile(bytes_, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name.replace("__", "/"), content)
        return {"file": ("harbour.zip", bytes_.getvalue(), "application/zip")}

    script = "".join(f"print({number})\n" for number in range(5000)).encode()
    files = {"harbour/SKILL.md": TEXT, "harbour/scripts/count.py": script, "harbour/empty": b""}
    sent = client.http.post("/v1/skills/archive", files=packed(**files))
    assert sent.status_code == 201, sent.text
    skill = sent.json()["data"]
    assert [file["path"] for file in skill["files"]] == ["empty", "scripts/count.py"] and skill["version"] == 1
    path = f"/v1/skills/{skill['skill_id']}"
    seen = client.http.get(path).headers["ETag"]
    replaced = client.http.put(path + "/archive", files=packed(**{"SKILL.md": TEXT.replace("Read", "Count"), "b": b"2"}))
    assert replaced.status_code == 200, replaced.text
    assert [file["path"] for file in replaced.json()["data"]["files"]] == ["b"]
    first = client.http.get(path + "/versions/1").json()["data"]
    assert first["differs_in"] == ["files", "instructions"]
    assert [(file["path"], file["sha256"]) for file in first["files"]] == [
        ("empty", hashlib.sha256(b"").hexdigest()),
        ("scripts/count.py", hashlib.sha256(script).hexdigest()),
    ]
    late = client.http.post(path + "/versions/1/restoration", headers={"If-Match": seen})
    assert late.status_code == 412, "it was replaced since"
    restored = client.http.post(path + "/versions/1/restoration")
    assert restored.json()["data"]["version"] == 3
    archive = zipfile.ZipFile(io.BytesIO(client.http.get(path + "/archive").content))
    assert archive.testzip() is None
    assert {one.filename: archive.read(one) for one in archive.infolist() if "SKILL" not in one.filename} == {
        "harbour/empty": b"",
        "harbour/scripts/count.py": script,
    }
    assert b"Read boats.txt first." in archive.read("harbour/SKILL.md")
    assert [one["version"] for one in client.http.get(path + "/versions").json()["data"]] == [3, 2, 1]
    bad = client.http.put(path + "/archive", files=packed(**{"SKILL.md": TEXT, "..__x": b""}))
    assert bad.status_code == 422 and bad.json()["error"]["details"][0]["field"] == "file"
    bomb = client.http.post("/v1/skills/archive", files=packed(**{"SKILL.md": TEXT, "b": b"0" * (1 << 20)}))
    assert bomb.status_code == 422 and "too much" in bomb.text
