"""Runs a program and prints its seconds, peak memory and exit code as JSON.

A process of its own, and a small one: the kernel counts the memory of whoever starts a program into
that program's peak.
"""

import json
import os
import sys
import time

begin = time.perf_counter()
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, status, usage = os.wait4(pid, 0)
print(json.dumps({"seconds": time.perf_counter() - begin, "peak_bytes": usage.ru_maxrss * 1024,
                  "code": os.waitstatus_to_exitcode(status)}))
