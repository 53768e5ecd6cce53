import Engine
import Foundation

/// A provider in the list, with its models.
struct ProviderRow: Sendable {
    let id: String
    let address: String
    let name: String
    let kind: String
    let baseURL: String
    let latency: String
    let state: StateView
    let failure: NoticeView?
    let models: [ModelRow]
    let hasModels: Bool
    let testWord: String
    let isOpen: Bool

    /// What a list knows of a provider.
    struct Facts: Sendable {
        var id: UUID
        var name: String
        var kind: ProviderKind
        var baseURL: String
        var isActive: Bool
        var test: ProviderTest
        /// What the calls of this process have met.
        var trouble: ProviderHealth.Trouble?
        /// Milliseconds, right after a test.
        var latency: Int?
        var isOpen = false
    }

    init(_ facts: Facts, models: [ModelRow], voice: Voice) {
        let words = voice.words
        id = facts.id.text
        address = "/providers/\(facts.id.text)"
        name = facts.name
        kind = words["kind.\(facts.kind.rawValue)"]
        baseURL = facts.kind == .builtin ? "" : facts.baseURL
        latency = facts.latency.map { words("quantity.milliseconds", ["n": String($0)]) } ?? ""
        let isFailing = facts.isActive && facts.trouble != nil
        state =
            isFailing
            ? StateView(kind: "fail", sign: voice.icons("warn"), word: words["providers.failing"])
            : StateView(facts.test, isActive: facts.isActive, voice: voice)
        failure = facts.test.notice(voice: voice) ?? facts.trouble.map { NoticeView($0, voice: voice) }
        self.models = models
        hasModels = !models.isEmpty
        testWord = words[facts.test == .none ? "providers.test" : "providers.testAgain"]
        isOpen = facts.isOpen || failure != nil
    }
}

/// What the last test of a provider found.
enum ProviderTest: Sendable, Equatable {
    case none, passed
    /// The code, where it is known, and the message in English.
    case failed(code: String?, message: String)

    func notice(voice: Voice) -> NoticeView? {
        guard case .failed(let code, let message) = self else { return nil }
        let key = "probe.\(code ?? "")"
        return NoticeView(
            title: voice.words["probe.failed"],
            text: voice.words.has(key) ? voice.words[key] : message
        )
    }
}

extension NoticeView {
    init(_ trouble: ProviderHealth.Trouble, voice: Voice) {
        let since = TimeText.exact(trouble.since, voice: voice)
        let next = trouble.nextTry.map { voice.words("providers.nextTry", ["time": TimeText.exact($0, voice: voice)]) }
        self.init(
            title: voice.words["providers.failing"],
            text: [voice.words("providers.failingSince", ["time": since]), next].compactMap { $0 }.joined(
                separator: " "
            )
        )
    }
}

extension StateView {
    init(_ test: ProviderTest, isActive: Bool, voice: Voice) {
        let words = voice.words
        guard isActive else {
            self.init(kind: "", sign: voice.icons("pause"), word: words["providers.off"])
            return
        }
        switch test {
        case .none: self.init(kind: "", sign: voice.icons("ring"), word: words["providers.notTested"])
        case .passed: self.init(kind: "done", sign: voice.icons("tick"), word: words["providers.answers"])
        case .failed: self.init(kind: "fail", sign: voice.icons("cross"), word: words["providers.fails"])
        }
    }
}
