"""What the reference gives for the canary inputs of `medvlm models verify`: assets/canaries/DIGEST.json, one per checkpoint.

    python canaries.py                 every miniature
    python canaries.py NAME ...        of one model: chexzero, clip, biomedclip, medclip-vit …

The four pictures and six texts are those of src/engine/canary-inputs.ts, made here from the same whole-number formulas.
Run it again whenever a miniature is trained again: the file's name is the digest of the checkpoint.
"""
import hashlib
import json
import pathlib
import re
import sys

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
MINIATURES, CANARIES = ROOT / "assets/miniatures", ROOT / "assets/canaries"
VERSION = 1

PICTURES = {"grey-square": (96, 96, 1), "grey-tall": (120, 170, 1), "colour-wide": (250, 140, 3), "colour-square": (224, 224, 3)}
TEXTS = ["pneumonia", "no pneumonia", "A frontal chest X-ray.", "The heart is normal in size. The lungs are clear.",
         "Small left pleural effusion with adjacent atelectasis; 2.5 cm nodule in the right upper lobe.",
         "STATUS POST MEDIAN STERNOTOMY. No pneumothorax (unchanged), tubes & lines as before."]


def picture(width, height, channels):
    """uint8 [height, width, 3]; a grey one has three equal channels, as OpenCV decodes it."""
    y, x = np.mgrid[:height, :width]
    slope = x * 160 // (width - 1) + y * 64 // (height - 1)
    fold = 5 * x % (3 * width)
    field = (3 * y > height) & (3 * y < 2 * height) & (fold > width) & (fold < 2 * width)
    planes = [slope + x * y % 29 + 9 * channel for channel in range(channels)]
    planes = [np.minimum(255, np.where(field, plane >> 1, plane)).astype(np.uint8) for plane in planes]
    return np.stack(planes * (3 // channels), -1)


def source_digest(path):
    """As src/engine/bundles.ts: names and SHA-256 of a file, or of all files of a folder that are not hidden."""
    files = [("", path)] if path.is_file() else sorted(
        (p.relative_to(path).as_posix(), p) for p in path.rglob("*")
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(path).parts))
    pairs = [[name, hashlib.sha256(file.read_bytes()).hexdigest()] for name, file in files]
    return hashlib.sha256(json.dumps(pairs, separators=(",", ":")).encode()).hexdigest()


def rounded(vector):
    return [float(f"{value:.7g}") for value in vector.detach().double().numpy().ravel()]


def entry(options, image=None, text=None):
    """`options`: as a suite gives them to the importer. `image`, `text`: input -> embedding."""
    found = dict(options=options)
    if image:
        found["images"] = {name: rounded(image(picture(*shape))) for name, shape in PICTURES.items()}
    if text:
        found["texts"] = {words: rounded(text(words)) for words in TEXTS}
    return found


def chexzero(path):
    from chexzero_model import Tokenizer, canvas, dimensions, load, tensor
    model = load(path)
    tokenizer = Tokenizer(dimensions(torch.load(path, map_location="cpu", weights_only=True))["vocabulary"])
    return [entry({}, lambda rgb: model.encode_image(tensor(canvas(rgb)[None])), lambda words: model.encode_text(tokenizer([words])))]


def published(name, folder):
    import published_files as files
    import published_preprocessing as preprocessing
    model, tokenize = files.load(name, folder), files.texts_of(name, folder)
    if name in files.TEXT_ONLY:
        return [entry(dict(pooling=option), text=lambda words: model.encode_text(*tokenize([words]), pooling=pooling))
                for option, pooling in (("masked-mean", "mean"), ("cls", "cls"))]

    def entry_of(options, prepare, **pooling):
        return entry(options, lambda rgb: model.encode_image(prepare(rgb)[None]),
                     lambda words: model.encode_text(*tokenize([words]), **pooling))

    if name.startswith("medclip"):
        return [entry_of({}, preprocessing.medclip),
                entry_of(dict(preprocessing="feature-extractor", pooling="masked-mean"), preprocessing.medclip_feature_extractor, masked=True)]
    if name == "medfilip":
        constants = dict(mean=preprocessing.MEDFILIP_MEAN, standardDeviation=preprocessing.MEDFILIP_STD)
        return [entry_of(constants, preprocessing.medfilip)]
    return [entry_of({}, preprocessing.clip)]


def write(name, path, entries):
    digest = source_digest(path)
    value = dict(format="medvlm-known-canaries@1", inputs=VERSION, source="scripts/reference/canaries.py", model=name,
                 sourceName=path.name, sourceDigest=digest, entries=entries)
    text = re.sub(r"\[\s+(-?\d[-+.\de,\s]*?)\s+\]", lambda match: "[" + " ".join(match[1].split()) + "]", json.dumps(value, indent=1))
    CANARIES.mkdir(parents=True, exist_ok=True)
    target = CANARIES / f"{digest[:16]}.json"
    target.write_text(text + "\n")
    print(f"{path.name}: {target.relative_to(ROOT)}, {target.stat().st_size} bytes")


def remove_outdated(name):
    for path in CANARIES.glob("*.json"):
        if json.loads(path.read_text())["model"] == name:
            path.unlink()


def main():
    torch.set_num_threads(1)
    names = sys.argv[1:] or ["chexzero", *sorted(path.name for path in MINIATURES.iterdir() if path.is_dir())]
    with torch.no_grad():
        for name in names:
            if name == "chexzero":
                found = [(path, chexzero(path)) for path in sorted(MINIATURES.glob("chexzero-*.pt"))]
            else:
                folder = MINIATURES / name
                files = list(folder.iterdir())
                # A single file may be named without its folder, which is another digest.
                found = [(path, published(name, folder)) for path in (folder, *(files if len(files) == 1 else []))]
            remove_outdated(name)
            for path, entries in found:
                write(name, path, entries)


if __name__ == "__main__":
    main()
