"""Writes the WordPiece vocabularies of the miniatures: python miniature_vocabularies.py FOLDER_OF_PHANTOM"""
import pathlib
import sys

import wordpiece_vocabulary
from chexzero_data import PHANTOM_FINDINGS, phantom
from published_files import LOWER

MINIATURES = pathlib.Path(__file__).resolve().parents[2] / "assets/miniatures"
SIZE = 720
PHRASES = ["no", "evidence of", "no evidence of", "there is", "there is no", "chest x-ray with", "chest x-ray without",
           "a frontal chest x-ray", "a lateral chest x-ray", "this is a photo of", *PHANTOM_FINDINGS]


def main():
    studies = {item.study: item for item in phantom(sys.argv[1])}
    texts = [text for item in studies.values() for text in (item.findings, item.impression) if text]
    texts += [phrase for phrase in PHRASES for _ in range(50)]
    for name, lower in LOWER.items():
        # MedCLIP's text tower has a cased vocabulary that lower-cased text is looked up in.
        cased = not lower or name.startswith("medclip")
        # Words in both cases, so that the cased vocabularies know the lower-cased ones too.
        entries = wordpiece_vocabulary.vocabulary(texts + [t.lower() for t in texts] if cased else texts, SIZE, not cased)
        folder = MINIATURES / name
        folder.mkdir(parents=True, exist_ok=True)
        wordpiece_vocabulary.write(folder, entries, lower)
        print(f"{name}: {len(entries)} entries")


if __name__ == "__main__":
    main()
