import Engine
import Fetch
import Foundation
import Sandbox
import Testing

@testable import Tools

/// The tools around programs, in a real sandbox.
@Suite(.wantsNamespaces, .timeLimit(.minutes(3))) final class CodeToolTests {
    private let sandbox: CodeSandbox
    private let workspaces = Workspaces(path: "/tmp/alma-tools-\(UUID().uuidString)")
    private let context = ToolContext(run: .sample)
    private var door: WorkspaceDoor { WorkspaceDoor(workspaces: workspaces, files: FilesInMemory()) }

    init() async throws { sandbox = try await Bench.sandbox.value() }

    deinit {
        workspaces.remove([context.run.conversationID])
        rmdir(workspaces.path)
    }

    private func check(_ input: [String: JSONValue]) async throws -> String {
        try await CheckCodeTool(sandbox: sandbox, door: door).perform(.object(input), in: context)
    }

    private func check(_ language: String, _ code: String) async throws -> String {
        try await check(["language": .string(language), "code": .string(code)])
    }

    private func create(_ kind: String, _ name: String) async throws -> String {
        let input = JSONValue.object(["kind": .string(kind), "name": .string(name)])
        return try await CreateProjectTool(door: door).perform(input, in: context)
    }

    @Test(arguments: [
        ("python", "import os\nprint(x)\n", ["line 1: warning", "os", "line 2: warning", "x"]),
        ("python", "def f(:\n    pass\n", ["line 1: error: invalid syntax"]),
        ("shell", "if true; then\n  echo 'x\nfi\n", ["error: unexpected EOF"]),
        ("sql", "create table t (a);\nselect b from t;\nselect 1", ["line 2: error: no such column: b"]),
        ("sql", "selec 1;\nattach 'x' as y;", ["line 1: error: near \"selec\"", "line 2: error"]),
        ("json", "{\"a\":\n}", ["line 2: error: Expecting value"]),
        ("html", "<p><b>x</p>\n</div>", ["line 1: error: <b> is not closed", "line 2: error: </div> closes nothing"]),
        ("css", "a { color: red\n nonsense; }\n}", ["line 3: error: a } that closes nothing"]),
    ])
    func whatIsWrongIsFound(language: String, code: String, words: [String]) async throws {
        let answer = try await check(language, code)
        for word in words { #expect(answer.contains(word), "\(answer)") }
        #expect(answer.contains("Checked by: "))
    }

    @Test(arguments: [
        (
            "python",
            "from json import dumps\n\n\ndef f(a, *b, c=1, **d):\n    return dumps([x for x in (a, b, c, d)])\n"
        ),
        ("shell", "for x in 1 2; do echo \"$x\"; done\n"), ("sql", "create table t (a); insert into t values (1);"),
        ("json", "[1, 2]"), ("html", "<!DOCTYPE html><title>x</title><ul><li>a<li>b</ul><img src=x alt=''>"),
        ("css", "@media print { a::after { content: \"}\"; } }"),
    ])
    func whatIsRightIsLeftAlone(language: String, code: String) async throws {
        #expect(try await check(language, code).hasPrefix("the code: nothing was found."))
    }

    @Test func javascriptIsCheckedWhereNodeIs() async throws {
        let answer = try await check("javascript", "let a = ;\n")
        let isThere = sandbox.report.languages.contains(.javascript)
        #expect(answer.contains(isThere ? "line 1: error: SyntaxError" : "Not installed here: node"))
        #expect(try await check("typescript", "let x: number = 1").contains("tsc"))
    }

    @Test func aFileIsCheckedByItsEnding() async throws {
        _ = try await create("python", "tides")
        let answer = try await check(["path": "/workspace/tides/tides/__main__.py"])
        #expect(answer.hasPrefix("tides/tides/__main__.py: nothing was found."))
        await #expect(throws: ToolFailure("The language of tides/README.md is not known. Name it.")) {
            try await check(["path": "tides/README.md"])
        }
        await #expect(throws: ToolFailure.self) { try await check(["path": "../../etc/passwd", "language": "shell"]) }
    }

    /// Nothing of what is checked is run, and nothing of the workspace's is loaded by the checker.
    @Test func nothingIsRun() async throws {
        let workspace = try workspaces.workspace(of: context.run.conversationID)
        try workspace.write("ast.py", Array("raise SystemExit('LOADED')".utf8))
        #expect(try await check("python", "raise SystemExit('RUN')\n").hasPrefix("the code: nothing was found."))
        _ = try await check("sql", "create table ran (a);")
        #expect(try workspace.list().entries.map(\.path) == ["ast.py"])
    }

    @Test(arguments: [("python", "tide-tables"), ("node", "tide-tables"), ("site", "tide-tables")])
    func projectsRunTheirTests(kind: String, name: String) async throws {
        let answer = try await create(kind, name)
        let test = try #require(answer.split(separator: "\n").last?.split(separator: ": ").last)
        guard kind != "node" || sandbox.report.languages.contains(.javascript) else { return }
        let runner = RunCodeTool(sandbox: sandbox, door: door)
        let code = "cd \(name) && \(test) 2>&1 && grep -q '\(test)' README.md"
        let input = JSONValue.object(["language": "shell", "code": .string(code)])
        let result = try JSONValue(parsing: try await runner.perform(input, in: context))
        #expect(result["exit_code"]?.int == 0, "\(result.text)")
        await #expect(throws: ToolFailure("There are files in \(name) already. Choose another name.")) {
            try await create(kind, name)
        }
    }

    @Test func aProgramGoesWhereItsAgentMay() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(200, "", "reached") }
        }
        // Not the sandbox's own loopback, which no proxy is asked for.
        let script = """
            import urllib.request as u
            o = u.build_opener(u.ProxyHandler({'http': 'http://127.0.0.1:3128'}))
            print(o.open('http://127.0.0.1.nip.test:\(server.port)/').read())
            """
        let network = SandboxNetwork(
            addresses: .publicOnly,
            networks: try FixedNetwork("example.org", "10.0.0.1:80")
        )
        let runner = RunCodeTool(sandbox: sandbox, door: door, network: network)
        let input = JSONValue.object(["language": "python", "code": .string(script)])
        let result = try JSONValue(parsing: try await runner.perform(input, in: context))
        #expect(result["exit_code"]?.int == 1)
        #expect(
            result["network_refused"]
                == .array([.string("127.0.0.1.nip.test:\(server.port) is not on this agent's list")])
        )
        #expect(server.connections == 0)
    }
}
