"""Damaged checkpoints: where our reader and the reference both read a file, they must read the same values.
Input: a folder that `npm run bench -- damaged-checkpoints FOLDER` wrote. Usage: check_damaged_checkpoints.py FOLDER"""
import argparse, base64, collections, json, pathlib, sys, warnings
import numpy as np
import safetensors.torch
import torch

warnings.filterwarnings("ignore")
torch.serialization.add_safe_globals([argparse.Namespace])
folder = pathlib.Path(sys.argv[1])
outcomes = json.loads((folder / "outcomes.json").read_text())


def reference(path, wrapper):
    """The state dict, or None where the reference refuses. Nothing in the file is executed (weights_only)."""
    try:
        if path.suffix == ".safetensors":
            return safetensors.torch.load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
        for key in filter(None, wrapper.split(".")):
            state = state[key]
        return state
    except Exception:
        return None


def same(state, tensors):
    for name, shape, encoded in tensors:
        values = np.frombuffer(base64.b64decode(encoded), np.float32)
        wanted = state[name].detach().to(torch.float32).contiguous().numpy()
        if list(wanted.shape) != shape or not np.array_equal(wanted.ravel(), values, equal_nan=True):
            return False
    return True


counts = collections.Counter()
for name, outcome in outcomes.items():
    state = reference(folder / name, outcome.get("wrapper", ""))
    ours = "refused" if "error" in outcome else "read"
    verdict = f"ours {ours}, reference {'refused' if state is None else 'read'}"
    if ours == "read" and state is not None:
        verdict += ": same values" if same(state, outcome["tensors"]) else ": OTHER VALUES"
    counts[name.split(".")[1], verdict] += 1
for (container, verdict), count in sorted(counts.items()):
    print(f"{count:8}  {container}: {verdict}")
sys.exit(any("OTHER" in verdict for _, verdict in counts))
