import HTTPTypes
import Hummingbird

/// All pages, with what they are made of.
struct Pages: Sendable {
    let desk: Desk
    let assets: Assets

    init(services: WebServices, files: PageFiles) {
        assets = files.assets
        desk = Desk(services: services, templates: files.templates)
    }

    /// An error in the reader's words.
    var errorPage: @Sendable (WebError, WebContext) throws -> Response {
        { [desk] error, context in try ErrorPage(desk: desk).show(error, context: context) }
    }
}
