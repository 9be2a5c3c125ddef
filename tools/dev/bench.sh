# shellcheck shell=sh disable=SC2154 # root, target and logs are set in ./dev
# Benchmarks: those of the crates, and the scripts in benches/, which drive the built program; read by ./dev.

command_bench() {
    need_rust
    need_shared
    want_build
    case ${1:-} in
    peers | feeds | fleet)
        name=$1
        shift
        "bench_$name" "$@"
        return
        ;;
    esac
    install_missing
    if [ $# -gt 0 ]; then
        ls crates/*/benches/"$1".rs >/dev/null 2>&1 || die "no benchmark '$1'; there are: $(bench_names)"
        cargo bench --locked --workspace --bench "$1"
    else
        [ -n "$(bench_names)" ] || die "there are no benchmarks yet"
        for name in $(bench_names); do cargo bench --locked --workspace --bench "$name"; done
    fi
}

# bench_program NAME SCRIPT ARGUMENT...: a script of benches/NAME on a release build. What packages else it needs was
# wanted before.
bench_program() {
    script=benches/$1/$2
    shift 2
    need_node
    want python3 python3
    install_missing
    mkdir -p "$logs"
    build_ui
    cargo build --locked --release -p mendwatch
    "$script" --mendwatch "$target/release/mendwatch" --shared "$root/../shared" "$@"
}

bench_peers() {
    want zstd zstd
    want openscap-scanner oscap
    want debsecan debsecan
    bench_program peers judge.py "$@"
}

bench_feeds() {
    want zstd zstd
    bench_program feeds import.py "$@"
}

bench_fleet() { bench_program fleet run.py "$@"; }

bench_names() { for file in crates/*/benches/*.rs; do [ ! -e "$file" ] || basename "$file" .rs; done; }
