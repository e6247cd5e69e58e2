#!/usr/bin/env python3
"""read_maildir.py DIR: every message in a Maildir, as a line of JSON, read by Python's own mail
parser: its headers, its parts with their types and decoded texts, and its bytes as they came."""
import email
import email.policy
import json
import mailbox
import sys

for key, raw in sorted((k, b) for k, b in mailbox.Maildir(sys.argv[1]).items() for b in [b.as_bytes()]):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [
        {"type": part.get_content_type(), "text": part.get_content()}
        for part in message.walk()
        if not part.is_multipart()
    ]
    print(json.dumps({
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "kind": message.get_content_type(),
        "parts": parts,
        "raw": raw.decode("ascii"),
        "defects": [str(defect) for defect in message.defects],
    }))
