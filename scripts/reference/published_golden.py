"""Golden numbers of the importable models: what the reference libraries compute from each miniature.

    python published_golden.py images           test/golden/films: the pictures that all of them look at
    python published_golden.py NAME ...         test/golden/NAME/golden.json from assets/miniatures/NAME
    python published_golden.py variants         tiny random checkpoints with other key names, weights beside their goldens

The format is told in README.md.
"""
import json
import pathlib
import re
import sys

import cv2
import numpy as np
import torch

import published_files as files
import published_preprocessing as preprocessing
import wordpiece_vocabulary
from published_architectures import OpenClip, lively

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN, MINIATURES = ROOT / "test/golden", ROOT / "assets/miniatures"
FILMS = GOLDEN / "films"
PREPROCESSING = {"medclip-vit": "medclip", "medclip-resnet": "medclip", "biomedclip": "clip", "medfilip": "medfilip", "clip": "clip"}
FINDINGS = ["Cardiomegaly", "Pleural Effusion", "Pneumothorax", "No Finding"]
TEXTS = [*FINDINGS, *(f"no {finding}" for finding in FINDINGS), "a frontal chest x-ray", "a lateral chest x-ray",
         "this is a photo of pneumonia",
         "The heart is enlarged. There is a small left pleural effusion.",
         "Heart size and mediastinal contours are within normal limits. No focal airspace disease.",
         "XXXX opacity in the right lower lobe, 5.5 cm; it's unchanged.", "  No   acute\ncardiopulmonary process!  ",
         "caf\u00e9 na\u00efve \u00b5m", "mild  linear atelectasis at the left lung base ", "x", "", "effusion " * 120]


def film(height, width, seed):
    """A smooth bright field with two dark lungs, a border line and some texture: float in 0..1."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / np.array([height, width], float)[:, None, None]
    value = 0.35 + 0.4 * y + 0.12 * np.sin(9 * x + seed) * np.cos(7 * y)
    for middle in (0.3, 0.7):
        value -= 0.45 * np.exp(-((x - middle) / 0.13) ** 4 - ((y - 0.5 + 0.05 * middle) / 0.3) ** 4)
    for row in np.linspace(0.15, 0.85, 9):
        value += 0.08 * np.exp(-((y - row - 0.1 * (x - 0.5) ** 2) / 0.008) ** 2)
    value[:, :2] = 1
    value[0] = 0
    return np.clip(value + 0.01 * np.round(chance.standard_normal(value.shape)), 0, 1)


def write_films():
    FILMS.mkdir(parents=True, exist_ok=True)
    for name, (height, width) in dict(landscape=(181, 267), portrait=(251, 170), square=(224, 224), small=(61, 47),
                                      wide=(113, 301)).items():
        cv2.imwrite(str(FILMS / f"{name}.png"), np.round(film(height, width, len(name)) * 255).astype(np.uint8))
    tall = film(240, 187, 3)
    colour = np.stack([tall, tall ** 1.3, np.roll(tall, 9, 1)], -1)
    cv2.imwrite(str(FILMS / "colour.png"), np.round(colour * 255).astype(np.uint8))
    cv2.imwrite(str(FILMS / "grey16.png"), np.round(film(163, 198, 5) * 65535).astype(np.uint16))


def rounded(values):
    return [float(f"{value:.7g}") for value in np.asarray(values, float).ravel()]


def image_entry(name, model, path, prepare):
    rgb = preprocessing.decode(path)
    pixels = getattr(preprocessing, prepare)(rgb)
    entry = dict(file=str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path),
                 pixels=preprocessing.sampled(pixels), embedding=rounded(model.encode_image(pixels[None])))
    other = {"medclip": "medclip_feature_extractor", "clip": "clip_transformers"}.get(prepare)
    if other:
        pixels = getattr(preprocessing, other)(rgb)
        entry["other"] = dict(preprocessing=other.replace("_", "-"), pixels=preprocessing.sampled(pixels),
                              embedding=rounded(model.encode_image(pixels[None])))
    return entry


def text_entries(name, model, tokenize, texts):
    entries = []
    for text in texts:
        ids, mask = tokenize([text])
        entry = dict(text=text, ids=ids[0].tolist())
        if name not in ("clip", "medfilip"):
            entry["mask"] = mask[0].tolist()
        entry["embedding"] = rounded(model.encode_text(ids, mask))
        if name in files.TEXT_ONLY:
            entry["cls"] = rounded(model.encode_text(ids, mask, pooling="cls"))
        entries.append(entry)
    if name.startswith("medclip"):
        # As one group: padded to the longest of them, and the padding pooled with the rest.
        group = tokenize(texts)
        for entry, padded, masked in zip(entries, model.encode_text(*group), model.encode_text(*group, masked=True)):
            entry.update(grouped=rounded(padded), masked=rounded(masked))
    return entries


def golden(name, model, weights, tokenize, *, films, texts, prepare=None, note=None):
    """Entries of golden.json. `weights`: the checkpoint's path."""
    with torch.no_grad():
        value = dict(
            source="scripts/reference/published_golden.py", model=name,
            file=str(weights.relative_to(ROOT)) if weights.is_relative_to(ROOT) else weights.name,
            bytes=weights.stat().st_size, sha256=files.sha256(weights),
            parameters=sum(parameter.numel() for parameter in model.parameters()))
        if note:
            value["note"] = note
        if hasattr(model, "logit_scale"):
            value["logitScale"] = float(model.logit_scale.exp())
        if prepare:
            value["preprocessing"] = dict(name=prepare, decode="cv2.imread: 16-bit to its high byte, grey to three equal channels")
            if prepare == "medfilip":
                value["preprocessing"].update(mean=preprocessing.MEDFILIP_MEAN, std=preprocessing.MEDFILIP_STD)
            value["images"] = [image_entry(name, model, path, prepare) for path in films]
        if tokenize:
            value["texts"] = text_entries(name, model, tokenize, texts)
    return value


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    # One line per list of numbers.
    text = re.sub(r"\[\s+(-?\d[-+.\de,\s]*?)\s+\]", lambda match: "[" + " ".join(match[1].split()) + "]",
                  json.dumps(value, indent=1))
    path.write_text(text + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


def all_films():
    return sorted(FILMS.glob("*.png"))


def miniature(name):
    folder = MINIATURES / name
    model = files.load(name, folder)
    value = golden(name, model, folder / files.WEIGHTS[name], files.texts_of(name, folder), films=all_films(), texts=TEXTS,
                   prepare=PREPROCESSING.get(name))
    write(GOLDEN / name / "golden.json", value)


def clip_texts_check(folder):
    """transformers' own tokenizer reads the written files the same way."""
    from transformers import CLIPTokenizer
    theirs = CLIPTokenizer.from_pretrained(folder)
    ours = files.texts_of("clip", folder)
    for text in TEXTS[:-1]:
        ids, mask = ours([text])
        assert theirs(text)["input_ids"] == ids[0].tolist(), text


SMALL_WORDS = 260
SMALL_CLIP = (dict(hidden_size=64, num_hidden_layers=2, patch_size=16, image_size=224),
              dict(vocab_size=560, hidden_size=64, num_hidden_layers=1, num_attention_heads=1))


def halves(state):
    return {key: value.half() if value.is_floating_point() else value for key, value in files.contiguous(state).items()}


def small(name):
    """Random, of two or three blocks a tower, so that weights may lie beside the golden."""
    import published_architectures as architectures
    if name.startswith("medclip"):
        text = dict(vocab_size=SMALL_WORDS, hidden_size=64, num_hidden_layers=3, num_attention_heads=1, intermediate_size=32,
                    max_position_embeddings=80)
        model = architectures.MedClip(text, 16, swin=dict(embed_dim=8, depths=[1, 2, 1, 1], num_heads=[1, 2, 2, 4]))
    else:
        model = OpenClip(*SMALL_CLIP, 32)
    # Stored in half precision, which importers raise to single.
    return lively(model).half().float().eval()


def variants():
    """MedCLIP's keys as transformers 4.31 and later, and 5, write them; CLIP under OpenAI's names."""
    from safetensors.torch import save_file
    films = all_films()[:2]
    for name, note in (("medclip-vit-without-buffers", "key names of transformers 4.31 and later: no index tables"),
                       ("medclip-vit-transformers-5", "key names of transformers 5: SwinModel renamed, no index tables")):
        torch.manual_seed(7)
        model, folder = small("medclip-vit"), GOLDEN / name
        folder.mkdir(parents=True, exist_ok=True)
        state = model.published(buffers=False) if "without" in name else model.state_dict()
        torch.save(halves(state), folder / "pytorch_model.bin")
        entries = (MINIATURES / "medclip-vit/vocab.txt").read_text().splitlines()[:SMALL_WORDS]
        wordpiece_vocabulary.write(folder, entries, True)
        write(folder / "golden.json", golden("medclip-vit", model, folder / "pytorch_model.bin", wordpiece_vocabulary.WordPiece(folder, 77),
                                             films=films, texts=TEXTS[:6], prepare="medclip", note=note))
    torch.manual_seed(8)
    model, folder = small("clip"), GOLDEN / "clip-open-clip"
    folder.mkdir(parents=True, exist_ok=True)
    save_file(halves(model.published()), folder / "open_clip_model.safetensors", {"format": "pt"})
    files.dump(folder / "open_clip_config.json", open_clip_config(*SMALL_CLIP, 32))
    value = golden("clip", model, folder / "open_clip_model.safetensors", files.ClipTexts(560), films=films, texts=TEXTS[:8],
                   prepare="clip", note="open_clip's layout")
    write(folder / "golden.json", value)


def open_clip_config(vision, text, dimension):
    return dict(
        model_cfg=dict(embed_dim=dimension, quick_gelu=True,
                       vision_cfg=dict(image_size=224, layers=vision["num_hidden_layers"], width=vision["hidden_size"],
                                       patch_size=vision["patch_size"]),
                       text_cfg=dict(context_length=77, vocab_size=text["vocab_size"], width=text["hidden_size"],
                                     heads=text["num_attention_heads"], layers=text["num_hidden_layers"])),
        preprocess_cfg=dict(mean=preprocessing.CLIP_MEAN, std=preprocessing.CLIP_STD))


def main():
    torch.set_num_threads(1)
    for name in sys.argv[1:]:
        if name == "images":
            write_films()
        elif name == "variants":
            variants()
        else:
            miniature(name)
            if name == "clip":
                clip_texts_check(MINIATURES / name)


if __name__ == "__main__":
    main()
