"""Small checkpoints written by PyTorch itself, good and bad, with the values they hold.
Output: test/golden/checkpoint/*.pt and expected.json"""
import argparse, io, json, os, pathlib, tarfile, zipfile
from collections import OrderedDict
import numpy as np
import safetensors.torch
import torch
from torch import nn

out = pathlib.Path(__file__).parents[2] / "test/golden/checkpoint"
out.mkdir(parents=True, exist_ok=True)
generator = torch.Generator().manual_seed(5)
expected = {}


def normal(*shape):
    return torch.randn(*shape, generator=generator)


def number(value):
    return None if np.isnan(value) else "inf" if value == np.inf else "-inf" if value == -np.inf else float(value)


def described(state):
    return {name: {"shape": list(t.shape), "dtype": str(t.dtype).removeprefix("torch."),
                   "values": [number(v) for v in t.detach().to(torch.float32).flatten().tolist()]}
            for name, t in state.items()}


def save(name, value, state=None, **options):
    torch.save(value, out / f"{name}.pt", **options)
    loaded = torch.load(out / f"{name}.pt", weights_only=False)
    assert type(loaded) is type(value)
    if state is not None:
        expected[name] = described(state)


types = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]
mixed = OrderedDict((name, (4 * normal(3, 2)).abs().to(getattr(torch, name))) for name in types)
mixed["scalar"] = torch.tensor(2.659)
mixed["empty"] = torch.zeros(0, 4)
mixed["half extremes"] = torch.tensor([0.0, -0.0, 6e-8, -6e-8, 6.1e-5, 65504, float("inf"), -float("inf"), float("nan")]).half()
mixed["negative"] = torch.tensor([-1, -(2**40)], dtype=torch.int64)
save("mixed", mixed, mixed)

base = normal(4, 5, 3)
strided = {"base": base, "transposed": base.transpose(0, 2), "sliced": base[1:3, 2], "stepped": base[::2, 1::2],
           "column": base[:, 3, 1], "expanded": base[:1, :1].expand(2, 4, 3), "flat": base.view(-1)[7:], "channels last":
           normal(2, 3, 4, 2).to(memory_format=torch.channels_last)}
save("strided", strided, strided)

model = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2), nn.Linear(2, 3))
model[2].weight = nn.Parameter(model[0].weight.t())
save("module-state", model.state_dict(), model.state_dict())
tied = {"input": nn.Parameter(normal(2, 2))}
tied["output"] = tied["input"]
save("tied-parameters", tied, tied)
plain = {"weight": normal(2, 3), "bias": normal(2)}
training = {"epoch": 3, "arguments": argparse.Namespace(rate=1e-4), "loss": np.float64(0.25), "model": {"state_dict": plain},
            "optimizer": torch.optim.Adam([nn.Parameter(plain["bias"].clone())]).state_dict(), "none": None, "set": {1, 2}, "big": 2**80}
save("wrapped", training, plain)
for protocol in (3, 4, 5):
    save(f"protocol-{protocol}", plain, plain, pickle_protocol=protocol)
save("extra-values", {**plain, "steps": 7, "options": argparse.Namespace(a=1)}, plain)
save("nan", {"weight": torch.tensor([1.0, float("nan"), -float("inf"), 2.0])})
save("legacy", plain, _use_new_zipfile_serialization=False)
save("whole-module", nn.Linear(2, 2))
torch.jit.script(nn.Linear(2, 2)).save(out / "torchscript.pt")


class Attack:
    def __init__(self, function, *parameters):
        self.call = function, parameters

    def __reduce__(self):
        return self.call


torch.save({**plain, "x": Attack(os.system, "touch executed")}, out / "forbidden-system.pt")
torch.save({**plain, "x": Attack(eval, "1")}, out / "forbidden-eval.pt", pickle_protocol=4)
safetensors.torch.save_file(plain, out / "safetensors.pt")
with tarfile.open(out / "tar.pt", "w") as archive:
    archive.add(out / "protocol-4.pt", "pickle", filter=lambda info: info.replace(mtime=0, uname="", gname="", uid=0, gid=0, deep=False))


class Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes sizes after the data, in data descriptors."""

    def __init__(self, target):
        self.target = target

    def writable(self):
        return True

    def write(self, data):
        self.target.write(data)
        return len(data)


def rezip(source, target, change=lambda name, data: data, method=zipfile.ZIP_STORED, seekable=True):
    with zipfile.ZipFile(out / source) as old, open(out / target, "wb") as file:
        with zipfile.ZipFile(file if seekable else Unseekable(file), "w", method) as new:
            for info in old.infolist():
                fresh = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
                fresh.compress_type = method
                new.writestr(fresh, change(info.filename, old.read(info)))


rezip("protocol-4.pt", "deflated.pt", method=zipfile.ZIP_DEFLATED)
rezip("protocol-4.pt", "data-descriptors.pt", method=zipfile.ZIP_DEFLATED, seekable=False)


def big_endian(name, data):
    if name.endswith("/byteorder"):
        return b"big"
    return np.frombuffer(data, "<f4").astype(">f4").tobytes() if "/data/" in name else data


rezip("protocol-4.pt", "big-endian.pt", big_endian)
for name in ("deflated", "data-descriptors", "big-endian"):
    expected[name] = described(plain)
swapped = torch.load(out / "big-endian.pt", weights_only=False)
assert all(torch.equal(swapped[key], plain[key]) for key in plain)
versions = {"torch": torch.__version__, "numpy": np.__version__}
(out / "expected.json").write_text(json.dumps({"versions": versions, "files": expected}) + "\n")
