"""Loaded before Django's settings (`-p` in pyproject.toml): each run has a home folder of its own, so that runs never meet."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = tempfile.mkdtemp(prefix="parvis-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
Path(_home).chmod(0o755)  # the sandbox's child, who is nobody, must reach the folders that it is lent
(Path(_home) / "static").mkdir()
os.environ["PARVIS_HOME"] = _home
os.environ["DEBUG"] = "0"
os.environ["PARVIS_FETCH_ALLOW"] = ""
os.environ["PARVIS_DEMONSTRATION"] = "0"
os.environ.pop("SMTP_HOST", None)
