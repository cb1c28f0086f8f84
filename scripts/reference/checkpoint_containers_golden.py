"""Checkpoints in every container but today's torch zip: legacy, tar, safetensors, shards, nested zip; what the reference
libraries read from them, and which hostile safetensors headers they accept.
Output: test/golden/checkpoint/{*.pt,*.zip,*.safetensors,sharded-*/} and containers.json"""
import base64, io, json, pathlib, pickle, struct, tarfile, zipfile
from collections import OrderedDict
import huggingface_hub
import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import nn

out = pathlib.Path(__file__).parents[2] / "test/golden/checkpoint"
torch.manual_seed(6)
expected = {}


def number(value):
    return None if np.isnan(value) else "inf" if value == np.inf else "-inf" if value == -np.inf else float(value)


def described(state):
    return {name: {"shape": list(t.shape), "dtype": str(t.dtype).removeprefix("torch."),
                   "values": [number(v) for v in t.detach().to(torch.float32).flatten().tolist()]}
            for name, t in state.items()}


def legacy(name, value, state, **options):
    torch.save(value, out / name, _use_new_zipfile_serialization=False, **options)
    torch.load(out / name, weights_only=False)
    expected[name] = described(state)


types = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]
mixed = OrderedDict((name, (4 * torch.randn(3, 2)).abs().to(getattr(torch, name))) for name in types)
mixed["scalar"] = torch.tensor(2.659)
mixed["empty"] = torch.zeros(0, 4)
mixed["half extremes"] = torch.tensor([0.0, -0.0, 6e-8, -6e-8, 6.1e-5, 65504, float("inf"), -float("inf"), float("nan")]).half()
mixed["negative"] = torch.tensor([-1, -(2**40)], dtype=torch.int64)
mixed["__proto__"] = torch.tensor([1.0])
mixed["constructor"] = torch.tensor(2, dtype=torch.int16)
base = torch.randn(4, 5, 3)
strided = {"base": base, "transposed": base.transpose(0, 2), "sliced": base[1:3, 2], "stepped": base[::2, 1::2],
           "column": base[:, 3, 1], "expanded": base[:1, :1].expand(2, 4, 3), "flat": base.view(-1)[7:],
           "windows": base.view(-1).as_strided((3, 4), (2, 3), 5), "half": base.half().permute(1, 2, 0),
           "channels last": torch.randn(2, 3, 4, 2).to(memory_format=torch.channels_last)}
plain = {"weight": torch.randn(2, 3), "bias": torch.randn(2)}
model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 3))
model[2].weight = nn.Parameter(model[0].weight.t())
optimizer = torch.optim.AdamW(model.parameters(), lr=np.float64(1e-3))
model(torch.randn(4, 3)).sum().backward()
optimizer.step()
training = {"epoch": np.int64(3), "best": torch.tensor(0.5), "loss": np.float32(0.25), "history": np.arange(4.0),
            "optimizer": optimizer.state_dict(), "network": model.state_dict(), "device": torch.device("cpu")}
tied = {"input": nn.Parameter(torch.randn(2, 2))}
tied["output"] = tied["input"]

legacy("legacy-mixed.pt", mixed, mixed)
legacy("legacy-strided.pt", strided, strided)
legacy("legacy-tied.pt", tied, tied)
legacy("legacy-training.pt", training, model.state_dict())
legacy("legacy-protocol-4.pt", plain, plain, pickle_protocol=4)
Network = type("Network", (nn.Linear,), {})  # a class without source text, which PyTorch would store beside the object
torch.save(Network(2, 2), out / "legacy-whole-module.pt", _use_new_zipfile_serialization=False)
torch.save(training, out / "training.pt")
expected["training.pt"] = described(model.state_dict())
torch.save({"model": plain, "windows": base}, out / "wrapped-model.pt")
expected["wrapped-model.pt"] = described(plain)


class StorageId:
    """Stands for a storage in a pickle, with the six members of the legacy format."""

    def __init__(self, *members, kind=torch.FloatStorage):
        self.members, self.kind = members, kind


class Rebuilt:
    def __init__(self, *parameters):
        self.parameters = parameters

    def __reduce__(self):
        return torch._utils._rebuild_tensor_v2, (*self.parameters, False, OrderedDict())


class LegacyPickler(pickle._Pickler):
    def persistent_id(self, value):
        return ("storage", value.kind, *value.members) if isinstance(value, StorageId) else None


def views(little_endian):
    """Two tensors in views of one storage of eight numbers, as PyTorch 0.3 wrote them."""
    file = io.BytesIO()
    for header in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": little_endian,
                                                  "type_sizes": {"short": 2, "int": 4, "long": 4}}):
        pickle.dump(header, file, protocol=2)
    whole, left = StorageId("7", "cuda:0", 8, None), StorageId("7", "cuda:0", 8, ("8", 1, 4))
    right = StorageId("7", "cuda:0", 8, ("9", 5, 3))
    LegacyPickler(file, protocol=2).dump(OrderedDict(
        left=Rebuilt(left, 0, (2, 2), (2, 1)), right=Rebuilt(right, 1, (2,), (1,)), whole=Rebuilt(whole, 0, (8,), (1,))))
    pickle.dump(["7"], file, protocol=2)
    file.write(struct.pack("<q8f", 8, *range(10, 18)))
    return file.getvalue()


for name, little in (("legacy-views.pt", True), ("legacy-big-endian-host.pt", False)):
    (out / name).write_bytes(views(little))
    expected[name] = described(torch.load(out / name, map_location="cpu", weights_only=False))


def between():
    """A storage of complex numbers between two of real ones, whose places it moves."""
    file = io.BytesIO()
    for header in (0x1950A86A20F9469CFC6C, 1001, {}):
        pickle.dump(header, file, protocol=2)
    storages = [StorageId("1", "cpu", 2, None), StorageId("2", "cpu", 2, None, kind=torch.ComplexFloatStorage),
                StorageId("3", "cpu", 3, None)]
    LegacyPickler(file, protocol=2).dump(OrderedDict(
        (name, Rebuilt(storage, 0, (storage.members[2],), (1,))) for name, storage in zip("azb", storages)))
    pickle.dump(["1", "2", "3"], file, protocol=2)
    file.write(struct.pack("<q2fq4fq3f", 2, 1, 2, 2, 3, 4, 5, 6, 3, 7, 8, 9))
    return file.getvalue()


(out / "legacy-complex.pt").write_bytes(between())
complete = torch.load(out / "legacy-complex.pt", weights_only=False)
assert complete["z"].tolist() == [3 + 4j, 5 + 6j]
expected["legacy-complex.pt"] = described({"a": complete["a"], "b": complete["b"]})


class Python2Pickler(LegacyPickler):
    """Strings as bytes, as Python 2 wrote them."""

    def save_str(self, value):
        self.write(pickle.SHORT_BINSTRING + bytes([len(value)]) + value.encode())
        self.memoize(value)

    dispatch = {**pickle._Pickler.dispatch, str: save_str}


class Python2OrderedDict:
    """Python 2 gave the pairs to the constructor."""

    def __init__(self, pairs):
        self.pairs = pairs

    def __reduce__(self):
        return OrderedDict, ([list(pair) for pair in self.pairs],)


def python_2():
    file = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}):
        pickle.dump(value, file, protocol=2)
    storage = lambda: StorageId("7", "cpu", 4, None)
    Python2Pickler(file, protocol=2).dump(Python2OrderedDict([
        ("weight", Rebuilt(storage(), 0, (1, 3), (3, 1))), ("bias", Rebuilt(storage(), 3, (1,), (1,)))]))
    Python2Pickler(file, protocol=2).dump(["7"])
    file.write(struct.pack("<q4f", 4, *range(20, 24)))
    return file.getvalue()


(out / "legacy-python-2.pt").write_bytes(python_2())
expected["legacy-python-2.pt"] = described(torch.load(out / "legacy-python-2.pt", weights_only=False))
noted = torch.arange(6.0).view(2, 3).t()
noted.note = "an attribute of its own"
torch.save({"noted": noted, "parameter": nn.Parameter(torch.ones(2))}, out / "attributes.pt")
expected["attributes.pt"] = described(torch.load(out / "attributes.pt", weights_only=False))


def old_tar():
    """What PyTorch 0.1 wrote: storages, tensors and the pickle in a tar archive."""
    storages, tensors = io.BytesIO(), io.BytesIO()
    pickle.dump(1, storages, protocol=2)
    pickle.dump((11, "cpu", torch.FloatStorage), storages, protocol=2)
    storages.write(struct.pack("<q3f", 3, 1, 2, 3))
    pickle.dump([], storages, protocol=2)
    pickle.dump(1, tensors, protocol=2)
    pickle.dump((21, 11, torch.FloatTensor), tensors, protocol=2)
    tensors.write(struct.pack("<iiqqq", 1, 0, 3, 1, 0))

    class Pickler(pickle._Pickler):
        def persistent_id(self, value):
            return value if value == "21" else None

    body = io.BytesIO()
    Pickler(body, protocol=2).dump({"weight": "21"})
    with tarfile.open(out / "old-tar.pt", "w") as archive:
        for name, data in (("storages", storages), ("tensors", tensors), ("pickle", body)):
            info = tarfile.TarInfo(name)
            info.size = len(data.getvalue())
            data.seek(0)
            archive.addfile(info, data)
    assert torch.load(out / "old-tar.pt", weights_only=False)["weight"].tolist() == [1, 2, 3]


old_tar()
safetensors.torch.save_file(dict(mixed), out / "mixed.safetensors", metadata={"format": "pt", "__proto__": "x", "note": 'é"'})
expected["mixed.safetensors"] = described(safetensors.torch.load_file(out / "mixed.safetensors"))
other = {"kept": torch.randn(2), "eight": torch.ones(3).to(torch.float8_e4m3fn), "unsigned": torch.ones(2, dtype=torch.uint16)}
safetensors.torch.save_file(other, out / "other-types.safetensors")
expected["other-types.safetensors"] = described({"kept": other["kept"]})

shards = {f"layers.{i}.weight": torch.randn(3, 4) for i in range(4)} | {"half": torch.randn(5).half()}
for safe in (True, False):
    folder = out / f"sharded-{'safetensors' if safe else 'bin'}"
    folder.mkdir(exist_ok=True)
    huggingface_hub.save_torch_state_dict(shards, folder, max_shard_size=100, safe_serialization=safe)
    assert len(list(folder.iterdir())) > 2
expected["sharded"] = described(shards)


def bytes_of(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def zipped(name, members, method):
    with zipfile.ZipFile(out / name, "w", method) as archive:
        for path, data in members.items():
            info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)


small = {"config.json": b'{"hidden_size": 2}', "vocab.txt": "[PAD]\ncafé\n".encode()}
zipped("nested-deflated.zip", {"medclip/": b"", "medclip/pytorch_model.bin": bytes_of(plain),
                               **{f"medclip/{name}": data for name, data in small.items()},
                               "__MACOSX/medclip/._pytorch_model.bin": b"\0\5\x16\7"}, zipfile.ZIP_DEFLATED)
zipped("nested-stored.zip", {"weights.pt": bytes_of(plain), **small}, zipfile.ZIP_STORED)
zipped("nested-legacy.zip", {"model.pth": bytes_of(plain, _use_new_zipfile_serialization=False)}, zipfile.ZIP_DEFLATED)
zipped("nested-safetensors.zip", {"a/b/model.safetensors": safetensors.torch.save(plain), "a/b/optimizer.pt": b"x"}, zipfile.ZIP_DEFLATED)
for name in ("nested-deflated.zip", "nested-stored.zip", "nested-legacy.zip", "nested-safetensors.zip"):
    expected[name] = described(plain)


def header(text, data=b"\0" * 8, length=None):
    encoded = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(encoded) if length is None else length) + encoded + data


def entry(dtype="F32", shape="[2]", offsets="[0,8]"):
    return f'{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}'


two = lambda first, second: f'{{"a":{entry(offsets=first, shape="[1]")},"b":{entry(offsets=second, shape="[1]")}}}'
cases = {
    "sound": header(f'{{"a":{entry()}}}'), "spaces behind": header(f'{{"a":{entry()}}}    '), "spaces within": header(f'{{ "a" : {entry()} }}'),
    "spaces before": header(f' {{"a":{entry()}}}'), "empty": header("{}", b""), "data of nothing": header("{}"),
    "metadata alone": header('{"__metadata__":{"k":"v"}}', b""), "metadata of a number": header(f'{{"__metadata__":{{"k":1}},"a":{entry()}}}'),
    "order of offsets": header(two("[4,8]", "[0,4]")), "overlap": header(two("[0,4]", "[0,4]"), b"\0" * 4),
    "overlap by half": header(two("[0,4]", "[2,6]"), b"\0" * 6), "hole": header(two("[0,4]", "[8,12]"), b"\0" * 12),
    "hole at the beginning": header(f'{{"a":{entry(offsets="[8,16]")}}}', b"\0" * 16), "beyond the end": header(f'{{"a":{entry(offsets="[0,16]", shape="[4]")}}}'),
    "data behind": header(f'{{"a":{entry()}}}', b"\0" * 9), "data cut": header(f'{{"a":{entry()}}}', b"\0" * 7),
    "reversed offsets": header(f'{{"a":{entry(offsets="[8,0]")}}}'), "negative offset": header(f'{{"a":{entry(offsets="[-8,0]")}}}'),
    "fractional offset": header(f'{{"a":{entry(offsets="[0,8.0]")}}}'), "one offset": header(f'{{"a":{entry(offsets="[8]")}}}'),
    "three offsets": header(f'{{"a":{entry(offsets="[0,8,8]")}}}'), "size of another shape": header(f'{{"a":{entry(shape="[3]")}}}'),
    "shape that overflows": header(f'{{"a":{entry(shape="[4294967296,4294967296,4294967296]")}}}'), "negative shape": header(f'{{"a":{entry(shape="[-1,-2]")}}}'),
    "zero in the shape": header(f'{{"a":{entry(shape="[0,9]", offsets="[0,0]")}}}', b""), "scalar": header(f'{{"a":{entry(shape="[]", offsets="[0,4]")}}}', b"\0" * 4),
    "unknown type": header(f'{{"a":{entry(dtype="X9")}}}'), "type in lower case": header(f'{{"a":{entry(dtype="f32")}}}'),
    "no type": header('{"a":{"shape":[2],"data_offsets":[0,8]}}'), "no shape": header('{"a":{"dtype":"F32","data_offsets":[0,8]}}'),
    "another member": header('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}'), "list": header("[]", b""), "nothing": header("", b""),
    "text": header("hello", b""), "cut JSON": header(f'{{"a":{entry()}'), "comma behind": header(f'{{"a":{entry()},}}'), "no UTF-8": header(b'{"\xff":' + entry().encode() + b"}"),
    "escaped name": header(f'{{"\\u00e9\\n":{entry()}}}'), "control character": header(f'{{"\n":{entry()}}}'), "length of zero": header("{}", b"", 0),
    "length beyond": header("{}", b"", 3), "length of 2^63": header("{}", b"", 2**63), "length of 200 MB": header("{}", b"", 200_000_000),
    "seven bytes": b"\2\0\0\0\0\0\0", "no bytes": b"", "tensor name twice": header(f'{{"a":{entry()},"a":{entry()}}}'),
    "member twice": header('{"a":{"dtype":"I8","dtype":"F32","shape":[2],"data_offsets":[0,8]}}'), "leading zero": header(f'{{"a":{entry(shape="[02]")}}}'),
    "empty name": header(f'{{"":{entry()}}}'), "deep": header("[" * 9000, b""),
}
verdicts = {}
for name, data in cases.items():
    try:
        keys = sorted(safetensors.torch.load(data))
    except Exception as error:
        keys = None
    verdicts[name] = {"file": base64.b64encode(data).decode() if len(data) < 4000 else "", "keys": keys}
    print(f"{name:24} {keys}")
verdicts = {name: verdict for name, verdict in verdicts.items() if verdict["file"] or name == "no bytes"}
versions = {"torch": torch.__version__, "safetensors": safetensors.__version__, "huggingface_hub": huggingface_hub.__version__}
(out / "containers.json").write_text(json.dumps({"versions": versions, "files": expected, "headers": verdicts}) + "\n")
