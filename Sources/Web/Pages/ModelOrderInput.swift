import Engine
import Foundation
import Hummingbird
import Storage

/// The form that says which models answer: what was chosen in it, and what is wrong with that.
struct ModelOrderInput: Sendable {
    let chat: String
    let fallbacks: [String]
    /// Those that the form asks for.
    let purposes: [ModelPurpose: String]
    private(set) var errors = FormErrors()

    init(_ form: Form) {
        chat = form["default"]
        fallbacks = (1...ModelOrder.fallbackCount).map { form["fallback\($0)"] }
        let asked = ModelPurpose.allCases.filter { form.has($0.rawValue) }
        purposes = Dictionary(uniqueKeysWithValues: asked.map { ($0, form[$0.rawValue]) })
    }

    /// As the store takes it; nil without a model that answers.
    var choice: ModelChoice? {
        guard let chat = UUID(uuidString: chat) else { return nil }
        return ModelChoice(
            chat: chat,
            fallbacks: fallbacks.compactMap(UUID.init(uuidString:)).filter { $0 != chat },
            purposes: purposes.mapValues { UUID(uuidString: $0) }
        )
    }

    /// Says it beside the field. `models`: those that there are.
    mutating func refuse(_ error: StorageError, models: [ModelRecord], _ words: Words) throws {
        guard case .invalid(let field) = error.code else { throw error }
        let known = Set(models.map(\.id))
        switch field {
        case "chat": refuseChat(words)
        case "model_ids":
            for (index, name) in fallbacks.enumerated() {
                guard let id = UUID(uuidString: name), !known.contains(id) else { continue }
                errors.add("fallback\(index + 1)", words["providers.modelGone"])
            }
        default: errors.add(field, words["providers.modelGone"])
        }
    }

    mutating func refuseChat(_ words: Words) { errors.add("default", words["providers.modelGone"]) }
}

extension ProviderListPage {
    /// Which model answers, which stand in for it, and which do the rest.
    func order(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let words = try desk.voice(context).words
        var input = ModelOrderInput(try await request.decodeForm())
        do {
            if let choice = input.choice {
                try await desk.store.choose(choice, by: identity.principal, address: context.remoteAddress)
                return .redirect(to: "/providers", done: .saved, anchor: "order")
            }
            input.refuseChat(words)
        } catch let error as StorageError {
            let models = try await desk.store.models(llmID: nil, isActive: nil, by: identity.principal)
            try input.refuse(error, models: models, words)
        }
        return try await page(request, context: context, input: input)
    }
}
