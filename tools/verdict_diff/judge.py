"""Judges the corpus with one build."""

import json
import pathlib
import subprocess
import sys
import tempfile

import corpus

EVALUATED, NOTHING_TO_JUDGE_BY = 0, 2


def run(binary, data, out):
    """Writes a JSON line a verdict, sorted: host, platform, package, version, role, cve, state, fixed_version."""
    data = corpus.data_folder(data)
    lines, judged, passed_over = set(), 0, 0
    with tempfile.TemporaryDirectory(prefix="verdict-diff-") as scratch:
        for host, platform, kernel, packages in corpus.inventories(data):
            found = corpus.feeds_of(platform)
            if found is None or not packages:
                passed_over += 1
                continue
            judged += 1
            day, feeds = found
            arguments = [binary, "evaluate", "--platform", platform, "--as-of", day]
            for feed in corpus.feed_files(data, platform, feeds, pathlib.Path(scratch)):
                arguments += ["--feed", feed]
            lines.update(_verdicts(arguments, host, platform, kernel, packages))
    pathlib.Path(out).write_text("".join(line + "\n" for line in sorted(lines)), encoding="utf-8")
    print(f"{len(lines)} verdicts on {judged} inventories; {passed_over} have no feed at hand")
    return 0 if lines else 1


def _verdicts(arguments, host, platform, kernel, packages):
    head = [{"host": {"running_kernel": kernel}}] if kernel else []
    text = "".join(json.dumps(line) + "\n" for line in head + packages)
    done = subprocess.run(arguments, input=text, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != EVALUATED:
        sys.exit(f"verdict-diff: {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    for line in done.stdout.splitlines():
        said = json.loads(line)
        state = said["state"]
        if state == "not_assessed":
            # Why is part of the answer.
            state = f"not_assessed ({said.get('reason') or said.get('words') or ''})".replace(" ()", "")
        yield json.dumps({
            "host": host, "platform": platform, "package": said["package"], "version": said["version"],
            "role": said.get("role", ""), "cve": said.get("cve", ""), "state": state,
            "fixed_version": said.get("fixed_version", ""),
        }, sort_keys=True)
