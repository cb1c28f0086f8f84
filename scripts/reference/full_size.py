"""Builds a model at its full published size with random weights, in the container and under the names of its authors.

    python full_size.py NAME --out FOLDER

NAME: biomedclip, medclip-vit, medclip-resnet, medfilip, clip-b32, clip-b16, clip-l14, those three with -open-clip appended,
bioclinicalbert, pubmedbert, distilbert, tinybert. FOLDER then holds the weights, what the authors put beside them, and
golden.json of three films and five texts. Never committed. WordPiece vocabularies: the miniature's entries, then made-up words
up to the published count.
"""
import argparse
import pathlib
import time

import torch
from safetensors.torch import save_file

import published_files as files
import published_preprocessing as preprocessing
import wordpiece_vocabulary
from published_architectures import SIZES, OpenClip, build, lively, settle
from published_golden import FILMS, MINIATURES, PREPROCESSING, TEXTS, golden, open_clip_config, write

CHOSEN = ("colour.png", "grey16.png", "landscape.png")
# The longest text, and one with accents, among them.
WORDS = [TEXTS[0], TEXTS[4], TEXTS[11], TEXTS[15], TEXTS[19]]
NAMES = [*(name for name in SIZES if name != "clip"), *(f"clip-{size}{layout}" for layout in ("", "-open-clip")
                                                       for size in ("b32", "b16", "l14"))]


def write_vocabulary(name, size, folder):
    config = SIZES[name][size]
    count = config.get("text", config)["vocab_size"]
    entries = (MINIATURES / name / "vocab.txt").read_text(encoding="utf-8").splitlines()
    entries += [f"madeup{i}" for i in range(count - len(entries))]
    wordpiece_vocabulary.write(folder, entries, files.LOWER[name])


def make(name, size, folder, open_clip):
    """-> model, path of its weights, tokenizer"""
    if name in files.LOWER:
        write_vocabulary(name, size, folder)
    model = lively(OpenClip(**SIZES[name][size]) if open_clip else build(name, size))
    if name in PREPROCESSING:
        prepare = getattr(preprocessing, PREPROCESSING[name])
        settle(model, torch.stack([prepare(preprocessing.decode(path)) for path in sorted(FILMS.glob("*.png"))]))
    model.eval().requires_grad_(False)
    if open_clip:
        path = folder / "open_clip_model.safetensors"
        save_file(files.contiguous(model.published()), path, {"format": "pt"})
        config = SIZES[name][size]
        files.dump(folder / "open_clip_config.json", open_clip_config(config["vision"], config["text"], config["dimension"]))
    else:
        path = files.save(name, model, folder, size)
    vocabulary = SIZES[name][size]["text"]["vocab_size"] if name in ("clip", "medfilip") else None
    return model, path, files.texts_of(name, folder, vocabulary)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    started, folder = time.time(), pathlib.Path(options.out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    open_clip = options.name.endswith("-open-clip")
    name, _, size = options.name.removesuffix("-open-clip").partition("-") if options.name.startswith("clip-") \
        else (options.name, "", "full")
    model, path, tokenize = make(name, size, folder, open_clip)
    value = golden(name, model, path, tokenize, films=[FILMS / film for film in CHOSEN], texts=WORDS,
                   prepare=PREPROCESSING.get(name), note="full published size, random weights")
    write(folder / "golden.json", value)
    print(f"{path}: {path.stat().st_size} bytes, {value['parameters']} parameters, {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
