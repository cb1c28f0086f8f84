"""Golden ROC and precision-recall curves read on a grid, from scikit-learn, with and without sample weights.

Writes test/golden/stats/curves-on-grid.json. ROC: at each false positive rate the highest true positive rate of the
piecewise linear curve. Precision: that of the highest threshold whose recall reaches the grid's recall.
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import precision_recall_curve, roc_curve

GRID = np.linspace(0, 1, 21)
OUT = Path(__file__).resolve().parents[2] / "test/golden/stats/curves-on-grid.json"


def roc_on_grid(targets, scores, weights):
    fpr, tpr, _ = roc_curve(targets, scores, sample_weight=weights, drop_intermediate=False)
    values = []
    for x in GRID:
        # The upper end of a vertical stretch, else the line between the neighbours.
        at = np.flatnonzero(np.isclose(fpr, x, rtol=0, atol=1e-12))
        values.append(float(tpr[at].max()) if at.size else float(np.interp(x, fpr, tpr)))
    return values


def precision_on_grid(targets, scores, weights):
    precision, recall, _ = precision_recall_curve(targets, scores, sample_weight=weights)
    precision, recall = precision[:-1][::-1], recall[:-1][::-1]  # falling thresholds, without the end point (1, 0)
    reached = [np.flatnonzero((recall >= r - 1e-12) & (recall > 0))[0] for r in GRID]
    return [float(precision[i]) for i in reached]


def case(name, targets, scores, weights):
    w = None if weights is None else np.asarray(weights, float)
    return {
        "name": name,
        "targets": [int(t) for t in targets],
        "scores": [float(s) for s in scores],
        "weights": None if weights is None else [int(v) for v in weights],
        "roc": roc_on_grid(targets, scores, w),
        "precision": precision_on_grid(targets, scores, w),
    }


def main():
    random = np.random.default_rng(20240607)
    targets = (random.random(60) < 0.3).astype(int)
    smooth = random.normal(size=60) + targets
    tied = np.round(smooth * 2) / 2
    multiplicity = random.poisson(1.0, size=60)
    rare = np.zeros(40, int)
    rare[[7]] = 1
    cases = [
        case("distinct scores", targets, smooth, None),
        case("tied scores", targets, tied, None),
        case("distinct scores, multiplicities", targets, smooth, multiplicity),
        case("tied scores, multiplicities", targets, tied, multiplicity),
        case("one positive", rare, random.normal(size=40), None),
        case("all scores equal", targets, np.zeros(60), None),
        case("perfect", targets, targets.astype(float), None),
        case("inverted", targets, -targets.astype(float), None),
    ]
    document = {"scikitLearn": sklearn.__version__, "grid": [float(x) for x in GRID], "cases": cases}
    OUT.write_text(json.dumps(document) + "\n")


main()
