"""What is measured, section by section."""

import time
from statistics import median

import engine
from alma import Client
from figure import Figure
from gateway import gateway
from idle import idle
from load import Speech
from paced import paced
from sandbox import sandbox
from search import search

PEERS = ("direct", "nginx", "ALMA")


def start(bench):
    """Seconds from the start of the process to the first 200 of /healthz, medians."""
    fast = None
    if bench.nginx:
        fast = median(_restart(bench.nginx) for _ in range(5))
    first, again, adopting = [], [], []
    for _ in range(bench.number(3, 1) if bench.program else 0):
        alma = bench.new_alma()
        try:
            first.append(alma.start())
            for _ in range(bench.number(3, 2)):
                again.append(_restart(alma))
            for _ in range(bench.number(3, 2)):
                alma.kill()
                adopting.append(alma.start())
        finally:
            alma.stop()
    return [
        Figure("start until healthy, first start ever with its own PostgreSQL", "s", alma=_median(first), target=4),
        Figure("start until healthy, its own PostgreSQL starting too", "s", alma=_median(again)),
        Figure("start until healthy, database up", "s", nginx=fast, alma=_median(adopting), target=0.3),
    ]


def _restart(server):
    server.stop()
    return server.start()


def _median(values):
    return median(values) if values else None


def memory(bench):
    """Two seconds after a start and a handful of requests."""
    alma, own, both = bench.fresh_alma(), None, None
    time.sleep(2)
    if alma:
        own = alma.memory()
        both = own + alma.database_memory()
    nginx = bench.nginx.memory() if bench.nginx else None
    return [
        Figure("resident memory idle, server alone", "MB", nginx=nginx, alma=own, target=60),
        Figure("resident memory idle, server and PostgreSQL", "MB", alma=both),
    ]


def first(bench):
    """Streams asked for at the same moment, again and again: what comes between the upstream and its reader adds."""
    bench.fresh_alma()
    rows = []
    for streams, rounds in ((1, bench.number(200, 50)), (16, bench.number(40, 10)), (64, bench.number(20, 5))):
        times = {
            target.name: bench.load.stream(target, Speech(10, 100), streams, rounds)["first_ms"]
            for target in bench.targets()
        }
        rows += _first_rows(streams, times)
    return rows


def _first_rows(streams, times):
    def added(name, part):
        return times[name][part] - times["direct"][part] if name in times else None

    def row(part, target):
        name = f"added time to first token {part}, " + ("1 stream" if streams == 1 else f"{streams} streams at once")
        return Figure(name, "ms", nginx=added("nginx", part), alma=added("ALMA", part), target=target)

    rows = [row("p50", 2 if streams == 1 else None), row("p99", 6 if streams == 1 else None)]
    if streams == 64:
        whole = {name: times[name]["p50"] for name in times}
        name = "time to first token p50, 64 streams at once"
        rows.append(Figure(name, "ms", whole["direct"], whole.get("nginx"), whole.get("ALMA"), 50))
    return rows


def full(bench):
    """256 streams as fast as they go: the median of several runs, the peers taking turns."""
    bench.fresh_alma()
    speech = Speech(bench.number(2000, 500), 0)
    runs = [
        {target.name: _rate(bench.load.stream(target, speech, 256)) for target in bench.targets()}
        for _ in range(bench.number(3, 1))
    ]
    rates = {name: median(run[name] for run in runs) for name in runs[0]}
    name = "streamed tokens/s, 256 streams, source at full speed"
    return [Figure(name, "", rates["direct"], rates.get("nginx"), rates.get("ALMA"), 50_000, more_is_better=True)]


def _rate(result):
    return result["tokens"] / result["seconds"] if result["seconds"] else 0


def cpu(bench):
    """What a million tokens cost at the pace of 64 and of 256 readers."""
    rows = []
    for streams, target in ((64, None), (256, 40)):
        bench.fresh_alma()
        speech = Speech(bench.number(1000, 250), 50)
        found = paced(bench, speech, streams, ramp=2000)
        name = f"CPU s per million tokens, {{}}, {streams} streams × 50 tokens/s"
        rows += [
            Figure(name.format("server alone"), "", nginx=found.nginx_cpu, alma=found.alma_cpu),
            Figure(name.format("server and PostgreSQL"), "", alma=found.both_cpu, target=target),
        ]
    return rows


def many(bench):
    """A thousand readers at ten tokens a second: nobody may wait, and memory must not grow with them."""
    bench.fresh_alma()
    # A step between two streams that does not go into a tenth of a second: their tokens spread over time.
    found = paced(bench, Speech(bench.number(300, 100), 10), 1000, ramp=5130)
    load = "1,000 streams × 10 tokens/s"
    rows = [
        Figure(f"resident memory with {load}, server alone", "MB", None, found.nginx_memory, found.alma_memory, 150),
        Figure(f"resident memory with {load}, server and PostgreSQL", "MB", alma=found.both_memory),
    ]
    rows += [
        Figure(f"{name}, {load}", unit, *[_of(found.results.get(peer), read) for peer in PEERS], target)
        for name, unit, read, target in (
            ("streams with a token more than 250 ms late, or with tokens missing", "", _unwell, 0),
            ("lateness of a token p99", "ms", lambda result: result["late_ms"]["p99"], None),
            ("lateness of a token, the worst", "ms", lambda result: result["late_ms"]["max"], None),
        )
    ]
    cost = f"CPU s per million tokens, {{}}, {load}"
    rows.append(Figure(cost.format("server alone"), "", nginx=found.nginx_cpu, alma=found.alma_cpu))
    rows.append(Figure(cost.format("server and PostgreSQL"), "", alma=found.both_cpu))
    return rows


def _of(result, read):
    return read(result) if result else None


def _unwell(result):
    return result["late_streams"] + result["asked"] - result["completed"]


def lists(bench):
    """The first page of an account with a thousand conversations, asked for on 32 connections."""
    alma = bench.fresh_alma()
    name = "GET /v1/conversations, 50 of 1,000, 32 connections"
    if not alma:
        return []
    client = Client(alma.port, "lists@example.com").register()
    for number in range(1000):
        client.add_conversation(number)
    # An account with a thousand conversations is not a minute old: let autovacuum, which looks twice a minute, see them.
    time.sleep(40)
    request = client.headers() + "\n/v1/conversations?per_page=50\n"
    bench.load.get(alma.port, request, 32, 1)
    result = bench.load.get(alma.port, request, 32, bench.number(10, 3))
    rate = result["requests"] / result["seconds"]
    return [
        Figure(f"{name}: requests/s", "", alma=rate, target=4000, more_is_better=True),
        Figure(f"{name}: time p50", "ms", alma=result["times_ms"]["p50"]),
        Figure(f"{name}: time p99", "ms", alma=result["times_ms"]["p99"]),
    ]


SECTIONS = {
    "start": start,
    "memory": memory,
    "first": first,
    "full": full,
    "cpu": cpu,
    "many": many,
    "list": lists,
    "gateway": gateway,
    "idle": idle,
    "runs": engine.runs,
    "steps": engine.steps,
    "plans": engine.plans,
    "waiting": engine.waiting,
    "sandbox": sandbox,
    # The last, because what they fill the database with stays.
    "queue": engine.queue,
    "search": search,
}
