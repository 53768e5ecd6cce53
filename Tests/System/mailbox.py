"""A real mail server on loopback, with TLS and a password, that keeps what it is given."""

import datetime
import email
import email.policy
import ipaddress
import ssl
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from alma import free_port, wait_until

USER, PASSWORD = "alma", "the mail server's p@ssword"


def certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """Of an authority of its own: the file to trust it by, and what a server needs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.crt", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return public, context


class Mailbox:
    """`protection`: as `ALMA_SMTP_SECURITY` says it."""

    def __init__(self, protection: str, context: ssl.SSLContext | None, port: int | None = None):
        self.mails: list[email.message.EmailMessage] = []
        self.envelopes = []
        # What the next mails are answered with, in place of being taken.
        self.refusals: list[str] = []
        options = {}
        if protection != "none":
            options = {"authenticator": self.authenticate, "auth_required": True}
        if protection == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=port or free_port(),
            ssl_context=context if protection == "tls" else None,
            auth_require_tls=protection == "starttls",
            ready_timeout=30,
            **options,
        )

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.controller.port}"

    def __enter__(self) -> "Mailbox":
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop(no_assert=True)

    def authenticate(self, server, session, envelope, mechanism, data):
        fits = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits)

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            return self.refusals.pop(0)
        self.envelopes.append(envelope)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def mail(self, number: int, to: str | None = None) -> email.message.EmailMessage:
        """The mail of that number, from 0, once it has come: of all, or of those to an address."""

        def come():
            pairs = zip(self.mails, self.envelopes)
            return [mail for mail, envelope in pairs if to is None or to in envelope.rcpt_tos][number:]

        return wait_until(come, 30, f"mail {number + 1}")[0]
