export interface LogisticModel {
  /** Per class. */
  bias: number[];
  /** Per class, per feature. */
  weights: number[][];
}

/**
 * Multinomial logistic regression with a ridge penalty and classes weighted equally, by accelerated gradient
 * descent (Nesterov 1983) from zero: the same rows give the same model.
 * @param rows features of about unit spread
 * @param labels class index of each row
 * @param ridge penalty per weight, relative to the mean loss
 */
export function fitLogistic(
  rows: readonly Float64Array[],
  labels: readonly number[],
  classes: number,
  ridge: number,
): LogisticModel {
  const features = rows[0].length;
  const stride = features + 1;
  const counts = Array.from({ length: classes }, (_, k) => labels.filter((label) => label === k).length);
  const current = new Float64Array(classes * stride);
  let previous = new Float64Array(classes * stride);
  const gradient = new Float64Array(classes * stride);
  const probabilities = new Float64Array(classes);
  // The loss is at most half as curved as the mean squared length of the rows.
  const meanSquare = rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b * b, 1), 0) / rows.length;
  const rate = 1 / (meanSquare / 2 + ridge);
  for (let step = 0; step < STEPS; step++) {
    gradient.fill(0);
    for (const [i, row] of rows.entries()) {
      softmax(current, row, stride, probabilities);
      const weight = 1 / (classes * counts[labels[i]]);
      for (let k = 0; k < classes; k++) {
        const error = weight * (probabilities[k] - (labels[i] === k ? 1 : 0));
        for (let j = 0; j < features; j++) gradient[k * stride + j] += error * row[j];
        gradient[k * stride + features] += error;
      }
    }
    const next = new Float64Array(current.length);
    for (let j = 0; j < next.length; j++) {
      const penalty = j % stride === features ? 0 : ridge * current[j];
      next[j] = current[j] - rate * (gradient[j] + penalty);
    }
    const momentum = step / (step + 3);
    for (let j = 0; j < next.length; j++) current[j] = next[j] + momentum * (next[j] - previous[j]);
    previous = next;
  }
  return {
    bias: Array.from({ length: classes }, (_, k) => previous[k * stride + features]),
    weights: Array.from({ length: classes }, (_, k) => [
      ...previous.subarray(k * stride, k * stride + features),
    ]),
  };
}

const STEPS = 400;

function softmax(parameters: Float64Array, row: Float64Array, stride: number, out: Float64Array): void {
  let total = 0;
  for (let k = 0; k < out.length; k++) {
    let score = parameters[k * stride + row.length];
    for (let j = 0; j < row.length; j++) score += parameters[k * stride + j] * row[j];
    out[k] = Math.exp(Math.min(50, score));
    total += out[k];
  }
  for (let k = 0; k < out.length; k++) out[k] /= total;
}
