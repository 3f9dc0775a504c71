# Installs both libraries, their headers and the package that find_package(ravine) reads. What the
# libraries use inside (HDF5, OpenSSL, ...) does not concern a consumer; fmt is, because
# error.hpp formats messages.
include(CMakePackageConfigHelpers)

install(TARGETS ravine ravine_double ravine_commit EXPORT ravineTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# fmt of a system is found by find_package; the fetched one is installed beside the library.
set(RAVINE_FIND_FMT "find_dependency(fmt)")
if(RAVINE_FETCHED_FMT)
  set(RAVINE_FIND_FMT "")
  install(TARGETS ravine_fmt EXPORT ravineTargets)
  install(DIRECTORY ${fmt_SOURCE_DIR}/include/fmt DESTINATION ${RAVINE_FETCHED_FMT})
endif()

set(RAVINE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ravine)
install(EXPORT ravineTargets NAMESPACE ravine:: DESTINATION ${RAVINE_PACKAGE_DIR})
configure_package_config_file(cmake/ravineConfig.cmake.in ${PROJECT_BINARY_DIR}/ravineConfig.cmake
                              INSTALL_DESTINATION ${RAVINE_PACKAGE_DIR})
# Below 1.0 a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ravineConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ravineConfig.cmake ${PROJECT_BINARY_DIR}/ravineConfigVersion.cmake
        DESTINATION ${RAVINE_PACKAGE_DIR})

# The Python package, which no other prefix's Python finds by itself: PYTHONPATH names this folder. A
# distribution sets it to where its Python looks, such as lib/python3/dist-packages.
set(RAVINE_PYTHON_DIR ${CMAKE_INSTALL_DATADIR}/ravine/python CACHE STRING
    "Folder below the prefix into which the Python package is installed")
file(WRITE ${PROJECT_BINARY_DIR}/python/VERSION "${PROJECT_VERSION}\n")
install(DIRECTORY lib/python/ravine DESTINATION ${RAVINE_PYTHON_DIR}
        COMPONENT python PATTERN __pycache__ EXCLUDE)
install(FILES ${PROJECT_BINARY_DIR}/python/VERSION DESTINATION ${RAVINE_PYTHON_DIR}/ravine
        COMPONENT python)

# The command `ravine`, which finds the package and the programs beside itself wherever the tree is
# moved, and what it needs besides.
install(PROGRAMS scripts/ravine DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT python)
install(FILES lib/python/ravine/completion.bash RENAME ravine
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT python)
install(FILES datasets/catalog.tsv DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine/datasets COMPONENT python)
install(DIRECTORY results/records DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine COMPONENT python)
install(FILES scripts/lib/common.sh DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine/scripts/lib COMPONENT python)
install(DIRECTORY scripts/slurm DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine/scripts
        USE_SOURCE_PERMISSIONS COMPONENT python)

# cpack -G TGZ: a tree to unpack anywhere; cpack -G DEB: a package.
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_VENDOR "The ravine authors")
set(CPACK_PACKAGE_CONTACT "The ravine authors <ravine@localhost>")
set(CPACK_PACKAGE_FILE_NAME "ravine-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "python3 (>= 3.11), python3-h5py, python3-numpy, python3-scipy, \
python3-statsmodels, python3-pandas, python3-matplotlib, python3-jinja2")
include(CPack)
