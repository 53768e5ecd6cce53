"""The cases of Autobahn's suite for servers, as far as its echo can be had of a server that speaks JSON: what it cannot do it
names, by which a text is seen to have come as it was sent."""

import json
import struct
from typing import NamedTuple

from sockets import frame

LIMIT = 1024 * 1024


class Case(NamedTuple):
    """`pieces` are sent one by one. `said`: the names told back, None of what had no name."""

    name: str
    pieces: list[bytes]
    said: list[str | None] = []
    pongs: list[bytes] = []
    code: int | None = 1000


def message(name: str) -> bytes:
    return json.dumps({"type": "echo", "data": {"message_id": name}}, ensure_ascii=False).encode()


def text(name: str) -> bytes:
    return frame(0x1, message(name))


def name_of(size: int) -> str:
    """Whose message has so many bytes."""
    return "*" * (size - len(message("")))


def close(code: int, reason: str | bytes = b"") -> bytes:
    return frame(0x8, struct.pack("!H", code) + (reason.encode() if isinstance(reason, str) else reason))


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def octets(*frames: bytes) -> list[bytes]:
    return cut(b"".join(frames), 1)


def fragments(parts: list[bytes], kind=0x1, final=True) -> list[bytes]:
    """The frames of one message."""
    last = len(parts) - 1
    return [frame(kind if index == 0 else 0x0, part, final=final and index == last) for index, part in enumerate(parts)]


def halves(name: str) -> list[bytes]:
    said = message(name)
    return [said[: len(said) // 2], said[len(said) // 2 :]]


BYE = close(1000)
PING = frame(0x9)


def fine(name, pieces, said=(), pongs=()) -> Case:
    return Case(name, [*pieces, BYE], list(said), list(pongs))


def broken(name, pieces, said=(), pongs=(), code=1002) -> Case:
    return Case(name, pieces, list(said), list(pongs), code)


SIZES = [125, 126, 127, 128, 65535, 65536]

FRAMING = [
    fine("1.1.1", [frame(0x1)], [None]),
    *(fine(f"1.1.2-7 {size}", [text(name_of(size))], [name_of(size)]) for size in SIZES),
    fine("1.1.8", cut(text(name_of(65536)), 997), [name_of(65536)]),
    *(broken(f"1.2 {size}", [frame(0x2, b"\xfe" * size)], code=1003) for size in [0, *SIZES]),
    broken("1.2.8", cut(frame(0x2, b"\xfe" * 65536), 997), code=1003),
    broken("unmasked", [frame(0x1, message("x"), masked=False)]),
    broken("no frame", [b"GET / HTTP/1.1\r\n\r\n"]),
]

PINGS = [
    fine("2.1", [PING], pongs=[b""]),
    fine("2.2", [frame(0x9, "Hello, world!")], pongs=[b"Hello, world!"]),
    fine("2.3", [frame(0x9, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")], pongs=[b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"]),
    fine("2.4", [frame(0x9, b"\xfe" * 125)], pongs=[b"\xfe" * 125]),
    broken("2.5", [frame(0x9, b"\xfe" * 126)]),
    fine("2.6", octets(frame(0x9, b"\xfe" * 125)), pongs=[b"\xfe" * 125]),
    fine("2.7", [frame(0xA)]),
    fine("2.8", [frame(0xA, "unsolicited pong payload")]),
    fine("2.9", [frame(0xA, "unsolicited pong payload"), frame(0x9, "ping payload")], pongs=[b"ping payload"]),
    fine("2.10", [frame(0x9, f"payload-{number}") for number in range(10)], pongs=[b"payload-%d" % number for number in range(10)]),
    fine("2.11", octets(*(frame(0x9, f"{number}") for number in range(10))), pongs=[b"%d" % number for number in range(10)]),
]


def reserved(kind, content, bits) -> bytes:
    return frame(kind, content, reserved=bits << 4)


BEFORE = ["before"]
RESERVED = [
    broken("3.1", [reserved(0x1, message("x"), 1)]),
    broken("3.2", [text("before") + reserved(0x1, message("x"), 2) + PING], BEFORE),
    broken("3.3", [text("before"), reserved(0x1, message("x"), 3), PING], BEFORE),
    broken("3.4", octets(text("before"), reserved(0x1, message("x"), 4), PING), BEFORE),
    broken("3.5", [reserved(0x2, b"\x00\xff", 5)]),
    broken("3.6", [reserved(0x9, b"x", 6)]),
    broken("3.7", [reserved(0x8, b"\x03\xe8", 7)]),
]

OPCODES = [
    broken("4.1.1", [frame(0x3)]),
    broken("4.1.2", [frame(0x4, b"reserved opcode payload")]),
    broken("4.1.3", [text("before") + frame(0x5) + PING], BEFORE),
    broken("4.1.4", [text("before"), frame(0x6, b"x"), PING], BEFORE),
    broken("4.1.5", octets(text("before"), frame(0x7, b"x"), PING), BEFORE),
    broken("4.2.1", [frame(0xB)]),
    broken("4.2.2", [frame(0xC, b"reserved opcode payload")]),
    broken("4.2.3", [text("before") + frame(0xD) + PING], BEFORE),
    broken("4.2.4", [text("before"), frame(0xE, b"x"), PING], BEFORE),
    broken("4.2.5", octets(text("before"), frame(0xF, b"x"), PING), BEFORE),
]


def continuation(final: bool) -> bytes:
    return frame(0x0, b"non-continuation payload", final=final)


FIFTHS = cut(message("of five"), len(message("of five")) // 4)
FIRST, SECOND = fragments(halves("two"))
WITH_PINGS = [*fragments(FIFTHS[:2], final=False), frame(0x9, "one")]
WITH_PINGS += [*(frame(0x0, part, final=False) for part in FIFTHS[2:4]), frame(0x9, "two"), frame(0x0, b"".join(FIFTHS[4:]))]

FRAGMENTS = [
    broken("5.1", [frame(0x9, b"fragment1", final=False), frame(0x0, b"fragment2")]),
    broken("5.2", [frame(0xA, b"fragment1", final=False), frame(0x0, b"fragment2")]),
    fine("5.3", [FIRST + SECOND], ["two"]),
    fine("5.4", [FIRST, SECOND], ["two"]),
    fine("5.5", octets(FIRST, SECOND), ["two"]),
    fine("5.6", [FIRST + frame(0x9, "ping") + SECOND], ["two"], [b"ping"]),
    fine("5.7", [FIRST, frame(0x9, "ping"), SECOND], ["two"], [b"ping"]),
    fine("5.8", octets(FIRST, frame(0x9, "ping"), SECOND), ["two"], [b"ping"]),
    broken("5.9", [continuation(True) + text("after")]),
    broken("5.10", [continuation(True), text("after")]),
    broken("5.11", octets(continuation(True), text("after"))),
    broken("5.12", [continuation(False) + text("after")]),
    broken("5.13", [continuation(False), text("after")]),
    broken("5.14", octets(continuation(False), text("after"))),
    broken("5.15", [FIRST + SECOND + continuation(False) + text("after")], ["two"]),
    broken("5.16", [continuation(False), FIRST, SECOND] * 2),
    broken("5.17", [continuation(True), FIRST, SECOND] * 2),
    broken("5.18", [FIRST, frame(0x1, halves("two")[1])]),
    fine("5.19", WITH_PINGS, ["of five"], [b"one", b"two"]),
    fine("5.20", octets(*WITH_PINGS), ["of five"], [b"one", b"two"]),
]

CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
# They came to IANA's registry after the standard.
LATER_CODES = [1012, 1013, 1014]
NO_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
LARGE = name_of(256 * 1024)

GOODBYES = [
    Case("7.1.1", [text("last") + BYE], ["last"]),
    Case("7.1.2", [BYE + BYE]),
    Case("7.1.3", [BYE + PING]),
    Case("7.1.4", [BYE + text("too late")]),
    Case("7.1.5", [FIRST + BYE + SECOND]),
    Case("7.1.6", [text(LARGE) + BYE + PING], [LARGE]),
    Case("7.3.1", [frame(0x8)], code=None),
    broken("7.3.2", [frame(0x8, b"\x03")]),
    Case("7.3.3", [close(1000)]),
    Case("7.3.4", [close(1000, "Hello World!")]),
    Case("7.3.5", [close(1000, "*" * 123)]),
    broken("7.3.6", [close(1000, "*" * 124)]),
    broken("7.5.1", [close(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited")], code=1007),
    *(Case(f"7.7 {code}", [close(code, "bye")], code=code) for code in CODES + LATER_CODES),
    *(broken(f"7.9 {code}", [close(code, "bye")]) for code in NO_CODES),
]


def whole(size: int, kind=0x1) -> bytes:
    return frame(kind, message(name_of(size)))


def limits() -> list[Case]:
    """Made when they are wanted: they are large."""
    most = name_of(LIMIT)
    said = message(most)
    return [
        *(fine(f"9.1 {size}", [whole(size)], [name_of(size)]) for size in [64 * 1024, 256 * 1024, LIMIT]),
        broken("9.1 beyond", [whole(LIMIT + 1)[:14]], code=1009),
        broken("9.2", [whole(LIMIT, kind=0x2)], code=1003),
        *(fine(f"9.3 {size}", [b"".join(fragments(cut(said, size)))], [most]) for size in [64, 4096]),
        broken("9.3 beyond", [*fragments(cut(said, 65536), final=False), frame(0x0, b"x")[:6]], code=1009),
        *(fine(f"9.5 {size}", cut(whole(LIMIT), size), [most]) for size in [64, 2048]),
        fine("10.1.1", fragments(cut(message(name_of(65536)), 1300)), [name_of(65536)]),
    ]
