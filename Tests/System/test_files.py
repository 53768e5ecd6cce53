"""Files of conversations, in the real process: brought, read, made, and there again on another node."""

import base64
import http.server
import io
import json
import shutil
import socket
import subprocess
import threading
import wave
import zipfile

import pytest
from scripted_model import Upstream
from test_sandbox import called

pytestmark = pytest.mark.shared

PICTURE = """
import struct, zlib
def part(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
rows = b''.join(b'\\0' + b''.join(bytes((x * 4, y * 4, 128)) for x in range(64)) for y in range(64))
head = struct.pack('>IIBBBBB', 64, 64, 8, 2, 0, 0, 0)
open('plot.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + part(b'IHDR', head) + part(b'IDAT', zlib.compress(rows)) + part(b'IEND', b''))
open('data.csv', 'w').write('a,b\\n1,2\\n')
"""


def upload(client, conversation, *files):
    answer = client.http.post(
        f"/v1/conversations/{conversation}/files", files=[("file", file) for file in files]
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def document(tmp_path, name, *command, words="# Boats\n\nThe quick boat.\n"):
    source = tmp_path / "source.md"
    source.write_text(words)
    subprocess.run([*command, source, "-o", tmp_path / name], check=True)
    return name, (tmp_path / name).read_bytes()


@pytest.mark.alone
def test_what_is_brought_is_told_read_and_outlives_the_workspace(client, server, offered, tmp_path):
    conversation = client.conversation()
    sent = upload(client, conversation, document(tmp_path, "report.docx", "pandoc"), ("notes.txt", b"hello there"))
    assert [one["path"] for one in sent] == ["uploads/report.docx", "uploads/notes.txt"]
    path = f"/v1/conversations/{conversation}/messages"
    body = {"content": "echo", "attachments": [{"file_id": sent[0]["file_id"]}]}
    assert client.http.post(path, json=body).status_code == 201
    said = client.messages(conversation)[0]
    assert said["attachments"][0]["name"] == "report.docx"
    _, text = called(client, "read_document", conversation, path="uploads/report.docx")
    assert "# Boats" in text and "The quick boat." in text
    shutil.rmtree(server.folder.path / "workspaces")
    _, text = called(client, "read_file", conversation, path="uploads/notes.txt")
    assert text == "1\thello there"


def test_what_code_makes_comes_with_the_answer(client, offered):
    conversation = client.conversation()
    _, result = called(client, "run_code", conversation, language="python", code=PICTURE)
    files = " ".join(result["files"])
    assert "plot.png (image/png" in files and "data.csv (text/csv" in files
    answer = client.messages(conversation)[-1]
    made = {one["name"]: one for one in answer["attachments"]}
    assert set(made) == {"plot.png", "data.csv"} and made["plot.png"]["type"] == "image"
    content = client.http.get(made["plot.png"]["url"])
    assert content.content.startswith(b"\x89PNG") and content.headers["content-disposition"].startswith("attachment")
    # What was made before is not brought again by the next answer.
    called(client, "run_code", conversation, language="shell", code="cat data.csv")
    assert client.messages(conversation)[-1]["attachments"] == []


def test_a_deleted_conversation_takes_its_files_along(client, server):
    conversation = client.conversation()
    (file,) = upload(client, conversation, ("a.txt", b"a"))
    assert client.http.delete(f"/v1/conversations/{conversation}").status_code == 204
    assert client.http.get(file["url"]).status_code == 404


def test_an_upload_that_breaks_off_leaves_nothing(client, server):
    conversation = client.conversation()
    host, port = server.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/conversations/{conversation}/files HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: {client.http.headers['Authorization']}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + b"x" * 2_000_000)
    assert client.http.get(f"/v1/conversations/{conversation}/files").json()["data"] == []
    upload(client, conversation, ("b.txt", b"b"))


@pytest.mark.parametrize("name", ["../../x.txt", "a/b/c.txt", ".hidden", "x" * 400 + ".txt"])
def test_names_lead_nowhere(client, name):
    conversation = client.conversation()
    (file,) = upload(client, conversation, (name, b"a"))
    assert file["path"].startswith("uploads/") and file["path"].count("/") == 1 and len(file["name"]) <= 120


def test_the_workspace_is_browsed_and_saved(client, offered):
    conversation = client.conversation()
    called(client, "write_file", conversation, path="src/a.py", content="print(1)")
    called(client, "run_code", conversation, language="shell", code="ln -s /etc/passwd link; mkfifo pipe")
    base = f"/v1/conversations/{conversation}/workspace"
    root = client.http.get(base).json()["data"]
    assert [(one["path"], one["type"]) for one in root] == [("src", "folder"), ("link", "other"), ("pipe", "other")]
    assert [one["path"] for one in client.http.get(base, params={"path": "src"}).json()["data"]] == ["src/a.py"]
    saved = client.http.get(base + "/content", params={"path": "src/a.py"})
    assert saved.text == "print(1)" and saved.headers["content-disposition"].startswith("attachment")
    for path in ("link", "pipe", "../", "src", "/etc/passwd", "none"):
        assert client.http.get(base + "/content", params={"path": path}).status_code == 404, path
    with zipfile.ZipFile(io.BytesIO(client.http.get(base + "/archive").content)) as archive:
        assert archive.namelist() == ["src/a.py"] and archive.read("src/a.py") == b"print(1)"
    assert client.http.delete(base, params={"path": "../../x"}).status_code == 404
    assert client.http.delete(base, params={"path": "src"}).status_code == 204
    assert client.http.get(base, params={"path": "src"}).status_code == 404


def test_models_that_see_get_pictures_and_others_words(client, tmp_path):
    picture = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    upstream = Upstream(lambda body: "A dot.")
    try:
        for sees in (True, False):
            upstream.set_up(client, supports_vision=sees)
            conversation = client.conversation()
            (file,) = upload(client, conversation, ("dot.png", picture))
            body = {"content": "What is it?", "attachments": [{"url": file["url"]}]}
            answer = client.http.post(f"/v1/conversations/{conversation}/messages", json=body)
            assert answer.status_code == 201, answer.text
            said = upstream.turns[-1]["messages"][-1]["content"]
            if sees:
                assert said[0]["type"] == "image_url" and said[1]["text"].startswith("What is it?")
                assert said[0]["image_url"]["url"] == "data:image/png;base64," + base64.b64encode(picture).decode()
            else:
                assert "You cannot see dot.png" in said
    finally:
        upstream.stop()


@pytest.mark.alone
def test_a_living_conversation_keeps_its_workspace(server, client, offered):
    conversation = client.conversation()
    called(client, "write_file", conversation, path="a.txt", content="x")
    assert server.stop() == 0
    server.start()
    assert (server.folder.path / "workspaces" / conversation / "a.txt").read_text() == "x"


def test_a_recording_is_written_down_and_paid(client, offered):
    heard = []

    class Scribe(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Authorization"], body))
            answer = json.dumps({"text": "Three boats.", "usage": {"type": "duration", "seconds": 30}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    sound = io.BytesIO()
    with wave.open(sound, "wb") as recording:
        recording.setparams((1, 2, 8000, 0, "NONE", ""))
        recording.writeframes(bytes(16000))
    conversation = client.conversation()
    upload(client, conversation, ("talk.wav", sound.getvalue()))
    _, text = called(client, "read_document", conversation, path="uploads/talk.wav")
    assert "no model for that is set up" in text
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scribe)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{site.server_port}/v1"
        fields = {"provider": "custom", "provider_name": "Scribe", "api_base_url": address, "api_key": "sk-scribe"}
        provider = client.created("/v1/llm-configs", **fields)
        model = client.created(
            "/v1/models", llm_id=provider["llm_id"], name="whisper-1", pricing={"per_minute": 0.006, "currency": "USD"}
        )
        assert model["model_type"] == "transcription"
        _, text = called(client, "read_document", conversation, path="uploads/talk.wav")
        assert text.endswith("\n\nThree boats.")
        ((path, key, body),) = heard
        assert (path, key) == ("/v1/audio/transcriptions", "Bearer sk-scribe")
        assert b"whisper-1" in body and b'filename="sound.mp3"' in body
        assert "0.003" in client.http.get("/v1/usage?by=model").text
    finally:
        site.shutdown()
        site.server_close()
