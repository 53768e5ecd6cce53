"""An MCP server that wants a token, and the authorisation server that gives it."""

import base64
import hashlib
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class GuardedSite:
    """Tokens are `token-1`, `token-2`, …; `good` is the one that is taken, and may be taken back."""

    def __init__(self):
        site = self
        self.codes, self.clients, self.given, self.good, self.seen = {}, set(), 0, None, []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                if url.path == "/.well-known/oauth-protected-resource/mcp":
                    return self.answer(200, {"resource": f"{site.root}/mcp", "authorization_servers": [f"{site.root}/as"], "scopes_supported": ["tides"]})
                if url.path == "/.well-known/oauth-authorization-server/as":
                    return self.answer(200, site.metadata)
                if url.path == "/authorize":
                    assert query["client_id"] in site.clients and query["resource"] == f"{site.root}/mcp"
                    assert query["code_challenge_method"] == "S256" and query["scope"] == "tides"
                    code = f"code-{len(site.codes)}"
                    site.codes[code] = query
                    back = urllib.parse.urlencode({"code": code, "state": query["state"]})
                    return self.answer(302, {}, Location=f"{query['redirect_uri']}?{back}")
                self.answer(404, {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/register":
                    site.clients.add("client-1")
                    return self.answer(201, {"client_id": "client-1", **json.loads(body)})
                if self.path == "/token":
                    return self.token(dict(urllib.parse.parse_qsl(body)))
                if not site.good or self.headers.get("Authorization") != f"Bearer {site.good}":
                    metadata = f'{site.root}/.well-known/oauth-protected-resource/mcp'
                    challenge = f'Bearer error="invalid_token", resource_metadata="{metadata}"'
                    return self.answer(401, {}, **{"WWW-Authenticate": challenge})
                self.speak(json.loads(body))

            def token(self, form):
                site.seen.append(form)
                if form["grant_type"] == "authorization_code":
                    asked = site.codes.pop(form["code"])
                    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
                    assert form["redirect_uri"] == asked["redirect_uri"]
                else:
                    assert form["refresh_token"] == f"refresh-{site.given}"
                site.given += 1
                site.good = f"token-{site.given}"
                self.answer(200, {"access_token": f"token-{site.given}", "token_type": "Bearer", "refresh_token": f"refresh-{site.given}", "expires_in": 3600})

            def speak(self, message):
                if "id" not in message:
                    return self.answer(202, None)
                results = {
                    "initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "Guarded", "version": "1"}},
                    "tools/list": {"tools": [{"name": "whoami", "description": "Says it.", "inputSchema": {"type": "object"}}]},
                    "tools/call": {"content": [{"type": "text", "text": self.headers["Authorization"].split()[1]}]},
                }
                self.answer(200, {"jsonrpc": "2.0", "id": message["id"], "result": results[message["method"]]})

            def answer(self, status, body, **headers):
                data = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.metadata = {
            "issuer": f"{self.root}/as",
            "authorization_endpoint": f"{self.root}/authorize",
            "token_endpoint": f"{self.root}/token",
            "registration_endpoint": f"{self.root}/register",
            "code_challenge_methods_supported": ["S256"],
        }
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
