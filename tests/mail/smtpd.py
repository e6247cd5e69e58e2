#!/usr/bin/env python3
"""A mail server for tests, on loopback: STARTTLS, AUTH, Maildir, and faults that the recipient's
local part asks for. Needs aiosmtpd. Prints {"ev": "up", "port": N} when it listens, and a line of
JSON for everything that happens. Ends when its standard input does, so none outlives its test.

Recipients: greylist-*   451 until --greylist-s seconds have passed since the first time
            full-* 452   busy-* 421 and closes   nouser-* 550   at RCPT
            spam-* 554   temp-* 451   after DATA
            drop-rcpt-*  hangs up at RCPT   drop-data-* hangs up after DATA, and keeps nothing
            dup-*        keeps the message, then hangs up: the client cannot know

With --dkim it signs each message for the domain of its sender, as an operator's mail server must: all the
usual fields, and both that let a reader leave. Needs dkimpy."""
import argparse
import asyncio
import json
import mailbox
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

parser = argparse.ArgumentParser()
parser.add_argument("--maildir", required=True)
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--auth", help="USER:PASSWORD")
parser.add_argument("--greylist-s", type=float, default=0.3)
parser.add_argument("--dkim", metavar="KEY.pem", help="signs with this key, under the selector `rules`")
parser.add_argument("--wrapper", action="store_true", help="TLS from the first byte")
options = parser.parse_args()

AT_RCPT = {"full-": "452 4.2.2 Mailbox full", "nouser-": "550 5.1.1 No such user"}
AT_DATA = {"spam-": "554 5.7.1 Spam", "temp-": "451 4.3.0 Try later"}


def signed(message, sender):
    if not options.dkim:
        return message
    import dkim

    signer = dkim.DKIM(message)
    fields = list(signer.default_sign_headers()) + [b"list-unsubscribe-post"]
    with open(options.dkim, "rb") as file:
        key = file.read()
    domain = sender.rpartition("@")[2].encode()
    return signer.sign(b"rules", domain, key, include_headers=fields) + message


def tell(**what):
    print(json.dumps(what), flush=True)


def asked(table, local):
    return next((reply for prefix, reply in table.items() if local.startswith(prefix)), None)


class Handler:
    def __init__(self):
        self.box = mailbox.Maildir(options.maildir, create=True)
        self.first_seen = {}

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        local = address.split("@")[0]
        reply = asked(AT_RCPT, local)
        if local.startswith("greylist-"):
            first = self.first_seen.setdefault(address, time.monotonic())
            if time.monotonic() - first < options.greylist_s:
                reply = "451 4.7.1 Greylisted, try again"
        if local.startswith("busy-"):
            await server.push("421 4.3.2 Too busy")
            server.transport.close()
            return "421 4.3.2 Too busy"
        if local.startswith("drop-rcpt-"):
            server.transport.abort()
            return "250 OK"
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0]
        user = session.auth_data.login.decode() if session.auth_data else None
        tell(ev="data", to=envelope.rcpt_tos, tls=bool(session.ssl), user=user)
        if local.startswith("drop-data-"):
            server.transport.abort()
            return "250 OK"
        refusal = asked(AT_DATA, local)
        if refusal:
            return refusal
        # The bytes as they came, not as a library would write them again.
        self.box.add(signed(envelope.original_content, envelope.mail_from))
        if local.startswith("dup-"):
            server.transport.abort()
            return "250 OK"
        return "250 2.0.0 Queued"


def authenticator(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    good = f"{data.login.decode()}:{data.password.decode()}" == options.auth
    tell(ev="auth", good=good, tls=bool(session.ssl))
    # Not handled: the server itself answers 535.
    return AuthResult(success=good, handled=good, auth_data=data)


async def main():
    handler = Handler()
    context = None
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
    upgrade = context is not None and not options.wrapper

    def session():
        return SMTP(
            handler,
            hostname="localhost",
            ident="test",
            enable_SMTPUTF8=True,
            tls_context=context if upgrade else None,
            require_starttls=upgrade,
            auth_required=bool(options.auth),
            auth_require_tls=upgrade,
            authenticator=authenticator if options.auth else None,
        )

    loop = asyncio.get_running_loop()
    wrapped = context if options.wrapper else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=wrapped)
    tell(ev="up", port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
