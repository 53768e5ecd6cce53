import Engine
import Testing

@testable import App

/// What a server says becomes a sentence and an exit code.
@Suite struct CommandFailureTests {
    @Test(arguments: [
        (400, 1), (401, 4), (403, 4), (404, 5), (409, 1), (422, 1), (429, 1), (500, 1), (502, 6), (503, 6), (504, 6),
    ]) func codes(status: Int, code: Int32) {
        #expect(CommandFailure(status: status, nil).code.rawValue == code)
    }

    @Test func theFieldsAreNamedAndNothingIsObeyed() throws {
        let error = try JSONValue(
            parsing:
                #"{"message": "Some fields need mending.", "details": [{"field": "name", "message": "It is\u001b[0m taken."}]}"#
        )
        #expect(CommandFailure(status: 422, error).description == "Some fields need mending.\n  name: It is␛[0m taken.")
    }

    @Test(arguments: [
        "https://alma.example.org", "http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000",
        "alma.example.org",
        "http://127.1.2.3/alma/",
    ]) func addressesThatKeepASecret(text: String) throws {
        let address = try ServerAddress(text, trustsNetwork: false).text
        #expect(!address.hasSuffix("/") && address.contains("://"))
    }

    @Test(arguments: ["http://alma.example.org", "http://192.168.1.5:8000", "http://127.0.0.1.example.org"])
    func addressesThatNeedTrust(text: String) throws {
        #expect { try ServerAddress(text, trustsNetwork: false) } throws: { ($0 as? CommandFailure)?.code == .usage }
        #expect(try ServerAddress(text, trustsNetwork: true).text == text)
    }

    @Test(arguments: ["", "ftp://a", "http://", "a b", "http://me:secret@host"]) func noAddresses(text: String) {
        #expect(throws: CommandFailure.self) { try ServerAddress(text, trustsNetwork: true) }
    }

    @Test(arguments: [
        "http://me:secret@host", "me:secret@host", "ftp://secret@host", "http://a b:secret@host", "secret@",
    ])
    func noPasswordIsSaidAgain(text: String) {
        #expect {
            try ServerAddress(text, trustsNetwork: false)
        } throws: {
            let failure = $0 as? CommandFailure
            return failure?.code == .usage && failure?.description.contains("secret") == false
        }
    }

    @Test func timesAsPeopleWriteThem() {
        #expect(
            ["90", "90s", "5m", "1h"].map { TimeSpan(argument: $0)?.duration.components.seconds } == [
                90, 90, 300, 3600,
            ]
        )
        for text in ["", "s", "0", "-1", "1.5h", "1d", "9999999"] { #expect(TimeSpan(argument: text) == nil) }
    }
}
