"""Streams at a given pace, and what they cost whoever passes them on."""

from dataclasses import dataclass, field


@dataclass
class Paced:
    """What was measured; None where that peer was not there."""

    results: dict = field(default_factory=dict)
    nginx_cpu: float | None = None
    nginx_memory: float | None = None
    alma_cpu: float | None = None
    both_cpu: float | None = None
    alma_memory: float | None = None
    both_memory: float | None = None


def paced(bench, speech, streams, ramp, through=None):
    """The same streams directly, through nginx and through ALMA, one after the other; `through` another door of ALMA's than
    its conversations."""
    found = Paced({"direct": bench.load.stream(bench.direct, speech, streams, ramp=ramp)})
    if bench.nginx:
        _nginx(bench, speech, streams, ramp, found)
    if bench.alma:
        _alma(bench, through or bench.talks, speech, streams, ramp, found)
    return found


def _nginx(bench, speech, streams, ramp, found):
    most, clock = Most(bench.nginx.memory), Clock(bench.nginx.cpu_seconds)
    result = bench.load.stream(bench.through_nginx, speech, streams, ramp=ramp, before=clock.begin, watch=most.look)
    found.results["nginx"] = result
    found.nginx_cpu = per_million(clock.passed(), result)
    found.nginx_memory = most.value


def _alma(bench, door, speech, streams, ramp, found):
    alma = bench.alma
    most, clock = Most(alma.memory), Clock(alma.cpu_seconds)
    # A look at PostgreSQL's memory walks the tables of all its processes: one, in the middle, is enough.
    middle = Once((speech.seconds + ramp / 1000) / 2, alma.database_memory)

    def watch(seconds):
        most.look(seconds)
        middle.look(seconds)

    result = bench.load.stream(door, speech, streams, ramp=ramp, before=clock.begin, watch=watch)
    own, database = clock.passed()
    found.results["ALMA"] = result
    found.alma_cpu = per_million(own, result)
    found.both_cpu = per_million(own + database, result)
    found.alma_memory = most.value
    found.both_memory = most.value + (middle.value or 0)


def per_million(seconds, result):
    return seconds / result["tokens"] * 1e6 if result["tokens"] else None


class Clock:
    """CPU time between two looks: of one thing, or of several as a tuple."""

    def __init__(self, read):
        self.read, self.start = read, None

    def begin(self):
        self.start = self.read()

    def passed(self):
        end = self.read()
        if isinstance(end, tuple):
            return tuple(after - before for after, before in zip(end, self.start))
        return end - self.start


class Most:
    """The highest of what was seen."""

    def __init__(self, read):
        self.read, self.value = read, 0

    def look(self, _seconds):
        self.value = max(self.value, self.read())


class Once:
    """What was seen at the first look after `due` seconds."""

    def __init__(self, due, read):
        self.due, self.read, self.value = due, read, None

    def look(self, seconds):
        if self.value is None and seconds >= self.due:
            self.value = self.read()
