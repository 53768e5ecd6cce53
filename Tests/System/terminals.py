"""The program, or a shell, as a person at a terminal has it, and a connection that can be cut."""

import fcntl
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import threading

from alma import PROGRAM, wait_until

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A command in a terminal of its own: what it writes, and what is typed."""

    def __init__(self, *arguments, program=PROGRAM, columns=100, **environment):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

        def own_it():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [program, *arguments],
            env={"PATH": os.environ["PATH"], "TERM": "xterm", **environment},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            preexec_fn=own_it,
        )
        os.close(theirs)
        self.raw = b""
        self.place = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        """Until nobody holds the terminal any more, and all that was written there has been read."""
        while True:
            try:
                data = os.read(self.ours, 65_536)
            except OSError:
                return
            if not data:
                return
            self.raw += data

    @property
    def text(self) -> str:
        """Without colours, lines as they stand."""
        return ESCAPES.sub("", self.raw.decode(errors="replace")).replace("\r\n", "\n")

    def until(self, words: str, limit: float = 30) -> str:
        """Waits for words after those that were waited for last; returns what stands before them."""

        def found():
            may_come = self.reader.is_alive()
            has_come = words in self.text[self.place :]
            assert has_come or may_come, f"ended:\n{self.text}"
            return has_come

        try:
            wait_until(found, limit, repr(words))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None
        start, self.place = self.place, self.text.index(words, self.place) + len(words)
        return self.text[start : self.place - len(words)]

    def type(self, keys: str):
        os.write(self.ours, keys.encode())

    def end(self, limit: float = 30) -> int:
        """How it ended, once all that it has written is here."""
        code = self.process.wait(timeout=limit)
        self.reader.join(limit)
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


class Cable:
    """Leads to a server until it is cut; whoever comes then is led there again."""

    def __init__(self, port: int):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.taken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.pairs.append((near, far))
            self.taken += 1
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one, other):
        try:
            while data := one.recv(65_536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def cut(self):
        pairs, self.pairs = self.pairs, []
        for end in (end for pair in pairs for end in pair):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def close(self):
        self.listener.close()
        self.cut()
