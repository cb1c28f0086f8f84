"""Writes small .npy files with NumPy as base64, with their values. Output: test/golden/tensor/npy.json"""
import base64, io, json, pathlib
import numpy as np
from numpy.lib import format as npy

rng = np.random.default_rng(7)
cases = []


def add(name, array, version=None):
    stream = io.BytesIO()
    npy.write_array(stream, array, version=version)
    values = [None if np.isnan(v) else "inf" if v == np.inf else "-inf" if v == -np.inf else float(v)
              for v in array.astype(np.float32).ravel(order="C")]
    cases.append({"name": name, "base64": base64.b64encode(stream.getvalue()).decode(),
                  "shape": list(array.shape), "values": values})


matrix = rng.normal(size=(3, 5))
add("float32 matrix", matrix.astype("<f4"))
add("float64 matrix", matrix.astype("<f8"))
add("float16 matrix", matrix.astype("<f2"))
add("float16 extremes", np.array([0.0, -0.0, 6e-8, -6e-8, 6.1e-5, 65504, np.inf, -np.inf, np.nan], dtype="<f2"))
add("float32 vector", matrix[0].astype("<f4"))
add("float32 scalar", np.array(1.5, dtype="<f4"))
add("empty", np.zeros((0, 4), dtype="<f4"))
add("three dimensions", rng.normal(size=(2, 3, 2)).astype("<f4"))
add("version 2", matrix.astype("<f4"), (2, 0))
add("version 3", matrix.astype("<f8"), (3, 0))
add("fortran column", np.asfortranarray(matrix[:, :1].astype("<f4")))
out = pathlib.Path(__file__).parents[2] / "test/golden/tensor/npy.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps({"versions": {"numpy": np.__version__}, "cases": cases}, indent=1) + "\n")
