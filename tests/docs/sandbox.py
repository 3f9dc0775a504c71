"""A copy of the project in which a document's snippets run one after the other, as for a reader.

It has the tracked files, and in build/release the programs that are built already: `cmake` is a
stand-in that does nothing, and packages are left alone.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import suites

NO_FLAGS = {"ravine-results"}  # is not a suite: `with` does not concern it


class Sandbox:
    def __init__(self, folder, project, quick_results):
        self.folder, self.quick_results = folder, quick_results
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                cwd=project, capture_output=True, text=True, check=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (project / name).is_file() and not name.startswith(("tests/", "lib/ravine/")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(project / name, folder / name)
        for program in suites.BUILD.glob("ravine-*"):
            if program.is_file():
                _script(folder / "build/release" / program.name, _program(program))
        if (suites.BUILD / "python").is_dir():
            (folder / "build/release/python").symlink_to(suites.BUILD / "python")
        _script(folder / "stand-ins/cmake", "#!/bin/sh\n")
        self.data = pathlib.Path(os.environ.get("RAVINE_DATA_DIR", project / "datasets"))

    def give(self, suite):
        shutil.copyfile(self.quick_results(suite), self.folder / "results" / f"{suite}.h5")

    def has_data(self, name):
        """Whether the set is here; its folder becomes that of the sandbox."""
        target = self.folder / "datasets" / name
        if (self.data / name).is_dir() and any((self.data / name).iterdir()) and not target.exists():
            target.symlink_to(self.data / name)
        return target.exists()

    def run(self, command, flags=""):
        """Runs a command (a list) in the folder; its output if it failed."""
        environment = {name: value for name, value in suites.environment().items()
                       if name not in ("RAVINE_BUILD_DIR", "PYTHONPATH")}
        environment |= {"PATH": f"{self.folder}/stand-ins:{environment['PATH']}",
                        "RAVINE_SKIP_SETUP": "1", "RAVINE_PYTHON": sys.executable,
                        "PYTHONDONTWRITEBYTECODE": "1", "SNIPPET_FLAGS": flags,
                        "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"), "HOME": str(self.folder)}
        done = subprocess.run(command, cwd=self.folder, env=environment, text=True, timeout=600,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return "" if done.returncode == 0 else f"{done.stdout}\nexit code {done.returncode}"


def _program(program):
    """A script that runs a program with $SNIPPET_FLAGS in place of its own values of these flags."""
    if program.name in NO_FLAGS:
        return f'#!/bin/sh\nexec "{program}" "$@"\n'
    return f"""#!/bin/bash
own=(${{SNIPPET_FLAGS-}}) given=()
while (($#)); do
  if [[ $1 == --* && " ${{SNIPPET_FLAGS-}} " == *" ${{1%%=*}} "* ]]; then
    [[ $1 == *=* ]] || shift
  else
    given+=("$1")
  fi
  shift
done
exec "{program}" "${{given[@]}}" "${{own[@]}}"
"""


def _script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
