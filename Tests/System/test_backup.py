"""A backup before tables change, on a database whose owner is nobody special."""

import subprocess
from pathlib import Path

from alma import Client, Folder, Server, wait_until
from nodes import Database, ask


def test_an_ordinary_owner_saves_every_row(database):
    root = f"postgresql://postgres@/postgres?host={database.path}"
    ask(root, "create role keeper login")
    ask(root, "create database kept owner keeper")
    folder = Folder()
    server = Server(folder, DATABASE_URL=f"postgresql://keeper@/kept?host={database.path}")
    try:
        server.start()
        client = Client(server).set_up_model()
        client.finished(client.send(client.conversation(), "hello"))
        server.stop()
        # The last version is taken back; the next start has something to change.
        back = server.command("migrate", "down")
        assert back.returncode == 0, back.stdout + back.stderr
        for dump in (folder.path / "backups").glob("*.dump"):
            dump.unlink()
        server.start()
        server.stop()
        (dump,) = (folder.path / "backups").glob("*.dump")
        program = database.programs / "pg_restore"
        text = subprocess.run([program, "--data-only", "--file", "-", dump], capture_output=True, text=True, check=True)
        for what in ("admin@example.com", "hello", "message_complete"):
            assert what in text.stdout, f"{what} is not in the backup"
        # Where nothing can be written, the copy is what counts; whatever else keeps the audit from its row is a no.
        ask(root, "alter database kept set default_transaction_read_only = on")
        made = server.command("backup")
        assert made.returncode == 0 and "WARNING: the audit keeps no record" in made.stderr, made.stdout + made.stderr
        assert Path(made.stdout.strip()).stat().st_size > 0
        ask(root, "alter database kept reset default_transaction_read_only")
        ask(f"postgresql://postgres@/kept?host={database.path}", "alter table audit_events add check (false) not valid")
        refused = server.command("backup")
        assert refused.returncode != 0 and "audit" in refused.stderr and not refused.stdout, refused.stdout
    finally:
        server.stop()
        folder.remove()


def other_database(file):
    """A dump with a table of somebody else's."""
    other = Database()
    try:
        root = f"postgresql://postgres@/postgres?host={other.path}"
        ask(root, "create table theirs (x int)")
        subprocess.run([other.programs / "pg_dump", "--format=custom", "--file", file, root], check=True)
    finally:
        other.remove()
    return file.name


def test_a_server_moves_to_an_empty_folder():
    old, new = Folder(), Folder()
    server = Server(old).start()
    try:
        client = Client(server).set_up_model()
        conversation = client.conversation()
        client.finished(client.send(conversation, "hello"))
        refused = server.command("restore", "/etc/hostname")
        assert refused.returncode != 0 and "stop it" in refused.stderr, refused.stderr
        # From the terminal, and by the API: in the background, listed, and taken away.
        made = server.command("backup")
        assert made.returncode == 0, made.stderr
        by_hand = made.stdout.strip()
        (act,) = client.http.get("/v1/audit/events", params={"action": "backup"}).json()["data"]
        assert act["action"] == "backup.begun" and act["user_id"] is None and act["address"] == "command line", act
        assert client.http.post("/v1/admin/backups", json={}).status_code == 202

        def done():
            state = client.http.get("/v1/admin/backups").json()["data"]
            assert state["last_failure"] is None, state
            return state if len(state["files"]) == 2 and not state["is_running"] else None

        files = wait_until(done, 60, "the backup")["files"]
        content = client.http.get(f"/v1/admin/backups/{files[0]['name']}/content")
        assert len(content.content) == files[0]["size_bytes"]
        taken = new.path / "taken.dump"
        taken.write_bytes(content.content)
        health = client.http.get("/v1/admin/health").json()["data"]
        assert health["workers"][0]["is_alive"] and health["workers"][0]["node"] and health["workers"][0]["version"]
        assert health["database"]["migrations"]["pending"] == [] and len(health["disks"]) == 2
        server.stop()

        for name in ("sealing.keys", "signing.secret"):
            (new.path / name).write_bytes((old.path / name).read_bytes())
            (new.path / name).chmod(0o600)
        server = Server(new)
        back = server.command("restore", str(taken))
        assert back.returncode == 0, back.stdout + back.stderr
        server.start()
        client = Client(server)
        assert client.messages(conversation)[0]["content"] == "hello"
        (act,) = client.http.get("/v1/audit/events", params={"action": "backup.restored"}).json()["data"]
        assert act["target"] == "taken.dump" and act["user_id"] is None and act["address"] == "command line", act
        # The restored provider still opens with the keys that came along.
        assert client.finished(client.send(conversation, "again"))["state"] == "completed"
        server.stop()
        # What `alma restore` found is kept, and the other file fits as well.
        assert list((new.path / "backups").glob("*-manual.dump"))
        assert server.command("restore", by_hand).returncode == 0
        # A file that ends too early, one that is none, and a sound one of another program's: what is there stays.
        whole = taken.read_bytes()
        (new.path / "short.dump").write_bytes(whole[: len(whole) * 3 // 4])
        (new.path / "nonsense.dump").write_text("PGDMP and then nothing of the kind")
        for name in ("short.dump", "nonsense.dump", other_database(new.path / "other.dump")):
            broken = server.command("restore", name)
            assert broken.returncode != 0 and "nothing has changed" in broken.stderr, broken.stderr
            assert not list((new.path / "backups").glob("*.part"))
        client = Client(server.start())
        assert [one["content"] for one in client.messages(conversation)][:1] == ["hello"]
    finally:
        server.stop()
        old.remove()
        new.remove()
