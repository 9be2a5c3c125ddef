# shellcheck shell=sh disable=SC2154 # root, target and logs are set in ./dev
# Our verdicts against other systems' and against those of another revision; read by ./dev.

# A line a set, and below it each reason by which a case is explained. The tests themselves hold that
# nothing is wrong and that at most 2 % of what is decided is explained.
command_conformance() {
    need_rust
    need_shared
    want_build
    install_missing
    mkdir -p "$logs"
    failed=
    cargo test --locked --profile ci -p matching --test conformance -- --nocapture >"$logs/conformance.log" 2>&1 ||
        failed=1
    sed -n 's/.*conformance|//p' "$logs/conformance.log" | sort | awk -F'|' '
        BEGIN { printf "%-34s %8s %8s %8s %9s %6s\n", "set", "rows", "decided", "equal", "explained", "wrong" }
        {
            printf "%-34s %8d %8d %8d %9d %6d\n", $1, $2, $3, $4, $5, $6
            for (i = 7; i <= NF; i++) if ($i != "") printf "    %s\n", $i
            sets++; decided += $3; equal += $4; explained += $5; wrong += $6
        }
        END {
            if (!sets) { print "no set was compared"; exit 1 }
            printf "%-34s %8s %8d %8d %9d %6d\n", sets " sets", "", decided, equal, explained, wrong
        }' || failed=1
    [ -z "$failed" ] || die "something is wrong, see $logs/conformance.log"
}

# verdicts_of REVISION-OR-BINARY FILE: judges the corpus with that build. A revision is built in a work tree of its
# own under target; what was built is kept by its commit.
verdicts_of() {
    folder=$target/verdict-diff
    mkdir -p "$folder"
    if [ -f "$1" ] && [ -x "$1" ]; then
        binary=$1
    else
        commit=$(git rev-parse --verify --quiet "$1^{commit}") || die "'$1' is neither a program nor a revision"
        binary=$folder/mendwatch-$commit
        if [ ! -x "$binary" ]; then
            tree=$folder/tree
            git worktree remove --force "$tree" 2>/dev/null || rm -rf "$tree"
            git worktree prune
            git worktree add --quiet --detach "$tree" "$commit"
            (cd "$tree" && CARGO_TARGET_DIR=$folder/build cargo build --locked --profile ci -p mendwatch)
            cp "$folder/build/ci/mendwatch" "$binary"
            git worktree remove --force "$tree"
        fi
    fi
    say "$1:"
    python3 -B tools/verdict_diff judge "$binary" "$root/../shared/data" "$2"
}

# The release gate: which verdicts on the corpus a change of the rules or parsers has changed.
command_verdict_diff() {
    [ $# -ge 2 ] || die "usage: ./dev verdict-diff OLD NEW [--accept FILE] [--all]"
    need_rust
    need_shared
    want_build
    want python3 python3
    want zstd zstd
    install_missing
    old=$1 new=$2
    shift 2
    verdicts_of "$old" "$target/verdict-diff/old.jsonl"
    verdicts_of "$new" "$target/verdict-diff/new.jsonl"
    python3 -B tools/verdict_diff compare "$target/verdict-diff/old.jsonl" "$target/verdict-diff/new.jsonl" "$@"
}
