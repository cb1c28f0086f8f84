"""The other side of bench/dicom.ts: makes films in every syntax, and times pydicom with each plug-in it has for a file.

usage: dicom.py make FOLDER | dicom.py time REPETITIONS FILE...
"""
import json
import sys
import time
from io import BytesIO
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.pixels import get_decoder


def make(folder):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "reference"))
    import dicom_golden as golden
    import imagecodecs
    from pydicom.encaps import encapsulate
    from pydicom.uid import JPEGExtended12Bit

    rows, columns = 2500, 2048
    for bits, kinds in ((8, ("jpeg-baseline",)), (12, ("rle", "jpeg-lossless-sv1", "jpeg-ls", "jpeg2000-lossless", "jpeg2000"))):
        y, x = np.mgrid[:rows, :columns]
        noise = np.random.default_rng(bits).normal(0, 0.004, (rows, columns))
        film = 0.5 + 0.3 * np.sin(x / 300) * np.cos(y / 250) + 0.1 * np.sin((x + y) / 25) + noise
        pixels = np.round(np.clip(film, 0, 1) * ((1 << bits) - 1)).astype("uint8" if bits == 8 else "uint16")
        ds = golden.dataset(pixels, bits, WindowCenter="2000", WindowWidth="3000")
        plain = folder / f"uncompressed{bits}.dcm"
        golden.write(ds, plain)
        for kind in kinds:
            assert golden.transcode(plain, folder / f"{kind}.dcm", golden.TRANSCODED[kind][0])
        if bits == 12:
            golden.write(ds, folder / "deflated.dcm", golden.DEFLATED)
            ds = golden.dataset(pixels, bits)
            ds.PixelData = encapsulate([imagecodecs.jpeg8_encode(pixels, level=92, bitspersample=12)])
            golden.write(ds, folder / "jpeg-extended12.dcm", JPEGExtended12Bit)


def timed(path, repetitions):
    content = Path(path).read_bytes()
    syntax = dcmread(BytesIO(content), stop_before_pixels=True, force=True).file_meta.TransferSyntaxUID
    decoder = get_decoder(syntax)
    found = {}
    for plugin in decoder.available_plugins if syntax.is_encapsulated else ("pydicom",):
        times = []
        try:
            for _ in range(repetitions):
                start = time.perf_counter()
                dataset = dcmread(BytesIO(content), force=True)
                decoder.as_array(dataset, raw=True, index=0, decoding_plugin=plugin if syntax.is_encapsulated else "")[0]
                times.append(1000 * (time.perf_counter() - start))
            found[plugin] = float(np.median(times))
        except Exception:
            continue
    return found


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(json.dumps([timed(path, int(sys.argv[2])) for path in sys.argv[3:]]))
