"""The preprocessing that each model's authors published, done with the libraries that they did it with.

Every function takes 8-bit RGB [height, width, 3], as OpenCV decodes a file, and gives float32 [3, side, side].
"""
import cv2
import numpy as np
import torch
from open_clip.transform import image_transform
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
MEDCLIP_MEAN, MEDCLIP_STD = 0.5862785803043838, 0.27950088968644304
# MedFILIP takes them of its own first 1000 training films and records them nowhere; these are of the miniature's.
MEDFILIP_MEAN, MEDFILIP_STD = 0.5, 0.25


def decode(path):
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"not an image: {path}")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def medclip_square(rgb):
    """Eight-bit grey on a black square of at least 224 pixels."""
    image = Image.fromarray(rgb)
    side = max(224, *image.size)
    square = Image.new("L", (side, side), 0)
    square.paste(image, tuple(int((side - length) / 2) for length in image.size))
    return square


def medclip(rgb):
    """The path of MedCLIP's evaluation: Pillow's bilinear filter."""
    steps = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor(),
                                transforms.Normalize(MEDCLIP_MEAN, MEDCLIP_STD)])
    return steps(medclip_square(rgb)).repeat(3, 1, 1)


def medclip_feature_extractor(rgb):
    """The path of MedCLIP's README: Pillow's bicubic filter."""
    steps = transforms.Compose([transforms.Resize(224, InterpolationMode.BICUBIC), transforms.CenterCrop(224),
                                transforms.ToTensor(), transforms.Normalize(MEDCLIP_MEAN, MEDCLIP_STD)])
    return steps(medclip_square(rgb)).repeat(3, 1, 1)


def clip(rgb):
    """OpenAI's, which open_clip and BiomedCLIP keep: shorter side to 224, bicubic, the middle cut out."""
    return image_transform(224, is_train=False, mean=CLIP_MEAN, std=CLIP_STD)(Image.fromarray(rgb))


def clip_transformers(rgb):
    """The same as transformers' slow processor does it; it rounds the cut and the arithmetic otherwise."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    return CLIPImageProcessorPil()(Image.fromarray(rgb), return_tensors="pt")["pixel_values"][0]


def medfilip(rgb, mean=MEDFILIP_MEAN, std=MEDFILIP_STD):
    """Squashed to 448 x 448 as a tensor, with antialias."""
    steps = transforms.Compose([transforms.ToTensor(), transforms.Resize((448, 448), antialias=True),
                                transforms.Normalize(mean, std)])
    return steps(Image.fromarray(rgb).convert("L")).repeat(3, 1, 1)


def sampled(pixels, count=48):
    """What a golden says of pixels: shape, sum, and values at `count` places of the flat tensor."""
    flat = pixels.flatten()
    places = np.arange(count) * 7919 * 13 % len(flat)
    return dict(shape=list(pixels.shape), sum=float(flat.double().sum()),
                sample=[[int(i), float(f"{flat[int(i)].item():.8g}")] for i in places])
