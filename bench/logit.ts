/**
 * Logistic regression of two classes by Newton's method (iteratively reweighted least squares).
 * @param rows features, all of the same length
 * @param ridge penalty per squared weight, relative to the mean loss
 * @returns one weight per feature, then the bias
 */
export function fitLogit(rows: readonly Float64Array[], labels: readonly boolean[], ridge: number): number[] {
  const size = rows[0].length + 1;
  let weights: number[] = new Array(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight) => -ridge * rows.length * weight);
    const curvature = weights.map((_, i) => weights.map((_, j) => (i === j ? ridge * rows.length : 0)));
    for (const [i, row] of rows.entries()) {
      const inputs = [...row, 1];
      const logit = inputs.reduce((sum, value, j) => sum + value * weights[j], 0);
      const probability = 1 / (1 + Math.exp(-logit));
      const error = (labels[i] ? 1 : 0) - probability;
      const slope = Math.max(LEAST_SLOPE, probability * (1 - probability));
      for (let a = 0; a < size; a++) {
        gradient[a] += error * inputs[a];
        for (let b = 0; b < size; b++) curvature[a][b] += slope * inputs[a] * inputs[b];
      }
    }
    const change = solve(curvature, gradient);
    weights = weights.map((weight, i) => weight + change[i]);
  }
  return weights;
}

const STEPS = 9;

/** Keeps the curvature from vanishing where the classes are told apart with certainty. */
const LEAST_SLOPE = 1e-4;

/** Gaussian elimination with partial pivoting. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < rows.length; i++) {
    let pivot = i;
    for (let k = i; k < rows.length; k++) if (Math.abs(rows[k][i]) > Math.abs(rows[pivot][i])) pivot = k;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= rows.length; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}
