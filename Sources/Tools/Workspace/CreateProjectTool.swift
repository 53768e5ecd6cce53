package import Engine
import Foundation
package import Sandbox

/// Begins a project in the workspace: a folder with a first program, a test that runs, and a README that says how.
package struct CreateProjectTool: WorkspaceTool {
    package let specification = ToolSpecification(
        name: "create_project",
        description: """
            Begins a project in a new folder of this conversation's workspace, with a small program, a test that runs \
            without anything installed, a .gitignore and a README. Kinds: python (a package), node (a program with modules), \
            site (static pages). Change the files afterwards.
            """,
        schema: """
            {"type":"object","required":["kind","name"],"additionalProperties":false,"properties":{
            "kind":{"type":"string","enum":["python","node","site"]},
            "name":{"type":"string","pattern":"^[a-z][a-z0-9-]{0,49}$","description":"also the folder's, such as tide-tables"},
            "description":{"type":"string","maxLength":300,"description":"one sentence for the README"}}}
            """,
        level: .safeExecute,
        effect: .effectful,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let name = input["name"]?.string ?? ""
        if let there = try? workspace.list(name, limit: 1), !there.entries.isEmpty {
            throw ToolFailure("There are files in \(name) already. Choose another name.")
        }
        let about = (input["description"]?.string ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
        let scaffold = Scaffold(kind: input["kind"]?.string ?? "", name: name, about: about)
        for (path, text) in scaffold.files { try workspace.write("\(name)/\(path)", Array(text.utf8)) }
        let list = scaffold.files.map { "\(name)/\($0.path)" }.joined(separator: "\n")
        return "\(list)\nIts test, in \(name): \(scaffold.test)"
    }
}

/// The first files of a project.
struct Scaffold {
    let files: [(path: String, text: String)]
    /// The command that runs its test, in its folder.
    let test: String

    init(kind: String, name: String, about: String) {
        switch kind {
        case "python": self.init(python: name, about)
        case "node": self.init(node: name, about)
        default: self.init(site: name, about)
        }
    }

    private init(python name: String, _ about: String) {
        let module = name.replacing("-", with: "_")
        test = "python3 -m unittest discover -s tests -t ."
        files = [
            ("README.md", Self.readme(name, about, run: "python3 -m \(module) Ada", test: test)),
            (
                "pyproject.toml",
                """
                [build-system]
                requires = ["setuptools>=61"]
                build-backend = "setuptools.build_meta"

                [project]
                name = "\(name)"
                version = "0.1.0"
                requires-python = ">=3.9"

                [tool.setuptools]
                packages = ["\(module)"]

                """
            ),
            (".gitignore", "__pycache__/\n*.egg-info/\n.venv/\ndist/\n"),
            (
                "\(module)/__init__.py",
                "def greeting(name: str) -> str:\n    return f\"Hello, {name}!\"\n"
            ),
            (
                "\(module)/__main__.py",
                "import sys\n\nfrom . import greeting\n\nprint(greeting(\" \".join(sys.argv[1:]) or \"world\"))\n"
            ),
            ("tests/__init__.py", ""),
            (
                "tests/test_greeting.py",
                """
                import unittest

                from \(module) import greeting


                class GreetingTests(unittest.TestCase):
                    def test_it_names_whom_it_greets(self):
                        self.assertEqual(greeting("Ada"), "Hello, Ada!")

                """
            ),
        ]
    }

    private init(node name: String, _ about: String) {
        test = "node --test"
        files = [
            ("README.md", Self.readme(name, about, run: "node src/main.js Ada", test: test)),
            (
                "package.json",
                """
                {
                  "name": "\(name)",
                  "version": "0.1.0",
                  "private": true,
                  "type": "module",
                  "scripts": { "start": "node src/main.js", "test": "node --test" }
                }

                """
            ),
            (".gitignore", "node_modules/\n"),
            ("src/greeting.js", "export function greeting(name) {\n  return `Hello, ${name}!`;\n}\n"),
            (
                "src/main.js",
                """
                import { greeting } from "./greeting.js";

                console.log(greeting(process.argv.slice(2).join(" ") || "world"));

                """
            ),
            (
                "test/greeting.test.js",
                """
                import assert from "node:assert/strict";
                import test from "node:test";

                import { greeting } from "../src/greeting.js";

                test("it names whom it greets", () => {
                  assert.equal(greeting("Ada"), "Hello, Ada!");
                });

                """
            ),
        ]
    }

    private init(site name: String, _ about: String) {
        test = "python3 check.py"
        files = [
            ("README.md", Self.readme(name, about, run: "python3 -m http.server -d public", test: test)),
            (
                "public/index.html",
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>\(name)</title>
                <link rel="stylesheet" href="style.css">
                </head>
                <body>
                <main>
                <h1>\(name)</h1>
                <p>Write here.</p>
                </main>
                <script src="main.js"></script>
                </body>
                </html>

                """
            ),
            (
                "public/style.css",
                """
                :root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }
                main { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }

                """
            ),
            ("public/main.js", "document.documentElement.dataset.ready = \"true\";\n"),
            (
                "check.py",
                """
                \"\"\"Every file that a page names is there.\"\"\"

                import pathlib
                import re
                import sys

                root = pathlib.Path(__file__).parent / "public"
                missing = [
                    f"{page.relative_to(root)}: {name}"
                    for page in root.rglob("*.html")
                    for name in re.findall(r'(?:href|src)="([^"#:?]+)"', page.read_text())
                    if not (page.parent / name).exists()
                ]
                print("\\n".join(missing) or "Every file is there.")
                sys.exit(bool(missing))

                """
            ),
        ]
    }

    private static func readme(_ name: String, _ about: String, run: String, test: String) -> String {
        """
        # \(name)

        \(about.isEmpty ? "Say here what it is for." : about)

            \(run)      # runs it
            \(test)      # tests it

        """
    }
}
