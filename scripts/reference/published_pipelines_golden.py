"""Golden numbers of each published preprocessing, for 20 sizes, grey, colour and 16-bit, from the libraries that the models'
authors used. Pictures are made by the formula of image_golden.py; of a 16-bit picture the high byte counts, as cv2.imread
has it. Run: python scripts/reference/published_pipelines_golden.py"""
import json

import numpy as np
import open_clip
import PIL
import torch
import torchvision
from open_clip.transform import image_transform
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from image_golden import OUT, picture, to_image

SIZES = [(17, 901), (901, 17), (64, 64), (223, 225), (224, 224), (225, 223), (256, 341), (320, 320), (390, 320), (333, 500),
         (447, 449), (512, 512), (640, 427), (701, 224), (100, 1000), (1024, 1024), (1021, 837), (1500, 1211), (1, 40), (2500, 2048)]
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
MEDCLIP_MEAN, MEDCLIP_STD = 0.5862785803043838, 0.27950088968644304
# MedFILIP's are not published: these stand in.
MEDFILIP_MEAN, MEDFILIP_STD = 0.5, 0.25
SAMPLES = 23


def square(image, mode, minimum):
    """Centred on black, as RyanWangZf/MedCLIP pads."""
    side = max(minimum, *image.size)
    canvas = Image.new(mode, (side, side))
    canvas.paste(image, tuple(int((side - length) / 2) for length in image.size))
    return canvas


def clip(image):
    return image_transform(224, is_train=False, mean=CLIP_MEAN, std=CLIP_STD)(image)


def clip_pad_square(image):
    return clip(square(image, image.mode, 0))


def medclip_evaluation(image):
    steps = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor(), transforms.Normalize(MEDCLIP_MEAN, MEDCLIP_STD)])
    return steps(square(image.convert("L"), "L", 224)).repeat(3, 1, 1)


def medclip_feature_extractor(image):
    """MedCLIP's subclass of transformers' CLIPFeatureExtractor of 4.24: Pillow, then numpy in float32."""
    pixels = np.asarray(square(image.convert("L"), "L", 224).resize((224, 224), Image.Resampling.BICUBIC)).astype(np.float32) / 255.0
    pixels = (pixels - np.array(MEDCLIP_MEAN).astype(pixels.dtype)) / np.array(MEDCLIP_STD).astype(pixels.dtype)
    return torch.from_numpy(pixels)[None].repeat(3, 1, 1)


def medfilip(image):
    steps = transforms.Compose([transforms.ToTensor(), transforms.Resize((448, 448), antialias=True),
                                transforms.Normalize(MEDFILIP_MEAN, MEDFILIP_STD)])
    return steps(image.convert("L")).repeat(3, 1, 1)


PIPELINES = {"clip": clip, "clip-pad-square": clip_pad_square, "medclip-evaluation": medclip_evaluation,
             "medclip-feature-extractor": medclip_feature_extractor, "medfilip": medfilip}


def summary(tensor):
    flat = tensor.numpy().astype(np.float64).reshape(-1)
    step = flat.size // SAMPLES
    return {"length": flat.size, "step": step, "samples": [round(float(v), 7) for v in flat[::step]],
            "min": float(flat.min()), "max": float(flat.max()), "mean": float(flat.mean())}


def cases():
    for width, height in SIZES:
        for channels in (1, 3):
            image = to_image(picture(width, height, channels))
            for name, run in PIPELINES.items():
                yield {"pipeline": name, "from": [width, height], "channels": channels, **summary(run(image))}


if __name__ == "__main__":
    torch.set_num_threads(1)
    versions = {"pillow": PIL.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__,
                "open_clip": open_clip.__version__, "numpy": np.__version__}
    lines = ",\n".join(json.dumps(case) for case in cases())
    (OUT / "published-pipelines.json").write_text(f'{{"versions": {json.dumps(versions)},\n"cases": [\n{lines}\n]}}\n')
