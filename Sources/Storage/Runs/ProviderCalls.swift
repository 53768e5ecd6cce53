package import Engine
package import Foundation
import Postgres

extension Store {
    /// One round trip: waits in the provider's line, so that its limits are exact over all nodes.
    package func enter(
        _ provider: UUID,
        _ limit: ProviderLimit,
        for holder: CallHolder
    ) async throws -> ProviderEntry {
        let call = UUID.v7()
        let (run, epoch): (UUID?, Int64?) =
            if case .run(let run, let epoch) = holder { (run, epoch) } else { (nil, nil) }
        // A call whose run is in other hands, or in nobody's, is over, whatever became of it; and so is one without a run
        // that nobody has renewed.
        let isUnderWay: Query = """
            (c.ended_at is null and (c.held_until > now() or exists (
                select from runs r
                where r.run_id = c.run_id and r.lease_epoch = c.lease_epoch and r.lease_owner is not null
            )))
            """
        let isRecent: Query = "c.began_at > now() - interval '1 minute'"
        let rows = try await batch(
            [
                "select pg_advisory_xact_lock(hashtext('alma.provider'), hashtext(\(provider.text)))",
                "delete from provider_calls c where c.provider_id = \(provider) and not \(isRecent) and not \(isUnderWay)",
                """
                with present as (
                    select count(*) filter (where \(isRecent))::integer as recent,
                        -- A run calls one model at a time.
                        count(*) filter (where \(isUnderWay) and (\(run)::uuid is null or c.run_id is distinct from \(run)))::integer as under_way,
                        extract(epoch from min(c.began_at) filter (where \(isRecent)) + interval '1 minute' - now())
                            as seconds
                    from provider_calls c where c.provider_id = \(provider)
                ), entered as (
                    insert into provider_calls (call_id, provider_id, run_id, lease_epoch, held_until)
                    select \(call)::uuid, \(provider)::uuid, \(run)::uuid, \(epoch)::bigint, case
                        when \(run)::uuid is null then now() + \(Gateway.patience.seconds) * interval '1 second'
                    end
                    from present
                    where coalesce(under_way < \(limit.concurrent)::integer, true)
                        and coalesce(recent < \(limit.perMinute)::integer, true)
                    returning call_id
                )
                select exists (select from entered) as has_entered,
                    case when recent >= \(limit.perMinute)::integer then seconds::double precision end as seconds
                from present
                """,
            ],
            by: .system
        )[2]
        guard let row = rows.first else { throw StorageError(.failed, "The database did not answer.") }
        return try row.get("has_entered") ? .entered(call) : .full(seconds: try row.get("seconds"))
    }

    package func leave(_ call: UUID) async throws {
        try await query(
            "update provider_calls set ended_at = now() where call_id = \(call) and ended_at is null",
            by: .system
        )
    }
}
