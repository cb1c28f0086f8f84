"""Second opinion on negation and uncertainty: the CheXpert labeler's mention phrases with medspaCy's ConText.

Writes test/golden/labeler/context.json: for the held-out half of the Indiana reports (first byte of the SHA-256 of the uid is odd)
one state per finding. States only, no text. ConText is not the truth: it knows no "normal", "resolved" only in part, and few
words of uncertainty. Phrases: stanfordmlgroup/chexpert-labeler:phrases (MIT). Reports: Open-i, CC BY-NC-ND 4.0, read, not kept.

    pip install medspacy==1.3.1 spacy==3.7.5
    python labeler_context_golden.py --phrases PHRASES_FOLDER --reports indiana_reports.csv

Takes 1 minute on 1 core.
"""
import argparse
import csv
import hashlib
import json
import pathlib
import re
from importlib.metadata import version

import medspacy  # noqa: F401  registers the pipeline component
import spacy
from spacy.tokens import Span

FINDINGS = {
    "Enlarged Cardiomediastinum": "enlarged_cardiomediastinum",
    "Cardiomegaly": "cardiomegaly",
    "Lung Opacity": "lung_opacity",
    "Lung Lesion": "lung_lesion",
    "Edema": "edema",
    "Consolidation": "consolidation",
    "Pneumonia": "pneumonia",
    "Atelectasis": "atelectasis",
    "Pneumothorax": "pneumothorax",
    "Pleural Effusion": "pleural_effusion",
    "Pleural Other": "pleural_other",
    "Fracture": "fracture",
    "Support Devices": "support_devices",
}
LETTERS = {None: "-", "absent": "0", "uncertain": "u", "present": "1"}
RANKS = [None, "absent", "uncertain", "present"]


def phrases(folder: pathlib.Path, kind: str, name: str) -> list[str]:
    path = folder / kind / f"{name}.txt"
    if not path.exists():
        return []
    return [line.strip().replace("_", " ") for line in path.read_text().splitlines() if line.strip()]


def spans(text: str, wanted: list[str]) -> list[tuple[int, int]]:
    return [match.span() for phrase in wanted for match in re.finditer(re.escape(phrase), text)]


def mentions(text: str, wanted: list[str], unwanted: list[str]) -> list[tuple[int, int]]:
    hidden = spans(text, unwanted)
    return [(a, b) for a, b in spans(text, wanted) if not any(a < d and b > c for c, d in hidden)]


def state_of(nlp, context, doc, span) -> str:
    doc.ents = [span]
    entity = context(doc).ents[0]
    if entity._.is_negated:
        return "absent"
    return "uncertain" if entity._.is_uncertain or entity._.is_hypothetical else "present"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrases", type=pathlib.Path, required=True)
    parser.add_argument("--reports", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    golden = pathlib.Path(__file__).parents[2] / "test/golden/labeler/context.json"
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    context = nlp.add_pipe("medspacy_context")
    lists = {
        finding: (phrases(arguments.phrases, "mention", name), phrases(arguments.phrases, "unmention", name))
        for finding, name in FINDINGS.items()
    }
    states = {}
    for row in csv.DictReader(arguments.reports.open(encoding="utf-8-sig")):
        uid = row["uid"].strip()
        if hashlib.sha256(uid.encode()).digest()[0] % 2 == 0:
            continue
        text = " ".join(f"{row['findings']}\n{row['impression']}".replace("/", " or ").lower().split())
        doc = nlp.get_pipe("sentencizer")(nlp.make_doc(text))
        found = []
        for finding, (wanted, unwanted) in lists.items():
            best = None
            for start, end in mentions(text, wanted, unwanted):
                span = doc.char_span(start, end, alignment_mode="expand", label=finding)
                state = state_of(nlp, context, doc, Span(doc, span.start, span.end, label=finding))
                best = max(best, state, key=RANKS.index)
            found.append(LETTERS[best])
        states[uid] = "".join(found)
    document = {
        "source": f"CheXpert labeler's phrases, medspaCy {version('medspacy')} ConText",
        "findings": list(FINDINGS),
        "letters": "- unmentioned, 0 absent, u uncertain, 1 present",
        "states": states,
    }
    golden.write_text(json.dumps(document, indent=0) + "\n")


if __name__ == "__main__":
    main()
