"""Golden numbers of the dataset statistics, from SciPy and plain NumPy.

Writes test/golden/stats/eda.json: Wilson intervals (scipy.stats.binomtest), chi-squared and Kolmogorov tails, 2 x C chi-squared
tests, two-sample Kolmogorov-Smirnov distances with the limiting p-value, phi and odds ratios, design effects by the ratio
estimator written out over clusters.
"""
import json
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

OUT = Path(__file__).resolve().parents[2] / "test/golden/stats/eda.json"
rng = np.random.default_rng(20240607)


def wilson(count, total):
    interval = stats.binomtest(count, total).proportion_ci(method="wilson")
    return {"count": count, "total": total, "low": interval.low, "high": interval.high}


def chi_squared(a, b):
    statistic, p, _, _ = stats.chi2_contingency([a, b], correction=False)
    return {"a": a, "b": b, "statistic": statistic, "p": p, "v": float(np.sqrt(statistic / (sum(a) + sum(b))))}


def smirnov(a, b):
    d = stats.ks_2samp(a, b).statistic
    size = len(a) * len(b) / (len(a) + len(b))
    return {"a": list(map(float, a)), "b": list(map(float, b)), "d": d, "p": float(special.kolmogorov(np.sqrt(size) * d))}


def association(both, first, second, neither):
    x = np.repeat([1, 1, 0, 0], [both, first, second, neither])
    y = np.repeat([1, 0, 1, 0], [both, first, second, neither])
    table = np.array([[both, first], [second, neither]], float)
    if (table == 0).any():
        table += 0.5
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    return {"cells": [both, first, second, neither], "phi": float(np.corrcoef(x, y)[0, 1]), "odds": float(odds)}


def design_effect(hits, clusters):
    hits, clusters = np.array(hits), np.array(clusters)
    n, p = len(hits), hits.mean()
    names = np.unique(clusters)
    residuals = [hits[clusters == c].sum() - p * (clusters == c).sum() for c in names]
    variance = len(names) / (len(names) - 1) * np.sum(np.square(residuals)) / n**2
    return {"hits": hits.tolist(), "clusters": clusters.tolist(), "effect": max(1.0, float(variance / (p * (1 - p) / n)))}


clusters = np.repeat(np.arange(30), rng.integers(1, 6, 30))
rates = rng.uniform(0, 1, 30)[clusters]
golden = {
    "scipy": scipy.__version__,
    "wilson": [wilson(c, n) for c, n in [(0, 10), (10, 10), (1, 1), (3, 17), (250, 1000), (1, 227835), (12345, 227835)]],
    "chiSquaredTail": [
        {"x": x, "degrees": k, "p": float(stats.chi2.sf(x, k))}
        for x in [0, 1e-9, 0.3, 1, 3.841458820694124, 10, 37.5, 120, 700]
        for k in [1, 2, 3, 10, 40]
    ],
    "kolmogorovTail": [
        {"x": x, "p": float(special.kolmogorov(x))} for x in [0, 0.1, 0.3, 0.5, 0.8, 0.99, 1, 1.01, 1.36, 2, 3, 5]
    ],
    "chiSquared": [
        chi_squared([30, 70], [50, 50]),
        chi_squared([12, 33, 55], [40, 40, 41]),
        chi_squared([100, 900], [101, 899]),
        chi_squared([5000, 700, 90, 60], [480, 90, 110, 7]),
    ],
    "smirnov": [
        smirnov([1.0], [2.0]),
        smirnov(rng.normal(0, 1, 40).round(1), rng.normal(0.4, 1, 55).round(1)),
        smirnov(rng.integers(0, 4, 200), rng.integers(0, 5, 60)),
        smirnov([1, 1, 1, 2], [1, 1, 1, 2]),
    ],
    "association": [association(*c) for c in [(10, 20, 30, 40), (0, 5, 6, 100), (7, 0, 0, 7), (500, 3, 2, 9000)]],
    "designEffect": [
        design_effect((rng.uniform(size=len(clusters)) < rates).astype(int), clusters),
        design_effect([1, 1, 1, 0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1, 2, 2, 3, 3]),
        design_effect([1, 0, 1, 0], [0, 0, 1, 1]),
    ],
}
OUT.write_text(json.dumps(golden, indent=1) + "\n")
