import Engine
import Foundation
import NIOCore
import NIOEmbedded
import Storage
import Testing

@testable import Web

/// A socket over a line in memory, of which the test is the client. Its line's own time stands still until the test moves it.
struct TestSocket: Sendable {
    let link: SocketLink
    private let line: NIOAsyncTestingChannel
    private let unread = Locked(ByteBuffer())

    /// With nobody behind it.
    static func run(_ body: (TestSocket) async throws -> Void) async throws {
        let socket = try await TestSocket(bell: Signal())
        try await socket.use(body)
    }

    /// On a new conversation of the caller's, answered as every socket is.
    static func run(
        _ site: TestSite,
        as caller: Caller,
        tokenLasts: TimeInterval? = nil,
        _ body: (TestSocket) async throws -> Void
    ) async throws {
        let conversation = try #require(UUID(uuidString: try await caller.newConversation()))
        var grant = try #require(await site.services.tokens.verify(caller.token ?? ""))
        if let tokenLasts { grant.expiresAt = Date().addingTimeInterval(tokenLasts) }
        let known = try #require(try await site.store.identity(user: grant.user, family: grant.family))
        let identity = Identity(user: known.user, principal: known.principal, token: grant)
        let pass = try await site.services.openWatchingStream(for: identity, conversation: conversation)
        let feed = try await ConversationFeed(
            conversation,
            from: .now,
            services: site.services,
            by: identity.principal
        )
        let socket = try await TestSocket(bell: pass.bell)
        let session = SocketSession(
            desk: SocketDesk(services: site.services, identity: identity, conversation: conversation),
            link: socket.link,
            pass: pass,
            feed: feed,
            request: "test",
            logger: .silent
        )
        async let answering: Void = Self.answer(session)
        try await socket.use(body)
        await answering
    }

    private static func answer(_ session: SocketSession) async {
        var session = session
        await session.run(isResumed: false)
    }

    /// Until `body` is done, whatever comes of it.
    private func use(_ body: (TestSocket) async throws -> Void) async throws {
        do { try await body(self) } catch {
            await hangUp()
            throw error
        }
        await hangUp()
    }

    private init(bell: Signal) async throws {
        line = NIOAsyncTestingChannel()
        try await line.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
        link = SocketLink(channel: line, bell: bell)
        try await link.prepare(limit: SocketRoutes.messageLimit)
        link.open()
    }

    var isOpen: Bool { line.isActive }

    func send(_ frames: ClientFrame...) async throws { try await send(frames) }

    /// In one piece.
    func send(_ frames: [ClientFrame]) async throws {
        try await line.writeInbound(ByteBuffer(bytes: frames.flatMap(\.bytes)))
        await line.testingEventLoop.run()
    }

    /// Moves the line's time.
    func wait(_ time: TimeAmount) async { await line.testingEventLoop.advanceTime(by: time) }

    /// What waits for its time is done with.
    func hangUp() async {
        try? await line.close()
        await wait(.minutes(1))
    }

    /// The next frame that the server sends.
    func hear() async throws -> ServerFrame {
        var frame: ServerFrame?
        try await eventually("the server says something") {
            while var more = try await line.readOutbound(as: ByteBuffer.self) {
                unread.withLock { _ = $0.writeBuffer(&more) }
            }
            frame = unread.withLock { ServerFrame(&$0) }
            return frame != nil
        }
        return try #require(frame)
    }

    func hear(_ kind: ServerFrame.Kind) async throws -> ServerFrame {
        while true {
            let frame = try await hear()
            if frame.kind == kind { return frame }
        }
    }

    /// All that it says until its goodbye, that included.
    func hearAll() async throws -> [ServerFrame] {
        var frames = [try await hear()]
        while frames.last?.kind != .close { frames.append(try await hear()) }
        return frames
    }
}
