/** Every power of ten that a double holds exactly. */
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * `value` × 10^`unit`, the double nearest to the decimal; for a safe integer and −22 ≤ `unit` ≤ 22.
 * Divides by an exact power where `unit` is negative: 10^−3 has no exact double, and multiplying by it leaves noise digits.
 */
export function exact(value: number, unit: number): number {
  return unit < 0 ? value / (POWERS[-unit] ?? Number.NaN) : value * (POWERS[unit] ?? Number.NaN);
}
