"""Golden numbers of the statistics, from scikit-learn, SciPy, mpmath and plain NumPy. Output: test/golden/stats/*.json

Undefined is null. scikit-learn gives 0 for some undefined ratios; those cases are set to null here, by their definition.
Weighted cases are computed twice, with sample_weight and by repeating rows, and must agree.
"""
import itertools
import json
import pathlib
import warnings
from fractions import Fraction

import mpmath
import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).parents[2] / "test/golden/stats"
VERSIONS = {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__,
            "mpmath": mpmath.__version__}


def clean(value):
    if isinstance(value, dict):
        return {key: clean(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [clean(entry) for entry in value]
    if isinstance(value, (np.integer, int, str)) or value is None:
        return int(value) if isinstance(value, np.integer) else value
    value = float(value)
    if np.isnan(value):
        return None
    return "Infinity" if value == np.inf else "-Infinity" if value == -np.inf else value


def write(name, cases):
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"versions": VERSIONS, "cases": clean(cases)}, allow_nan=False, separators=(",", ":"))
    (OUT / f"{name}.json").write_text(text + "\n")
    print(name, len(cases), len(text))


def both(value, y, s, w):
    """value(y, s, sample_weight) with weights and with repeated rows."""
    if w is None:
        return value(y, s, None)
    repeated = value(np.repeat(y, w), np.repeat(s, w), None)
    if not np.isnan(repeated):
        assert abs(value(y, s, w) - repeated) < 1e-12, (value(y, s, w), repeated)
    return repeated


def auroc(y, s, w):
    return sk.roc_auc_score(y, s, sample_weight=w) if len(set(y)) == 2 else np.nan


def average_precision(y, s, w):
    return sk.average_precision_score(y, s, sample_weight=w) if y.sum() > 0 else np.nan


def score_cases():
    rng = np.random.default_rng(20240501)
    inputs = [([1], [0.3]), ([0], [0.3]), ([1, 0], [0.3, 0.2]), ([1, 0], [0.2, 0.3]), ([1, 0], [0.5, 0.5]),
              ([1, 1], [0.1, 0.9]), ([0, 0], [0.1, 0.9]), ([0, 1, 1, 0], [0.5] * 4),
              ([0, 1, 0, 1], [0.0, -0.0, 0.0, -0.0]), ([1, 0, 1, 0], [1e308, -1e308, 1e-308, -1e-308]),
              ([1, 0, 1, 0, 1], [3e-324, 0, 5e-324, 1, 2])]
    for index in range(70):
        n = int(rng.integers(2, 40))
        levels = int(rng.choice([1, 2, 3, 5, 10, 1000]))
        y = (rng.random(n) < rng.choice([0.05, 0.2, 0.5, 0.9])).astype(int)
        s = np.round(rng.normal(size=n) + y, 12) if levels == 1000 else rng.integers(0, levels, n) / levels
        inputs.append((y, s))
    big = (rng.random(400) < 0.1).astype(int)
    inputs.append((big, np.round(rng.normal(size=400) + big, 1)))
    cases = []
    for index, (y, s) in enumerate(inputs):
        y, s = np.array(y), np.array(s, dtype=float)
        for w in (None, rng.poisson(1, len(y))):
            if w is not None and w.sum() == 0:
                continue
            case = {"y": y, "s": s, "w": w, "auroc": both(auroc, y, s, w), "ap": both(average_precision, y, s, w)}
            kept = np.ones(len(y), bool) if w is None else w > 0
            case["prevalence"] = np.average(y, weights=w)
            if index < 40:
                fpr, tpr, thresholds = sk.roc_curve(y[kept], s[kept], sample_weight=None if w is None else w[kept],
                                                    drop_intermediate=False)
                case["roc"] = [fpr, tpr, thresholds]
                precision, recall, thresholds = sk.precision_recall_curve(
                    y[kept], s[kept], sample_weight=None if w is None else w[kept])
                if y[kept].sum() == 0:
                    recall = np.where(np.arange(len(recall)) == len(recall) - 1, 0, np.nan)
                case["pr"] = [precision, recall, thresholds]
            if (s >= 0).all() and (s <= 1).all():
                case["brier"] = both(lambda a, b, c: np.average((b - a) ** 2, weights=c), y, s, w)
                if len(set(y)) == 2 and w is None:
                    assert abs(case["brier"] - sk.brier_score_loss(y, s)) < 1e-15
                case["nll"] = both(lambda a, b, c: sk.log_loss(a, b, sample_weight=c, labels=[0, 1]), y, s, w)
            cases.append(case)
    return cases


def decision_metrics(y, d, w):
    tn, fp, fn, tp = sk.confusion_matrix(y, d, labels=[0, 1], sample_weight=w).ravel()
    nan = np.nan
    one_sided = 0 in (tp + fp, tp + fn, tn + fp, tn + fn)
    return {
        "tp": tp, "fp": fp, "tn": tn, "fn": fn,
        "accuracy": sk.accuracy_score(y, d, sample_weight=w),
        "balancedAccuracy": sk.balanced_accuracy_score(y, d, sample_weight=w) if tp + fn and tn + fp else nan,
        "precision": sk.precision_score(y, d, sample_weight=w, zero_division=nan),
        "recall": sk.recall_score(y, d, sample_weight=w, zero_division=nan),
        "specificity": sk.recall_score(y, d, sample_weight=w, pos_label=0, zero_division=nan),
        "f1": sk.f1_score(y, d, sample_weight=w, zero_division=nan),
        "mcc": nan if one_sided else sk.matthews_corrcoef(y, d, sample_weight=w),
        "kappa": nan if (tp + fn in (0, tp + fp + tn + fn) and tp + fp in (0, tp + fp + tn + fn) and tp + fn == tp + fp)
        else sk.cohen_kappa_score(y, d, labels=[0, 1], sample_weight=w),
    }


def decision_cases():
    rng = np.random.default_rng(7)
    inputs = [np.array(pair) for n in (1, 2, 3) for pair in itertools.product(
        itertools.product([0, 1], repeat=n), itertools.product([0, 1], repeat=n))]
    for _ in range(30):
        n = int(rng.integers(4, 60))
        y = rng.random(n) < rng.choice([0.1, 0.5])
        inputs.append(np.array([y, y ^ (rng.random(n) < 0.3)]).astype(int))
    cases = []
    for y, d in inputs:
        for w in (None, rng.poisson(1, len(y))):
            if w is not None:
                if w.sum() == 0:
                    continue
                kept = w > 0
                expected = decision_metrics(np.repeat(y, w), np.repeat(d, w), None)
                weighted = decision_metrics(y[kept], d[kept], w[kept])
                assert all(np.isnan(expected[k]) == np.isnan(weighted[k]) for k in expected)
                assert all(np.isnan(expected[k]) or abs(expected[k] - weighted[k]) < 1e-12 for k in expected)
            else:
                expected = decision_metrics(y, d, None)
            cases.append({"y": y, "d": d, "w": w, "expected": expected})
    return cases


def delong_kernel(y, models, clusters):
    """O(n²) form: the kernel of every pair, summed per cluster (Obuchowski 1997), without any ranks."""
    positives, negatives = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    m, n, k = len(positives), len(negatives), len(models)
    psi = [np.array([[1.0 if s[i] > s[j] else 0.5 if s[i] == s[j] else 0.0 for j in negatives] for i in positives])
           for s in models]
    aucs = [p.mean() if m and n else np.nan for p in psi]
    names = sorted(set(clusters))
    with_pos = sum(any(clusters[i] == c for i in positives) for c in names)
    with_neg = sum(any(clusters[j] == c for j in negatives) for c in names)
    covariance = np.full((k, k), np.nan)
    if with_pos < 2 or with_neg < 2:
        return aucs, covariance
    x = np.array([[sum(psi[r][a].mean() - aucs[r] for a, i in enumerate(positives) if clusters[i] == c)
                   for c in names] for r in range(k)])
    v = np.array([[sum(psi[r][:, b].mean() - aucs[r] for b, j in enumerate(negatives) if clusters[j] == c)
                   for c in names] for r in range(k)])
    total = len(names)
    for r, s in itertools.product(range(k), repeat=2):
        s10 = with_pos / ((with_pos - 1) * m) * (x[r] * x[s]).sum()
        s01 = with_neg / ((with_neg - 1) * n) * (v[r] * v[s]).sum()
        s11 = total / (total - 1) * (x[r] * v[s]).sum()
        s11t = total / (total - 1) * (v[r] * x[s]).sum()
        covariance[r, s] = s10 / m + s01 / n + (s11 + s11t) / (m * n)
    return aucs, covariance


def delong_cases():
    rng = np.random.default_rng(11)
    cases = []
    for index in range(36):
        n = int(rng.integers(3, 45))
        y = (rng.random(n) < 0.4).astype(int)
        models = [np.round(rng.normal(size=n) + y * rng.random() * 2, int(rng.choice([0, 1, 6]))) for _ in range(3)]
        models[2] = models[1] if index % 9 == 0 else models[2]
        clusters = np.arange(n) if index % 3 == 0 else rng.integers(0, max(2, n // 3), n)
        aucs, covariance = delong_kernel(y, models, clusters)
        if index % 3 == 0 and not np.isnan(covariance).any():
            positives, negatives = y == 1, y == 0
            kernel = [(s[positives][:, None] > s[negatives]) + 0.5 * (s[positives][:, None] == s[negatives])
                      for s in models]
            plain = (np.cov([p.mean(1) for p in kernel]) / positives.sum()
                     + np.cov([p.mean(0) for p in kernel]) / negatives.sum())
            assert np.abs(plain - covariance).max() < 1e-14
        case = {"y": y, "models": models, "clusters": clusters, "aucs": aucs, "covariance": covariance}
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
        if variance > 1e-9:
            z = (aucs[0] - aucs[1]) / np.sqrt(variance)
            half = stats.norm.ppf(0.975) * np.sqrt(variance)
            case["test"] = {"z": z, "p": 2 * stats.norm.sf(abs(z)), "low": aucs[0] - aucs[1] - half,
                            "high": aucs[0] - aucs[1] + half}
        cases.append(case)
    return cases


def ranking_cases():
    rng = np.random.default_rng(3)
    cases = []
    for index in range(24):
        queries, pool = int(rng.integers(1, 12)), int(rng.integers(2, 30))
        similarity = np.array([rng.permutation(pool) for _ in range(queries)]).astype(float)
        relevance = (rng.random((queries, pool)) < rng.choice([0.05, 0.2, 0.6])).astype(int)
        order = np.argsort(-similarity, axis=1)
        ranked = np.take_along_axis(relevance, order, axis=1)
        first = np.array([np.argmax(row) + 1 if row.any() else np.nan for row in ranked])
        w = rng.poisson(1, queries) if index % 2 else np.ones(queries, int)
        kept = np.repeat(np.flatnonzero(~np.isnan(first)), w[~np.isnan(first)])
        depth = min(pool, 10)
        f = first[kept]
        mean = lambda values: np.mean(values) if len(values) else np.nan
        expected = {f"recall@{k}": mean(f <= k) for k in (1, 5, 10)}
        expected |= {"mrr": mean(1 / f), "medianRank": np.median(f) if len(f) else np.nan}
        ndcg = lambda k: sk.ndcg_score(relevance[kept], similarity[kept], k=k) if len(kept) else np.nan
        expected |= {f"ndcg@{k}": ndcg(k) for k in (5, 10)}
        cases.append({"w": w if index % 2 else None, "first": first, "count": relevance.sum(1),
                      "top": ranked[:, :depth].ravel(), "depth": depth, "expected": expected})
    return cases


def threshold_cases():
    rng = np.random.default_rng(5)
    cases = []
    for index in range(60):
        n = int(rng.integers(1, 30))
        y = (rng.random(n) < 0.4).astype(int)
        s = rng.integers(0, int(rng.choice([1, 2, 4, 50])), n) / 8
        p, q = int(y.sum()), int(n - y.sum())
        rows = [(t, int(((s >= t) & (y == 1)).sum()), int(((s >= t) & (y == 0)).sum())) for t in sorted(set(s))]
        # Exact fractions; of equal values the highest threshold.
        youden = max(rows, key=lambda r: (Fraction(r[1], p) - Fraction(r[2], q), r[0]))[0] if p and q else np.nan
        f1 = max(rows, key=lambda r: (Fraction(2 * r[1], r[1] + r[2] + p), r[0]))[0] if p else np.nan
        reach = lambda x: max(t for t, tp, _ in rows if Fraction(tp, p) >= x) if p else np.nan
        if p and q:
            fpr, tpr, thresholds = sk.roc_curve(y, s, drop_intermediate=False)
            assert abs((tpr - fpr)[1:].max() - (tpr - fpr)[list(thresholds).index(youden)]) < 1e-12
        cases.append({"y": y, "s": s, "youden": youden, "f1": f1,
                      "sensitivity=0.9": reach(Fraction(9, 10)), "sensitivity=0.3": reach(Fraction(3, 10)),
                      "sensitivity=1": reach(1)})
    return cases


def distribution_cases():
    mpmath.mp.dps = 40
    zs = list(np.linspace(-12, 12, 97)) + [-38, -30, -1e-9, 1e-9, 37, 0.6628912607362388, 5.656, 5.657]
    ps = [1e-300, 1e-100, 1e-20, 1e-10, 1e-5, 0.001, 0.0249, 0.025, 0.0749, 0.075, 0.0751, 0.3, 0.5, 0.7, 0.925, 0.975,
          0.995, 0.99999, 1 - 1e-12]
    return [{"z": z, "cdf": float(mpmath.ncdf(z)), "twoSided": float(mpmath.erfc(mpmath.mpf(abs(z)) / mpmath.sqrt(2)))}
            for z in zs] + [{"p": p, "quantile": float(
                mpmath.findroot(lambda x: mpmath.log(mpmath.ncdf(x)) - mpmath.log(mpmath.mpf(p)), stats.norm.ppf(p)))}
                            for p in ps]


def interval_cases():
    rng = np.random.default_rng(9)
    quantiles = []
    for n in (1, 2, 3, 10, 41):
        values = np.round(rng.normal(size=n), 2)
        quantiles += [{"values": values, "probability": p, "quantile": np.quantile(values, p)}
                      for p in (0, 0.025, 0.3, 0.5, 0.975, 1)]
    return quantiles


def bootstrap_cases():
    """Weights drawn by NumPy: the distribution must be reproduced; the interval of more draws is known within its noise."""
    rng = np.random.default_rng(13)
    patients = np.sort(rng.integers(0, 60, 150))
    y = (rng.random(150) < 0.3).astype(int)
    s = np.round(rng.normal(size=150) + y, 2)
    ids = np.unique(patients)
    draw = lambda: np.bincount(rng.choice(ids, len(ids)), minlength=60)[patients]
    weights = [draw() for _ in range(60)]
    values = [both(auroc, y, s, w) for w in weights]
    many = [auroc(np.repeat(y, w), np.repeat(s, w), None) for w in (draw() for _ in range(4000))]
    return [{"patients": [f"p{p:02}" for p in patients], "y": y, "s": s, "weights": ["".join(map(str, w)) for w in weights],
             "values": values, "interval": np.quantile(values, [0.025, 0.975]),
             "large": {"interval": np.quantile(many, [0.025, 0.975]), "sd": np.std(many)}}]


write("scores", score_cases())
write("decisions", decision_cases())
write("delong", delong_cases())
write("rankings", ranking_cases())
write("thresholds", threshold_cases())
write("distribution", distribution_cases())
write("intervals", interval_cases())
write("bootstrap", bootstrap_cases())
