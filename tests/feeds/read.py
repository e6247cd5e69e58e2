#!/usr/bin/env python3
"""read.py atom|ics STATE FILE...: a reader that keeps state, as a feed reader or a calendar does. It reads
the files one after another, as if it had fetched the same address at different times, with parsers that
know nothing of rulewatch (PyPI: feedparser, icalendar), and prints for each a line of JSON: what is new to
it, what it shows otherwise than before, and every fault. STATE is what it remembers."""
import datetime
import json
import pathlib
import sys


def atom(text, known):
    import feedparser

    feed = feedparser.parse(text)
    faults = []
    if feed.bozo:
        faults.append(f"not well formed: {feed.bozo_exception}")
    if feed.version != "atom10":
        faults.append(f"version {feed.version}")
    for name in ("id", "title", "updated_parsed"):
        if not feed.feed.get(name):
            faults.append(f"the feed has no {name}")
    new, other, seen = [], [], set()
    for entry in feed.entries:
        for name in ("id", "title", "updated_parsed", "link", "content"):
            if not entry.get(name):
                faults.append(f"{entry.get('id')} has no {name}")
        if entry.id in seen:
            faults.append(f"{entry.id} is there twice")
        seen.add(entry.id)
        shown = {
            "title": entry.title,
            "updated": entry.updated,
            "link": entry.link,
            "content": entry.content[0].value,
            "follows": [value["ref"] for name, value in entry.items() if name == "thr_in-reply-to"],
        }
        if entry.id not in known:
            new.append({"id": entry.id, **shown})
        elif known[entry.id] != shown:
            other.append({"id": entry.id, **shown})
        known[entry.id] = shown
    return {"id": feed.feed.get("id"), "new": new, "other": other, "n": len(seen), "faults": faults}


def ics(text, known):
    import icalendar

    faults, new, other, seen = [], [], [], set()
    if b"\r\n" not in text or b"\n" in text.replace(b"\r\n", b""):
        faults.append("a line does not end in CR LF")
    calendar = icalendar.Calendar.from_ical(text)
    for name in ("VERSION", "PRODID"):
        if name not in calendar:
            faults.append(f"no {name}")
    for event in calendar.walk("VEVENT"):
        faults.extend(f"{event.get('UID')}: {error}" for error in event.errors)
        uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
        if uid in seen:
            faults.append(f"{uid} is there twice")
        seen.add(uid)
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        if type(start) is not datetime.date or end - start != datetime.timedelta(days=1):
            faults.append(f"{uid} is not a whole day: {start} to {end}")
        for name in ("DTSTAMP", "LAST-MODIFIED", "CREATED"):
            if event[name].dt.tzinfo is None:
                faults.append(f"{uid}: {name} is of no zone")
        shown = {
            "day": str(start),
            "sequence": sequence,
            "status": str(event["STATUS"]),
            "summary": str(event["SUMMARY"]),
            "description": str(event["DESCRIPTION"]),
            "of": str(event["CATEGORIES"].cats[0]),
        }
        before = known.get(uid)
        if before is None:
            new.append({"uid": uid, **shown})
        elif before != shown:
            other.append({"uid": uid, **shown})
            # What RFC 5545 has a client go by: a revision that is not higher is none.
            says = ("day", "status")
            if sequence <= before["sequence"] and any(before[name] != shown[name] for name in says):
                faults.append(f"{uid} says something else under sequence {sequence}")
        known[uid] = shown
    gone = sorted(set(known) - seen)
    return {"new": new, "other": other, "gone": gone, "n": len(seen), "faults": faults}


kind, state, *files = sys.argv[1:]
state = pathlib.Path(state)
known = json.loads(state.read_text()) if state.exists() else {}
for file in files:
    read = {"atom": atom, "ics": ics}[kind]
    print(json.dumps(read(pathlib.Path(file).read_bytes(), known)))
state.write_text(json.dumps(known))
