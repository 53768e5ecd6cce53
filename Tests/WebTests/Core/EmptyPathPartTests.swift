import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

/// The router passes over empty parts of a path, and what lies before it looks at how a path begins.
@Suite struct EmptyPathPartTests {
    @Test(arguments: ["//v1/agents", "/v1//agents", "//v1/ws/chat/01900000-0000-7000-8000-000000000001", "//mcp", "//"])
    func areNoWayAroundTheDoor(path: String) async throws {
        try await TestServer.runSite { site in
            let status = try await site.client.execute(uri: path, method: .get) { $0.status.code }
            #expect(status == 404)
        }
    }
}
