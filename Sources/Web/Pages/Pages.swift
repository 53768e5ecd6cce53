import HTTPTypes
import Hummingbird

/// All pages, with the templates and assets that they are made of, read once.
struct Pages: Sendable {
    let desk: Desk
    let assets: Assets

    init(services: WebServices) throws {
        assets = try Assets(folder: services.settings.assets)
        desk = Desk(services: services, templates: try Templates(folder: services.settings.templates, assets: assets))
    }

    /// An error in the reader's words.
    var errorPage: @Sendable (WebError, WebContext) throws -> Response {
        { [desk] error, context in try ErrorPage(desk: desk).show(error, context: context) }
    }
}
