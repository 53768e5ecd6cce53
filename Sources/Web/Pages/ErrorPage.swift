import Hummingbird

/// What a person reads when something did not work: what happened, then what to do.
struct ErrorPage: Sendable {
    let desk: Desk

    func show(_ error: WebError, context: WebContext) throws -> Response {
        let voice = try desk.voice(context)
        let words = voice.words
        let key = error == .otherOrganisation ? "organisation" : ErrorPage.key(error.code)
        let title = words["error.\(key)"]
        let frame = Frame(title: title, theme: context.theme, csrf: context.csrfToken, here: "/", voice: voice)
        let (address, verb) =
            switch key {
            case "unauthorized": ("/sign-in", "error.signIn")
            case "organisation": ("/organisations", "organisations.title")
            default: ("/", "error.home")
            }
        let view = ErrorView(
            page: frame,
            title: title,
            text: words["error.\(key)Text"],
            details: error.details.map { words.refusals[$0.message] },
            address: address,
            verb: words[verb],
            reference: words("error.reference", ["id": context.requestID])
        )
        return try desk.page(view, context: context, status: error.status)
    }

    private static func key(_ code: WebError.Code) -> String {
        switch code {
        case .badRequest, .requestTimeout, .methodNotAllowed, .unsupportedMediaType, .validation,
            .upgradeRequired:
            "badRequest"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "notFound"
        case .conflict, .preconditionFailed: "conflict"
        case .tooLarge: "tooLarge"
        case .rateLimited: "rateLimited"
        case .unavailable: "unavailable"
        case .internalError, .badGateway: "internal"
        }
    }
}
