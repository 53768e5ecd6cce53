"""Starting, stopping and the commands beside the server."""

import os
import signal
import socket
import stat
import subprocess
import uuid

import pytest

from alma import EMAIL, PASSWORD, Client, Server, assert_whole, wait_until


def test_second_server_on_one_folder_is_refused(server):
    other = Server(server.folder)
    other.log = server.folder.path / "other.log"
    other.launch()
    assert other.process.wait(timeout=60) != 0
    assert f"process {server.process.pid}" in other.log_text()
    assert Client(server).http.get("/healthz").status_code == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_stop_in_the_middle_of_an_answer(server, client, how):
    run = client.send(client.conversation(), "/long 150")
    wait_until(lambda: client.run(run)["state"] == "running", 20, "the run's begin")
    assert server.stop(how) == 0
    assert server.folder.postgres_processes() == []
    assert not (server.folder.cluster / "postmaster.pid").exists()
    server.start()
    assert_whole(list(Client(server).events(run)))


def test_control_c_reaches_the_whole_group(server, client):
    """A terminal signals the process group; the database must not end before its users."""
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(timeout=40) == 0
    assert server.folder.postgres_processes() == []


def test_database_of_somebody_else(folder):
    """With DATABASE_URL: no cluster of our own, a role below row-level security, one server on the folder all the same."""
    cluster = os.environ.get("ALMA_TEST_DATABASE_URL")
    if not cluster:
        pytest.skip("scripts/test names a PostgreSQL for this")
    name = f"alma_{uuid.uuid4().hex}"
    subprocess.run(["psql", cluster, "-qc", f"create database {name}"], check=True)
    url = cluster.replace("/postgres?", f"/{name}?")
    server = Server(folder, DATABASE_URL=url).start()
    client = Client(server).set_up_model()
    assert client.finished(client.send(client.conversation(), "Hello"))["state"] == "completed"
    assert not folder.cluster.exists()
    listed = subprocess.run(["psql", url, "-Atc", "select rolname from pg_roles"], capture_output=True, text=True)
    assert "alma_app" in listed.stdout.split()

    other = Server(folder, DATABASE_URL=url)
    other.log = folder.path / "other.log"
    other.launch()
    assert other.process.wait(timeout=60) != 0
    assert f"process {server.process.pid}" in other.log_text()
    assert server.stop() == 0
    subprocess.run(["psql", cluster, "-qc", f"drop database {name}"], check=True)


def test_port_in_use(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Server(folder, port=taken.getsockname()[1])
        server.launch()
        assert server.process.wait(timeout=60) != 0
        assert "in use" in server.log_text() and "--port" in server.log_text()
        assert folder.postgres_processes() == []


def test_all_configuration_problems_at_once(folder):
    server = Server(folder, ALMA_LOG_LEVEL="loud", SECRET_KEY="changethis", ALMA_PORT="99999", ALMA_WORKERS="many")
    server.launch()
    assert server.process.wait(timeout=60) != 0
    for name in ["ALMA_LOG_LEVEL", "SECRET_KEY", "ALMA_PORT", "ALMA_WORKERS"]:
        assert name in server.log_text()


def test_secrets_on_disk_are_private(server):
    for path in server.folder.path.iterdir():
        if path.is_file() and path.name not in ("serve.out", "serve.log"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE(server.folder.cluster.stat().st_mode) == 0o700


def test_set_up_token_when_there_is_no_administrator(folder):
    server = Server(folder, FIRST_SUPERUSER="", FIRST_SUPERUSER_PASSWORD="").start()
    assert "/set-up?token=" in server.output.read_text()
    assert "/set-up?token=" not in server.log_text()
    server.stop()


def test_data_folder_closed_to_postgres(folder):
    """As root in a folder that only root may enter, such as /root: the database goes where it can live."""
    if os.geteuid() != 0:
        pytest.skip("only root starts PostgreSQL as somebody else")
    folder.path.chmod(0o700)
    server = Server(folder).start()
    place = folder.cluster.resolve()
    assert place.is_relative_to("/var/lib/alma")
    server.stop()
    server.start()
    assert folder.cluster.resolve() == place
    server.stop()
    for path in sorted(place.parent.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    place.parent.rmdir()


def test_long_data_folder(folder):
    """A Unix socket's path has at most 107 bytes."""
    deep = folder.path / ("long-" * 20) / ("name-" * 20)
    deep.mkdir(parents=True)
    for path in [deep, deep.parent]:
        path.chmod(0o711)
    server = Server(folder, ALMA_DATA=str(deep)).start()
    assert Client(server).http.get("/healthz").status_code == 200
    assert server.stop() == 0


@pytest.mark.shared
def test_doctor(server):
    beside = server.command("doctor", SECRET_KEY="0123456789abcdefghijklmnopqrstuvwxyz")
    assert "0123456789abcdefghijklmnopqrstuvwxyz" not in beside.stdout + beside.stderr
    assert PASSWORD not in beside.stdout + beside.stderr
    assert beside.returncode == 0, beside.stdout
    assert "FIRST_SUPERUSER" in beside.stdout and "(environment)" in beside.stdout
    (isolation,) = [line for line in beside.stdout.splitlines() if "sandbox: " in line]
    for words in ["own processes, files and no network", "system calls filtered", "control groups", "runs python"]:
        assert words in isolation
    broken = server.command("doctor", ALMA_PORT="0")
    assert broken.returncode == 1 and "ALMA_PORT" in broken.stdout


def test_user_create_beside_the_server(server):
    password = server.folder.path / "password"
    password.write_text("another long password\n")
    made = server.command("user", "create", "--email", "second@example.com", "--superuser", "--password-file", str(password))
    assert made.returncode == 0, made.stderr
    again = server.command("user", "create", "--email", "second@example.com", input="another long password\n")
    assert again.returncode != 0 and "second@example.com" in again.stdout + again.stderr
    client = Client(server)
    answer = client.http.post(
        "/v1/login/access-token", data={"username": "second@example.com", "password": "another long password"}
    )
    assert answer.status_code == 200
    (act,) = client.http.get("/v1/audit/events", params={"action": "user.created", "q": "second@"}).json()["data"]
    assert act["user_id"] is None and act["address"] == "command line", act
    assert act["detail"]["after"]["role"] == "administrator", act


@pytest.mark.shared
def test_migrate_status_beside_the_server(server):
    listed = server.command("migrate", "status")
    assert listed.returncode == 0, listed.stderr
    assert "001_principal  applied" in listed.stdout, listed.stdout
    nothing = server.command("migrate", "up", "--dry-run")
    assert nothing.returncode == 0 and "Nothing to do" in nothing.stdout


@pytest.mark.parametrize("command", [[], ["serve"], ["worker"], ["migrate"], ["migrate", "up"], ["user", "create"], ["doctor"]])
def test_help(folder, command):
    answer = Server(folder).command(*command, "--help")
    assert answer.returncode == 0 and "USAGE" in answer.stdout


def test_flags_count_more_than_env_files(folder):
    (folder.path / ".env").write_text("ALMA_HOST='127.0.0.2'\nexport ALMA_WORKERS=7\n")
    (folder.path / "alma.json").write_text('{"alma": {"host": "127.0.0.3", "workers": 9, "logFormat": "json"}}')
    shown = Server(folder).command("doctor", "--host", "127.0.0.4").stdout
    assert "127.0.0.4  (flag)" in shown
    assert "7  (.env)" in shown
    assert "json  (alma.json)" in shown
