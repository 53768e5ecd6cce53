"""Model calls of programs, through OpenAI's API."""

import time

from figure import Figure
from load import Gateway, Speech
from paced import paced
from processes import BenchError


def gateway(bench):
    """What calls through the gateway take, beside nginx, which only passes them on."""
    alma = bench.fresh_alma()
    targets = {"direct": bench.direct, "nginx": bench.through_nginx}
    if alma:
        targets["ALMA"] = Gateway(alma, bench.talks)
    targets = {name: target for name, target in targets.items() if target}
    return _latency(bench, targets) + _rate(bench, alma, targets) + _cpu(bench, targets.get("ALMA"))


def _ask(bench, target, connections, seconds):
    bench.load.get(target.port, target.requests(WORD, 1), connections, 1)
    return bench.load.get(target.port, target.requests(WORD, 1), connections, seconds)


# An answer that costs the upstream nothing, not streamed by ALMA.
WORD = Speech(1, 0)


def _latency(bench, targets):
    times = {name: _ask(bench, target, 1, bench.number(10, 3))["times_ms"] for name, target in targets.items()}

    def added(name, part):
        return times[name][part] - times["direct"][part] if name in times else None

    name = "gateway: added latency {}, one call after the other"
    return [
        Figure(name.format(part), "ms", nginx=added("nginx", part), alma=added("ALMA", part), target=target)
        for part, target in (("p50", 0.5), ("p99", 2))
    ]


def _rate(bench, alma, targets):
    before = _rows(alma)
    found = {name: _ask(bench, target, 64, bench.number(10, 3)) for name, target in targets.items()}
    rates = {name: result["requests"] / result["seconds"] for name, result in found.items()}
    if alma and not _has_rows(alma, before + found["ALMA"]["requests"]):
        raise BenchError("a call has no usage row")
    name = "gateway: 64 connections, each call with its usage row, {}"
    columns = [rates.get(name) for name in ("direct", "nginx", "ALMA")]
    return [
        Figure(name.format("calls/s"), "", *columns, 4000, more_is_better=True),
        *[
            Figure(name.format(part), "ms", *[_time(found.get(peer), part) for peer in ("direct", "nginx", "ALMA")])
            for part in ("p50", "p99")
        ],
    ]


def _time(result, part):
    return result["times_ms"][part] if result else None


def _rows(alma):
    return int(alma.query("select count(*) from usage_records where run_id is null")) if alma else 0


def _has_rows(alma, count):
    """They are written behind the answers."""
    deadline = time.monotonic() + 5
    while _rows(alma) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return _rows(alma) >= count


def _cpu(bench, through):
    speech = Speech(bench.number(1000, 250), 50)
    found = paced(bench, speech, 256, ramp=2000, through=through)
    name = "gateway: CPU s per million streamed tokens, {}, 256 streams × 50 tokens/s"
    return [
        Figure(name.format("server alone"), "", nginx=found.nginx_cpu, alma=found.alma_cpu, target=20),
        Figure(name.format("server and PostgreSQL"), "", alma=found.both_cpu),
    ]
