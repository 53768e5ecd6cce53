package import Engine
package import Foundation
import JWTKit

/// Short-lived access tokens for the API: JWT, HS256 and nothing else.
package struct AccessTokens: Sendable {
    /// Seconds; `expires_in` of the answer.
    package static let lifetime = 1800

    private let keys: JWTKeyCollection

    /// `secret` has at least 32 bytes; whoever made it checked that.
    package init(secret: Secret) async {
        let key = HMACKey(from: secret.reveal())
        keys = await JWTKeyCollection().add(hmac: key, digestAlgorithm: .sha256)
    }

    /// `family` is that of the refresh token which is given along: revoked together.
    package func issue(for user: UUID, family: UUID, at now: Date = Date()) async throws -> String {
        let claims = AccessClaims(
            sub: SubjectClaim(value: user.text),
            sid: family.text,
            iss: IssuerClaim(value: AccessClaims.issuer),
            aud: AudienceClaim(value: AccessClaims.audience),
            iat: IssuedAtClaim(value: now),
            exp: ExpirationClaim(value: now.addingTimeInterval(TimeInterval(Self.lifetime)))
        )
        return try await keys.sign(claims)
    }

    /// What it says; nil for anything that we did not sign, or that is out of date.
    package func verify(_ token: String) async -> AccessGrant? {
        guard token.utf8.count < 4096, let claims = try? await keys.verify(token, as: AccessClaims.self),
            let user = UUID(uuidString: claims.sub.value), let family = UUID(uuidString: claims.sid)
        else { return nil }
        return AccessGrant(user: user, family: family, issuedAt: claims.iat.value, expiresAt: claims.exp.value)
    }
}

/// What an access token of ours says. Whether it still counts, the store knows.
package struct AccessGrant: Sendable {
    package var user: UUID
    /// Of the refresh tokens that it was issued with.
    package var family: UUID
    package var issuedAt: Date
    package var expiresAt: Date
}

/// The claims of an access token.
private struct AccessClaims: JWTPayload {
    static let issuer = "alma"
    static let audience = "alma-api"

    var sub: SubjectClaim
    var sid: String
    var iss: IssuerClaim
    var aud: AudienceClaim
    var iat: IssuedAtClaim
    var exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try aud.verifyIntendedAudience(includes: Self.audience)
        guard iss.value == Self.issuer else {
            throw JWTError.claimVerificationFailure(failedClaim: iss, reason: "another issuer")
        }
    }
}
