"""What the user gets who adds a label on the phone, by what the model ships: layers and defaults.

    python3 personalization.py FOLDER [--draws 20] [--variants 5] [--choose]

FOLDER is what io.headgraft.bench.ExportFeatures wrote; its training rows are photos of so many variants
each, the first as the photo was taken. Each label in turn is left out: the head is trained on the others,
and the user adds the label left out, in the first of three placeholders, with photos of the training split.
The phone trains as Core ML does: shuffled mini-batches, the last one filled up from the start of the epoch's
order, mean cross entropy. A cell is, on the test split, the mean over labels and draws of the harmonic mean of
the accuracies on the new label and on the old ones, then that of the worst label, then both accuracies.
Columns are new photos + old photos a label replayed. With --choose the last line has rate and momentum chosen
for each label L apart, by episodes without a photo of L: heads of all labels but L and one other, which is
the one added, counted on the validation split and, for the label added, on the photos not drawn as well.
"""

import argparse
import itertools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.spatial.distance import cdist
from scipy.special import softmax

PLACEHOLDERS, L2 = 3, 0.001
CONDITIONS = [(20, 0), (5, 0), (20, 5), (1, 0), (50, 0)]
TRAIN, VALIDATION, TEST = range(3)


@dataclass(frozen=True)
class Front:
    """Fixed layers before the trainable one, computed from the standardized rows that the head is trained on."""

    whiten: bool = False  # by the covariance inside the labels
    length: bool = False  # every photo's features are brought to one length
    moved: bool = False  # the head is trained without these layers, and its weights are written in terms of them
    project: int = 0  # on so many directions in which the rows differ most behind that; 0: all
    bound: float = 0  # a label's weights are no longer than this share of their mean length; 0: as long as they are
    shrink: float = 0.1  # the covariance's share that gives way to its mean variance times identity

    def fit(self, rows, labels):
        """The matrix that makes the rows' mean squared length the number of features."""
        matrix = np.eye(rows.shape[1])
        if self.whiten:
            inside = rows - np.stack([rows[labels == label].mean(axis=0) for label in range(labels.max() + 1)])[labels]
            values, vectors = np.linalg.eigh((inside.T @ inside / len(inside)).astype("f8"))
            values = (1 - self.shrink) * values + self.shrink * values.mean()
            matrix = (vectors / np.sqrt(values)) @ vectors.T
        if self.project:
            out = rows @ matrix
            out -= out.mean(axis=0)
            matrix = matrix @ np.linalg.eigh(out.T @ out)[1][:, -self.project :]
        return matrix * np.sqrt(len(matrix) / np.mean(np.sum((rows @ matrix) ** 2, axis=1)))

    def apply(self, standardized, matrix):
        out = standardized @ matrix
        if self.length:
            out *= np.sqrt(len(matrix)) / np.linalg.norm(out, axis=1, keepdims=True)
        return out.astype("f4")


@dataclass(frozen=True)
class Recipe:
    """What the phone trains with. Old labels' rows learn at old_rate times the learning rate, which
    a fixed batch normalization of scale sqrt(old_rate) on their logits brings about."""

    rate: float
    momentum: float = 0
    batch: int = 16
    epochs: int = 10
    old_rate: float = 1.0
    silent: float = 1e-5  # mean probability of all placeholders on the validation split before


class Data:
    def __init__(self, folder, variants):
        splits = "train", "validation", "test"
        labels = [np.fromfile(folder / f"{split}.labels.i32", "<i4") for split in splits]
        rows = [np.fromfile(folder / f"{s}.f32", "<f4").reshape(len(l), -1) for s, l in zip(splits, labels)]
        self.train, self.train_labels = rows[TRAIN], labels[TRAIN]
        rows[TRAIN], labels[TRAIN] = rows[TRAIN][::variants], labels[TRAIN][::variants]
        if (self.train_labels.reshape(-1, variants) != labels[TRAIN][:, None]).any():
            raise SystemExit(f"{folder}: the training rows are not photos of {variants} variants each")
        self.rows, self.labels = np.vstack(rows), np.concatenate(labels)
        self.split = np.repeat([TRAIN, VALIDATION, TEST], [len(part) for part in rows])


def fit_head(rows, targets, iterations=100):
    """Mean cross entropy + L2 / 2 * |weights|^2 by L-BFGS; weights and biases, centred over the labels."""
    count, shape = len(rows), (targets.max() + 1, rows.shape[1] + 1)

    def objective(flat):
        head = flat.astype("f4").reshape(shape)
        p = softmax(rows @ head[:, :-1].T + head[:, -1], axis=1)
        loss = -np.log(np.maximum(p[np.arange(count), targets], 1e-30)).mean(dtype="f8")
        p[np.arange(count), targets] -= 1
        slope = np.hstack([p.T @ rows / count + L2 * head[:, :-1], p.mean(axis=0)[:, None]])
        return loss + L2 / 2 * np.sum(head[:, :-1].astype("f8") ** 2), slope.astype("f8").ravel()

    found = minimize(objective, np.zeros(np.prod(shape)), jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    head = found.x.reshape(shape) - found.x.reshape(shape).mean(axis=0)
    return head[:, :-1].astype("f4"), head[:, -1].astype("f4")


class World:
    """A head of the labels known, and all photos' features. A front of None is raw features, the head folded."""

    def __init__(self, data, front, known, new):
        mask = np.isin(data.train_labels, known)
        rows, targets = data.train[mask], np.searchsorted(known, data.train_labels[mask])
        mean, deviation = rows.mean(axis=0, dtype="f8"), np.maximum(rows.std(axis=0, dtype="f8"), 1e-6)
        rows = ((rows - mean) / deviation).astype("f4")
        raw, front = front is None, front or Front()
        matrix = front.fit(rows, targets)
        self.weights, self.bias = fit_head(rows if front.moved else front.apply(rows, matrix), targets)
        if front.moved:
            self.weights = np.linalg.solve(matrix, self.weights.T).T.astype("f4")
        if front.bound:
            lengths = np.linalg.norm(self.weights, axis=1, keepdims=True)
            self.weights *= np.minimum(1, front.bound * lengths.mean() / lengths)
        self.rows, self.split = front.apply((data.rows - mean) / deviation, matrix), data.split
        if raw:
            self.rows, self.weights = data.rows, self.weights / deviation
            self.bias = self.bias - self.weights @ mean
        self.known, self.old = len(known), np.isin(data.labels, known)
        self.targets = np.where(self.old, np.searchsorted(known, data.labels), -1)
        self.targets[data.labels == new] = self.known

    def start(self, recipe):
        """Weights and biases of all labels and placeholders before the phone trains."""
        logits = self.rows[self.old & (self.split == VALIDATION)] @ self.weights.T + self.bias
        # with S the sum of exp(logit), N placeholders of bias b have N exp(b) / S, as long as that is little
        silent = np.log(recipe.silent / PLACEHOLDERS / np.mean(1 / np.exp(logits.astype("f8")).sum(axis=1)))
        return np.pad(self.weights, ((0, PLACEHOLDERS), (0, 0))), np.append(self.bias, [silent] * PLACEHOLDERS)

    def draw(self, photos, replay, random):
        pools = [np.flatnonzero((self.split == TRAIN) & (self.targets == t)) for t in range(self.known + 1)]
        counts = zip(pools, [replay] * self.known + [photos])
        return np.concatenate([random.choice(pool, count, replace=False) for pool, count in counts])

    def accuracy(self, logits, counted):
        """On the label added and on the old ones."""
        right = np.argmax(logits, axis=1) == self.targets[counted]
        return right[self.targets[counted] == self.known].mean(), right[self.old[counted]].mean()


def personalize(rows, targets, weights, bias, scale, recipe, random):
    """Trains a head an episode, in place. Shapes: episode x photo x feature, episode x photo, episode x
    label x feature, episode x label; scale is of each label's logit, a fixed layer."""
    each, steps = np.arange(len(rows))[:, None], -(-targets.shape[1] // recipe.batch)
    velocities = 0, 0
    for _ in range(recipe.epochs):
        order = np.argsort(random.random(targets.shape), axis=1)
        order = order[:, np.resize(np.arange(targets.shape[1]), steps * recipe.batch)]
        for step in range(steps):
            batch = order[:, step * recipe.batch :][:, : recipe.batch]
            x = rows[each, batch]
            p = softmax(x @ weights.transpose(0, 2, 1) + bias[:, None], axis=2)
            p[each, np.arange(recipe.batch), targets[each, batch]] -= 1
            p *= scale / recipe.batch
            slopes = p.transpose(0, 2, 1) @ x, p.sum(axis=1)
            velocities = [recipe.momentum * v + recipe.rate * slope for v, slope in zip(velocities, slopes)]
            weights -= scale[:, None] * velocities[0]
            bias -= scale * velocities[1]


def forecast(worlds, photos, replay, recipe, draws, test=True):
    """Accuracy on the new label and on the old ones: array of 2 x world x draw."""
    random, found = np.random.default_rng([1, photos, replay]), np.zeros((2, len(worlds), draws))
    for i, world in enumerate(worlds):
        pool = (world.split == TRAIN) & (world.targets == world.known)
        drawn = np.array([world.draw(photos, replay, random) for _ in range(draws)])
        heads = [np.repeat(x[None].astype("f4"), draws, axis=0) for x in world.start(recipe)]
        scale = np.where(np.arange(heads[1].shape[1]) < world.known, recipe.old_rate**0.5, 1).astype("f4")
        personalize(world.rows[drawn], world.targets[drawn], *heads, scale, recipe, random)
        for draw, (weights, bias) in enumerate(zip(*heads)):
            counted = world.split == TEST if test else (world.split == VALIDATION) | pool
            counted[drawn[draw]] = False
            found[:, i, draw] = world.accuracy(world.rows[counted] @ weights.T + bias, counted)
    return found


def neighbours(worlds, photos, draws, k=3):
    """The same for k nearest neighbours by inverse distance, with five stored photos an old label."""
    random, found = np.random.default_rng([1, photos]), np.zeros((2, len(worlds), draws))
    for i, world in enumerate(worlds):
        for draw in range(draws):
            stored = world.draw(photos, 5, random)
            far = cdist(world.rows[world.split == TEST], world.rows[stored])
            weights = np.where(far <= np.sort(far, axis=1)[:, k - 1 : k], 1 / far, 0)
            labels = np.eye(world.known + 1)[world.targets[stored]]
            found[:, i, draw] = world.accuracy(weights @ labels, world.split == TEST)
    return found


def harmonic(found):
    return 2 * found[0] * found[1] / np.maximum(found[0] + found[1], 1e-12)


def cell(found):
    mean = harmonic(found).mean(axis=1)
    return f"{mean.mean():.3f} {mean.min():.3f} ({found[0].mean():.2f} {found[1].mean():.2f})"


OURS = Recipe(rate=0.1, momentum=0.4, old_rate=0.1)
USUAL = Recipe(rate=0.01, batch=8, silent=1e-9)
SHIPPED = Front(whiten=True, moved=True)
TRIED = {
    ("raw", None): {"rate 0.001": replace(USUAL, rate=0.001), "1e-6, 50 epochs": replace(USUAL, rate=1e-6, epochs=50)},
    ("standardized", Front()): {"usual": USUAL, "1e-05": replace(USUAL, silent=1e-5), "ours": replace(OURS, rate=0.016)},
    ("whitened, head trained on that", Front(whiten=True)): {"ours": OURS},
    ("whitened, one length, head trained on that", Front(whiten=True, length=True)): {"ours": OURS},
    **{
        (f"whitened, on {count} directions, head trained on that", Front(whiten=True, project=count)): {"ours": OURS}
        for count in (64, 256)
    },
    **{
        (f"whitened, as shipped, weights bounded at {bound}", replace(SHIPPED, bound=bound)): {"ours": OURS}
        for bound in (0.3, 0.6, 1)
    },
    ("whitened, as shipped", SHIPPED): {
        "usual": USUAL,
        "ours": OURS,
        **{f"old x {rate}": replace(OURS, old_rate=rate) for rate in (0, 0.3, 1)},
        **{f"momentum {m}": replace(OURS, momentum=m, rate=round(0.167 * (1 - m), 3)) for m in (0, 0.6, 0.9)},
        **{f"silent {p}": replace(OURS, silent=p) for p in (1e-9, 1e-6, 1e-4, 1e-3)},
        **{f"rate x {factor}": replace(OURS, rate=0.1 * factor) for factor in (0.25, 0.5, 0.7, 1.4, 2, 4)},
        **{f"{epochs} epochs": replace(OURS, epochs=epochs) for epochs in (2, 50)},
        **{f"batch {batch}": replace(OURS, batch=batch) for batch in (8, 32)},
    },
}


def choose(data, front):
    """A recipe for each label, by episodes among the others; the mean and the worst label count alike."""
    labels = range(data.labels.max() + 1)
    grid = [replace(OURS, rate=r, momentum=m) for m in (0, 0.4, 0.6) for r in (0.03, 0.05, 0.07, 0.1, 0.14, 0.2)]
    scores = [[] for _ in labels]
    for absent, new in itertools.permutations(labels, 2):
        worlds = [World(data, front, [label for label in labels if label not in (absent, new)], new)]
        found = [[forecast(worlds, *c, r, 3, test=False) for c in CONDITIONS[:3]] for r in grid]
        scores[absent].append([[harmonic(f).mean() for f in of_recipe] for of_recipe in found])
    return [grid[np.argmax((np.mean(of, axis=0) + np.min(of, axis=0)).sum(axis=1))] for of in scores]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--variants", type=int, default=5, help="rows a training photo")
    parser.add_argument("--choose", action="store_true")
    arguments = parser.parse_args()
    data, draws = Data(arguments.folder, arguments.variants), arguments.draws
    labels = range(data.labels.max() + 1)
    print("layers; training", *(f"{photos} + {replay}" for photos, replay in CONDITIONS), sep=" | ")
    print("---" + " | ---" * len(CONDITIONS))
    for (name, front), recipes in TRIED.items():
        worlds = [World(data, front, [label for label in labels if label != new], new) for new in labels]
        for training, recipe in recipes.items():
            print(f"{name}; {training}", *(cell(forecast(worlds, *c, recipe, draws)) for c in CONDITIONS), sep=" | ")
        print(f"{name}; 3-NN", *(cell(neighbours(worlds, photos, draws)) for photos, _ in CONDITIONS), sep=" | ")
    if arguments.choose:
        chosen = choose(data, SHIPPED)
        singles = [[forecast([world], *c, r, draws) for world, r in zip(worlds, chosen)] for c in CONDITIONS]
        print("whitened, as shipped; chosen apart", *(cell(np.concatenate(s, axis=1)) for s in singles), sep=" | ")
        print([(recipe.rate, recipe.momentum) for recipe in chosen])


if __name__ == "__main__":
    main()
