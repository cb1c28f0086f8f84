"""Token ids of transformers' CLIPTokenizer, which cleans texts otherwise than CLIP. Output: test/golden/text/clip-transformers.json"""
import gzip
import json
import pathlib

import transformers
from open_clip.tokenizer import bytes_to_unicode, default_bpe
from transformers import CLIPTokenizer

from nasty_texts import NASTY

OUT = pathlib.Path(__file__).parents[2] / "test/golden/text/clip-transformers.json"
with gzip.open(default_bpe(), "rt", encoding="utf-8") as file:
    MERGES = [tuple(line.split()) for line in file.read().split("\n")[1:49152 - 256 - 2 + 1]]


def vocabulary(count):
    letters = list(bytes_to_unicode().values())
    tokens = letters + [c + "</w>" for c in letters] + ["".join(pair) for pair in MERGES[:count]] + ["<|startoftext|>", "<|endoftext|>"]
    return {token: i for i, token in enumerate(tokens)}


def tokenizer(count):
    return CLIPTokenizer(vocab=vocabulary(count), merges=MERGES[:count])


if __name__ == "__main__":
    small = 300
    golden = {"versions": {"transformers": transformers.__version__}, "texts": NASTY, "ids": tokenizer(len(MERGES))(NASTY)["input_ids"],
              "small": {"merges": "#version: 0.2\n" + "\n".join(" ".join(pair) for pair in MERGES[:small]) + "\n",
                        "vocabulary": vocabulary(small), "ids": tokenizer(small)(NASTY[:20])["input_ids"]}}
    OUT.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")
