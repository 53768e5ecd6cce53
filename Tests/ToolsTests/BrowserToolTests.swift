import Egress
import Engine
import Fetch
import Foundation
import Sandbox
import Testing

@testable import Tools

/// A real Chromium in a real sandbox, against pages of the test's own.
@Suite(.serialized, .wantsNamespaces, .wantsBrowser, .timeLimit(.minutes(5))) final class BrowserToolTests {
    private let sessions: BrowserSessions
    private let tool: BrowserTool
    private let workspaces = Workspaces(path: "/tmp/alma-tools-\(UUID().uuidString)")
    private let scratch = Workspaces(path: "/tmp/alma-browsers-\(UUID().uuidString)")
    private let context = ToolContext(run: .sample)
    private let server: ScriptedServer
    /// How many have asked for the page that never comes.
    private let waiting: Counter

    init() async throws {
        let waiting = Counter()
        self.waiting = waiting
        server = try ScriptedServer { peer in
            while let request = peer.request() {
                let path = request.head.split(separator: " ")[1]
                if path == "/never" {
                    waiting.increment()
                    return peer.waitForClose()
                }
                let (status, headers, body) = Self.answer(String(path), request)
                peer.answer(status, headers, body)
            }
        }
        sessions = try #require(Self.sessions(try await Bench.sandbox.value(), scratch, try FixedNetwork()))
        tool = BrowserTool(sessions: sessions, door: WorkspaceDoor(workspaces: workspaces, files: FilesInMemory()))
    }

    deinit {
        workspaces.remove([context.run.conversationID])
        rmdir(workspaces.path)
        rmdir(scratch.path)
    }

    private static func sessions(_ sandbox: CodeSandbox, _ scratch: Workspaces, _ networks: FixedNetwork)
        -> BrowserSessions?
    {
        BrowserSessions(
            sandbox: sandbox,
            scratch: scratch,
            addresses: .publicAnd { $0 == "127.0.0.1" },
            networks: networks
        )
    }

    private static func answer(_ path: String, _ request: Peer.Request) -> (Int, String, String) {
        let html = "Content-Type: text/html; charset=utf-8\r\n"
        switch path.prefix(while: { $0 != "?" }) {
        case "/": return (200, html, page)
        case "/there":
            return (200, html, "<title>There</title><p>You came with \(path.split(separator: "?").last ?? "")")
        case "/inside": return (302, "Location: http://127.0.0.2:8080/\r\n", "")
        case "/asks": return (200, html, asking)
        default: return (404, html, "nothing")
        }
    }

    private static let page = """
        <!DOCTYPE html><title>Shop</title><div id=app></div><script>
        let count = 0;
        setTimeout(() => {
          app.innerHTML = `<h1>Made by scripts</h1><button id=more>Add one</button><p id=count>0 things</p>
            <form action=/there><label>Your name <input name=who value=old></label>
            <label><input type=checkbox name=agree> I agree</label>
            <select name=size aria-label=Size><option>Small<option value=l>Large</select></form>
            <a href=/there?link>A link</a> <a target=_blank href=/there?window>A window</a>
            <div style="display:none">not to be seen</div><button disabled>Off</button>
            <div style="height:3000px"></div><p>At the bottom</p>`;
          more.onclick = () => setTimeout(() => { document.getElementById("count").textContent = ++count + " things"; }, 100);
        }, 200);
        </script>
        """

    /// Pictures, requests, frames and windows that a page wants of its own accord.
    private static let asking = """
        <!DOCTYPE html><title>Asks</title><p id=out>asking</p><script>
        const tried = ["http://127.0.0.2:9/", "http://localhost:3128/", "http://[::1]:9/", "http://169.254.169.254/x",
          "http://2130706434/", "http://10.0.0.1/", "http://127.2/", "http://0x7f.0.0.2/", "http://0177.0.0.2/", "http://0/",
          "http://[::]/", "http://[::ffff:7f00:2]/", "http://[64:ff9b::7f00:2]/", "http://[2002:7f00:2::]/",
          "http://[fe80::1]/", "http://[fd00::1]/", "http://172.16.0.1/", "http://192.168.0.1/", "http://100.64.0.1/",
          "http://198.18.0.1/", "http://127。0。0。2/", "http://%31%32%37.0.0.2/"].map(url => fetch(url, {mode: "no-cors"}).then(() => "open", () => "no"));
        const socket = new Promise(done => { const s = new WebSocket("ws://127.0.0.2:9/"); s.onopen = () => done("open"); s.onerror = () => done("no"); });
        const frame = document.createElement("iframe"); frame.src = "file:///etc/passwd"; document.body.append(frame);
        alert("stay here");
        Promise.all([...tried, socket]).then(all => { out.textContent = all.join(" "); });
        </script>
        """

    /// Processes of this one's that run a browser, by their numbers: others on this machine have theirs.
    private static func browsers() -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        let parents = Dictionary(all.compactMap { pid in parent(of: pid).map { (pid, $0) } }) { first, _ in first }
        func isOurs(_ pid: pid_t) -> Bool {
            var pid = pid
            while let parent = parents[pid], parent > 1 {
                if parent == getpid() { return true }
                pid = parent
            }
            return false
        }
        return all.filter { pid in
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
            return program?.hasSuffix("/chromium") == true && isOurs(pid)
        }.sorted()
    }

    private static func parent(of pid: pid_t) -> pid_t? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        // Behind the name, which may hold anything: state, parent.
        return stat.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) }
    }

    @Test func aBrowserThatIsKilledEndsInWordsAndLeavesNothing() async throws {
        _ = try await open("/")
        #expect(!Self.browsers().isEmpty)
        let (call, address) = (tool, "\(server.url)/never")
        let context = context
        let opening = Task {
            try await call.perform(.object(["action": .string("open"), "url": .string(address)]), in: context)
        }
        try await eventually("the page that never comes is asked for") { waiting.value > 0 }
        for pid in Self.browsers() { kill(pid, SIGKILL) }
        let failure = await #expect(throws: ToolFailure.self) { try await opening.value }
        #expect(failure?.message.contains("browser") == true, "\(failure?.message ?? "")")
        await #expect(throws: ToolFailure.self) { try await act("read") }
        // Another one takes its place.
        #expect(try await open("/there?again").contains("You came with again"))
        await tool.runEnded(context.run.id)
        try await eventually("no browser is left") { Self.browsers().isEmpty }
        let left = try? FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(left ?? [] == [])
    }

    private func act(_ action: String, _ more: [String: JSONValue] = [:]) async throws -> String {
        try await tool.perform(.object(more.merging(["action": .string(action)]) { one, _ in one }), in: context)
    }

    private func open(_ path: String) async throws -> String {
        try await act("open", ["url": .string("\(server.url)\(path)")])
    }

    /// Looks again until the page says it: one may come a moment after the act that has asked for it.
    private func reading(_ said: String, until words: String) async throws -> String {
        var text = said
        try await eventually("the page says \"\(words)\"", every: .milliseconds(50)) {
            if !text.contains(words), let now = try? await act("read") { text = now }
            return text.contains(words)
        }
        return text
    }

    /// The number before what begins so.
    private func number(of element: String, in text: String) throws -> JSONValue {
        let line = try #require(
            text.split(separator: "[").first { $0.contains("] \(element)") },
            "\(element) in \(text)"
        )
        return .number(Decimal(Int(line.prefix { $0 != "]" }) ?? 0))
    }

    @Test func aPageMadeByScriptsIsReadAndUsed() async throws {
        let opened = try await open("/")
        #expect(opened.hasPrefix("Title: Shop\nAddress: \(server.url)/\n"))
        #expect(opened.contains("\nConnections: 127.0.0.1:\(server.port) ("))
        var text = try await reading(opened, until: "At the bottom")
        #expect(text.contains("# Made by scripts") && text.contains("0 things") && text.contains("At the bottom"))
        #expect(!text.contains("not to be seen"))
        #expect(text.contains("list \"Size\" = \"Small\" of: Small | Large"))
        #expect(text.contains("button \"Off\" (disabled)"))

        text = try await act("click", ["element": try number(of: "button \"Add one\"", in: text)])
        text = try await reading(text, until: "1 things")
        text = try await act("click", ["element": try number(of: "checkbox \"I agree\"", in: text)])
        text = try await reading(text, until: "checkbox \"I agree\" (x)")
        text = try await act("type", ["element": try number(of: "list \"Size\"", in: text), "text": "Large"])
        text = try await reading(text, until: "list \"Size\" = \"Large\"")
        text = try await act("scroll")
        #expect(text.contains("Scrolled to: ") && !text.contains("Scrolled to: 0 %"))
        let field = try number(of: "field \"Your name\"", in: text)
        text = try await act("type", ["element": field, "text": "Ada & 你好", "submit": true])
        text = try await reading(text, until: "You came with who=Ada+%26+%E4%BD%A0%E5%A5%BD&agree=on&size=l")
        #expect(text.hasPrefix("Title: There\n"))
        text = try await reading(try await act("back"), until: "link \"A window\"")
        #expect(text.hasPrefix("Title: Shop\n"))
        text = try await act("click", ["element": try number(of: "link \"A window\"", in: text)])
        _ = try await reading(text, until: "You came with window")
        await #expect(throws: ToolFailure("There is no element 77 any more. Read the page again.")) {
            try await act("click", ["element": 77])
        }

        text = try await act("screenshot")
        let path = try #require(text.firstMatch(of: /screenshots\/[0-9a-f-]+\.png/)).output
        let workspace = try workspaces.workspace(of: context.run.conversationID)
        let picture = try workspace.read(String(path), limit: 1 << 20).bytes
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) && picture.count > 1000)
        await tool.runEnded(context.run.id)
    }

    @Test func aPageCannotReachInside() async throws {
        var said = try await open("/asks")
        // What is refused comes as an empty answer, or as none; behind the proxy nobody was asked.
        try await eventually("all have been answered", every: .milliseconds(50)) {
            if said.contains(/(open|no)( (open|no)){21} no/) { return true }
            if let more = try? await act("read") { said += more }
            return false
        }
        #expect(!said.contains("root:"))
        #expect(said.contains("Refused: "))
        // An answer names the first ones only.
        let refused = Set(try sessions.known(for: context).refusals.map { "\($0.place) \($0.reason)" })
        for host in ["127.0.0.2:80", "10.0.0.1:80", "169.254.169.254:80"] {
            #expect(refused.contains("\(host) leads into a private or local network"), "\(refused)")
        }
        await tool.runEnded(context.run.id)
    }

    @Test(arguments: [
        "http://127.0.0.2/", "http://2130706434/", "http://0x7f000002/", "http://[::1]/", "http://[::ffff:127.0.0.2]/",
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
    ])
    func noAddressLeadsInside(url: String) async throws {
        do {
            let text = try await act("open", ["url": .string(url)])
            #expect(text.contains("leads into a private or local network"))
        } catch let failure as ToolFailure {
            #expect(failure.message.contains("leads into a private or local network"), "\(failure.message)")
        }
        await tool.runEnded(context.run.id)
    }

    @Test(arguments: [
        "file:///etc/passwd", "chrome://version", "javascript:alert(1)", "data:text/html,x", "view-source:http://a/",
    ])
    func onlyWebAddressesAreOpened(url: String) async throws {
        await #expect(throws: ToolFailure.self) { try await act("open", ["url": .string(url)]) }
    }

    @Test func aRedirectIsNoWayInside() async throws {
        let words: String
        do { words = try await open("/inside") } catch { words = (error as? ToolFailure)?.message ?? "" }
        #expect(words.contains("127.0.0.2:8080 leads into a private or local network"))
        await tool.runEnded(context.run.id)
    }

    @Test func anAgentsListHoldsForItsBrowser() async throws {
        let listed = try #require(
            Self.sessions(try await Bench.sandbox.value(), scratch, try FixedNetwork("example.org"))
        )
        let tool = BrowserTool(sessions: listed, door: WorkspaceDoor(workspaces: workspaces, files: FilesInMemory()))
        let input = JSONValue.object(["action": "open", "url": .string("\(server.url)/")])
        let words: String
        do { words = try await tool.perform(input, in: context) } catch {
            words = (error as? ToolFailure)?.message ?? ""
        }
        #expect(words.contains("127.0.0.1:\(server.port) is not on this agent's list"))
        #expect(server.connections == 0)
        await listed.close()
    }

    @Test func nothingIsLeftOfIt() async throws {
        await #expect(throws: ToolFailure("No page is open. Begin with open.")) { try await act("read") }
        _ = try await open("/there")
        #expect(!scratch.conversations.isEmpty)
        let begin = ContinuousClock.now
        await tool.runEnded(context.run.id)
        #expect(ContinuousClock.now - begin < .seconds(30))
        #expect(scratch.conversations.isEmpty)
        await #expect(throws: ToolFailure("No page is open. Begin with open.")) { try await act("read") }
        let input = JSONValue.object(["action": "open", "url": .string("\(server.url)/")])
        let task = Task { [tool, context] in try await tool.perform(input, in: context) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        _ = try? await task.value
        await tool.runEnded(context.run.id)
        #expect(scratch.conversations.isEmpty)
    }

    @Test func whatLooksIsLessThanWhatActs() {
        func level(_ action: String) -> ToolLevel {
            tool.specification(for: .object(["action": .string(action)])).level
        }
        #expect(level("open") == .readOnly && level("read") == .readOnly && level("screenshot") == .readOnly)
        #expect(level("click") == .safeExecute && level("type") == .safeExecute)
    }
}

extension Trait where Self == ConditionTrait {
    static var wantsBrowser: Self { .enabled(if: BrowserProcess.program != nil, "Chromium is not installed") }
}
