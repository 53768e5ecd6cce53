import Hummingbird
import Storage

/// For administrators: copies of the database, and a button that makes one.
struct BackupPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.superuser()
        let voice = try desk.voice(context)
        let state = await desk.services.backups.state()
        let title = voice.words["admin.place.backups"]
        var frame = desk.frame(title, .admin, request: request, context: context, voice: voice)
        frame.isLive = state.startedAt != nil
        frame.isGrowing = frame.isLive
        let files = await desk.services.backups.files()
        return try desk.page(BackupView(page: frame, files: files, state: state, voice: voice), context: context)
    }

    /// One that is under way already is shown.
    func begin(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        _ = try await desk.services.beginBackup(by: identity, context: context)
        return .redirect(to: "/admin/backups")
    }

    func content(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        return try await desk.services.backup(name(context), for: request, by: identity, context: context)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.superuser()
        let (name, voice) = (name(context), try desk.voice(context))
        guard await desk.services.backups.files().contains(where: { $0.name == name }) else { throw WebError.notFound }
        return try desk.askToDelete(
            voice.words("backups.deleteQuestion", ["name": name]),
            text: voice.words["backups.deleteText"],
            .admin,
            action: "/admin/backups/\(name)/deletion",
            back: "/admin/backups",
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        guard try await desk.services.deleteBackup(name(context), by: identity, context: context) else {
            throw WebError.notFound
        }
        return .redirect(to: "/admin/backups", done: .deleted)
    }

    private func name(_ context: WebContext) -> String { context.parameters.get("name") ?? "" }
}

/// The backups that there are, and the one under way.
struct BackupView: View {
    static let template = "admin-backups"

    let page: Frame
    let running: String?
    let failure: NoticeView?
    let rows: [Row]
    let hasRows: Bool

    struct Row: Sendable {
        let name: String
        let address: String
        let kind: String
        let size: String
        let time: TimeText
    }

    init(page: Frame, files: [BackupFile], state: BackupState, voice: Voice) {
        let words = voice.words
        self.page = page
        running = state.startedAt.map { started in
            words(
                "backups.running",
                ["time": voice.time(started).text, "size": voice.bytes(state.writtenBytes)]
            )
        }
        failure = state.failure.map { NoticeView(title: words["backups.failed"], text: $0) }
        rows = files.map { file in
            Row(
                name: file.name,
                address: "/admin/backups/\(file.name)",
                kind: words["backups.kind.\(file.kind.rawValue)"],
                size: voice.bytes(file.bytes),
                time: voice.time(file.madeAt)
            )
        }
        hasRows = !rows.isEmpty
    }
}
