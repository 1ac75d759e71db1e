import { isObject, type Json } from '../../core/json.ts'

const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/**
 * A quantity as the API server writes it: no fraction, and the largest unit that allows that (`1000m` → `1`, `0.5` →
 * `500m`, `2048Mi` → `2Gi`; apimachinery, resource.Quantity). Anything else comes back as it is.
 */
export const canonicalQuantity = (value: Json): Json => {
  const [, sign = '', whole = '', fraction = '', unit = ''] =
    /^([+-]?)(\d+)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value)) ?? []
  if (whole === '' || isObject(value) || Array.isArray(value)) return value
  const digits = BigInt(whole + fraction)
  const scale = 10n ** BigInt(fraction.length)
  const minus = sign === '-' ? '-' : ''
  const written = unit.endsWith('i') ? inBinary(digits, scale, unit) : inDecimal(digits, scale, unit)
  return written === undefined ? value : `${minus}${written}`
}

const inDecimal = (digits: bigint, scale: bigint, unit: string): string | undefined => {
  const nano = digits * 1000n ** BigInt(decimal.indexOf(unit))
  if (nano % scale !== 0n) return undefined
  return largest(nano / scale, 1000n, decimal, 3)
}

const inBinary = (digits: bigint, scale: bigint, unit: string): string | undefined => {
  const bytes = digits * 1024n ** BigInt(binary.indexOf(unit))
  return bytes % scale === 0n ? largest(bytes / scale, 1024n, binary, 0) : undefined
}

const largest = (amount: bigint, step: bigint, units: readonly string[], plain: number): string => {
  if (amount === 0n) return '0'
  let [rest, index] = [amount, 0]
  while (rest % step === 0n && index < units.length - 1) [rest, index] = [rest / step, index + 1]
  return `${rest}${units[index] ?? units[plain] ?? ''}`
}
