"""Looking for words in what a person has said."""

import time
import urllib.parse
from statistics import median

from alma import Client
from figure import Figure

WRITER = "writer@example.com"
TALK = 20
# What is looked for, and what it is.
WORDS = {
    "the": "a frequent word",
    "我们": "a frequent word of two Chinese characters",
    "zyzzyva": "a rare word",
    "麒麟": "a rare word of two Chinese characters",
    "nowhere": "what is nowhere",
}


def search(bench):
    """What is looked for in one person's messages beside those of others, over the API, one request after the other."""
    alma = bench.fresh_alma()
    if not alma:
        return []
    count, others = bench.number(200_000, 20_000), bench.number(1_000_000, 50_000)
    client = Client(alma.port, WRITER).register()
    # Without counting each conversation: that is not what is measured.
    alma.query("alter table conversations disable trigger user")
    alma.query(said("email = '" + WRITER + "'", count // TALK))
    alma.query(RARE)
    alma.query(OTHERS)
    alma.query(said("email like 'other%'", others // TALK))
    alma.query("alter table conversations enable trigger user")
    alma.query("analyze")
    name = f"GET /v1/messages, {count:,} of one's own beside {others:,}"
    return [Figure(f"{name}: {what}", "ms", alma=median(_times(client, word))) for word, what in WORDS.items()]


def _times(client, word):
    path = "/v1/messages?" + urllib.parse.urlencode({"search": word})
    for _ in range(6):
        since = time.monotonic()
        client.get(path)
        yield 1000 * (time.monotonic() - since)


RARE = f"""
update messages set content = content || ' zyzzyva 麒麟'
where message_id = (
    select message_id from messages join users using (user_id) where email = '{WRITER}' order by timestamp, message_id
    offset 1000 limit 1
)
"""
OTHERS = """
with made as (
    insert into organisations (org_id, name, is_personal)
    select gen_random_uuid(), 'other' || number, true from generate_series(1, 500) number
    returning org_id, name
)
insert into users (user_id, nickname, email, hashed_password, home_org_id)
select gen_random_uuid(), name, name || '@example.com', '', org_id from made
"""


def said(whose, talks):
    """A statement: so many conversations of these people in three months, of English and Chinese sentences."""
    return f"""
with english as (
    select array_agg(words) as sentences from (
        select string_agg(substr(md5(number || '.' || place), 1, 2 + (number * place) % 8), ' ') || '. ' as words
        from generate_series(1, 300) number, generate_series(1, 14) place group by number
    ) made
), chinese as (
    select array_agg(words) as sentences from (
        select string_agg(chr(19968 + (hashint8(number * 20 + place) & 2047)), '') || '。' as words
        from generate_series(1, 300) number, generate_series(1, 16) place group by number
    ) made
), person as (
    select array_agg(array[user_id, home_org_id]) as keys, count(*) as people from users where {whose}
), talk as (
    insert into conversations (conversation_id, user_id, org_id, created_at)
    select
        (left(uuid_at(at)::text, 13) || substr(gen_random_uuid()::text, 14))::uuid,
        keys[1 + number % people][1], keys[1 + number % people][2], at
    from person, (
        select number, date_trunc('month', now()) + random() * interval '80 days' as at
        from generate_series(1, {talks}) number
    ) made
    returning *
)
insert into messages (conversation_id, message_id, org_id, user_id, role, content, timestamp)
select conversation_id, gen_random_uuid(), org_id, user_id,
    case when place % 2 = 1 then 'user' else 'assistant' end,
    (
        select string_agg(
            case
                when place % 4 < 2 then english.sentences[1 + floor(random() * 300)::integer]
                else chinese.sentences[1 + floor(random() * 300)::integer]
            end, '' order by part
        )
        from generate_series(1, case when place % 2 = 1 then 2 else 8 end) part
    ) || case when place % 3 > 0 then '' when place % 4 < 2 then 'the' else '我们' end,
    created_at + place * interval '1 minute'
from talk, english, chinese, generate_series(1, {TALK}) place
"""
