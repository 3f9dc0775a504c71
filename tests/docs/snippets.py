"""The snippets of the project's documents, each with what its document says about testing it.

A directive is an HTML comment right before the fence, which a reader of the page does not see:

    <!-- test: skip REASON -->           it is not run, and why
    <!-- test: needs mnist -->           it is run where datasets/ (or RAVINE_DATA_DIR) has that set
    <!-- test: long -->                  it is run under --long only
    <!-- test: with --scale quick -->    every suite gets these flags in place of its own values of them
    <!-- test: given optimizers -->      results/optimizers.h5 is there, from a quick run
    <!-- test: first COMMAND -->         a command that is run before
"""

import dataclasses
import re
import subprocess

DIRECTIVES = ("skip", "needs", "long", "with", "given", "first")
COMMAND = re.compile(r"\s*(\$ )?(scripts/|build/|ravine-[a-z-]+ |cmake |python3? |pytest )")


@dataclasses.dataclass(frozen=True)
class Snippet:
    """A fenced block: `directives` are (word, the rest) in their order."""

    document: str  # path in the project
    line: int  # of its fence, from 1
    language: str
    text: str
    directives: tuple

    @property
    def name(self):
        return f"{self.document}:{self.line}"

    def all(self, word):
        return [rest for one, rest in self.directives if one == word]


def documents(project):
    """Every Markdown file of the project, as paths in it."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                             "*.md"], cwd=project, capture_output=True, text=True, check=True)
    return sorted(filter(None, listed.stdout.split("\0")))


def parse(document, text):
    """(snippets, faults): what can be neither run nor left alone is a fault, one sentence each."""
    snippets, faults, directives = [], [], []
    fence, block, before = None, [], ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            if line.strip() == "```":
                snippets.append(Snippet(document, fence[0], fence[1], "\n".join(block) + "\n",
                                        tuple(directives)))
                fence, directives = None, []
            else:
                block.append(line)
        elif line.startswith("```"):
            fence, block = (number, line[3:].strip()), []
        elif found := re.fullmatch(r"<!-- test: (\w+) ?(.*) -->", line.strip()):
            directives.append(found.groups())
            if found[1] not in DIRECTIVES:
                faults.append(f"{document}:{number}: unknown directive '{found[1]}'")
        elif line.lstrip().startswith("<!-- test"):
            faults.append(f"{document}:{number}: a directive is a line <!-- test: WORD ... -->")
        elif line.strip():
            if directives:
                faults.append(f"{document}:{number}: a directive stands right before its snippet")
                directives = []
            if line.startswith("    ") and not before.strip():
                faults.append(f"{document}:{number}: an indented block hides from the tests: fence it")
        before = line
    if fence:
        faults.append(f"{document}:{fence[0]}: this fence has no end")
    return snippets, faults + [fault for one in snippets for fault in _faults(one)]


def _faults(snippet):
    if snippet.all("skip") == [""]:
        yield f"{snippet.name}: skip needs a reason"
    commands = [line for line in snippet.text.splitlines() if COMMAND.match(line)]
    if not snippet.language and commands:
        yield f"{snippet.name}: a block without a language is output, but this has '{commands[0]}'"
