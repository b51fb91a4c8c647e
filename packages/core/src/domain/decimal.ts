/** A decimal number: `digits` × 10^−`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const SHAPE = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** The shortest decimal that gives this double: what the scale showed, without the noise of binary fractions. Undefined for NaN and infinities. */
export function decimalOf(value: number): Decimal | undefined {
  const parts = SHAPE.exec(String(value));
  if (parts === null) return undefined;
  const [, whole = "0", fraction = "", exponent = "0"] = parts;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * power(-scale), scale: 0 };
}

export function difference(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: a.digits * power(scale - a.scale) - b.digits * power(scale - b.scale), scale };
}

export const product = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
});

/** `a` / `b`, rounded once to `places` decimals, halves away from zero; the double nearest to that. `b` is not zero. */
export function roundedQuotient(a: Decimal, b: Decimal, places: number): number {
  const shift = places + b.scale - a.scale;
  const numerator = a.digits * power(Math.max(0, shift));
  const denominator = b.digits * power(Math.max(0, -shift));
  const isNegative = numerator < 0n !== denominator < 0n;
  const [top, bottom] = [magnitude(numerator), magnitude(denominator)];
  const digits = (2n * top + bottom) / (2n * bottom);
  return Number(`${isNegative && digits > 0n ? "-" : ""}${digits}e${-places}`);
}

const ONE: Decimal = { digits: 1n, scale: 0 };

export const rounded = (value: Decimal, places: number): number => roundedQuotient(value, ONE, places);

const power = (exponent: number): bigint => 10n ** BigInt(exponent);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
