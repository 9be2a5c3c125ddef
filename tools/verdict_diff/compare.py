"""Compares the verdicts of two builds."""

import collections
import fnmatch
import json

# So many lines of a group are shown unless all are asked for.
SHOWN = 20
NOTHING = "-"


def _read(path):
    """What is said by (host, platform, CVE, package, version, role)."""
    said = {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                one = json.loads(line)
                key = (one["host"], one["platform"], one["cve"], one["package"], one["version"], one["role"])
                state = one["state"] + (f" in {one['fixed_version']}" if one["fixed_version"] else "")
            except (ValueError, KeyError, TypeError) as error:
                raise SystemExit(f"verdict-diff: {path}, line {number}: no verdict: {error!r}") from error
            said[key] = state
    return said


def changes(old, new):
    """(platform, CVE, package, before, after) of every verdict that is not what it was, by hosts: a missing
    one, which is an unaffected package, is `-`. The fixed version counts as part of the state."""
    found = collections.defaultdict(set)
    for key in old.keys() | new.keys():
        before, after = old.get(key, NOTHING), new.get(key, NOTHING)
        if before != after:
            host, platform, cve, package, version, role = key
            found[(platform, cve or NOTHING, package, before, after)].add((host, version, role))
    return found


class Accepted:
    """Lines `PLATFORM CVE PACKAGE BEFORE -> AFTER`; `*`, `?` and `[...]` are patterns, `#` begins a comment.
    A state may be given without its fixed version."""

    def __init__(self, path):
        self.lines = []
        if path is None:
            return
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                words = line.partition("#")[0].split(None, 3)
                if not words:
                    continue
                before, arrow, after = words[3].partition(" -> ") if len(words) == 4 else ("", "", "")
                if not arrow:
                    raise SystemExit(f"verdict-diff: {path}, line {number}: not PLATFORM CVE PACKAGE BEFORE -> AFTER")
                self.lines.append([number, (*words[:3], before.strip(), after.strip()), 0])

    def take(self, change):
        """Whether a line accepts the change; every line that does is counted."""
        taken = False
        for line in self.lines:
            *texts, before, after = line[1]
            if all(fnmatch.fnmatchcase(is_, text) for is_, text in zip(change[:3], texts)) and all(
                fnmatch.fnmatchcase(is_, text) or fnmatch.fnmatchcase(is_.partition(" in ")[0], text)
                for is_, text in zip(change[3:], (before, after))
            ):
                line[2] += 1
                taken = True
        return taken


def _short(state):
    return state.partition(" in ")[0]


def run(old_path, new_path, accept=None, every=False):
    """Prints what changed, grouped; 1 where a change is in no line of `accept`."""
    old, new = _read(old_path), _read(new_path)
    accepted = Accepted(accept)
    groups, taken = collections.defaultdict(list), 0
    for change, hosts in changes(old, new).items():
        if accepted.take(change):
            taken += 1
            continue
        platform, _, _, before, after = change
        kind = (_short(before), _short(after))
        if kind[0] == kind[1]:
            kind = (kind[0], "the same, with another fixed version")
        groups[(platform, *kind)].append((change, hosts))
    for (platform, before, after), found in sorted(groups.items()):
        print(f"{platform}: {before} -> {after}: {len(found)}")
        for position, ((_, cve, package, was, is_), hosts) in enumerate(sorted(found, key=lambda item: item[0])):
            if position == SHOWN and not every:
                print(f"    ... and {len(found) - SHOWN} more (--all)")
                break
            versions = sorted({version for _, version, _ in hosts})
            print(f"    {cve} {package} {', '.join(versions)}: {was} -> {is_} ({len(hosts)} on the corpus)")
    for number, texts, count in accepted.lines:
        if count == 0:
            print(f"{accept}, line {number} accepts nothing: {' '.join(texts[:3])} {texts[3]} -> {texts[4]}")
    open_ = sum(len(found) for found in groups.values())
    print(f"{len(old)} verdicts before, {len(new)} after; {open_ + taken} changed, {taken} of them accepted")
    return 1 if open_ else 0
