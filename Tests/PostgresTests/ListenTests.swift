import Postgres
import Testing

@Suite struct ListenTests {
    @Test(.timeLimit(.minutes(1)))
    func payloadsComeAndAConnectionThatBreaksIsReplaced() async throws {
        try await withOwnDatabase { database in
            var heard = database.listen(on: "odd \"channel\"").makeAsyncIterator()
            #expect(await heard.next() == "")
            try await database.query("select pg_notify('odd \"channel\"', \("first")), pg_notify('other', 'not ours')")
            #expect(await heard.next() == "first")
            let killed = try await database.query(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and query like 'listen %' and pid <> pg_backend_pid()
                """
            )
            #expect(killed.count == 1)
            #expect(await heard.next() == "")
            try await database.query("select pg_notify('odd \"channel\"', \("second"))")
            #expect(await heard.next() == "second")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func itEndsWithItsReader() async throws {
        try await withOwnDatabase { database in
            let listening: Query =
                "select from pg_stat_activity where datname = current_database() and query like 'listen %'"
            let stream = database.listen(on: "channel")
            let reader = Task { for await _ in stream {} }
            while try await database.query(listening).isEmpty { await Task.yield() }
            reader.cancel()
            await reader.value
            while try await !database.query(listening).isEmpty { await Task.yield() }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func itEndsWithTheDatabase() async throws {
        try await withDatabase { database in
            let stream = database.listen(on: "channel")
            let reader = Task { for await _ in stream {} }
            await database.close()
            await reader.value
            for await _ in database.listen(on: "channel") {}
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aSlowReaderIsToldToLook() async throws {
        try await withOwnDatabase { database in
            let stream = database.listen(on: "channel")
            var heard = stream.makeAsyncIterator()
            #expect(await heard.next() == "")
            var isTold = false
            // A reader that has kept up is not slow: then once more.
            while !isTold {
                try await database.query(
                    "select count(pg_notify('channel', n::text)) from generate_series(1, 1000) as n"
                )
                while let payload = await heard.next(), payload != "1000" { isTold = isTold || payload == "" }
            }
        }
    }
}
