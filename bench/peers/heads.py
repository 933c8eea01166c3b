"""Multinomial logistic regression by scikit-learn on the features that Headgraft's heads have.

    python3 heads.py FOLDER [--heads FILE ...] [--no-sweep]

FOLDER is what io.headgraft.bench.ExportFeatures wrote. As head.lbfgs of conf/headgraft.conf has it:
standardization by the training rows, a grid of penalties and four more around its best by log-loss
on the validation split, each begun at the nearest one that is known, strongest first; then training
anew on training and validation split, standardized anew, and one test. scikit-learn minimizes C
times the sum of the cross entropies + |weights|^2 / 2, which with C = 1 / (rows * l2) is

    mean cross entropy + l2 / 2 * |weights|^2, the biases going free.

Prints one JSON line a penalty, with that objective as it is computed here, then one line for what
was chosen. With --heads, runs/<id>/heads/*.json, one more line a head: its objective and its
coefficients against scikit-learn's at its penalty on training and validation split, the coefficients
centred over the labels, since the softmax does not see what all labels have in common.

scikit-learn's lbfgs also stops where SciPy's ftol, 2.2e-9 relative, is reached, which no option of
scikit-learn changes. What coefficients are compared with goes on from there by newton-cg.

OPENBLAS_NUM_THREADS=1 is faster where other processes want the cores.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

GRID = [1e-4, 1e-3, 1e-2, 1e-1, 1]
REFINEMENTS = 4


def read(folder, split):
    """Features, labels."""
    features = json.loads((Path(folder) / "meta.json").read_text())["features"]
    rows = np.fromfile(Path(folder) / f"{split}.f32", "<f4").reshape(-1, features)
    return rows.astype(np.float64), np.fromfile(Path(folder) / f"{split}.labels.i32", "<i4")


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def scores(logits, labels):
    """Log-loss as Headgraft has it, and how many are right."""
    own = log_softmax(logits)[np.arange(len(labels)), labels]
    return -np.log(np.exp(own) + 1e-100).mean(), int((logits.argmax(axis=1) == labels).sum())


def objective(weights, bias, rows, labels, l2):
    """Its value, and the Euclidean norm of its gradient."""
    logs = log_softmax(rows @ weights.T + bias)
    value = -logs[np.arange(len(labels)), labels].mean() + l2 / 2 * (weights ** 2).sum()
    errors = np.exp(logs)
    errors[np.arange(len(labels)), labels] -= 1
    errors /= len(labels)
    gradient = np.column_stack([errors.T @ rows + l2 * weights, errors.sum(axis=0)])
    return value, np.linalg.norm(gradient)


def fit(rows, labels, l2, start=None, solver="lbfgs", tolerance=1e-6):
    """The tolerance is on the largest entry of the gradient of the objective times the rows."""
    model = LogisticRegression(
        C=1 / (len(labels) * l2), solver=solver, tol=tolerance, max_iter=10000,
        multi_class="multinomial", warm_start=True)
    if start is not None:
        model.coef_, model.intercept_ = start.coef_.copy(), start.intercept_.copy()
    begin = time.perf_counter()
    with warnings.catch_warnings():
        # newton-cg warns where rounding leaves nothing to gain; the gradient is printed.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "Line Search failed")
        model.fit(rows, labels)
    return model, time.perf_counter() - begin


def refined(best):
    """Penalties at equal ratios between the best of the grid and its neighbours there."""
    at = GRID.index(best)
    below = 0 if at == 0 else REFINEMENTS if at == len(GRID) - 1 else REFINEMENTS // 2
    above = REFINEMENTS - below
    down = [best * (GRID[at - 1] / best) ** (i / (below + 1)) for i in range(1, below + 1)]
    up = [best * (GRID[at + 1] / best) ** (i / (above + 1)) for i in range(1, above + 1)]
    return down + up


def sweep(train, validation):
    """The best penalty."""
    scaler = StandardScaler().fit(train[0])
    rows, held_out = scaler.transform(train[0]), scaler.transform(validation[0])
    models, losses = {}, {}

    def run(penalties):
        for l2 in sorted(penalties, reverse=True):
            nearest = min(models, key=lambda known: abs(np.log(known / l2)), default=None)
            model, seconds = fit(rows, train[1], l2, models.get(nearest))
            models[l2] = model
            losses[l2], right = scores(held_out @ model.coef_.T + model.intercept_, validation[1])
            value, norm = objective(model.coef_, model.intercept_, rows, train[1], l2)
            print(json.dumps({
                "l2": l2, "validation_log_loss": losses[l2],
                "validation_accuracy": right / len(validation[1]), "seconds": round(seconds, 3),
                "iterations": int(model.n_iter_[0]), "objective": value, "gradient_norm": norm}),
                flush=True)

    def best():
        return min(sorted(losses, reverse=True), key=losses.get)

    run(GRID)
    run(refined(best()))
    return best()


def centred(matrix):
    return matrix - matrix.mean(axis=0)


def agreement(head, rows, labels):
    """A head of ours against scikit-learn at the same penalty, on the same rows."""
    l2 = head["hyperparameters"]["l2"]
    standardized = StandardScaler().fit_transform(rows)
    weights, bias = np.array(head["weights"]), np.array(head["bias"])
    first, seconds = fit(standardized, labels, l2)
    peer, _ = fit(standardized, labels, l2, first, "newton-cg", 1e-4)
    reference, difference = centred(peer.coef_), centred(weights) - centred(peer.coef_)
    layers = ((weights, bias), (peer.coef_, peer.intercept_), (first.coef_, first.intercept_))
    own, minimum, by_lbfgs = (objective(w, b, standardized, labels, l2) for w, b in layers)
    return {
        "head": head["name"], "l2": l2,
        "objective": own[0], "gradient_norm": own[1],
        "peer_objective": minimum[0], "peer_gradient_norm": minimum[1],
        "objective_difference": own[0] - minimum[0],
        "weights_frobenius": np.linalg.norm(difference) / np.linalg.norm(reference),
        "weights_max": np.abs(difference).max() / np.abs(reference).max(),
        "bias_max": np.abs(centred(bias) - centred(peer.intercept_)).max()
                    / np.abs(centred(peer.intercept_)).max(),
        "peer_lbfgs_objective_difference": by_lbfgs[0] - minimum[0],
        "peer_lbfgs_gradient_norm": by_lbfgs[1],
        "peer_lbfgs_weights_frobenius":
            np.linalg.norm(centred(first.coef_) - reference) / np.linalg.norm(reference),
        "peer_lbfgs_iterations": int(first.n_iter_[0]), "peer_lbfgs_seconds": round(seconds, 3)}


def choose(train, validation, test):
    """Sweeps, trains on both splits, tests."""
    begin = time.perf_counter()
    l2 = sweep(train, validation)
    rows, labels = together(train, validation)
    scaler = StandardScaler().fit(rows)
    model, _ = fit(scaler.transform(rows), labels, l2)
    seconds = time.perf_counter() - begin
    loss, right = scores(scaler.transform(test[0]) @ model.coef_.T + model.intercept_, test[1])
    return {
        "peer": "scikit-learn", "version": sklearn.__version__, "l2": l2, "rows": len(labels),
        "test_right": right, "test_photos": len(test[1]), "test_accuracy": right / len(test[1]),
        "test_log_loss": loss, "seconds": round(seconds, 3)}


def together(train, validation):
    return tuple(np.concatenate(both) for both in zip(train, validation))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--heads", nargs="+", default=[], help="runs/<id>/heads/*.json")
    parser.add_argument("--no-sweep", action="store_true", help="only compare heads")
    args = parser.parse_args()

    train, validation, test = (read(args.folder, s) for s in ("train", "validation", "test"))
    if not args.no_sweep:
        print(json.dumps(choose(train, validation, test)), flush=True)
    for name in args.heads:
        head = json.loads(Path(name).read_text())["head"]
        print(json.dumps(agreement(head, *together(train, validation))), flush=True)


if __name__ == "__main__":
    main()
