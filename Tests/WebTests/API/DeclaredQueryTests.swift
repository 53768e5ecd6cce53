import Foundation
import Logging
import Testing

@testable import Web

/// Of a query nothing is read but what is declared, so that the reference has all that there is.
@Suite struct DeclaredQueryTests {
    @Test func whatIsNotDeclaredIsNotThere() throws {
        let reader = Self.reader("known=1&other=2", declared: ["known"])
        #expect(try reader.value(Self.known) == 1)
        #expect(throws: WebError.self) { try reader.value(Self.other) }
        #expect(reader.text("other") == nil)
        let page = QueryReader(Form(body: "other=2"))
        #expect(try page.value(Self.other) == 2, "a page declares nothing")
    }

    @Test(arguments: ["known=1&known=2", "known="])
    func whatIsDeclaredStandsOnceWithAValue(_ query: String) {
        let reader = Self.reader(query, declared: ["known"])
        #expect(throws: WebError.self) { try reader.value(Self.known) }
    }

    /// No file that declares calls goes by another way to their queries.
    @Test func callsReadTheirQueriesAsTheyDeclareThem() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let web = tests.appending(path: "../../../Sources/Web").standardized
        let files = FileManager.default.enumerator(at: web, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        var count = 0
        for file in files where file.lastPathComponent.hasSuffix("Routes.swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("Endpoint(") else { continue }
            #expect(!text.contains("QueryReader(request)"), "\(file.lastPathComponent)")
            count += 1
        }
        #expect(count > 30)
    }

    private static let known = QueryParameter<Int>.number("known", in: 0...9, "A number.")
    private static let other = QueryParameter<Int>.number("other", in: 0...9, "Another.")

    private static func reader(_ query: String, declared names: Set<String>) -> QueryReader {
        var reader = QueryReader(Form(body: query))
        reader.declared = DeclaredQuery(names: names, logger: .silent)
        return reader
    }
}
