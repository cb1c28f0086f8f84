"""Golden numbers for src/lib/image from Pillow, torch, torchvision and OpenCV.

Inputs are made by an integer formula that the tests repeat, so that no pixels are stored. 8-bit results are kept as
SHA-256, float results as sampled values with their extremes and mean. Run: python scripts/reference/image_golden.py
"""
import base64
import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import PIL
import torch
import torchvision
import torchvision.transforms.functional as F
from PIL import Image

OUT = Path(__file__).resolve().parents[2] / "test" / "golden" / "image"
# Width, height -> width, height. Antialiased enlargement to a width of 1 is left out: torch 2.15 repeats the first row there.
SIZES = [
    (1024, 1024, 224, 224), (320, 320, 224, 224), (837, 1021, 224, 224), (2048, 256, 224, 224), (64, 64, 320, 320),
    (1, 300, 7, 32), (300, 1, 32, 7), (1, 1, 5, 9), (17, 31, 17, 31), (17, 31, 17, 12), (17, 31, 40, 31), (100, 75, 101, 74),
    (5, 7, 224, 224), (224, 224, 3, 2), (511, 513, 256, 256), (513, 511, 1, 1), (640, 480, 320, 240), (33, 97, 98, 34),
    (1000, 10, 10, 1000), (250, 199, 224, 178), (3001, 2, 2, 64), (9, 2501, 224, 3),
]
PILLOW = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}


def picture(width, height, channels):
    """Pixels [height, width, channels]: a ramp, hashed noise, and specks of 0 and 255 that make the kernels ring."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    h = (x * 73856093 ^ y * 19349663 ^ (c + 1) * 83492791) & 0xFFFFFFFF
    h ^= h >> 13
    h = (h * 0x5BD1E995) & 0xFFFFFFFF
    h ^= h >> 15
    value = (h & 127) + ((x * 3 + y * 5 + c * 40) & 127)
    value = np.where(h >> 28 == 0, 255, np.where(h >> 28 == 1, 0, value))
    return value.astype(np.uint8)


def to_image(pixels):
    return Image.fromarray(pixels[:, :, 0]) if pixels.shape[2] == 1 else Image.fromarray(pixels)


def planes(image):
    array = np.asarray(image)
    return np.ascontiguousarray(array[None] if array.ndim == 2 else array.transpose(2, 0, 1))


def summary(array):
    """Some 41 evenly spaced samples of the flattened [channels, height, width] array, extremes and mean."""
    flat = np.asarray(array, dtype=np.float64).reshape(-1)
    step = max(1, flat.size // 41)
    return {
        "length": flat.size, "step": step, "samples": [round(float(v), 7) for v in flat[::step]],
        "min": float(flat.min()), "max": float(flat.max()), "mean": float(flat.mean()),
    }


def rows_first(image, size, code):
    """Resized along rows, then columns, by two calls: Pillow 13 reorders some shapes, all versions before it did not."""
    return image.resize((size[0], image.size[1]), code).resize(size, code)


def pillow_cases():
    for index, (w, h, ow, oh) in enumerate(SIZES):
        for kernel, code in PILLOW.items():
            for channels in (1, 3) if index % 3 == 0 or kernel == "lanczos" else (1,):
                result = planes(rows_first(to_image(picture(w, h, channels)), (ow, oh), code))
                yield {"from": [w, h], "to": [ow, oh], "kernel": kernel, "channels": channels,
                       "sha256": hashlib.sha256(result.tobytes()).hexdigest()}


def torch_cases():
    for index, (w, h, ow, oh) in enumerate(SIZES):
        channels = 3 if index % 5 == 0 and w < 1000 else 1
        tensor = torch.from_numpy(planes(to_image(picture(w, h, channels))).copy()).float()
        tensor = (tensor - 101.48761) / 83.43944
        for kernel in ("bilinear", "bicubic"):
            for antialias in (False, True):
                result = torch.nn.functional.interpolate(
                    tensor[None], size=(oh, ow), mode=kernel, antialias=antialias, align_corners=False)[0]
                yield {"from": [w, h], "to": [ow, oh], "kernel": kernel, "antialias": antialias, "channels": channels,
                       **summary(result.numpy())}


# Whole ratios (2 x 2 is a case of its own), a ratio that is whole along one side only, and sides of one pixel.
OPENCV_SIZES = [(448, 448, 224, 224), (96, 64, 32, 64), (64, 64, 32, 64), (960, 720, 320, 240), (895, 897, 179, 299),
                (1000, 1000, 250, 250), (7, 5, 3, 2), (6, 4, 3, 2), (40, 40, 41, 39), (256, 256, 255, 257), (1, 9, 3, 3), (30, 1, 15, 1)]
OPENCV = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}


def opencv_resize(pixels, size, kernel):
    """cubic-ipp is INTER_CUBIC as the build for x86 does it, by Intel's library; the others are OpenCV's own code."""
    cv2.ipp.setUseIPP(kernel == "cubic-ipp")
    result = cv2.resize(pixels, size, interpolation=OPENCV[kernel.removesuffix("-ipp")])
    return result[:, :, None] if result.ndim == 2 else result


def opencv_cases():
    for index, (w, h, ow, oh) in enumerate(SIZES + OPENCV_SIZES):
        for kernel in OPENCV:
            for channels in (1, 3) if index % 2 else (1,):
                result = opencv_resize(picture(w, h, channels), (ow, oh), kernel)
                yield {"from": [w, h], "to": [ow, oh], "kernel": kernel, "channels": channels,
                       "sha256": hashlib.sha256(np.ascontiguousarray(result.transpose(2, 0, 1)).tobytes()).hexdigest()}


def opencv_float_cases():
    for index, (w, h, ow, oh) in enumerate(SIZES + OPENCV_SIZES):
        pixels = (picture(w, h, 3 if index % 5 == 0 and w < 1000 else 1).astype(np.float32) - np.float32(101.48761)) / np.float32(83.43944)
        for kernel in (*OPENCV, "cubic-ipp"):
            result = opencv_resize(pixels, (ow, oh), kernel)
            yield {"from": [w, h], "to": [ow, oh], "kernel": kernel, "channels": pixels.shape[2], **summary(result.transpose(2, 0, 1))}


def opencv_ipp_cases():
    for w, h, ow, oh in [(320, 320, 64, 64), (17, 31, 40, 31), (64, 64, 48, 80), (100, 75, 61, 74), (9, 250, 56, 3)]:
        result = opencv_resize(picture(w, h, 1), (ow, oh), "cubic-ipp")
        yield {"from": [w, h], "to": [ow, oh], "pixels": base64.b64encode(result.tobytes()).decode()}


def chexzero(pixels):
    """rajpurkarlab/CheXzero: the image is RGB as cv2 gives it, at most 320 px, then the tensor steps of the evaluation."""
    image = Image.fromarray(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)
    ratio = float(320) / max(image.size)
    size = tuple(int(side * ratio) for side in image.size)
    canvas = Image.new("L", (320, 320))
    canvas.paste(image.resize(size, Image.Resampling.LANCZOS), ((320 - size[0]) // 2, (320 - size[1]) // 2))
    tensor = torch.from_numpy(np.asarray(canvas).astype(np.float64)).float().expand(3, -1, -1)
    tensor = F.normalize(tensor, (101.48761,) * 3, (83.43944,) * 3)
    return F.resize(tensor, [224, 224], F.InterpolationMode.BICUBIC, antialias=False)


def medclip(pixels, tensor_resize):
    image = to_image(pixels).convert("L")
    side = max(224, *image.size)
    canvas = Image.new("L", (side, side), 0)
    canvas.paste(image, (int((side - image.size[0]) / 2), int((side - image.size[1]) / 2)))
    code = F.InterpolationMode.BILINEAR if tensor_resize else F.InterpolationMode.BICUBIC
    tensor = F.to_tensor(F.resize(canvas, [224, 224], code))
    return F.normalize(tensor, [0.5862785803043838], [0.27950088968644304]).expand(3, -1, -1)


def biomedclip(pixels):
    image = F.center_crop(F.resize(to_image(pixels), 224, F.InterpolationMode.BICUBIC), [224, 224]).convert("RGB")
    return F.normalize(F.to_tensor(image), (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))


def pipeline_cases():
    for index, (w, h) in enumerate([(1024, 1024), (320, 320), (837, 1021), (700, 333), (64, 64), (341, 319), (1023, 7), (2047, 2493)]):
        for channels in (1, 3) if index < 4 else (1,):
            pixels = picture(w, h, channels)
            shape = {"from": [w, h], "channels": channels}
            yield {**shape, "pipeline": "chexzero", **summary(chexzero(pixels).numpy())}
            if index < 5:
                yield {**shape, "pipeline": "medclip-bilinear", **summary(medclip(pixels, True).numpy())}
                yield {**shape, "pipeline": "medclip-bicubic", **summary(medclip(pixels, False).numpy())}
                yield {**shape, "pipeline": "biomedclip", **summary(biomedclip(pixels).numpy())}


def write(name, cases):
    versions = {"pillow": PIL.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__,
                "opencv": cv2.__version__, "numpy": np.__version__}
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / f"{name}.json").write_text(f'{{"versions": {json.dumps(versions)},\n"cases": [\n{lines}\n]}}\n')


def luma_case():
    rgb = picture(257, 255, 3)
    return [{"from": [257, 255], "sha256": hashlib.sha256(planes(Image.fromarray(rgb).convert("L")).tobytes()).hexdigest()}]


if __name__ == "__main__":
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    write("pillow-resize", pillow_cases())
    write("torch-resize", torch_cases())
    write("opencv-resize", opencv_cases())
    write("opencv-resize-float", opencv_float_cases())
    write("opencv-resize-ipp", opencv_ipp_cases())
    write("luma", luma_case())
    write("pipelines", pipeline_cases())
