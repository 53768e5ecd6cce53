import Foundation
import Testing

/// An example of the GFM specification: what stands in the text, and the HTML it means.
struct SpecificationExample: Decodable, Sendable {
    let example: Int
    let section: String
    let extensions: [String]
    let markdown: String
    let html: String

    static func all() throws -> [SpecificationExample] {
        let url = try #require(
            Bundle.module.url(forResource: "gfm-spec-examples", withExtension: "json", subdirectory: "Examples")
        )
        return try JSONDecoder().decode(Collection.self, from: Data(contentsOf: url)).examples
    }

    private struct Collection: Decodable {
        let examples: [SpecificationExample]
    }
}
