"""What is printed at the end and kept in docs/benchmarks.md."""

import os
import platform
import shutil
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path

from figure import table
from processes import BenchError

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def text(figures, failures, arguments, busy, stolen):
    """The command, the machine, what failed, and the table."""
    words = ["scripts/bench"] + ["--quick"] * arguments.quick + ["--peers"] * arguments.peers
    words += ["--write"] * arguments.write + arguments.sections
    lines = [f"`{' '.join(words)}`, {date.today().isoformat()}", "", *machine(busy, stolen)]
    lines += [f"- **failed:** {failure}" for failure in failures]
    return "\n".join([*lines, "", table(figures)])


def machine(busy, stolen):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    disk = _said(["findmnt", "-no", "FSTYPE", "-T", tempfile.gettempdir()]) or "unknown file system"
    others = ": **the machine had other things to do**" if busy > 0.1 else ""
    return [
        f"- {os.cpu_count()} cores, {_processor()}, {memory:.0f} GB of memory",
        f"- Linux {platform.release()}, data on {disk}, {_said(_postgres())}",
        f"- processors busy in the second before it began: {busy:.0%}{others}",
        f"- of their work meanwhile the host kept waiting: {stolen:.0%}{': **it had other guests**' if stolen > 0.05 else ''}",
    ]


def busy_share():
    """How much of the next second the processors work, of 1."""

    (idle, _, whole), _ = processor_times(), time.sleep(1)
    idle_later, _, whole_later = processor_times()
    return 1 - (idle_later - idle) / max(1, whole_later - whole)


def stolen_share(before):
    """How much of what the processors had to do since then a hypervisor let wait, of 1."""
    idle, stolen, whole = (now - then for now, then in zip(processor_times(), before))
    return stolen / max(1, whole - idle)


def processor_times():
    """Idle, stolen by the host of a virtual machine, and all, in ticks."""
    times = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return times[3] + times[4], times[7], sum(times)


def _processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _postgres():
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return [programs[-1] if programs else "postgres", "--version"]


def _said(words):
    if not shutil.which(words[0]):
        return ""
    return subprocess.run(words, capture_output=True, text=True).stdout.strip()


def write(path, text):
    """Puts the text between the marks of the document."""
    document = path.read_text()
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BenchError(f"{path} has no marks {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
