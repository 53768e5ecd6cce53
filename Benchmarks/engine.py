"""What the engine itself costs: a run, a claim behind a long past, a step, a run that waits."""

import re
import time
from statistics import quantiles

from alma import Client
from figure import Figure
from load import Speech
from processes import BenchError
from scripted import CHILDREN, Calling, Planning

RUNS = 100_000
QUEUED = 10_000


def runs(bench):
    """Runs whose model answers at once with one word: what is left is beginning and ending them."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    results = [bench.load.stream(bench.talks, Speech(1, 0), 512) for _ in range(bench.number(4, 2))]
    rate = max(result["completed"] / result["seconds"] for result in results)
    name = "runs/s, a model that answers at once, 512 asked for at a time"
    return [Figure(name, "", alma=rate, target=500, more_is_better=True)]


def queue(bench):
    """A claim beside a long past and a long queue of somebody else, as PostgreSQL's own log measures it."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    Client(alma.port, FLOOD).register()
    # Without counting each conversation: that is not what is measured.
    alma.query("alter table conversations disable trigger user")
    alma.query(PAST)
    alma.query("alter table conversations enable trigger user")
    alma.query("analyze")
    for setting in LOGGING:
        alma.query(f"alter system set {setting}")
    bench.fresh_alma()
    # One at a time, so that every claim takes one run; the first ones are planned anew on each connection.
    log = alma.folder / "data/postgres/log/claims.log"
    bench.load.stream(bench.talks, Speech(1, 0), 16, bench.number(20, 10))
    known = log.stat().st_size
    bench.load.stream(bench.talks, Speech(1, 0), 1, bench.number(1000, 300))
    times = claim_times(log, known)
    alma.query("alter system reset all")
    name = f"a claim beside {RUNS:,} finished runs and {QUEUED:,} queued ones of one person"
    return [
        Figure(f"{name}, in PostgreSQL p50", "ms", alma=percentile(times, 50)),
        Figure(f"{name}, in PostgreSQL p99", "ms", alma=percentile(times, 99), target=5),
    ]


LOGGING = (
    "log_min_duration_statement = 0",
    "logging_collector = on",
    "log_rotation_size = 0",
    "log_filename = 'claims.log'",
    "log_line_prefix = '%p '",
    "log_parameter_max_length = 0",
)
FLOOD = "flood@example.com"
# Their person has an agent that works on one run at a time, and that one never ends.
PAST = f"""
with past as (
    select gen_random_uuid() as id, number from generate_series(1, {RUNS + QUEUED + 1}) number
), person as (
    select user_id, home_org_id as org_id from users where email = '{FLOOD}'
), agent as (
    insert into agents (agent_id, org_id, user_id, name, display_name, instruction, parameters)
    select gen_random_uuid(), org_id, user_id, 'slow', 'slow', 'x', '{{"max_concurrent": 1}}' from person
    returning agent_id
), talk as (
    insert into conversations (conversation_id, org_id, user_id) select id, org_id, user_id from past, person
), worker as (
    insert into workers (worker_id, heartbeat_at) values (gen_random_uuid(), 'infinity') returning worker_id
)
insert into runs (
    run_id, root_run_id, org_id, user_id, conversation_id, agent_id, user_message_id, message_id, state, priority,
    attempt, lease_owner, finished_at
)
select id, id, org_id, user_id, id, agent_id, gen_random_uuid(), gen_random_uuid(),
    case when number > {QUEUED + 1} then 'completed' when number = 1 then 'running' else 'queued' end, 7,
    (number = 1 or number > {QUEUED + 1})::integer, case when number = 1 then worker_id end,
    case when number > {QUEUED + 1} then now() end
from past, person, agent, worker
"""


def claim_times(log, known):
    """Milliseconds of every claim behind the byte `known`, its binding (and planning) and its execution together."""
    pattern = re.compile(r"^(\d+) LOG:  duration: ([0-9.]+) ms  (bind|execute) \S+: +with recursive known as")
    times, bound = [], {}
    for line in log.read_bytes()[known:].decode(errors="replace").splitlines():
        if found := pattern.match(line):
            process, time_taken, what = found[1], float(found[2]), found[3]
            if what == "bind":
                bound[process] = time_taken
            else:
                times.append(time_taken + bound.pop(process, 0))
    if len(times) < 50:
        raise BenchError(f"only {len(times)} claims were found in {log}")
    return times


def steps(bench):
    """From a model's last byte, a tool call, to its next request: everything that the engine does between."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    with Calling() as model:
        client = bench.talks.client
        id = client.add_model(client.add_provider(f"http://127.0.0.1:{model.port}/v1"), "calling")
        for number in range(bench.number(100, 20)):
            client.ask(client.add_conversation(number), "Reckon.", id, waits=True)
        times = [1000 * seconds for seconds in model.times]
    name = "a step, from the model's tool call to its next request"
    return [
        Figure(f"{name} p{part}", "ms", alma=percentile(times, part), target=5) for part in (50, 99)
    ]


def plans(bench):
    """From a plan to the request with its results, over the slowest of its children: ten runs that begin, end and wake it."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    with Planning() as model:
        client = bench.talks.client
        id = client.add_model(client.add_provider(f"http://127.0.0.1:{model.port}/v1"), "planning")
        for number in range(bench.number(60, 15)):
            client.ask(client.add_conversation(number), "Plan.", id, waits=True, agent="orchestrator")
        times = [1000 * seconds for seconds in model.times]
    if len(times) < 15:
        raise BenchError(f"only {len(times)} plans came to an end")
    name = f"a plan of {CHILDREN} children at once, over the slowest of them"
    return [Figure(f"{name} p50", "ms", alma=percentile(times, 50), target=50), Figure(f"{name} p99", "ms", alma=percentile(times, 99))]


def waiting(bench):
    """A thousand runs that wait for a person: rows, and nothing else."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    client, count = bench.talks.client, bench.number(1000, 200)
    id = client.add_model(client.add_builtin_provider(), "demo")
    client.set_policy("assistant", "calculator", "ask")
    talks = [client.add_conversation(number) for number in range(count)]
    # What a crowd makes the pools grow to is not what waiting costs.
    bench.load.stream(bench.talks, Speech(1, 0), 256, 2)
    time.sleep(2)
    before = (alma.memory(), alma.threads(), alma.connections())
    for talk in talks:
        client.ask(talk, '/tool calculator {"expression": "6 * 7"}', id)
    deadline = time.monotonic() + 120
    while int(alma.query("select count(*) from runs where state = 'waiting'")) < count:
        if time.monotonic() > deadline:
            raise BenchError("the runs do not come to wait")
        time.sleep(0.2)
    time.sleep(2)
    after = (alma.memory(), alma.threads(), alma.connections())
    held = int(alma.query("select count(*) from runs where lease_owner is not null"))
    client.set_policy("assistant", "calculator", None)
    name = f"{count:,} runs waiting for approval"
    return [
        Figure(f"{name}: resident memory more than before", "MB", alma=after[0] - before[0]),
        Figure(f"{name}: threads more than before", "", alma=after[1] - before[1], target=0),
        Figure(f"{name}: database connections more than before", "", alma=after[2] - before[2], target=0),
        Figure(f"{name}: runs held by a worker", "", alma=held, target=0),
    ]


def percentile(values, part):
    return quantiles(values, n=100)[part - 1]
