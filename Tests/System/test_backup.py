"""A backup before tables change, on a database whose owner is nobody special."""

import subprocess

from alma import Client, Folder, Server
from nodes import ask


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
    finally:
        server.stop()
        folder.remove()
