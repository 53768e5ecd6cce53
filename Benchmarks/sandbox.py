"""What the sandbox costs: a command in it beside a bare one, spoken to as the server does (Sources/CSandbox)."""

import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from statistics import median

from figure import Figure

MAGIC = 0x414C4D41
RESULT = 3
USER = 65533
TRUE = "/usr/bin/true"


def sandbox(bench):
    """`true` a hundred times in a row, some with a pause before each, as agents call, and fifty at once."""
    launcher = bench.program and bench.program.parent / "alma-sandbox"
    if not launcher or not launcher.is_file() or not shutil.which("bwrap"):
        return []
    count = bench.number(100, 30)
    bare = median(_seconds(lambda: subprocess.run([TRUE])) for _ in range(count))
    with Launcher(launcher) as one:
        inside = median(_seconds(lambda: one.finish(one.start(TRUE))) for _ in range(count))
        apart = median(_seconds(lambda: one.finish(one.start(TRUE)), pause=0.1) for _ in range(count // 3))
        many = median(_seconds(lambda: [one.finish(stream) for stream in [one.start(TRUE) for _ in range(50)]]) for _ in range(5))
    return [
        Figure("`true` in the sandbox, over a bare one", "ms", alma=(inside - bare) * 1000, target=10),
        Figure("`true` in the sandbox, a tenth of a second after the last one, over a bare one", "ms", alma=(apart - bare) * 1000),
        Figure("`true` in fifty sandboxes at once, all of them", "ms", alma=many * 1000),
    ]


def _seconds(body, pause=0):
    time.sleep(pause)
    begin = time.perf_counter()
    body()
    return time.perf_counter() - begin


class Launcher:
    """One `alma-sandbox`, with a workspace."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="alma-bench-")
        if os.geteuid() == 0:
            os.chown(self.folder, USER, USER)
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [program, str(USER), "1", shutil.which("bwrap")]
        self.process = subprocess.Popen(words, stdin=theirs, env={})
        theirs.close()
        self.control.recv(64)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.control.close()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *arguments):
        stream, theirs = socket.socketpair()
        workspace = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        socket.send_fds(self.control, [b"\3"], [theirs.fileno(), workspace])
        theirs.close()
        os.close(workspace)
        words = b"".join(argument.encode() + b"\0" for argument in arguments)
        limits = (30_000, 30, 64, 256 << 20, 64 << 20, 64 << 20, 1 << 16)
        stream.sendall(struct.pack("=IIIIQQQQIIIHHI4x", MAGIC, *limits, len(arguments), len(words), 0, 0, 0, 0) + words)
        return stream

    def finish(self, stream):
        data = b""
        with stream:
            while piece := stream.recv(65536):
                data += piece
        # Frames, of which the result is the last.
        place, frames = 0, {}
        while place < len(data):
            kind, size = struct.unpack_from("=II", data, place)
            frames[kind] = data[place + 8 : place + 8 + size]
            place += 8 + size
        assert RESULT in frames and struct.unpack_from("=i", frames[RESULT]) == (0,), data
