"""Tiny synthetic DICOM files of every syntax, depth, sign, window and colour, and what pydicom and GDCM read from them.

Run: python scripts/reference/dicom_golden.py
Stored values: pydicom with GDCM's decoders, raw. Grey: pydicom's apply_modality_lut and apply_voi_lut, scaled to 0-255 (half up).
Where pydicom leaves something to its caller (overlay bits, high bit, padding), numpy does here what PS3.3 and PS3.5 say.
"""
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import gdcm
import imagecodecs
import numpy as np
from pydicom import Dataset, Sequence, dcmread, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, convert_color_space, pixel_array
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGExtended12Bit, UID

OUT = Path(__file__).resolve().parents[2] / "test" / "golden" / "dicom"
ROWS, COLUMNS = 21, 26
CR = "1.2.840.10008.5.1.4.1.1.1"
DEFLATED = UID("1.2.840.10008.1.2.1.99")
TRANSCODED = {
    "rle": (gdcm.TransferSyntax.RLELossless, (8, 10, 12, 16)),
    "jpeg-baseline": (gdcm.TransferSyntax.JPEGBaselineProcess1, (8,)),
    "jpeg-lossless": (gdcm.TransferSyntax.JPEGLosslessProcess14, (8, 12, 16)),
    "jpeg-lossless-sv1": (gdcm.TransferSyntax.JPEGLosslessProcess14_1, (8, 10, 12, 16)),
    "jpeg-ls": (gdcm.TransferSyntax.JPEGLSLossless, (8, 10, 12, 16)),
    "jpeg-ls-near": (gdcm.TransferSyntax.JPEGLSNearLossless, (8, 12)),
    "jpeg2000-lossless": (gdcm.TransferSyntax.JPEG2000Lossless, (8, 10, 12, 16)),
    "jpeg2000": (gdcm.TransferSyntax.JPEG2000, (8, 12)),
}


def values(bits, signed=False, samples=1, rows=ROWS, columns=COLUMNS):
    """A smooth field with edges and noise over the whole range."""
    noise = np.random.default_rng(bits + 100 * signed + 1000 * samples).normal(0, 0.03, (rows, columns, samples))
    y, x, c = np.meshgrid(np.arange(rows), np.arange(columns), np.arange(samples), indexing="ij")
    field = 0.5 + 0.45 * np.sin(x / 5 + c) * np.cos(y / 4 - c) + noise + 0.2 * ((x // 8 + y // 8) % 2)
    field = np.clip(field, 0, 1)
    field[0, :4, 0] = [0, 1, 0, 1]
    low = -(1 << (bits - 1)) if signed else 0
    kind = f"{'' if signed else 'u'}int{8 if bits <= 8 else 16}"
    found = (np.round(field * ((1 << bits) - 1)) + low).astype(kind)
    return found[:, :, 0] if samples == 1 else found


def dataset(pixels, bits, **tags):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CR
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.2", "1.2.826.0.1.3680043.8.498.3"
    ds.Modality, ds.PatientID, ds.PatientName, ds.PatientAge, ds.PatientSex = "CR", "SECRET-ID", "Secret^Name", "060Y", "F"
    ds.StudyDate, ds.ViewPosition, ds.Manufacturer = "20261124", "PA", "Synthetic"
    ds.Rows, ds.Columns = pixels.shape[:2]
    ds.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    ds.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = 8 * pixels.itemsize
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    mask = (1 << bits) - 1
    raw = (pixels.astype(np.int64) & mask).astype(f"<u{pixels.itemsize}").tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OW" if pixels.itemsize == 2 else "OB"
    for key, value in tags.items():
        setattr(ds, key, value)
    return ds


def lut(entries, first, bits):
    item = Dataset()
    item.add_new(0x00283002, "SS" if first < 0 else "US", [len(entries), first, bits])
    item.add_new(0x00283006, "OW", np.asarray(entries, "<u2").tobytes())
    return Sequence([item])


def write(ds, path, syntax=ExplicitVRLittleEndian):
    ds.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian and ds.BitsAllocated == 16:
        ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    dcmwrite(path, ds, enforce_file_format=True, implicit_vr=syntax == ImplicitVRLittleEndian,
             little_endian=syntax != ExplicitVRBigEndian)


def transcode(source, path, syntax):
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    if syntax == gdcm.TransferSyntax.JPEGLSNearLossless:
        codec = gdcm.JPEGLSCodec()
        codec.SetLossless(False)
        codec.SetLossyError(3)
        change.SetUserCodec(codec)
    change.SetInput(reader.GetImage())
    if not change.Change():
        return False
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    return writer.Write()


def window_cases():
    ten = values(10)
    yield "window", dataset(ten, 10, WindowCenter="550", WindowWidth="700")
    yield "window-multi", dataset(ten, 10, WindowCenter=["400.5", "100"], WindowWidth=["333.25", "50"])
    yield "window-exact", dataset(ten, 10, WindowCenter="550", WindowWidth="700", VOILUTFunction="LINEAR_EXACT")
    yield "window-sigmoid", dataset(ten, 10, WindowCenter="550", WindowWidth="700", VOILUTFunction="SIGMOID")
    yield "window-width1", dataset(ten, 10, WindowCenter="512", WindowWidth="1")
    yield "window-mono1", dataset(ten, 10, WindowCenter="550", WindowWidth="1024", PhotometricInterpretation="MONOCHROME1")
    yield "inverse-shape", dataset(ten, 10, WindowCenter="550", WindowWidth="1024", PresentationLUTShape="INVERSE")
    yield "mono1-inverse", dataset(ten, 10, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE")
    yield "rescale-window", dataset(values(12), 12, RescaleSlope="0.5", RescaleIntercept="-1024", WindowCenter="-100", WindowWidth="900")
    yield "rescale-negative", dataset(values(12), 12, RescaleSlope="-1", RescaleIntercept="4095")
    yield "signed-window", dataset(values(12, True), 12, RescaleSlope="1", RescaleIntercept="0", WindowCenter="40", WindowWidth="2000")
    curve = (4095 * (np.arange(1000) / 999) ** 0.6).astype(int)
    yield "voi-lut", dataset(ten, 10, VOILUTSequence=lut(curve, 12, 12))
    yield "voi-lut-and-window", dataset(ten, 10, VOILUTSequence=lut(curve, 12, 12), WindowCenter="550", WindowWidth="700")
    yield "voi-lut-signed", dataset(values(12, True), 12, VOILUTSequence=lut(np.arange(2000) * 8, -1000, 14))
    yield "modality-lut", dataset(ten, 10, ModalityLUTSequence=lut(65535 - np.arange(1024) * 64, 0, 16))
    yield "modality-lut-voi-lut", dataset(
        values(8), 8, ModalityLUTSequence=lut(np.arange(256) * 16, 0, 16), VOILUTSequence=lut(curve, 12, 12))
    yield "constant", dataset(np.full((ROWS, COLUMNS), 77, np.uint16), 10)
    padded = ten.copy()
    padded[padded < 30], padded[:, -5:] = 30, 0
    yield "padding", dataset(padded, 10, PixelPaddingValue=0)
    padded[3, -5:] = 5
    yield "padding-range", dataset(padded, 10, PixelPaddingValue=0, PixelPaddingRangeLimit=9)


def native_cases():
    for bits in (1, 7, 8, 9, 10, 12, 14, 15, 16):
        yield f"unsigned{bits}", dataset(values(bits), bits), ExplicitVRLittleEndian
    for bits in (8, 12, 16):
        yield f"signed{bits}", dataset(values(bits, True), bits), ExplicitVRLittleEndian
    for name, syntax in (("implicit", ImplicitVRLittleEndian), ("big-endian", ExplicitVRBigEndian), ("deflated", DEFLATED)):
        yield f"{name}-12", dataset(values(12, True), 12), syntax
    yield "implicit-voi-lut", dataset(values(10), 10, VOILUTSequence=lut(np.arange(1024) * 4, 0, 12)), ImplicitVRLittleEndian
    yield "big-endian-voi-lut", dataset(values(10), 10, WindowCenter="500", WindowWidth="500"), ExplicitVRBigEndian
    private = dataset(values(8), 8)
    block = private.private_block(0x0019, "SYNTHETIC", create=True)
    block.add_new(1, "LO", "private text")
    nested = Dataset()
    nested.add_new(0x00081140, "SQ", Sequence([Dataset(), Dataset()]))
    nested["ReferencedImageSequence"].is_undefined_length = True
    block.add_new(2, "SQ", Sequence([nested]))
    private[block.get_tag(2)].is_undefined_length = True
    yield "private-sequences", private, ExplicitVRLittleEndian
    frames = dataset(values(10), 10, NumberOfFrames="3")
    frames.PixelData = frames.PixelData + b"\1\0" * (2 * ROWS * COLUMNS)
    yield "multi-frame", frames, ExplicitVRLittleEndian


def colour_cases():
    rgb = values(8, samples=3)
    yield "rgb", dataset(rgb, 8)
    planar = dataset(rgb, 8, PlanarConfiguration=1)
    planar.PixelData = rgb.transpose(2, 0, 1).tobytes()
    yield "rgb-planar", planar
    yield "ybr-full", dataset(rgb, 8, PhotometricInterpretation="YBR_FULL")
    half = dataset(rgb, 8, PhotometricInterpretation="YBR_FULL_422")
    pairs = rgb.reshape(-1, 2, 3)
    half.PixelData = np.stack([pairs[:, 0, 0], pairs[:, 1, 0], pairs[:, 0, 1], pairs[:, 0, 2]], axis=1).tobytes()
    yield "ybr-full-422", half
    palette = dataset(values(8), 8, PhotometricInterpretation="PALETTE COLOR")
    for i, name in enumerate(("Red", "Green", "Blue")):
        palette.add_new(0x00281101 + i, "US", [200, 10, 16])
        palette.add_new(0x00281201 + i, "OW", ((np.arange(200) * (300 - 40 * i)) % 65536).astype("<u2").tobytes())
    yield "palette", palette


def stored(ds):
    """[rows, columns(, 3)] of the first frame as PS3.5 defines it."""
    syntax = str(ds.file_meta.TransferSyntaxUID)
    if syntax.endswith(".4.51"):
        # pydicom has no decoder of the reference software's arithmetic for 12 bits; libjpeg-turbo 3 has.
        return imagecodecs.jpeg8_decode(next(generate_frames(ds.PixelData, number_of_frames=1)))
    plugin = "pylibjpeg" if syntax.startswith("1.2.840.10008.1.2.4.9") else "gdcm" if ".1.2.4." in syntax else ""
    found = pixel_array(ds, raw=True, index=0, decoding_plugin=plugin)
    return np.ascontiguousarray(found)


def grey(ds, pixels):
    bits, signed = ds.BitsStored, ds.PixelRepresentation == 1
    mapped = apply_modality_lut(pixels, ds)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    if "VOILUTSequence" in ds:
        share = apply_voi_lut(mapped, ds) / (2 ** ds.VOILUTSequence[0].LUTDescriptor[2] - 1)
    elif "WindowWidth" in ds:
        slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
        low, high = low * slope + intercept, high * slope + intercept
        share = (apply_voi_lut(mapped, ds) - low) / (high - low)
    else:
        seen = np.ones(pixels.shape, bool)
        if "PixelPaddingValue" in ds:
            seen = (pixels < ds.PixelPaddingValue) | (pixels > ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue))
        low, high = float(mapped[seen].min()), float(mapped[seen].max())
        share = (mapped - low) / (high - low) if high > low else np.zeros(pixels.shape)
    share = np.clip(share, 0, 1)
    if ds.PhotometricInterpretation == "MONOCHROME1" or ds.get("PresentationLUTShape") == "INVERSE":
        share = 1 - share
    return np.floor(255 * share + 0.5).astype(np.uint8)


def colour(ds, pixels):
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        return (apply_color_lut(pixels, ds) >> 8).astype(np.uint8)
    if ds.PhotometricInterpretation.startswith("YBR_FULL"):
        return convert_color_space(pixels, "YBR_FULL", "RGB")
    return pixels


def describe(path, expected):
    ds = dcmread(path, force=True)
    pixels = expected.get("stored_by_definition", None)
    pixels = stored(ds) if pixels is None else pixels
    picture = grey(ds, pixels) if ds.PhotometricInterpretation.startswith("MONO") else colour(ds, pixels)
    little = pixels.astype(pixels.dtype.newbyteorder("<"))
    return {
        "syntax": str(ds.file_meta.TransferSyntaxUID),
        "shape": list(pixels.shape),
        "dtype": pixels.dtype.name,
        "stored": hashlib.sha256(little.tobytes()).hexdigest(),
        "picture": picture.tobytes().hex(),
    }


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    expected, skipped = {}, []

    def add(name, ds, syntax=ExplicitVRLittleEndian, **known):
        write(ds, OUT / f"{name}.dcm", syntax)
        expected[name] = describe(OUT / f"{name}.dcm", known)

    for name, ds, syntax in native_cases():
        add(name, ds, syntax)
    for name, ds in [*window_cases(), *colour_cases()]:
        add(name, ds)
    overlay = values(10)
    ds = dataset(overlay, 10)
    ds.PixelData = (overlay | 0x8000).astype("<u2").tobytes()
    add("overlay-bits", ds, stored_by_definition=overlay)
    ds = dataset(overlay, 10, HighBit=13)
    ds.PixelData = (overlay << 4 | 3).astype("<u2").tobytes()
    add("high-bit", ds, stored_by_definition=overlay)
    with tempfile.TemporaryDirectory() as folder:
        for kind, (syntax, depths) in TRANSCODED.items():
            for bits in depths:
                for signed in (False, True) if kind != "jpeg-baseline" else (False,):
                    name = f"{kind}-{'signed' if signed else 'unsigned'}{bits}"
                    write(dataset(values(bits, signed), bits), Path(folder) / "plain.dcm")
                    if not transcode(Path(folder) / "plain.dcm", OUT / f"{name}.dcm", syntax):
                        skipped.append(name)
                        continue
                    expected[name] = describe(OUT / f"{name}.dcm", {})
        for kind in ("rle", "jpeg-lossless-sv1", "jpeg-ls", "jpeg2000-lossless"):
            write(dataset(values(8, samples=3), 8), Path(folder) / "plain.dcm")
            if transcode(Path(folder) / "plain.dcm", OUT / f"{kind}-rgb.dcm", TRANSCODED[kind][0]):
                expected[f"{kind}-rgb"] = describe(OUT / f"{kind}-rgb.dcm", {})
    for name, level, options in (("12", 92, {}), ("12-coarse", 40, {"optimize": True})):
        ds = dataset(values(12), 12)
        stream = imagecodecs.jpeg8_encode(values(12), level=level, bitspersample=12, **options)
        ds.PixelData = encapsulate([stream])
        write(ds, OUT / f"jpeg-extended-{name}.dcm", JPEGExtended12Bit)
        expected[f"jpeg-extended-{name}"] = describe(OUT / f"jpeg-extended-{name}.dcm", {})
    # Several fragments of one frame, and several frames without an offset table.
    ds = dcmread(OUT / "jpeg-lossless-sv1-unsigned10.dcm")
    stream = ds.PixelData
    frame = next(generate_frames(stream, number_of_frames=1))
    ds.PixelData = encapsulate([frame], fragments_per_frame=3, has_bot=False)
    ds.save_as(OUT / "fragments.dcm")
    expected["fragments"] = {**expected["jpeg-lossless-sv1-unsigned10"]}
    ds.NumberOfFrames = "2"
    ds.PixelData = encapsulate([frame, frame], fragments_per_frame=2, has_bot=False)
    ds.save_as(OUT / "frames-fragments.dcm")
    expected["frames-fragments"] = {**expected["jpeg-lossless-sv1-unsigned10"]}
    (OUT / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")
    print(len(expected), "files; the encoder refused", skipped)


if __name__ == "__main__":
    main()
