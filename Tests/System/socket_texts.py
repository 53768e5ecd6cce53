"""Group 6 of Autobahn's suite: what is UTF-8 and what is none, after Markus Kuhn's list."""

from socket_cases import Case, broken, fine, fragments, message
from sockets import frame

# Its second letter has three bytes.
GREEK = "κ\u1f79σμε"
EDITED = GREEK.encode() + b"\xed\xa0\x80edited"
BEYOND = GREEK.encode() + b"\xf4\x90\x80\x80edited"


def octets_of(content: bytes) -> list[bytes]:
    """A frame for each of its bytes."""
    return fragments([content[index : index + 1] for index in range(len(content))])


def early(name: str, *parts: bytes) -> list[Case]:
    """Refused before the message is whole: in frames, and within one."""
    rest = frame(0x1, b"".join(parts) + b"x" * 500)
    known = len(rest) - 500
    first = len(rest) - 500 - len(parts[1])
    return [
        broken(f"{name} in frames", fragments(list(parts), final=False), code=1007),
        broken(f"{name} within one", [rest[:first], rest[first:known]], code=1007),
    ]


HELLO = "Hello-µ@ßöäüàá-UTF-8!!"
AT = message(HELLO).index("ö".encode())

FRAMED = [
    fine("6.1.1", [frame(0x1)], [None]),
    fine("6.1.2", fragments([b"", b"", b""]), [None]),
    fine("6.1.3", fragments([b"", message("middle"), b""]), ["middle"]),
    fine("6.2.1", [frame(0x1, message(HELLO))], [HELLO]),
    fine("6.2.2", fragments([message(HELLO)[:AT], message(HELLO)[AT:]]), [HELLO]),
    fine("6.2.3", octets_of(message(HELLO)), [HELLO]),
    fine("6.2.4", octets_of(message(GREEK)), [GREEK]),
    broken("6.3.1", [frame(0x1, EDITED)], code=1007),
    broken("6.3.2", octets_of(EDITED), code=1007),
    *early("6.4.1", GREEK.encode(), b"\xf4\x90\x80\x80"),
    *early("6.4.2", GREEK.encode() + b"\xf4", b"\x90"),
    fine("6.7.1", [frame(0x1, b"\x00")], [None]),
]

# 6.5, 6.6: the valid ones of all beginnings. 6.7, 6.9, 6.11: first, last and bordering. 6.22, 6.23: no characters, and special.
VALID = [
    *(GREEK[:length] for length in range(1, len(GREEK) + 1)),
    *map(chr, [0, 0x80, 0x800, 0x10000, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF, 0xD7FF, 0xE000, 0xFFFD]),
    *(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    *map(chr, range(0xFFF9, 0x10000)),
]


def spaced(*starts: int) -> bytes:
    return b"".join(bytes([start, 0x20]) for start in starts)


CUT_SHORT = ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"]
SURROGATES = ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"]

INVALID = [
    # 6.6: beginnings that end within a character.
    *(GREEK.encode()[:length] for length in (1, 3, 4, 6, 8, 10)),
    # 6.8, 6.10, 6.11.5: of five and six bytes, and beyond the last.
    *map(bytes.fromhex, ["f888808080", "fc8480808080", "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf", "f4908080"]),
    # 6.12, 6.13: nothing but continuations, and nothing but beginnings.
    *(bytes([0x80, 0xBF] * 4)[:length] for length in range(1, 8)),
    b"\xbf",
    bytes(range(0x80, 0xC0)),
    *(spaced(*range(*ends)) for ends in [(0xC0, 0xE0), (0xE0, 0xF0), (0xF0, 0xF8), (0xF8, 0xFC), (0xFC, 0xFE)]),
    # 6.14, 6.15: without the last byte.
    *map(bytes.fromhex, CUT_SHORT),
    bytes.fromhex("".join(CUT_SHORT)),
    # 6.16: bytes that never are.
    b"\xfe",
    b"\xff",
    b"\xfe\xfe\xff\xff",
    # 6.17, 6.18, 6.19: longer than need be.
    *map(bytes.fromhex, ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]),
    *map(bytes.fromhex, ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]),
    *map(bytes.fromhex, ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]),
    # 6.20, 6.21: halves of pairs, and pairs.
    *map(bytes.fromhex, SURROGATES),
    *(bytes.fromhex(high + low) for high in SURROGATES[:4] for low in ("edb080", "edbfbf")),
]

REFUSED = [broken(f"6 {content.hex()}", [frame(0x1, content)], code=1007) for content in INVALID]
