package import Engine
package import Foundation
import Postgres

// What an organisation lets its agents do, all of its people alike.
extension Store {
    /// Whether the principal says what holds for their whole organisation: they lead it, or are an administrator in it.
    package func leads(_ principal: Principal) async throws -> Bool {
        try await query("select alma_manages(\(principal.organisationID)) as leads", by: principal).first?
            .get("leads") ?? false
    }

    /// The organisation's rules, by person, tool and level. Whoever does not lead it sees those of others' runs not at all.
    package func organisationPolicies(by principal: Principal) async throws -> [ToolPolicy.Rule] {
        try await rules("by_organisation", by: principal)
    }

    /// The organisation's rule for a tool, or a level, with one agent or all, for one of its people or all; nil takes it away.
    /// `patience`: as for a person's own rule. False when it is not the principal's to say, or there is no such agent or member
    /// to make a rule on. Written down in the audit.
    package func setOrganisationPolicy(
        _ decision: ToolPolicy.Decision?,
        for subject: PolicySubject,
        patience: Int?? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        guard try await leads(principal) else { return false }
        // Who has left the organisation leaves their rules to be taken away.
        if decision != nil, let user = subject.user {
            guard let organisation = principal.organisationID,
                try await member(user, of: organisation, by: principal) != nil
            else { return false }
        }
        return try await write(
            decision,
            for: subject,
            patience: patience,
            isOrganisations: true,
            by: principal,
            address: address
        )
    }
}
