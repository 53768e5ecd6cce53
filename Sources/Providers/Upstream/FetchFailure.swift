import Engine
import Fetch

extension ModelError {
    /// Why no answer came over the network. `hasBegun`: after the head of the answer.
    init(_ error: FetchError, hasBegun: Bool) {
        switch error.code {
        case .dns:
            self.init(.unreachable, "The provider's name could not be resolved. Check its base URL and the network.")
        case .refused:
            self.init(
                .unreachable,
                "Nothing listens at the provider's address. Start the server or correct the base URL."
            )
        case .unreachable:
            self.init(.unreachable, "There is no way to the provider's address. Check its base URL and the network.")
        case .blockedAddress:
            self.init(
                .unreachable,
                "The provider's address is one of the server's own network; only an administrator may enter it."
            )
        case .tls:
            self.init(
                .unreachable,
                "No secure connection to the provider could be made. Check https or http in its base URL, and its certificate."
            )
        case .timeout:
            self.init(.timeout, "The provider was silent for too long. Try again, or choose another model.")
            // It may be thinking still, and charges for what it thinks.
            isOurs = error.wasSent
        case .reset where hasBegun, .closed where hasBegun:
            self = .interrupted
        case .reset:
            self.init(.unreachable, "The provider closed the connection without an answer. Try again later.")
        case .closed:
            self.init(.unavailable, "The server is shutting down. Try again in a moment.")
        case .tooLarge:
            self = .tooLarge
        case .badURL:
            self.init(
                .notConfigured,
                "The provider's base URL is not a web address. Correct it in the provider's settings."
            )
        case .protocolViolation, .tooManyRedirects:
            self = .malformed("it does not speak HTTP as it should")
        case .other:
            self.init(.unavailable, "The call to the provider failed. Try again, and check the provider's settings.")
        }
    }

    static let interrupted = ModelError(
        .interrupted,
        "The provider's answer broke off before its end. What had come is kept; try again for a whole answer."
    )

    static let tooLarge = ModelError(
        .malformed,
        "The provider sent more at once than an answer may hold. Check that its base URL leads to a model server."
    )

    /// `what` begins with "it".
    static func malformed(_ what: String) -> ModelError {
        ModelError(.malformed, "The provider's answer cannot be understood: \(what). Check its base URL and kind.")
    }
}
