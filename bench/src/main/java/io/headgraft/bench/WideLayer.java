package io.headgraft.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;

/** All settings as one dense layer of libtorch, whose columns are the labels of each setting. */
final class WideLayer implements AutoCloseable {

  private final GridProblem problem;
  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final NDArray rows;

  /** [row][1][label], 1 for the row's own. */
  private final NDArray own;

  private final NDArray weights;
  private final NDArray bias;
  private final NDArray velocity;
  private final NDArray biasVelocity;

  /** Of each column. */
  private final NDArray learningRates;

  private final NDArray l2;

  private WideLayer(GridProblem problem) {
    this.problem = problem;
    int columns = problem.settings() * problem.labels();
    FloatBuffer values = FloatBuffer.allocate(problem.size() * problem.features());
    float[] ones = new float[problem.size() * problem.labels()];
    for (int i = 0; i < problem.size(); i++) {
      values.put(problem.rows()[i]);
      ones[i * problem.labels() + problem.rowLabels()[i]] = 1;
    }
    this.rows = manager.create(values.flip(), new Shape(problem.size(), problem.features()));
    this.own = manager.create(ones, new Shape(problem.size(), 1, problem.labels()));
    this.weights = manager.zeros(new Shape(problem.features(), columns), DataType.FLOAT32);
    this.velocity = weights.zerosLike();
    this.bias = manager.zeros(new Shape(1, columns), DataType.FLOAT32);
    this.biasVelocity = bias.zerosLike();
    this.learningRates = manager.create(spread(problem.learningRates()), bias.getShape());
    this.l2 = manager.create(spread(problem.l2()), bias.getShape());
  }

  /** The mean loss of each setting in the last epoch. */
  static double[] train(GridProblem problem) {
    double[] losses = new double[problem.settings()];
    try (WideLayer layer = new WideLayer(problem)) {
      for (int epoch = 0; epoch < problem.epochs(); epoch++) {
        losses = layer.epoch(epoch);
      }
    }
    return losses;
  }

  private float[] spread(float[] values) {
    float[] columns = new float[values.length * problem.labels()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = values[i / problem.labels()];
    }
    return columns;
  }

  private double[] epoch(int epoch) {
    int size = problem.batch();
    double[] losses = new double[problem.settings()];
    try (NDManager scope = manager.newSubManager()) {
      NDArray order = scope.create(problem.order(epoch));
      NDArray shuffled = rows.get(scope, new NDIndex("{}", order));
      NDArray shuffledOwn = own.get(scope, new NDIndex("{}", order));
      // What fills the last batch up has been counted at the beginning.
      NDArray counted = scope.zeros(new Shape(order.size(), 1, 1), DataType.FLOAT32);
      counted.set(new NDIndex(":" + problem.size()), 1);
      NDArray sum = scope.zeros(new Shape(problem.settings()), DataType.FLOAT32);
      for (int i = 0; i < problem.batchesAnEpoch(); i++) {
        NDIndex batch = new NDIndex("{}:{}", i * size, (i + 1) * size);
        try (NDManager step = scope.newSubManager()) {
          NDArray batchOwn = shuffledOwn.get(step, batch);
          NDArray loss = step(shuffled.get(step, batch), batchOwn, problem.factor(epoch, i), step);
          sum.addi(loss.mul(counted.get(step, batch)).sum(new int[] {0, 2}));
        }
      }
      float[] sums = sum.toFloatArray();
      for (int i = 0; i < losses.length; i++) {
        losses[i] = sums[i] / problem.size();
      }
    }
    return losses;
  }

  /** One mini-batch; the cross entropy of each row in each setting, at its own label. */
  private NDArray step(NDArray batch, NDArray batchOwn, float factor, NDManager scope) {
    NDArray logits = batch.matMul(weights).addi(bias);
    NDArray logs =
        logits.reshape(problem.batch(), problem.settings(), problem.labels()).logSoftmax(-1);
    NDArray errors = logs.exp().subi(batchOwn).divi(problem.batch()).reshape(logits.getShape());
    NDArray gradient = batch.transpose().matMul(errors);
    NDArray rate = learningRates.mul(factor);
    NDArray decay = weights.mul(l2);
    velocity.muli(problem.momentum()).addi(gradient).addi(decay);
    biasVelocity.muli(problem.momentum()).addi(errors.sum(new int[] {0}, true));
    NDArray change = velocity.mul(rate);
    NDArray biasChange = biasVelocity.mul(rate);
    weights.subi(change);
    bias.subi(biasChange);
    new NDList(rate, decay, change, biasChange).attach(scope);
    return logs.mul(batchOwn).neg();
  }

  @Override
  public void close() {
    manager.close();
  }
}
