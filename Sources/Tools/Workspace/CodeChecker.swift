/// The program that looks at programs, in the sandbox. It uses what is installed there, and says what is not.
enum CodeChecker {
    static let script = #"""
        import ast, builtins, json, os, re, subprocess, sys, tempfile, warnings
        from html.parser import HTMLParser

        found, used, missing = [], [], []

        def tell(line, words, kind="error"):
            found.append((line or 1, kind, words.strip()))

        def there(program):
            for folder in os.environ["PATH"].split(":"):
                if os.access(os.path.join(folder, program), os.X_OK):
                    return os.path.join(folder, program)

        def run(program, *arguments, input=None):
            used.append(os.path.basename(program))
            done = subprocess.run([program, *arguments], input=input, capture_output=True, text=True, timeout=50,
                                  errors="replace")
            return done.returncode, done.stdout, done.stderr

        def file(code, ending):
            path = os.path.join(tempfile.mkdtemp(), "code" + ending)
            with open(path, "w") as out:
                out.write(code)
            return path

        class Names(ast.NodeVisitor):
            """Imports that nothing uses, and names that nothing defines anywhere in the file."""

            def __init__(self):
                self.imported, self.bound, self.read, self.exports, self.stars = {}, set(dir(builtins)), {}, set(), False

            def visit_Import(self, node):
                for one in node.names:
                    if one.name == "*":
                        self.stars = True
                        continue
                    name = (one.asname or one.name).split(".")[0]
                    self.imported.setdefault(name, (node.lineno, one.name))
                    self.bound.add(name)

            def visit_ImportFrom(self, node):
                if node.module != "__future__":
                    self.visit_Import(node)

            def visit_Name(self, node):
                if isinstance(node.ctx, ast.Load):
                    self.read.setdefault(node.id, node.lineno)
                else:
                    self.bound.add(node.id)

            def visit_arg(self, node):
                self.bound.add(node.arg)
                self.generic_visit(node)

            def named(self, node):
                self.bound.add(node.name)
                self.generic_visit(node)

            visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = named

            def visit_ExceptHandler(self, node):
                if node.name:
                    self.bound.add(node.name)
                self.generic_visit(node)

            def visit_Global(self, node):
                self.bound.update(node.names)

            visit_Nonlocal = visit_Global

            def visit_Assign(self, node):
                if any(isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets):
                    self.exports |= {one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
                self.generic_visit(node)

            def generic_visit(self, node):
                for field in ("name", "rest"):
                    if isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)) and getattr(node, field, None):
                        self.bound.add(getattr(node, field))
                super().generic_visit(node)

        def python(code):
            used.append("python " + sys.version.split()[0])
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                try:
                    tree = ast.parse(code)
                    compile(code, "code", "exec")
                except SyntaxError as error:
                    return tell(error.lineno, error.msg + (": " + error.text.strip() if error.text else ""))
                except ValueError as error:
                    return tell(1, str(error))
            for one in said:
                tell(one.lineno, str(one.message), "warning")
            try:
                from pyflakes import checker
            except ImportError:
                missing.append("pyflakes, which finds more")
            else:
                used.append("pyflakes")
                for one in checker.Checker(tree, "code").messages:
                    tell(one.lineno, one.message % one.message_args, "warning")
                return
            names = Names()
            names.visit(tree)
            for name, (line, whole) in names.imported.items():
                if name not in names.read and name not in names.exports:
                    tell(line, f"{whole} is imported and not used", "warning")
            known = names.bound | {"__file__", "__name__", "__doc__", "__builtins__", "__path__", "__class__"}
            for name, line in names.read.items():
                if name not in known and not names.stars:
                    tell(line, f"the name {name} is not defined", "warning")

        def javascript(code):
            node = there("node")
            if not node:
                return missing.append("node, without which JavaScript cannot be checked")
            module = re.search(r"^\s*(import\b[^(]|export\b)", code, re.M)
            path = file(code, ".mjs" if module else ".cjs")
            status, _, words = run(node, "--check", path)
            if status:
                line = re.search(re.escape(path) + r":(\d+)", words)
                error = re.search(r"^\w*Error.*$", words, re.M)
                tell(int(line.group(1)) if line else 1, error.group(0) if error else words[:300])

        def typescript(code):
            tsc = there("tsc")
            if not tsc:
                return missing.append("tsc, without which TypeScript cannot be checked (npm install typescript brings it)")
            path = file(code, ".ts")
            _, words, _ = run(tsc, "--noEmit", "--pretty", "false", "--target", "es2022", "--module", "nodenext", path)
            for line, kind, text in re.findall(r"\((\d+),\d+\): (error|warning) (.*)", words):
                tell(int(line), text, kind)

        def shell(code):
            path = file(code, ".sh")
            _, _, words = run("/bin/bash", "-n", path)
            for line, text in re.findall(r": line (\d+): (.*)", words):
                tell(int(line), text)
            shellcheck = there("shellcheck")
            if not shellcheck:
                return missing.append("shellcheck, which finds more")
            _, words, _ = run(shellcheck, "--shell=bash", "--format=json", path)
            for one in json.loads(words or "[]"):
                tell(one["line"], f"SC{one['code']} {one['message']}", "error" if one["level"] == "error" else "warning")

        def sql(code):
            import sqlite3
            used.append("SQLite " + sqlite3.sqlite_version)
            database = sqlite3.connect(":memory:")
            def allow(action, *_):
                return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK
            database.set_authorizer(allow)
            statement, begin = "", 1
            number = 1
            for piece in re.findall(r"[^;]*;|[^;]+$", code + "\n;"):
                if not statement.strip():
                    statement, begin = "", number + piece[:len(piece) - len(piece.lstrip())].count("\n")
                statement += piece
                number += piece.count("\n")
                if not sqlite3.complete_statement(statement):
                    continue
                words, statement = statement, ""
                if not re.sub(r"--.*|/\*.*?\*/|;", "", words, flags=re.S).strip():
                    continue
                try:
                    if re.match(r"\s*(create|alter|drop)\b", words, re.I):
                        database.execute(words)
                    else:
                        database.execute("explain " + words)
                except sqlite3.Error as error:
                    known = "no such table" in str(error)
                    tell(begin, str(error) + (" (made elsewhere?)" if known else ""), "warning" if known else "error")
            if statement.strip(" \n;"):
                tell(begin, "the statement does not end")

        def parsed_json(code):
            used.append("python json")
            try:
                json.loads(code)
            except ValueError as error:
                tell(getattr(error, "lineno", 1), str(error))

        class Tags(HTMLParser):
            void = set("area base br col embed hr img input link meta source track wbr".split())
            optional = set("html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rp rt".split())

            def __init__(self):
                super().__init__()
                self.open, self.ids = [], {}

            def handle_starttag(self, tag, attributes):
                for name, value in attributes:
                    if name == "id" and value in self.ids:
                        tell(self.getpos()[0], f"the id {value} is there twice", "warning")
                    elif name == "id":
                        self.ids[value] = True
                if tag == "img" and "alt" not in dict(attributes):
                    tell(self.getpos()[0], "an img without alt", "warning")
                if tag not in self.void:
                    self.open.append((tag, self.getpos()[0]))

            def handle_startendtag(self, tag, attributes):
                self.handle_starttag(tag, attributes)
                if tag not in self.void:
                    self.open.pop()

            def handle_endtag(self, tag):
                while self.open and self.open[-1][0] != tag and self.open[-1][0] in self.optional:
                    self.open.pop()
                if self.open and self.open[-1][0] == tag:
                    self.open.pop()
                elif any(name == tag for name, _ in self.open):
                    name, line = self.open[-1]
                    tell(line, f"<{name}> is not closed before </{tag}> in line {self.getpos()[0]}")
                    while self.open.pop()[0] != tag:
                        pass
                elif tag not in self.void:
                    tell(self.getpos()[0], f"</{tag}> closes nothing")

        def html(code):
            used.append("tags, ids, alt texts")
            tags = Tags()
            tags.feed(code)
            tags.close()
            for name, line in tags.open:
                if name not in Tags.optional:
                    tell(line, f"<{name}> is not closed")

        def css(code):
            used.append("braces, quotes, declarations")
            plain = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), code, flags=re.S)
            if "/*" in plain:
                tell(plain[:plain.index("/*")].count("\n") + 1, "a comment that does not end")
            depth, piece, begin, line = [], "", 1, 1
            for token in re.findall(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^\"']|[\"']", plain, re.S):
                if token in "\"'":
                    tell(line, "a quote that does not end")
                if token == "{":
                    depth.append(line)
                    piece = ""
                elif token in ";}":
                    text = piece.strip()
                    if depth and text and ":" not in text and not text.startswith("@"):
                        tell(begin, f"this is no declaration: {text[:80]}")
                    piece = ""
                    if token == "}":
                        depth.pop() if depth else tell(line, "a } that closes nothing")
                else:
                    if not piece.strip():
                        begin = line
                    piece += token
                line += token.count("\n")
            for one in depth:
                tell(one, "a { that is not closed")

        language, code = open("/run/program", encoding="utf-8").read().split("\n", 1)
        {"python": python, "javascript": javascript, "typescript": typescript, "shell": shell, "sql": sql,
         "json": parsed_json, "html": html, "css": css}[language](code)
        errors = sum(kind == "error" for _, kind, _ in found)
        if not used:
            print("Nothing was checked.")
        elif not found:
            print("{name}: nothing was found.")
        else:
            print("{name}: %d errors, %d warnings." % (errors, len(found) - errors))
        for line, kind, words in sorted(set(found))[:100]:
            print(f"line {line}: {kind}: {words[:300]}")
        if used:
            print("Checked by: " + ", ".join(used) + ".")
        if missing:
            print("Not installed here: " + "; ".join(missing) + ".")
        """#
}
