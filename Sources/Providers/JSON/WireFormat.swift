import Foundation

/// A document of a vendor's protocol.
protocol WireFormat: Decodable {}

extension WireFormat {
    static func decode(_ json: [UInt8]) throws -> Self {
        try wireDecoder.decode(Self.self, from: Data(json))
    }
}

private let wireDecoder = JSONDecoder()
