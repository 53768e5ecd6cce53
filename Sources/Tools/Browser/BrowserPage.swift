import Engine
import Foundation

/// The one page that a browser shows: what can be done on it, and what it says. Throws `ToolFailure`.
struct BrowserPage: Sendable {
    private let wire: BrowserWire
    private let session: String
    private let frame: String
    private let loading: PageLoading

    init(_ wire: BrowserWire) async throws {
        self.wire = wire
        let targets = try await wire.ask("Target.getTargets")["targetInfos"]?.array ?? []
        guard let page = targets.first(where: { $0["type"]?.string == "page" })?["targetId"]?.string else {
            throw ToolFailure("The browser has no page.")
        }
        let attached = try await wire.ask("Target.attachToTarget", ["targetId": .string(page), "flatten": .bool(true)])
        guard let session = attached["sessionId"]?.string else { throw ToolFailure("The browser gives no page.") }
        (self.session, frame) = (session, page)
        let loading = PageLoading()
        self.loading = loading
        wire.listen { [weak wire] event, about in
            Self.hear(event, about, page: page, session: session, wire, loading)
        }
        _ = try await wire.ask("Browser.setDownloadBehavior", ["behavior": .string("deny")])
        _ = try await wire.ask("Target.setDiscoverTargets", ["discover": .bool(true)])
        _ = try await ask("Page.enable")
        _ = try await ask("Page.setLifecycleEventsEnabled", ["enabled": .bool(true)])
    }

    private func ask(_ method: String, _ parameters: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await wire.ask(method, parameters, session: session)
    }

    /// Questions of the page's are answered with no, and what it opens in a new window is opened in its place.
    private static func hear(
        _ event: String,
        _ about: JSONValue,
        page: String,
        session: String,
        _ wire: BrowserWire?,
        _ loading: PageLoading
    ) {
        switch event {
        case "Page.lifecycleEvent" where about["frameId"]?.string == page:
            loading.hear(about["name"]?.string ?? "")
        case "Page.javascriptDialogOpening":
            let isLeaving = about["type"]?.string == "beforeunload"
            wire?.tell("Page.handleJavaScriptDialog", ["accept": .bool(isLeaving)], session: session)
        case "Target.targetCreated", "Target.targetInfoChanged":
            guard let target = about["targetInfo"], target["type"]?.string == "page",
                let id = target["targetId"]?.string, id != page
            else { return }
            let url = target["url"]?.string ?? ""
            guard url.hasPrefix("http") else { return }
            wire?.tell("Target.closeTarget", ["targetId": .string(id)])
            wire?.tell("Page.navigate", ["url": .string(url)], session: session)
        default: break
        }
    }
}

// MARK: - What can be done

extension BrowserPage {
    /// `url`: a checked http or https address. Returns what the browser has against it; nil when it is there.
    func open(_ url: String) async throws -> String? {
        loading.begin()
        let answer = try await ask("Page.navigate", ["url": .string(url)])
        if let words = answer["errorText"]?.string, !words.isEmpty { return words }
        // Another place of the same page: nothing is loaded.
        if answer["loaderId"] == nil { loading.end() }
        try await settle()
        return nil
    }

    /// One page back. Throws when there is none.
    func back() async throws {
        let history = try await ask("Page.getNavigationHistory")
        let entries = history["entries"]?.array ?? []
        guard let index = history["currentIndex"]?.int, index > 0, entries.indices.contains(index - 1),
            let entry = entries[index - 1]["id"], entries[index - 1]["url"]?.string != "about:blank"
        else { throw ToolFailure("There is no page before this one.") }
        _ = try await ask("Page.navigateToHistoryEntry", ["entryId": entry])
        try await settle()
    }

    /// Clicks on a numbered element, as a person would: where it is seen.
    func click(_ element: Int) async throws {
        let place = try await run(PageScript.place(of: element))
        if let words = place["problem"]?.string { throw ToolFailure(words) }
        guard let x = place["x"], let y = place["y"] else { throw ToolFailure("There is no element \(element).") }
        let common: [String: JSONValue] = ["x": x, "y": y, "button": .string("left"), "clickCount": .number(1)]
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            _ = try await ask("Input.dispatchMouseEvent", common.merging(["type": .string(kind)]) { one, _ in one })
        }
        try await settle()
    }

    /// Writes into a numbered field in place of what stands there, or chooses the option of a list.
    func type(_ text: String, into element: Int, submits: Bool) async throws {
        let field = try await run(PageScript.field(element, text))
        if let words = field["problem"]?.string { throw ToolFailure(words) }
        if field["isChosen"]?.bool != true { _ = try await ask("Input.insertText", ["text": .string(text)]) }
        if submits {
            for kind in ["keyDown", "keyUp"] {
                let key: [String: JSONValue] = [
                    "type": .string(kind), "key": .string("Enter"), "code": .string("Enter"),
                    "windowsVirtualKeyCode": .number(13), "text": .string(kind == "keyDown" ? "\r" : ""),
                ]
                _ = try await ask("Input.dispatchKeyEvent", key)
            }
        }
        try await settle()
    }

    /// By so many screens, up when negative.
    func scroll(_ screens: Int) async throws {
        _ = try await run("window.scrollBy(0, \(screens) * window.innerHeight * 0.9)")
        try await settle()
    }

    /// A PNG of what is seen, or of the whole page to a height of 10 000 points.
    func screenshot(whole: Bool) async throws -> [UInt8] {
        var parameters: [String: JSONValue] = ["format": .string("png")]
        if whole {
            let size = try await ask("Page.getLayoutMetrics")["cssContentSize"]
            let height = min(size?["height"]?.decimal ?? 900, 10_000)
            let clip: [String: JSONValue] = [
                "x": .number(0), "y": .number(0), "width": .number(min(size?["width"]?.decimal ?? 1280, 4000)),
                "height": .number(height), "scale": .number(1),
            ]
            parameters.merge(["clip": .object(clip), "captureBeyondViewport": .bool(true)]) { one, _ in one }
        }
        let picture = try await ask("Page.captureScreenshot", parameters)
        guard let data = picture["data"]?.string.flatMap({ Data(base64Encoded: $0) }) else {
            throw ToolFailure("The browser gave no picture.")
        }
        return Array(data)
    }
}

// MARK: - What it says

extension BrowserPage {
    /// The page as text, with a number before each element that something can be done with.
    struct View: Sendable {
        var title: String
        var url: String
        var text: String
        /// How far down it is scrolled, of 100.
        var position: Int
    }

    func read() async throws -> View {
        let view = try await run(PageScript.reading)
        return View(
            title: view["title"]?.string ?? "",
            url: view["url"]?.string ?? "",
            text: view["text"]?.string ?? "",
            position: view["position"]?.int ?? 0
        )
    }

    /// How often a script is tried while one page after another takes its place away.
    private static let mostTries = 5

    /// In a world of its own, in which the page's programs can change nothing. A page that goes on to another one meanwhile
    /// takes that world with it: then it is run on the other one.
    private func run(_ script: String) async throws -> JSONValue {
        for attempt in 1..<Self.mostTries {
            do {
                return try await runOnce(script)
            } catch let failure as ToolFailure where Self.tellsOfAnotherPage(failure.message) {
                try await Task.sleep(for: .milliseconds(50 * attempt))
            }
        }
        return try await runOnce(script)
    }

    /// By the browser's own words.
    private static func tellsOfAnotherPage(_ words: String) -> Bool {
        [
            "annot find context", "Execution context was destroyed", "Inspected target navigated",
            "Cannot find default execution context", "Could not create isolated world", "Promise was collected",
        ].contains { words.contains($0) }
    }

    private func runOnce(_ script: String) async throws -> JSONValue {
        let world = try await ask(
            "Page.createIsolatedWorld",
            ["frameId": .string(frame), "worldName": .string("reader")]
        )
        let answer = try await ask(
            "Runtime.evaluate",
            [
                "expression": .string(script), "contextId": world["executionContextId"] ?? .null,
                "returnByValue": .bool(true), "awaitPromise": .bool(true), "timeout": .number(10_000),
            ]
        )
        if let trouble = answer["exceptionDetails"] {
            throw ToolFailure("The page cannot be read: \(trouble["text"]?.string ?? "its programs are in the way").")
        }
        return answer["result"]?["value"] ?? .null
    }

    /// Until the page has come and has been quiet for a moment, or nobody would wait any longer.
    private func settle() async throws {
        let end = ContinuousClock.now + .seconds(12)
        try await Task.sleep(for: .milliseconds(150))
        while loading.isLoading, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
        // A page that goes on to another one takes the question with it.
        for _ in 0..<3 where ContinuousClock.now < end {
            if (try? await runOnce(PageScript.quiet)) != nil, !loading.isLoading { return }
            try Task.checkCancellation()
            guard wire.isOpen else { throw ToolFailure("The browser has ended. Open the page again.") }
            while loading.isLoading, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
        }
    }
}

/// Whether a page is on its way.
private final class PageLoading: @unchecked Sendable {
    // Guarded by `lock`.
    private let lock = NSLock()
    private var isUnderWay = false

    var isLoading: Bool { lock.withLock { isUnderWay } }

    func begin() { lock.withLock { isUnderWay = true } }

    func end() { lock.withLock { isUnderWay = false } }

    /// The names are the protocol's: a new document, and hardly anything more to be fetched for it.
    func hear(_ name: String) {
        lock.withLock {
            if name == "init" { isUnderWay = true }
            if name == "networkAlmostIdle" || name == "networkIdle" { isUnderWay = false }
        }
    }
}
