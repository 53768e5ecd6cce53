"""The parts that are up while sections are measured."""

from alma import Alma, Client
from load import Conversations, Direct, Speech


class Bench:
    """The parts that are up while sections are measured."""

    def __init__(self, folder, load, upstream, nginx, program, resources, quick):
        self.folder, self.load, self.nginx, self.quick = folder, load, nginx, quick
        self.program, self.resources = program, resources
        self.upstream_port = upstream.port
        self.direct = Direct("direct", upstream.port)
        self.through_nginx = Direct("nginx", nginx.port) if nginx else None
        self.folders = 0
        self.alma = None
        self.talks = None

    def new_alma(self):
        self.folders += 1
        folder = self.folder / f"alma{self.folders}"
        folder.mkdir(mode=0o755)
        return Alma(self.program, self.resources, folder)

    def fresh_alma(self):
        """The server with its provider, newly started on the data of the whole benchmark, and a little warm."""
        if not self.program:
            return None
        if not self.alma:
            self.alma = self.new_alma()
            self.alma.start()
            client = Client(self.alma.port).sign_in()
            provider = client.add_provider(f"http://127.0.0.1:{self.upstream_port}/v1")
            self.talks = Conversations(self.alma, client, provider)
        self.alma.stop()
        self.alma.start()
        self.talks.sign_in_again()
        self.load.stream(self.talks, Speech(10, 100), 8)
        return self.alma

    def targets(self):
        return [target for target in (self.direct, self.through_nginx, self.talks) if target]

    def number(self, whole, quick):
        return quick if self.quick else whole

    def stop(self):
        if self.alma:
            self.alma.stop()
