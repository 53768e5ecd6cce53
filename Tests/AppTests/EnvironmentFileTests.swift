import Testing

@testable import App

/// `.env` files as people write them.
@Suite struct EnvironmentFileTests {
    @Test func linesQuotesAndComments() {
        let file = EnvironmentFile(
            text: """
                # comment
                PLAIN=value=with=equals
                export EXPORTED = spaced
                DOUBLE="two words # no comment"
                SINGLE='it"s'
                EMPTY=
                =nameless
                no assignment
                LAST=1
                LAST=2\r
                """
        )
        #expect(
            file.values == [
                "PLAIN": "value=with=equals", "EXPORTED": "spaced", "DOUBLE": "two words # no comment",
                "SINGLE": "it\"s", "EMPTY": "", "LAST": "2",
            ]
        )
    }
}
