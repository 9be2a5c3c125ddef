"""The corpus: inventories of real hosts and images, and the feeds at hand that speak for them.

It is fixed, so that a difference comes from the builds alone. Every feed is judged as of its own date, when
it was fresh; what was installed later is judged by it all the same.
"""

import json
import pathlib
import re
import subprocess
import tarfile

# Platform (a pattern), the day to judge as of, and the feeds that speak for it. BUNDLE!END are the members of
# a bundle whose paths end so ({} is the release): each a document of its own, or all JSON records in one list.
FEEDS = [
    (r"almalinux:.*", "2026-08-22", {"almalinux-osv": "almalinux/osv-database.tar.zst!.json"}),
    (r"alpine:3\.([2-9]|10|11)", "2020-02-01", {"alpine-secdb": "alpine/alpine-secdb-yaml.tar.zst!v{}/.*.yaml"}),
    (r"debian:.*", "2023-04-03", {
        "debian-dsa": "debian/security-tracker-lists.tar.zst!data/DSA/list",
        "debian-dla": "debian/security-tracker-lists.tar.zst!data/DLA/list",
    }),
    (r"rhel:6", "2021-05-26", {
        "redhat-oval": "redhat/rhel-6-including-unpatched.oval.xml.bz2",
        "epel-updateinfo": "epel/epel-6-updateinfo.xml.gz",
    }),
    (r"rhel:7", "2021-05-26", {"redhat-oval": "redhat/rhel-7-including-unpatched.oval.xml.bz2"}),
    (r"rhel:8", "2021-05-26", {"redhat-oval": "redhat/rhel-8-including-unpatched.oval.xml.bz2"}),
    (r"ubuntu:14\.04", "2021-05-26", {"ubuntu-oval": "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2"}),
    (r"ubuntu:16\.04", "2021-05-26", {"ubuntu-oval": "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2"}),
    (r"ubuntu:18\.04", "2021-05-26", {"ubuntu-oval": "ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2"}),
    (r"ubuntu:20\.04", "2021-05-26", {"ubuntu-oval": "ubuntu/com.ubuntu.focal.cve.oval.xml.bz2"}),
]

# os-release's ID by the names that the sets use. CentOS is held against Red Hat's data here, as the
# scanners did that the sets come from: the more comparisons, the more a change shows.
DISTRIBUTIONS = {"alma": "almalinux", "redhat": "rhel", "centos": "rhel"}


def platform(distribution, release):
    """`alma`, `8.9` as `almalinux:8`: facts of enterprise Linux and Debian are of a major release."""
    distribution = DISTRIBUTIONS.get(distribution, distribution)
    parts = str(release).split(".")
    count = 1 if distribution in ("almalinux", "rhel", "debian") else 2
    return f"{distribution}:{'.'.join(parts[:count])}"


def feeds_of(name):
    """The day and the feeds of a platform, or None."""
    for pattern, day, feeds in FEEDS:
        if re.fullmatch(pattern, name):
            return day, feeds
    return None


def feed_files(data, name, feeds, scratch):
    """Their files as arguments of --feed; members of bundles are written to `scratch`."""
    for feed, path in feeds.items():
        bundle, _, end = path.partition("!")
        if not end:
            yield f"{feed}={data / 'feeds' / bundle}"
            continue
        end = end.format(re.escape(name.partition(":")[2]))
        folder = scratch / re.sub(r"\W", "-", f"{feed} {end}")
        if not folder.exists():
            folder.mkdir()
            members = _members(data / "feeds" / bundle, end)
            if end == ".json":
                (folder / "all.json").write_bytes(b"[" + b",".join(members) + b"]")
            else:
                for number, member in enumerate(members):
                    (folder / f"{number}{pathlib.Path(end).suffix}").write_bytes(member)
        for file in sorted(folder.iterdir()):
            yield f"{feed}={file}"


def _unpacked(path):
    done = subprocess.run(["zstd", "-dcq", "--long=27", path], check=True, stdout=subprocess.PIPE)
    return done.stdout


def _members(bundle, end):
    process = subprocess.Popen(["zstd", "-dcq", "--long=27", bundle], stdout=subprocess.PIPE)
    with process.stdout, tarfile.open(fileobj=process.stdout, mode="r|") as tar:
        found = [tar.extractfile(one).read() for one in tar if one.isfile() and re.search(end + "$", one.name)]
    if not found:
        raise SystemExit(f"verdict-diff: {bundle} has no member that ends in {end}")
    return found


def _records(data, name):
    return [json.loads(line) for line in _unpacked(data / "conformance" / f"{name}.jsonl.zst").splitlines()]


def _package(name, version, arch="", source="", source_version=""):
    return {
        "name": name,
        "version": version,
        "arch": arch or "",
        "source": source or name,
        "source_version": source_version or "",
    }


def inventories(data):
    """(host, platform, running kernel, packages) of everything at hand, in a fixed order."""
    for name in ("inventory-vuls-integration", "inventory-trivy-fanal", "inventory-claircore"):
        for record in _records(data, name):
            distribution, release = record["distro"], record["release"] or ""
            if name.endswith("fanal"):
                # `alpine-310`, `debian-buster`: the image's name is all there is.
                distribution, release = {
                    "alpine-310": ("alpine", "3.10"), "debian-buster": ("debian", "10"),
                }.get(record["case"], (distribution, release))
            packages = []
            for one in record["packages"]:
                version = one["version"]
                if one.get("release"):
                    version += "-" + one["release"]
                if version and " " not in one["name"]:
                    packages.append(_package(
                        one["name"], version, one.get("arch"), one.get("source"), one.get("source_version")))
            kernel = (record.get("kernel") or {}).get("release", "")
            yield f"{name}/{record['case']}", platform(distribution, release), kernel, packages
    # Every package of a release that Trivy was shown, as if it were one host.
    golden = {}
    for record in _records(data, "trivy-golden-match"):
        packages = golden.setdefault(platform(record["distro"], record["release"]), {})
        packages[(record["package"], record["version"])] = _package(record["package"], record["version"], "x86_64")
    for name, packages in sorted(golden.items()):
        yield "trivy-golden-match", name, "", [packages[key] for key in sorted(packages)]
    yield "hosts/debian12", "debian:12", "", list(_dpkg(_unpacked(data / "hosts" / "dpkg-status.zst").decode()))


def _dpkg(status):
    for stanza in status.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", stanza, re.M))
        if fields.get("Status") == "install ok installed":
            source, _, version = fields.get("Source", fields["Package"]).partition(" ")
            yield _package(fields["Package"], fields["Version"], fields["Architecture"], source, version.strip("()"))


def data_folder(path):
    """The shared data, or an end that says what is missing."""
    data = pathlib.Path(path)
    if not (data / "conformance").is_dir():
        raise SystemExit(f"verdict-diff: {data} has no folder conformance: it is to be the shared data")
    return data
