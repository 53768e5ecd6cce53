import Engine
import Fetch

/// Why a provider's test failed.
enum ProbeProblem: Error, Equatable {
    case fetch(FetchError)
    case status(Int, quote: String?)
    case notAList
    case badKey

    /// For a person: what happened and what to do.
    var failure: ProbeResult.Failure {
        let (code, message) =
            switch self {
            case .fetch(let error): Self.explain(error)
            case .status(let status, let quote): Self.explain(status, quote)
            case .notAList:
                (
                    "malformed",
                    "The server answers, but not with a list of models. Check the base URL: it usually ends in /v1."
                )
            case .badKey: ("unauthorized", "The API key holds characters that no key has. Enter it again.")
            }
        return ProbeResult.Failure(code: code, message: message)
    }

    private static func explain(_ error: FetchError) -> (String, String) {
        switch error.code {
        case .dns: ("dns", "The host name could not be resolved. Check its spelling and the network.")
        case .refused: ("refused", "Nothing listens at this address. Start the server, or correct host and port.")
        case .blockedAddress:
            (
                "private_address",
                "This is an address of the server's own machine or network; only an administrator may enter one."
            )
        case .unreachable:
            ("unreachable", "There is no way to this address. Check the network and the base URL.")
        case .reset, .closed, .other:
            ("unreachable", "The connection was closed without an answer. Check host and port.")
        case .tls:
            (
                "tls",
                "No secure connection could be made (\(error.message)). Check https or http, and the certificate."
            )
        case .timeout: ("timeout", "The server did not answer in time. Check host, port and firewall.")
        case .badURL: ("bad_url", "This is not a complete http or https address, such as https://host/v1.")
        case .tooLarge, .protocolViolation, .tooManyRedirects:
            ("malformed", "What answers here is no model server. Check the base URL.")
        }
    }

    private static func explain(_ status: Int, _ quote: String?) -> (String, String) {
        let (code, advice) = advice(status)
        // What is said about a key may hold a part of it.
        let quote = status == 401 || status == 403 ? nil : quote
        return (code, "\(advice) (HTTP \(status))" + (quote.map { " It said: “\($0)”" } ?? ""))
    }

    private static func advice(_ status: Int) -> (String, String) {
        switch status {
        case 401: ("unauthorized", "The provider refused the API key. Enter a valid one.")
        case 403: ("forbidden", "The key is known, but may not do this. Check its rights and the account.")
        case 404:
            ("not_found", "There is no list of models at this address. Check the base URL: it usually ends in /v1.")
        case 300..<400: ("bad_url", "The address leads elsewhere. Enter the final address as the base URL.")
        case 402, 429:
            ("rate_limited", "The provider's rate limit or quota is used up. Wait, or check the account.")
        case 408, 504: ("timeout", "The provider did not answer in time. Try again later.")
        case 500...: ("server_error", "The provider has a problem of its own. Try again later.")
        default: ("malformed", "The server does not accept the question for its models. Check the base URL.")
        }
    }
}
