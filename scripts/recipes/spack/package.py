"""Spack: put this file into packages/ravine/ of a repository of yours, then, in a clone of ravine,

spack dev-build ravine@0.2.0
"""

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Ravine(CMakePackage):
    """A reproducible benchmark suite for the optimization of deep networks."""

    license("MIT")

    version("0.2.0")

    variant("kernels", default=False, description="Build ravine-kernels, which times the pieces of training")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("hdf5@1.10:~mpi+hl")
    depends_on("openssl")
    depends_on("zlib-api")
    depends_on("fmt@9:")
    depends_on("random123", type="build")
    depends_on("boost@1.74:+program_options")
    depends_on("benchmark", when="+kernels")
    depends_on("googletest", type="test")
    depends_on("eigen@3.4:3", type="test")

    # Training from Python, and the analysis of results.
    depends_on("python@3.11:", type=("build", "run"))
    depends_on("py-pybind11", type="build")
    for name in ("h5py", "numpy", "scipy", "pandas", "matplotlib", "statsmodels", "jinja2"):
        depends_on(f"py-{name}", type="run")

    conflicts("%gcc@:11", msg="ravine is written in C++20 and needs GCC 12 or Clang 14")
    conflicts("%clang@:13", msg="ravine is written in C++20 and needs GCC 12 or Clang 14")

    def cmake_args(self):
        return [
            self.define("RAVINE_TESTS", self.run_tests),
            self.define_from_variant("RAVINE_KERNELS", "kernels"),
            self.define("RAVINE_GROUPS", ["ravine", "ravine_double"]),
            self.define("Python_EXECUTABLE", self.spec["python"].command.path),
        ]
