"""`make bench`: every figure that the README states, measured on this machine."""

from __future__ import annotations

import os
import platform
import sys

from tests.bench import answers, line, matching, scale

print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
line.main()
answers.main()
scale.main()
matching.main(sys.argv[1:])
