"""check_includes.py must pass on this project and flag every kind of violation."""

import pathlib

import pytest

import check_includes

PROJECT = pathlib.Path(__file__).parents[1]


def tree(folder, files, headers=()):
    """A project with the given files; `headers`, such as ("core", "a"), are public."""
    rooms = "".join(f"ravine_room({room}\n  HEADERS {name})\n" for room, name in headers)
    files = {"lib/CMakeLists.txt": rooms, **files}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_this_project_follows_the_table():
    assert check_includes.violations(PROJECT) == []


@pytest.mark.parametrize("name, line", [
    ("lib/ravine/core/a.hpp", '#include "ravine/io/files.hpp"'),
    ("lib/ravine/linalg/a.cpp", '#include "ravine/io/files.hpp"'),
    ("lib/ravine/data/a.cpp", '#include "ravine/nn/layer.hpp"'),
    ("lib/ravine/optim/rules/a.hpp", '#include "ravine/problems/problem.hpp"'),
    ("lib/ravine/problems/a.hpp", '#include "ravine/optim/optimizer.hpp"'),
    ("lib/ravine/problems/a.hpp", '#include "ravine/train/trial.hpp"'),
    ("lib/ravine/testing/a.hpp", '#include "ravine/train/trial.hpp"'),
    ("lib/ravine/results/a.hpp", '#include "ravine/train/trial.hpp"'),
    ("lib/ravine/results/a.hpp", '#include "ravine/linalg/matrix.hpp"'),
    ("lib/ravine/train/a.hpp", '#include "ravine/plan/plan.hpp"'),
    ("lib/ravine/plan/a.hpp", '#include "ravine/run/runner.hpp"'),
    ("lib/ravine/run/a.hpp", '#include "ravine/cli/options.hpp"'),
    ("lib/ravine/news/a.hpp", ""),
    ("lib/ravine/optim/a.cpp", "#include <omp.h>"),
    ("lib/ravine/nn/a.cpp", "#pragma omp parallel for"),
    ("suites/a.cpp", "  #pragma omp for"),
    ("lib/ravine/results/result_file.cpp", "#include <hdf5.h>"),
    ("suites/a.cpp", '#include "H5Cpp.h"'),
    ("lib/ravine/linalg/products.cpp", "#include <Eigen/Dense>"),
    ("suites/a.cpp", "x = 2 * std::exp(y);"),
    ("lib/ravine/nn/a.cpp", "x = std::log1p(y);"),
    ("suites/a.cpp", "#include <boost/program_options.hpp>"),
    ("lib/ravine/run/a.cpp", '  fmt::print(stderr, "x");'),
    ("lib/ravine/run/a.cpp", '  if (x) std::cerr << 1;'),
    ("suites/a.cpp", '  std::fprintf(stderr, "x");'),
    ("suites/a.cpp", '  fmt::print("x");'),
    ("tests/io/a_test.cpp", "  const auto path = testing::TempDir() + name;"),
    ("tests/results/a.hpp", "const auto folder = std::filesystem::temp_directory_path();"),
])
def test_flags(tmp_path, name, line):
    found = check_includes.violations(tree(tmp_path, {name: f"#include <vector>\n{line}\n"}))
    assert len(found) == 1 and name in found[0]


@pytest.mark.parametrize("name, line", [
    ("lib/ravine/optim/a.hpp", "#pragma omp simd"),
    ("lib/ravine/core/parallel.cpp", "#pragma omp parallel for"),
    ("lib/ravine/io/hdf5.cpp", "#include <hdf5.h>"),
    ("lib/ravine/cli/configuration.cpp", "#include <boost/program_options.hpp>"),
    ("lib/ravine/core/messages.cpp", 'fmt::print(stderr, "x");'),
    ("lib/ravine/run/a.cpp", 'say("x"); std::snprintf(a, 1, "x");'),
    ("lib/ravine/train/trainer.cpp", '#include "ravine/optim/optimizer.hpp"'),
    ("tests/support/temporary_folder.hpp", "  std::string pattern = ::testing::TempDir();"),
    ("tests/fuzz/memory_file.cpp", "  std::filesystem::temp_directory_path();"),
    ("tests/io/a_test.cpp", "  std::cout << 1;"),
    ("lib/ravine/optim/a.cpp", '#include "ravine/export.hpp"'),
    ("tests/linalg/a_test.cpp", "#include <Eigen/Dense>"),
    ("lib/ravine/core/portable.cpp", "x = std::exp(y);"),
    ("lib/ravine/optim/a.cpp", "x = std::sqrt(y) + portable_exp(z);"),
])
def test_allows(tmp_path, name, line):
    assert check_includes.violations(tree(tmp_path, {name: line + "\n"})) == []


@pytest.mark.parametrize("line", [
    '#include "ravine/linalg/private.hpp"', None])
def test_public_headers_are_plain_and_complete(tmp_path, line):
    name = "ravine/linalg/matrix.hpp"
    files = {} if line is None else {f"lib/{name}": line + "\n"}
    assert len(check_includes.violations(tree(tmp_path, files, headers=[("linalg", "matrix")]))) == 1


def test_exit_code_and_message(tmp_path, monkeypatch, capsys):
    tree(tmp_path, {"lib/ravine/core/a.hpp": '#include "ravine/train/trial.hpp"\n'})
    monkeypatch.setattr("sys.argv", ["check_includes.py", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        check_includes.main()
    assert stopped.value.code == 1
    assert "lib/ravine/core/a.hpp:1: core includes ravine/train/trial.hpp" in capsys.readouterr().out
