"""What package managers and git ask for, on an address of this machine that is no sandbox's own loopback."""

import base64
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS = "127.0.0.2"


class Registry:
    """A folder served over HTTP: a Python index, an npm registry, a git repository."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="alma-registry-")
        root = Path(self.folder.name)
        self.asked: list[str] = []
        registry = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(root))

            def do_GET(self):
                registry.asked.append(self.path)
                super().do_GET()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((ADDRESS, 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.host = f"{ADDRESS}:{self.server.server_port}"
        self.make_python(root)
        self.make_npm(root)
        self.make_git(root)

    def make_python(self, root: Path):
        folder = root / "simple" / "almatiny"
        folder.mkdir(parents=True)
        wheel = "almatiny-1.0-py3-none-any.whl"
        with zipfile.ZipFile(folder / wheel, "w") as archive:
            archive.writestr("almatiny.py", "def words():\n    return 'from the index'\n")
            about = "almatiny-1.0.dist-info"
            archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: almatiny\nVersion: 1.0\n")
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", "")
        (folder / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>')

    def make_npm(self, root: Path):
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w:gz") as archive:
            for name, text in (
                ("package/package.json", '{"name": "almatiny", "version": "1.0.0", "main": "index.js"}'),
                ("package/index.js", "module.exports = () => 'from the registry'\n"),
            ):
                entry = tarfile.TarInfo(name)
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
        (root / "npm").mkdir()
        (root / "npm" / "almatiny-1.0.0.tgz").write_bytes(body.getvalue())
        digest = base64.b64encode(hashlib.sha512(body.getvalue()).digest()).decode()
        dist = {"tarball": f"http://{self.host}/npm/almatiny-1.0.0.tgz", "integrity": f"sha512-{digest}"}
        version = {"name": "almatiny", "version": "1.0.0", "main": "index.js", "dist": dist}
        about = {"name": "almatiny", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
        (root / "almatiny").write_text(json.dumps(about))

    def make_git(self, root: Path):
        work = root / "work"
        work.mkdir()
        (work / "README").write_text("cloned\n")
        who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
            subprocess.run(["git", *who, *command], cwd=work, check=True)
        subprocess.run(["git", "clone", "-q", "--bare", work, root / "project.git"], check=True)
        subprocess.run(["git", "update-server-info"], cwd=root / "project.git", check=True)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()
