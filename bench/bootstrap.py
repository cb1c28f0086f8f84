"""The loop that users write: AUROC of every finding in every replicate with scikit-learn's roc_auc_score.

Reads one JSON document from stdin (targets and scores per finding, multiplicities of the rows per replicate), writes one
to stdout (AUROCs per replicate and finding, elapsed and processor seconds per replicate). Drawing the patients is not timed.
"""
import json
import sys
import time

import numpy as np
import sklearn
from sklearn.metrics import roc_auc_score

data = json.load(sys.stdin)
targets = [np.array(values) for values in data["targets"]]
scores = [np.array(values) for values in data["scores"]]
rows = np.arange(len(targets[0]))
roc_auc_score(targets[0], scores[0])  # warm-up
aurocs, seconds, cpu = [], [], []
for weights in data["weights"]:
    weights = np.array([int(digit) for digit in weights])
    start, start_cpu = time.perf_counter(), time.process_time()
    drawn = np.repeat(rows, weights)
    aurocs.append([roc_auc_score(y[drawn], s[drawn]) for y, s in zip(targets, scores)])
    seconds.append(time.perf_counter() - start)
    cpu.append(time.process_time() - start_cpu)
json.dump({"aurocs": aurocs, "seconds": seconds, "cpu": cpu, "python": sys.version.split()[0],
           "scikit-learn": sklearn.__version__, "numpy": np.__version__}, sys.stdout)
