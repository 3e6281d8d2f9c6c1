#!/usr/bin/env python3
"""Puts one small bug after the other into the parser of HTTP, and counts those that its transcripts find.

Usage: tests/mutants/http_parser.py [--mutants N] [--seed N] [--jobs N]

The bugs are made by rule (a comparison turned round, a number one too large, a statement left out) at
places that are drawn from all there are; the seed repeats a draw. It needs a build of the tests in build/
(./run test, or the target weir_http_tests), and takes some five seconds a mutant. Each survivor is printed
with its line: either a case is missing, or the two lines mean the same.

Exit codes: 0 at least 95 % are found; 1 fewer; 2 wrong usage, or no build.
"""
import argparse
import concurrent.futures
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
TEST = "HttpTranscripts.*:Receiver.*"
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
        archives = list((ROOT / "build").rglob("*.a"))
        self.archives = sorted(str(each) for each in archives)
        if not self.objects:
            sys.exit("http_parser.py: there is no build of the tests; ./run test makes it")

    def links(self, place, program):
        return ["g++", str(place / "parser.o"), *self.objects, "-Wl,--start-group", *self.archives,
                "-Wl,--end-group", "-lgtest_main", "-lgtest", "-lfmt", "-lpthread", "-o", str(program)]

    def make(self, place):
        """The program with the parser in `place`; None when that is no C++."""
        unity = "".join(f'#include "http/{each}"\n' for each in SOURCES)
        (place / "parser.cpp").write_text(unity)
        compiling = ["g++", "-std=c++20", "-O1", "-w", f"-I{place}", f"-I{ROOT}/include",
                     f"-I{ROOT}/src/protocols", f"-I{ROOT}/src", "-c", str(place / "parser.cpp"),
                     "-o", str(place / "parser.o")]
        if subprocess.run(compiling, capture_output=True).returncode != 0:
            return None
        program = place / "tests"
        linked = subprocess.run(self.links(place, program), capture_output=True, text=True)
        if linked.returncode != 0:
            sys.exit("http_parser.py: the tests don't link:\n" + linked.stderr[-2000:])
        return program


def passes(program):
    try:
        run = subprocess.run([program, f"--gtest_filter={TEST}", "--gtest_fail_fast"],
                             capture_output=True, timeout=PATIENCE_S)
        return run.returncode == 0
    except subprocess.TimeoutExpired:
        return False


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
    if outcome(build, None) != "survived":
        sys.exit("http_parser.py: the tests fail without a mutant")
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
    return 0 if counts["found"] >= FOUND_MIN * all_of else 1


if __name__ == "__main__":
    sys.exit(main())
