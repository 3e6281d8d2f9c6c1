#!/usr/bin/env python3
"""How much the transcripts see of the parser of HTTP: the branches that they take, and the bugs they find.

Usage: tests/mutants/http_parser.py [--mutants N] [--seed N] [--jobs N]

The branches are gcov's, but for those that only an exception takes. Then one small bug after the other is
put into the parser. They are made by rule (a comparison turned round, a number one too large, a statement left out) at
places that are drawn from all there are; the seed repeats a draw. It needs a build of the tests in build/
(./run test, or the target weir_http_tests), and takes some five seconds a mutant. Each survivor is printed
with its line: either a case is missing, or the two lines mean the same.

Exit codes: 0 every branch is taken, and at least 95 % of the bugs are found; 1 not so; 2 wrong usage.
"""
import argparse
import concurrent.futures
import gzip
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARSER = ROOT / "src/protocols/http"
SOURCES = ["head.cpp", "framing.cpp", "chunked.cpp", "receiver.cpp"]
MUTATED = SOURCES + ["characters.hpp", "chunked.hpp"]
HEADERS = ["scan.hpp", "characters.hpp", "chunked.hpp"]
TEST = "HttpTranscripts.*:HttpReceiver.*"
PATIENCE_S = 60
FOUND_MIN = 0.95

RULES = [
    (r" == ", [" != "]),
    (r" != ", [" == "]),
    (r" < ", [" <= "]),
    (r" <= ", [" < "]),
    (r" > ", [" >= "]),
    (r" >= ", [" > "]),
    (r" && ", [" || "]),
    (r" \|\| ", [" && "]),
    (r" \+ ", [" - "]),
    (r" - ", [" + "]),
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"\bLine::cut\b", ["Line::wrong"]),
    (r"\bLine::wrong\b", ["Line::cut"]),
    (r"\bProgress::more\b", ["Progress::done"]),
    (r"\(!", ["("]),
    (r"(?<![\w.'#])\d+(?![\w.'])", [lambda found: str(int(found) + 1)]),
    (r"(?<=\()\w+(?:\.\w+)*\(", ["!\\g<0>"]),
]


def code_lines(path):
    """The lines that are code, as (number, text)."""
    for number, text in enumerate(path.read_text().splitlines()):
        code = text.split("//")[0]
        if not code.strip() or code.lstrip().startswith(("#", "///", "namespace", "inline constexpr")):
            continue
        yield number, text


def is_plain_statement(code):
    """One that can be left out: it neither declares nor returns."""
    return re.fullmatch(r"\s+[a-z_]\w*(?:[.\[\]\w]|->)*(?: [|+-]?= .*|\(.*\)|\+\+);", code) is not None


def mutants_of(name):
    """All that the rules make of a file, as (file, line number, new line)."""
    for number, text in code_lines(PARSER / name):
        code = text.split("//")[0].rstrip()
        for pattern, replacements in RULES:
            for found in re.finditer(pattern, code):
                for by in replacements:
                    new = by(found.group()) if callable(by) else found.expand(by)
                    yield name, number, code[: found.start()] + new + code[found.end() :]
        if is_plain_statement(code):
            yield name, number, ""


class Build:
    """What a mutant is built with: the tests as they are, and the compiler's options."""

    def __init__(self):
        objects = ROOT / "build/tests/CMakeFiles/weir_http_tests.dir"
        self.objects = sorted(str(each) for each in objects.rglob("*.o"))
        archives = [*ROOT.glob("build/src/*.a"), *ROOT.glob("build/tests/*.a")]
        self.archives = sorted(str(each) for each in archives)
        if not self.objects:
            sys.exit("http_parser.py: there is no build of the tests; ./run test makes it")

    def make(self, place, flags=("-O1",)):
        """The program with the parser in `place`; None when that is no C++."""
        (place / "parser.cpp").write_text("".join(f'#include "http/{each}"\n' for each in SOURCES))
        compiling = ["g++", "-std=c++20", "-w", *flags, "-I.", f"-I{ROOT}/include",
                     f"-I{ROOT}/src/protocols", f"-I{ROOT}/src", "-c", "parser.cpp"]
        if subprocess.run(compiling, capture_output=True, cwd=place).returncode != 0:
            return None
        linking = ["g++", *flags, "parser.o", *self.objects, "-Wl,--start-group", *self.archives,
                   "-Wl,--end-group", "-lgtest_main", "-lgtest", "-lfmt", "-lpthread", "-o", "tests"]
        linked = subprocess.run(linking, capture_output=True, text=True, cwd=place)
        if linked.returncode != 0:
            sys.exit("http_parser.py: the tests don't link:\n" + linked.stderr[-2000:])
        return place / "tests"


def passes(program):
    try:
        run = subprocess.run([program, f"--gtest_filter={TEST}", "--gtest_fail_fast"],
                             capture_output=True, timeout=PATIENCE_S)
        return run.returncode == 0
    except subprocess.TimeoutExpired:
        return False


def branches_of(report):
    """Of gcov's report: (file, line, whether it is taken) for each branch that no exception takes."""
    for each in report["files"]:
        name = pathlib.Path(each["file"]).name
        if name not in SOURCES + HEADERS:
            continue
        for line in each["lines"]:
            for branch in line["branches"]:
                if not branch["throw"]:
                    yield name, line["line_number"], branch["count"] > 0


def covers_all(build):
    """Prints the branches that the transcripts take, and each line with one that they don't."""
    with tempfile.TemporaryDirectory(prefix="weir-branches-") as folder:
        place = pathlib.Path(folder)
        shutil.copytree(PARSER, place / "http")
        program = build.make(place, ("-O0", "--coverage"))
        if program is None or not passes(program):
            sys.exit("http_parser.py: the tests fail without a mutant")
        subprocess.run(["gcov", "--branch-probabilities", "--json-format", "parser.gcda"],
                       capture_output=True, cwd=place, check=True)
        report = json.loads(gzip.decompress(next(place.glob("*.gcov.json.gz")).read_bytes()))
    taken = {}
    for name, number, is_taken in branches_of(report):
        taken.setdefault((name, number), []).append(is_taken)
    every = [each for branches in taken.values() for each in branches]
    for (name, number), branches in sorted(taken.items()):
        if not all(branches):
            print(f"not taken: {name}:{number}: {branches.count(False)} of {len(branches)} branches")
    print(f"{sum(every)} of {len(every)} branches of the parser are taken by the transcripts "
          f"({100 * sum(every) / len(every):.1f} %)")
    return all(every)


def outcome(build, mutant):
    """found, survived, or none: it is no C++."""
    with tempfile.TemporaryDirectory(prefix="weir-mutant-") as folder:
        place = pathlib.Path(folder)
        shutil.copytree(PARSER, place / "http")
        if mutant is not None:
            name, number, text = mutant
            lines = (PARSER / name).read_text().splitlines()
            lines[number] = text
            (place / "http" / name).write_text("\n".join(lines) + "\n")
        program = build.make(place)
        if program is None:
            return "none"
        return "survived" if passes(program) else "found"


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mutants", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=1, help="which are drawn (1)")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    return parser.parse_args()


def main():
    asked = options()
    build = Build()
    covered = covers_all(build)
    drawn = [mutant for name in MUTATED for mutant in mutants_of(name)]
    print(f"{len(drawn)} mutants can be made; {asked.mutants} are drawn with seed {asked.seed}")
    random.Random(asked.seed).shuffle(drawn)
    counts = {"found": 0, "survived": 0, "none": 0}
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as workers:
        rest = iter(drawn)
        while counts["found"] + counts["survived"] < asked.mutants:
            wanted = asked.mutants - counts["found"] - counts["survived"]
            batch = [mutant for mutant, _ in zip(rest, range(max(wanted, 1)))]
            if not batch:
                break
            for mutant, came in zip(batch, workers.map(lambda each: outcome(build, each), batch)):
                counts[came] += 1
                if came == "survived":
                    name, number, text = mutant
                    print(f"survived: {name}:{number + 1}: {text.strip() or '(left out)'}", flush=True)
    all_of = counts["found"] + counts["survived"]
    print(f"{counts['found']} of {all_of} mutants are found by the transcripts "
          f"({100 * counts['found'] / all_of:.1f} %); {counts['none']} more were no C++")
    return 0 if covered and counts["found"] >= FOUND_MIN * all_of else 1


if __name__ == "__main__":
    sys.exit(main())
