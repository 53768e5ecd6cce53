import Hummingbird

extension Desk {
    /// Asks before something is deleted for good: `action` is where the answer goes, `back` where it was asked.
    func askToDelete(
        _ question: String,
        text: String,
        _ section: Section,
        action: String,
        back: String,
        request: Request,
        context: WebContext
    ) throws -> Response {
        let voice = try voice(context)
        let view = ConfirmationView(
            page: frame(question, section, request: request, context: context, voice: voice),
            question: question,
            text: text,
            verb: voice.words["form.deleteForGood"],
            action: action,
            back: back
        )
        return try page(view, context: context)
    }
}
