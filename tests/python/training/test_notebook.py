"""The notebook of one's own optimizer runs from the first cell to the last, and shows what it promises."""

import importlib.machinery
import importlib.util
import json
import sys

from engines import need
from suites import PROJECT

need("float")
NOTEBOOK = PROJECT / "lib" / "python" / "your_own_optimizer.ipynb"


def runner():
    loader = importlib.machinery.SourceFileLoader("renew_notebook", str(PROJECT / "scripts" / "renew_notebook"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("renew_notebook", loader))
    loader.exec_module(module)
    return module


def test_the_notebook_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    fresh = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    try:
        space = runner().run(fresh)
    finally:
        sys.modules.pop("sign_momentum", None)
    assert set(space["results"].trials["outcome"]) <= {"completed", "diverged"}
    assert len(space["results"].trials) == 3 * 7 * 3 and (tmp_path / "mine.html").is_file()

    def kinds(notebook):
        return [[sorted(output.get("data", {"stream": 0})) for output in cell.get("outputs", [])]
                for cell in notebook["cells"]]

    assert kinds(fresh) == kinds(stored)
    assert ["image/png"] in [kind for cell in kinds(stored) for kind in cell]
    # Bits are the same everywhere: so is what the notebook says of them.
    assert ["".join(o["data"]["text/plain"]) for c in fresh["cells"] for o in c.get("outputs", [])
            if "text/plain" in o.get("data", {})][:2] == \
        ["".join(o["data"]["text/plain"]) for c in stored["cells"] for o in c.get("outputs", [])
         if "text/plain" in o.get("data", {})][:2]
