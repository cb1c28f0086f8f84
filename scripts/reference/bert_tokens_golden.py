"""Token ids of transformers' BertTokenizer and of open_clip, for nasty texts and, as digests only, for the reports of IU X-ray.

Usage: bert_tokens_golden.py [indiana_reports.csv]. Without reports their digests are left as they are.
Output: test/golden/text/wordpiece.json"""
import csv
import hashlib
import json
import pathlib
import re
import string
import sys
import unicodedata

import numpy as np
import open_clip
import tokenizers
import transformers
from open_clip.tokenizer import SimpleTokenizer, get_clean_fn
from transformers import BertTokenizer

from nasty_texts import LONG, NASTY

OUT = pathlib.Path(__file__).parents[2] / "test/golden/text/wordpiece.json"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
KINDS = {
    "uncased": dict(do_lower_case=True), "cased": dict(do_lower_case=False),
    "uncased, accents kept": dict(do_lower_case=True, strip_accents=False),
    "cased, accents stripped": dict(do_lower_case=False, strip_accents=True),
    "uncased, ideographs together": dict(do_lower_case=True, tokenize_chinese_chars=False),
}


def pieces(texts):
    """Every prefix of up to eight letters of a word and every run of three within it, in the order of ASCII."""
    words = {word for text in texts for word in re.findall("[A-Za-z]+", text)}
    words |= {word.lower() for word in words}
    found = {word[:length] for word in words for length in range(2, 9)}
    return sorted(found | {"##" + word[i:i + 3] for word in words for i in range(1, len(word) - 2)})


def letters(texts):
    """Every character of the texts in all its forms, alone and within a word."""
    forms = {c for text in texts for form in (text, text.lower(), unicodedata.normalize("NFD", text), unicodedata.normalize("NFD", text.lower())) for c in form}
    kept = sorted(c for c in forms | set(string.printable) if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn"))
    return [entry for c in kept for entry in (c, "##" + c)]


def tokenizer_of(entries, kind):
    return BertTokenizer(vocab={entry: i for i, entry in enumerate(entries)}, **KINDS[kind])


def digest(rows):
    """Of each row its length and its ids, as little-endian int32."""
    return hashlib.sha256(np.array([v for row in rows for v in (len(row), *row)], dtype="<i4").tobytes()).hexdigest()


def reports(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [" ".join(row[name] for name in ("indication", "comparison", "findings", "impression")) for row in csv.DictReader(file)]


def report_digests(texts):
    entries = [*SPECIAL, *letters(["".join(chr(c) for c in range(33, 127))]), *pieces(texts)]
    entries = list(dict.fromkeys(entries))
    made = {"count": len(texts), "entries": len(entries), "vocabulary": hashlib.sha256("\n".join(entries).encode()).hexdigest()}
    for kind in ("uncased", "cased"):
        made[kind] = digest(tokenizer_of(entries, kind)(texts)["input_ids"])
    made["uncased, cleaned"] = digest(tokenizer_of(entries, "uncased")([get_clean_fn("whitespace")(t) for t in texts])["input_ids"])
    clip = SimpleTokenizer()
    made["clip"] = digest([[49406, *clip.encode(t), 49407] for t in texts])
    return made


def main():
    nasty = list(dict.fromkeys([*SPECIAL, *letters(NASTY), *pieces(NASTY)]))
    clean, clip = get_clean_fn("whitespace"), SimpleTokenizer()
    golden = {
        "versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "open_clip": open_clip.__version__},
        "vocabulary": nasty, "texts": NASTY,
        "kinds": {kind: {"config": config, "ids": tokenizer_of(nasty, kind)(NASTY)["input_ids"]} for kind, config in KINDS.items()},
        "cleaned": tokenizer_of(nasty, "uncased")([clean(t) for t in NASTY])["input_ids"],
        "clip": [[49406, *clip.encode(t), 49407] for t in NASTY],
        "long": {kind: digest(tokenizer_of(nasty, kind)([LONG])["input_ids"]) for kind in ("uncased", "cased")},
        "cut": tokenizer_of(nasty, "uncased")(NASTY, truncation=True, max_length=16)["input_ids"],
    }
    golden["long"]["clip"] = digest([[49406, *clip.encode(LONG), 49407]])
    if len(sys.argv) > 1:
        golden["reports"] = report_digests(reports(sys.argv[1]))
    elif OUT.exists():
        golden["reports"] = json.loads(OUT.read_text())["reports"]
    OUT.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")).replace("]],", "]],\n") + "\n")


if __name__ == "__main__":
    main()
