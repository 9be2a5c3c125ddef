"""What changed in the verdicts between two builds, on a fixed corpus: see ./dev verdict-diff.

  python3 tools/verdict_diff judge BINARY DATA OUT     judge the corpus under DATA, write one JSON line a verdict
  python3 tools/verdict_diff compare OLD NEW [--accept FILE] [--all]
"""

import sys

import compare
import judge

USAGE = __doc__.split("\n\n", 1)[1]


def main(arguments):
    match arguments:
        case ["judge", binary, data, out]:
            return judge.run(binary, data, out)
        case ["compare", old, new, *options]:
            accept, every = None, False
            while options:
                option = options.pop(0)
                if option == "--accept" and options:
                    accept = options.pop(0)
                elif option == "--all":
                    every = True
                else:
                    sys.exit(f"verdict-diff: '{option}' is no option here\n{USAGE}")
            return compare.run(old, new, accept, every)
        case _:
            sys.stderr.write(USAGE)
            return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:
        sys.exit(1)
