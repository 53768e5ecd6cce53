"""The upstream, and nginx passing it on."""

import os
import shutil
import time

import processes

NGINX = """
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    upstream model {{ server 127.0.0.1:{upstream}; keepalive 2048; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /healthz {{ return 200 "well"; }}
        location / {{
            proxy_pass http://model;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""


class Upstream:
    """The model's server, asked directly."""

    def __init__(self, load, folder):
        self.port = processes.free_port()
        words = [load, "upstream", "--port", self.port, "--limit", 7200]
        self.process = processes.start(words, folder / "upstream.log")
        while not processes.is_healthy(self.port):
            if self.process.poll() is not None:
                raise processes.BenchError("the upstream does not start: " + (folder / "upstream.log").read_text())
            time.sleep(0.01)

    def stop(self):
        processes.stop(self.process)


class Nginx:
    """The ceiling: it passes the stream on and does nothing else."""

    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

    def __init__(self, folder, upstream):
        self.folder, self.port, self.process = folder, processes.free_port(), None
        text = NGINX.format(
            folder=folder, port=self.port, upstream=upstream, user="user root;" if os.geteuid() == 0 else ""
        )
        (folder / "nginx.conf").write_text(text)

    def start(self):
        """Seconds until it answers."""
        since = time.monotonic()
        words = [self.program, "-c", self.folder / "nginx.conf", "-p", self.folder, "-e", self.folder / "nginx.log"]
        self.process = processes.start(words, self.folder / "nginx.out")
        return processes.seconds_until_healthy(self.port, self.process, since)

    def stop(self):
        if self.process:
            processes.stop(self.process)

    def cpu_seconds(self):
        return processes.cpu_seconds(processes.family(self.process.pid))

    def memory(self):
        return processes.proportional(processes.family(self.process.pid))
