#!/usr/bin/python3
"""Writes classifiers.json: what scikit-learn, scipy and numpy make of small classifiers.

Needs Debian's python3-sklearn (scikit-learn 1.2, scipy 1.10, numpy 1.24). Run it in its own folder.
"""
import json

import numpy as np
from scipy.special import expit, softmax
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

random = np.random.default_rng(1)
LABELS = np.array(["b", "c", "a"])


def single(values):
    """Numbers that a float holds, as the file and the features do."""
    return values.astype(np.float32).astype(np.float64)


points = single(random.normal(size=(24, 4)))
point_labels = np.concatenate([LABELS, LABELS[random.integers(0, 3, size=21)]])
queries = single(random.normal(size=(6, 4)))


def reciprocal_of_square(distances):
    """Core ML's distance is the squared one."""
    return 1 / distances**2


neighbors = []
for k in (1, 3, 7, 24):
    for weighting, weights in (("uniform", "uniform"), ("inverse-distance", reciprocal_of_square)):
        model = KNeighborsClassifier(n_neighbors=k, weights=weights, algorithm="brute").fit(points, point_labels)
        columns = [list(model.classes_).index(label) for label in LABELS]
        neighbors.append(
            {"k": k, "weighting": weighting, "probabilities": model.predict_proba(queries)[:, columns].tolist()})

linear = []


def add(name, transform, encoding, labels, weights, offsets, probabilities):
    linear.append({"name": name, "transform": transform, "encoding": encoding, "labels": list(labels),
                   "weights": np.asarray(weights).tolist(), "offsets": np.asarray(offsets).tolist(),
                   "probabilities": np.asarray(probabilities).tolist()})


two = point_labels == "b"
binary = LogisticRegression(C=10).fit(points, two)
for encoding in ("OneVsRest", "ReferenceClass"):
    add("two labels, logit", "Logit", encoding, ["rest", "b"], binary.coef_, binary.intercept_,
        binary.predict_proba(queries))
    score = queries @ binary.coef_[0] + binary.intercept_[0]
    add("two labels, probit", "Probit", encoding, ["rest", "b"], binary.coef_, binary.intercept_,
        np.stack([norm.sf(score), norm.cdf(score)], axis=1))
rest = OneVsRestClassifier(LogisticRegression(C=10)).fit(points, point_labels)
rows = [list(rest.classes_).index(label) for label in LABELS]
each = np.array([rest.estimators_[row].coef_[0] for row in rows])
offsets = np.array([rest.estimators_[row].intercept_[0] for row in rows])
shares = expit(queries @ each.T + offsets)
add("one against the rest", "Logit", "OneVsRest", LABELS, each, offsets,
    rest.predict_proba(queries)[:, rows])
assert np.allclose(rest.predict_proba(queries)[:, rows], shares / shares.sum(axis=1, keepdims=True))
multinomial = LogisticRegression(C=10, multi_class="multinomial").fit(points, point_labels)
rows = [list(multinomial.classes_).index(label) for label in LABELS]
weights = multinomial.coef_[rows] - multinomial.coef_[rows[0]]
intercepts = multinomial.intercept_[rows] - multinomial.intercept_[rows[0]]
assert np.allclose(softmax(queries @ weights.T + intercepts, axis=1), multinomial.predict_proba(queries)[:, rows])
add("relative to the first", "Logit", "ReferenceClass", LABELS, weights[1:], intercepts[1:],
    multinomial.predict_proba(queries)[:, rows])

with open("classifiers.json", "w", encoding="utf-8") as file:
    json.dump({"points": points.tolist(), "point-labels": point_labels.tolist(), "labels": LABELS.tolist(),
               "queries": queries.tolist(), "neighbors": neighbors, "linear": linear}, file, indent=1)
    file.write("\n")
