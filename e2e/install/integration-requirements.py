"""Writes what the integrations that the tests use need from the package index, and the versions that Home Assistant pins.

Usage: integration-requirements.py <requirements file> <constraints file>
Home Assistant would install these while it starts; the tests start it with that switched off.
"""

import json
import shutil
import sys
from pathlib import Path

import homeassistant

PACKAGE = Path(homeassistant.__file__).parent

# What the tests' configuration names, and what its core loads beside them.
INTEGRATIONS = [
    *("mqtt", "automation", "script", "input_boolean", "template", "person"),
    *("frontend", "history", "logbook", "recorder", "analytics"),
    *("conversation", "ai_task", "tts", "ffmpeg", "camera", "image_processing", "radio_frequency", "infrared"),
]
# Imported without being in a manifest that is read here.
MORE = {"numpy", "zlib-ng", "isal", "aiohasupervisor"}
# Voice detection: needs a compiler, and nothing here speaks.
UNNEEDED = ("pymicro-vad", "pyspeex-noise")


def manifests(names: list[str]) -> dict[str, dict]:
    """The manifests of these integrations and of all that they depend on."""
    found: dict[str, dict] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        path = PACKAGE / "components" / name / "manifest.json"
        if name in found or not path.exists():
            continue
        found[name] = json.loads(path.read_text())
        waiting += found[name].get("dependencies", [])
    return found


requirements_file, constraints_file = sys.argv[1:]
wanted = MORE.union(*(manifest.get("requirements", []) for manifest in manifests(INTEGRATIONS).values()))
lines = sorted(line for line in wanted if not line.startswith(UNNEEDED))
Path(requirements_file).write_text("\n".join(lines) + "\n")
shutil.copy(PACKAGE / "package_constraints.txt", constraints_file)
