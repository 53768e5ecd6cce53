"""Processes that this benchmark starts: how they are started, measured and ended."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """Something that the person at the terminal can understand and mend."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end_with_parent():
    # PR_SET_PDEATHSIG: nothing stays behind, even when this benchmark is killed.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def start(words, log, **more):
    """Starts a process that ends with this one; what it says goes into the file `log`."""
    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_end_with_parent,
            **more,
        )


def postgres_program(name):
    """The newest of the machine's."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return found[-1] if found else name


def stop(process, patience=40):
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def seconds_until_healthy(port, process, since, limit=120):
    """Seconds from `since` to the first 200 of /healthz."""
    while time.monotonic() - since < limit:
        if is_healthy(port):
            return time.monotonic() - since
        if process.poll() is not None:
            raise BenchError(f"{process.args[0]} ended with status {process.returncode} at its start")
        time.sleep(0.001)
    raise BenchError(f"{process.args[0]} was not healthy within {limit} s")


def is_healthy(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def family(root):
    """The process and all that come from it."""
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(folder.name):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children.get(process, [])
    return found


def _stat(process):
    """The fields of /proc/PID/stat from the third one on; None when it is gone."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()


def cpu_seconds(processes):
    """User and system time, with that of children which have ended."""
    stats = [fields for fields in map(_stat, processes) if fields]
    return sum(sum(map(int, fields[11:15])) for fields in stats) / TICKS


def resident(process):
    """Megabytes that one process has in memory, what it shares included (VmRSS)."""
    return _megabytes(f"/proc/{process}/status", "VmRSS:")


def proportional(processes):
    """Megabytes of several processes, what they share counted once (PSS)."""
    return sum(_megabytes(f"/proc/{process}/smaps_rollup", "Pss:") for process in processes)


def _megabytes(path, name):
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
