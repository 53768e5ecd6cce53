"""Kills ALMA's processes at seeded moments while people use it, then looks whether the promises were kept."""

import argparse
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "System"))

from alma import wait_until  # noqa: E402
from people import Person  # noqa: E402
from promises import PROMISES, Inspection  # noqa: E402
from record import Record  # noqa: E402
from upstream import Upstream  # noqa: E402
from world import World  # noqa: E402

# Seconds after the last kill in which everything has to come to its end.
PATIENCE = 90
# Of all runs, at least so many must end as their plays have it, not by giving up.
ENOUGH = 0.9


class Storm:
    """One crash test from the first question to the verdict."""

    def __init__(self, seed: int, kills: int):
        self.seed = seed
        self.kills = kills
        self.rng = random.Random(seed)
        self.began = time.time()
        self.deadline = float("inf")
        self.upstream = Upstream()
        self.world: World | None = None
        self.people: list[Person] = []

    def say(self, words: str):
        print(f"chaos: {time.time() - self.began:6.1f} s  {words}", flush=True)

    def perform(self) -> bool:
        try:
            has_own_database = self.rng.random() < 0.5
            self.world = World(self.rng, has_own_database, self.upstream.url)
            self.rage(has_own_database)
            self.come_to_rest()
            is_good = self.judge()
        except BaseException:
            self.end(shows_logs=True)
            raise
        self.end(shows_logs=not is_good)
        return is_good

    def rage(self, has_own_database: bool):
        count = self.rng.randrange(6, 11)
        database = "the server's own PostgreSQL" if has_own_database else "a PostgreSQL beside"
        self.say(f"{count} people, {len(self.world.workers)} + 1 processes, {database}, seed {self.seed}")
        for number in range(count):
            self.people.append(Person(number, self.seed, self.world.server.url, self.world.agents, lambda: self.deadline))
            self.people[-1].start()
        # Nobody is killed in an empty house.
        wait_until(lambda: all(person.turns for person in self.people), 60, "the first questions")
        done = 0
        while done < self.kills:
            # Sometimes two at once, sometimes when the house has just come to rest.
            time.sleep(self.rng.choice([self.rng.uniform(0, 0.3), self.rng.uniform(0.3, 2), self.rng.uniform(2, 5)]))
            if what := self.world.strike():
                done += 1
                self.say(f"{done:3}  {'a worker is paused' if what == 'pause' else f'kill -9: {what}'}")

    def come_to_rest(self):
        self.deadline = time.time() + PATIENCE
        for person in self.people:
            person.leaves.set()
        self.world.settle()
        for person in self.people:
            person.join(timeout=max(0, self.deadline + 30 - time.time()))
        # What holds on for too long shall be seen to.
        time.sleep(1)
        self.say("all have left")

    def judge(self) -> bool:
        turns = [turn for person in self.people for turn in person.turns]
        record = Record(self.world)
        inspection = Inspection(record, turns, self.upstream, self.world.blows)
        verdict = inspection.perform()
        for person in self.people:
            verdict.expect("P1", person.problem is None and not person.is_alive(), person.name, f"{person.problem!r}")
        count = len(record.runs)
        is_enough = inspection.ended_well >= max(ENOUGH * count, self.kills / 2)
        for words in verdict.broken[:40]:
            self.say(f"BROKEN {words[:1000]}")
        if not is_enough:
            self.say(f"BROKEN only {inspection.ended_well} of {count} runs ended as they should have")
        self.sum_up(inspection, record, turns, is_enough)
        return is_enough and not verdict.broken

    def sum_up(self, inspection: Inspection, record: Record, turns: list, is_enough: bool):
        verdict = inspection.verdict
        kinds = Counter(play.kind for play in inspection.plays.values())
        self.say("played " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
        blows = Counter(blow.what for blow in self.world.blows)
        events = sum(len(log) for log in record.events.values())
        visits = sum(reader.visits for turn in turns for reader in turn.readers)
        broken = {words.split()[0] for words in verdict.broken}
        for promise in PROMISES:
            self.say(f"{promise} {'BROKEN' if promise in broken else 'kept'}, looked at {verdict.looks[promise]} times")
        killed = ", ".join(f"{what} {count}" for what, count in sorted(blows.items()))
        kept = "P1-P6 kept" if is_enough and not broken else f"BROKEN: {' '.join(sorted(broken)) or 'too few ended well'}"
        print(
            f"chaos: seed {self.seed}: {len(record.runs)} runs ({inspection.ended_well} ended well, {inspection.given_up} "
            f"given up), {len(self.world.blows)} kills ({killed}), {events} events, {visits} visits of "
            f"{2 * len(turns)} readers, {sum(verdict.looks.values())} looks: {kept} in {time.time() - self.began:.0f} s",
            flush=True,
        )

    def end(self, shows_logs: bool):
        self.upstream.stop()
        if self.world:
            self.world.remove(shows_logs)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="decides who is killed, what is played, and when (1)")
    parser.add_argument("--kills", type=int, default=100, help="how many kills (100)")
    options = parser.parse_args()
    # Whoever is told to end takes the servers along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return 0 if Storm(options.seed, options.kills).perform() else 1


if __name__ == "__main__":
    sys.exit(main())
