"""Small picture files of every kind, and what cv2.imread makes of them, for src/engine/decode.ts.

Run: python scripts/reference/decode_golden.py
"""
import hashlib
import io
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from image_golden import picture

OUT = Path(__file__).resolve().parents[2] / "test" / "golden" / "image" / "decode"


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def oriented(code):
    exif = Image.Exif()
    exif[0x0112] = code
    return exif.tobytes()


def files():
    grey, colour = picture(23, 17, 1)[:, :, 0], picture(23, 17, 3)
    deep = (grey.astype(np.uint16) << 8) | picture(23, 17, 2)[:, :, 1]
    deep_colour = (colour.astype(np.uint16) << 8) | colour[:, :, ::-1]
    alpha = np.dstack([colour, grey])
    smooth = cv2.GaussianBlur(picture(64, 48, 3), (9, 9), 3)
    yield "grey8.png", cv2.imencode(".png", grey)[1].tobytes()
    yield "grey16.png", cv2.imencode(".png", deep)[1].tobytes()
    yield "grey1.png", encoded(Image.fromarray(grey).convert("1"), "PNG")
    yield "grey-alpha.png", encoded(Image.fromarray(alpha[:, :, 2:], "LA"), "PNG")
    yield "colour8.png", encoded(Image.fromarray(colour), "PNG")
    yield "colour16.png", cv2.imencode(".png", deep_colour)[1].tobytes()
    yield "colour-alpha.png", encoded(Image.fromarray(alpha), "PNG")
    yield "palette.png", encoded(Image.fromarray(colour).quantize(16), "PNG")
    yield "palette-transparent.png", encoded(Image.fromarray(colour).quantize(16), "PNG", transparency=3)
    yield "grey.jpg", encoded(Image.fromarray(smooth[:, :, 0]), "JPEG", quality=90)
    yield "colour-444.jpg", encoded(Image.fromarray(smooth), "JPEG", quality=90, subsampling=0)
    yield "colour-420.jpg", encoded(Image.fromarray(smooth), "JPEG", quality=90, subsampling=2)
    yield "progressive.jpg", encoded(Image.fromarray(smooth[:, :, 0]), "JPEG", quality=90, progressive=True)
    for code in range(2, 9):
        yield f"turned-{code}.jpg", encoded(Image.fromarray(smooth[:, :, 0]), "JPEG", quality=80, exif=oriented(code))
    yield "gamma.png", encoded(Image.fromarray(grey), "PNG", pnginfo=gamma())
    yield "grey.tiff", encoded(Image.fromarray(grey), "TIFF")
    yield "colour.webp", encoded(Image.fromarray(colour), "WEBP", lossless=True)


def gamma():
    from PIL.PngImagePlugin import PngInfo
    info = PngInfo()
    info.add(b"gAMA", (100000).to_bytes(4, "big"))
    return info


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    expected = {}
    for name, content in files():
        (OUT / name).write_bytes(content)
        bgr = cv2.imread(str(OUT / name))
        rgb = np.ascontiguousarray(bgr[:, :, ::-1].transpose(2, 0, 1))
        is_grey = bool((rgb[0] == rgb[1]).all() and (rgb[1] == rgb[2]).all())
        expected[name] = {"width": rgb.shape[2], "height": rgb.shape[1], "equalChannels": is_grey, "mean": float(rgb.mean()),
                          "sha256": hashlib.sha256(rgb.tobytes()).hexdigest()}
    (OUT / "expected.json").write_text(json.dumps({"opencv": cv2.__version__, "files": expected}, indent=1) + "\n")
