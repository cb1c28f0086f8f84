"""Golden numbers of the miniatures: what the PyTorch reference computes, for the product's own graphs to be held against.

    python chexzero_golden.py --phantom FOLDER --nih FOLDER

FOLDER of --phantom: `node scripts/generate-phantom.mjs --out FOLDER --patients 220 --seed 2` (the demo's release).
Output: test/golden/chexzero/{phantom-a,phantom-b,nih,evaluation}.json
"""
import argparse
import hashlib
import json
import pathlib
import re

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score

from chexzero_data import NIH_FINDINGS, PHANTOM_FINDINGS, held_out_fraction, label_matrix, nih, phantom
from chexzero_model import Tokenizer, canvas, decode, dimensions, load, pair_probabilities, preprocess, tensor

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test/golden/chexzero"
MINIATURES = ROOT / "assets/miniatures"
VIEWS = ("a frontal chest x-ray", "a lateral chest x-ray")
# Pixel k of a golden is pixel (k * 787) mod 50176 of the 224 x 224 plane, row-major.
SAMPLES = np.arange(48) * 787 % (224 * 224)
PROSE = ["The heart is enlarged. There is a small left pleural effusion.",
         "Heart size and mediastinal contours are within normal limits. No focal airspace disease.",
         "XXXX opacity in the right lower lobe, 5.5 cm; it's unchanged.", "  No   acute\ncardiopulmonary process!  ",
         "word " * 100, "caf\u00e9 na\u00efve \u00b5m"]
# Findings with fewer positive or negative patients than this stay out of the macro mean.
MINIMUM = 5


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def rounded(values):
    return [float(f"{value:.6g}") for value in np.asarray(values, float).ravel()]


def embed_images(model, items):
    with torch.no_grad():
        return torch.cat([model.encode_image(torch.cat([tensor(canvas(decode(i.path))[None]) for i in items[k:k + 32]]))
                          for k in range(0, len(items), 32)])


def image_entry(model, item):
    pixels, rgb = preprocess(item.path), decode(item.path)
    assert (rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 1] == rgb[..., 2]).all()
    return dict(id=item.id, view=item.view, fileSha256=sha256(item.path.read_bytes()), width=rgb.shape[1],
                height=rgb.shape[0], decodedGreySha256=sha256(rgb[..., 0].tobytes()),
                canvasSha256=sha256(canvas(rgb).tobytes()), samples=rounded(pixels[0].flatten()[SAMPLES]),
                embedding=rounded(model.encode_image(pixels[None])))


def text_entry(model, tokenizer, text):
    tokens = tokenizer([text])
    return dict(text=text, ids=tokens[0][tokens[0] > 0].tolist(), embedding=rounded(model.encode_text(tokens)))


def spread(items, count):
    """`count` items, evenly spaced in id order."""
    return [items[int(i)] for i in np.linspace(0, len(items) - 1, count)]


def write_model(name, images, findings):
    path = MINIATURES / f"chexzero-{name}.pt"
    state, model = torch.load(path, weights_only=True), load(path)
    tokenizer = Tokenizer(dimensions(state)["vocabulary"])
    texts = [p for f in findings[:7] for p in (f, f"no {f}")] + [*VIEWS, *PROSE]
    golden = dict(
        source="scripts/reference/chexzero_golden.py", torch=torch.__version__,
        checkpoint=dict(file=f"assets/miniatures/{path.name}", bytes=path.stat().st_size,
                        sha256=sha256(path.read_bytes()), dimensions=dimensions(state),
                        logitScale=float(model.logit_scale.exp())),
        sampleIndices=SAMPLES.tolist(), images=[image_entry(model, item) for item in images],
        texts=[text_entry(model, tokenizer, text) for text in texts])
    write(f"{name}.json", golden)
    return model, tokenizer


def write(name, golden):
    GOLDEN.mkdir(parents=True, exist_ok=True)
    # One line per list of numbers.
    text = re.sub(r"\[\s+(-?\d[-+.\de,\s]*?)\s+\]", lambda match: "[" + " ".join(match[1].split()) + "]",
                  json.dumps(golden, indent=1))
    (GOLDEN / name).write_text(text + "\n")


def finding_rows(scores, labels, findings, patients):
    """scores {member: [n, findings]} -> per finding: n, positives, and each member's AUROC and average precision."""
    rows = {}
    for column, finding in enumerate(findings):
        keep = ~np.isnan(labels[:, column])
        target = labels[keep, column]
        positives = int(target.sum())
        of = [len({p for p, t in zip(patients, labels[:, column]) if t == side}) for side in (0, 1)]
        row = dict(n=int(keep.sum()), positives=positives, negativePatients=of[0], positivePatients=of[1])
        if 0 < positives < len(target):
            row["auroc"] = {m: float(roc_auc_score(target, s[keep, column])) for m, s in scores.items()}
            row["auprc"] = {m: float(average_precision_score(target, s[keep, column])) for m, s in scores.items()}
        rows[finding] = row
    return rows


def macro(rows, scores):
    used = [f for f, r in rows.items() if min(r["positivePatients"], r["negativePatients"]) >= MINIMUM]
    return dict(findings=used, auroc={m: float(np.mean([rows[f]["auroc"][m] for f in used])) for m in scores})


def zero_shot(towers, embeddings, items, findings):
    scores = {}
    for name, (model, tokenizer) in towers.items():
        texts = model.encode_text(tokenizer([*findings, *(f"no {f}" for f in findings)]))
        scores[name] = pair_probabilities(embeddings[name], *texts.chunk(2)).numpy()
    if len(scores) > 1:
        scores["ensemble"] = np.mean(list(scores.values()), 0)
    rows = finding_rows(scores, label_matrix(items, findings), findings, [item.patient for item in items])
    return dict(images=len(items), patients=len({i.patient for i in items}), macro=macro(rows, scores), findings=rows)


def view(towers, embeddings, items):
    target = np.array([item.view == "frontal" for item in items], int)
    scores = {}
    for name, (model, tokenizer) in towers.items():
        frontal, lateral = model.encode_text(tokenizer(VIEWS)).split(1)
        scores[name] = pair_probabilities(embeddings[name], frontal, lateral).numpy()[:, 0]
    scores["ensemble"] = np.mean(list(scores.values()), 0)
    return dict(n=len(items), positives=int(target.sum()),
                auroc={m: float(roc_auc_score(target, s)) for m, s in scores.items()},
                accuracyAtHalf={m: float(accuracy_score(target, s >= 0.5)) for m, s in scores.items()})


def best_ranks(similarity, right):
    """Mid-rank of the best right candidate of each query: 1 + wrong ones above + half the wrong ones that tie."""
    best = np.where(right, similarity, -np.inf).max(1, keepdims=True)
    tied = np.abs(similarity - best) <= 1e-6
    return 1 + ((similarity > best) & ~tied & ~right).sum(1) + (tied & ~right).sum(1) / 2


def recalls(ranks, candidates):
    return dict(queries=len(ranks), candidates=candidates, mrr=float((1 / ranks).mean()),
                medianRank=float(np.median(ranks)), **{f"recall@{k}": float((ranks <= k).mean()) for k in (1, 5, 10)})


def retrieval(towers, embeddings, items):
    """Text: findings, else impression. Studies with the same text (case ignored) are one candidate; all are right."""
    text_of = {item.id: item.findings or item.impression for item in items}
    rows = [i for i, item in enumerate(items) if text_of[item.id]]
    keys = [text_of[items[i].id].lower() for i in rows]
    distinct = list(dict.fromkeys(keys))
    first = {}
    for i, key in zip(rows, keys):
        first.setdefault(key, text_of[items[i].id])
    similarity = {}
    for name, (model, tokenizer) in towers.items():
        texts = F.normalize(model.encode_text(tokenizer([first[key] for key in distinct])).double(), dim=-1)
        similarity[name] = (F.normalize(embeddings[name][rows].double(), dim=-1) @ texts.T).numpy()
    similarity["ensemble"] = np.mean(list(similarity.values()), 0)
    to_report = np.array([[key == other for other in distinct] for key in keys])
    # Each distinct text asks once: reports that share it would succeed or fail together.
    to_image = np.array([[key == other for other in keys] for key in distinct])
    return dict(
        text="findings-else-impression",
        imageToReport={m: recalls(best_ranks(s, to_report), len(distinct)) for m, s in similarity.items()},
        reportToImage={m: recalls(best_ranks(s.T, to_image), len(rows)) for m, s in similarity.items()})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phantom", required=True)
    parser.add_argument("--nih", required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    release = phantom(options.phantom)
    test = [item for item in release if held_out_fraction(item.patient) >= 0.3]
    frontal = [item for item in test if item.view == "frontal"]
    lateral = [item for item in test if item.view == "lateral"]
    chosen = spread(frontal, 9) + spread(lateral, 3)
    towers = {name: write_model(f"phantom-{name}", chosen, PHANTOM_FINDINGS[1:]) for name in "ab"}
    every = {name: embed_images(model, test) for name, (model, _) in towers.items()}
    rows = [i for i, item in enumerate(test) if item.view == "frontal"]
    front = {name: embedding[rows] for name, embedding in every.items()}
    films = nih(options.nih, "valid")
    nih_towers = {"nih": write_model("nih", spread(films, 12), NIH_FINDINGS)}
    nih_embeddings = {"nih": embed_images(nih_towers["nih"][0], films)}
    write("evaluation.json", dict(
        source="scripts/reference/chexzero_golden.py", torch=torch.__version__,
        protocol="pair softmax on raw cosines, templates '{}' and 'no {}'; ensemble: mean of probabilities, in retrieval "
                 "mean of cosines; uncertain labels left out, unmentioned negative; macro: findings with at least "
                 f"{MINIMUM} positive and {MINIMUM} negative patients",
        phantom=dict(release="patients=220 seed=2", split="held-out-v1", part="test",
                     patients=len({item.patient for item in test}),
                     zeroShot=zero_shot(towers, front, frontal, PHANTOM_FINDINGS),
                     view=view(towers, every, test), retrieval=retrieval(towers, front, frontal)),
        nih=dict(release="nih1000-64px", split="folder-evaluation-v1", part="validation",
                 zeroShot=zero_shot(nih_towers, nih_embeddings, films, NIH_FINDINGS))))
    for path in sorted(GOLDEN.glob("*.json")):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
