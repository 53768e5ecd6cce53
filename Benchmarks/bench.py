"""The benchmark of ALMA: scripts/bench [--quick] [--write] [section…]"""

import argparse
import contextlib
import resource
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import report
from figure import table
from load import Load
from peers import Nginx, Upstream
from processes import BenchError
from sections import SECTIONS
from setting import Bench

ROOT = Path(__file__).resolve().parent.parent


def main():
    arguments = read_arguments()
    # The same way out for every signal that asks to end: through the `with` statements that end what was started.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(130))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    busy, before = report.busy_share(), report.processor_times()
    try:
        figures, failures = measure(arguments)
        text = report.text(figures, failures, arguments, busy, report.stolen_share(before))
        print("\n" + text)
        if arguments.write:
            report.write(ROOT / "docs/benchmarks.md", text)
    except BenchError as error:
        sys.exit(f"bench: {error}")


def read_arguments():
    about = "Measures ALMA beside nginx and the bare upstream."
    parser = argparse.ArgumentParser(prog="scripts/bench", description=about)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: for a look, not for a record")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    parser.add_argument("--program", type=Path, help="the alma to measure, instead of the release build")
    parser.add_argument("--peers", action="store_true", help="the upstream and nginx only, without ALMA")
    parser.add_argument("sections", nargs="*", metavar="section", help=" ".join(SECTIONS) + "; all when none is named")
    arguments = parser.parse_args()
    for name in arguments.sections:
        if name not in SECTIONS:
            parser.error(f"there is no section '{name}'; there are: {' '.join(SECTIONS)}")
    if arguments.write and (arguments.quick or arguments.peers or arguments.sections):
        parser.error("--write records the whole benchmark: not with --quick, --peers or single sections")
    if not arguments.peers and not (arguments.program and arguments.program.is_file()):
        parser.error("--program must name the alma to measure")
    return arguments


def measure(arguments):
    """The figures of all sections that were asked for, and what failed meanwhile."""
    figures = []
    with contextlib.ExitStack() as stack:
        folder = temporary_folder(stack)
        load = Load(folder)
        upstream = Upstream(load.program, folder)
        stack.callback(upstream.stop)
        nginx = None
        if Nginx.program:
            nginx = Nginx(folder, upstream.port)
            stack.callback(nginx.stop)
            nginx.start()
        else:
            print("bench: there is no nginx to compare with: apt-get install nginx-light")
        program = None if arguments.peers else arguments.program.resolve()
        bench = Bench(folder, load, upstream, nginx, program, ROOT, arguments.quick)
        stack.callback(bench.stop)
        for name in arguments.sections or SECTIONS:
            since = time.monotonic()
            print(f"bench: {name} …", flush=True)
            found = [figure for figure in SECTIONS[name](bench) if figure.is_measured]
            figures += found
            print(table(found) + f"\nbench: {name} took {time.monotonic() - since:.0f} s", flush=True)
    return figures, load.failures


def temporary_folder(stack):
    """On a disk like any other, passable for PostgreSQL's user, and gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="alma-bench-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    return folder


if __name__ == "__main__":
    main()
