import Foundation
import Testing

@testable import Fetch
@testable import Providers

/// How long to wait, in the forms that servers use.
struct RetryAfterTests {
    private func seconds(_ name: String, _ value: String) -> Int? {
        var headers = FetchHeaders()
        headers.append(name, value)
        return RetryAfter.seconds(headers, now: Date(timeIntervalSince1970: 784_111_770))
    }

    @Test(arguments: [
        ("Retry-After", "7", 7), ("Retry-After", "0.2", 1), ("Retry-After", "-3", 0), ("Retry-After", "1e99", 86_400),
        ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT", 7), ("Retry-After", "Sat, 05 Nov 1994 08:49:37 GMT", 0),
        ("Retry-After-Ms", "1500", 2), ("Retry-After", "soon", nil), ("Retry-After", "nan", nil), ("X", "7", nil),
    ])
    func forms(name: String, value: String, expected: Int?) {
        #expect(seconds(name, value) == expected)
    }
}
