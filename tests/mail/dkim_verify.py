#!/usr/bin/env python3
"""dkim_verify.py PUBLIC.pem DIR: verifies the DKIM signature of every message in a Maildir, as dkimpy does it, with
the public key in place of the name server. Prints for each a line of JSON: to whom it went, the domain that signed,
the fields that it signed, whether a reader may leave by one click, and whether the signature holds for the message as it came, with another body, with another
way out, and without the field that makes the way out a single click."""
import base64
import email
import json
import mailbox
import re
import sys

import dkim
from cryptography.hazmat.primitives import serialization

with open(sys.argv[1], "rb") as file:
    public = serialization.load_pem_public_key(file.read())
der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
RECORD = b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def name_server(name, timeout=5):
    return RECORD if name.startswith(b"rules._domainkey.") else None


def holds(raw):
    try:
        return dkim.DKIM(raw).verify(dnsfunc=name_server)
    except dkim.DKIMException:
        return False


for _, message in mailbox.Maildir(sys.argv[2]).items():
    # A Maildir keeps lines as its machine ends them; a signature is of lines as mail ends them.
    raw = re.sub(rb"\r?\n", b"\r\n", message.as_bytes())
    head, _, body = raw.partition(b"\r\n\r\n")
    verifier = dkim.DKIM(raw)
    as_it_came = verifier.verify(dnsfunc=name_server)
    fields = verifier.signature_fields
    print(json.dumps({
        "to": email.message_from_bytes(raw)["To"],
        "domain": fields[b"d"].decode(),
        "signed": [name.strip().lower() for name in fields[b"h"].decode().split(":")],
        "one_click": "List-Unsubscribe-Post" in message,
        "holds": as_it_came,
        "other_body": holds(head + b"\r\n\r\n" + body.replace(b"e", b"f", 1)),
        "other_way_out": holds(re.sub(rb"(?m)^(List-Unsubscribe:\s*<https://)", rb"\1other.", raw)),
        "no_click": holds(re.sub(rb"(?m)^List-Unsubscribe-Post:.*\r\n", b"", raw)),
    }))
