import type { Expression } from './parse.ts'
import { CelError, NoValueError } from './tokens.ts'

/** What an expression works on and gives. */
export type CelValue = string | number | boolean | readonly CelValue[] | { readonly [name: string]: CelValue }

/** Names and what they stand for. */
export type Variables = Readonly<Record<string, CelValue>>

const isMap = (value: CelValue): value is { readonly [name: string]: CelValue } =>
  typeof value === 'object' && !Array.isArray(value)

const same = (a: CelValue, b: CelValue): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * Works an expression out. As the language has it, `&&` and `||` give what one side decides even if the other cannot be
 * worked out (cel-spec, langdef: logical operators). @throws NoValueError, for instance for a claim that the token has
 * not; CelError for what is not known here.
 */
export const evaluateCel = (expression: Expression, variables: Variables): CelValue => {
  const of = (inner: Expression): CelValue => evaluateCel(inner, variables)
  switch (expression.is) {
    case 'value':
      return expression.value
    case 'list':
      return expression.items.map(of)
    case 'name':
      return memberOf(variables, expression.name)
    case 'member':
      return memberOf(of(expression.of), expression.name)
    case 'index':
      return at(of(expression.of), of(expression.at))
    case 'not':
      return !truth(of(expression.of))
    case 'choice':
      return truth(of(expression.when)) ? of(expression.yes) : of(expression.no)
    case 'two':
      return two(expression, of)
    case 'call':
      return call(expression, of)
    default:
      return expression satisfies never
  }
}

type Of = (inner: Expression) => CelValue

const truth = (value: CelValue): boolean => {
  if (typeof value === 'boolean') return value
  throw new NoValueError('a condition is neither true nor false')
}

const memberOf = (value: CelValue, name: string): CelValue => {
  const found = isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined
  if (found === undefined) throw new NoValueError(`there is no ${name}`)
  return found
}

const at = (value: CelValue, index: CelValue): CelValue => {
  if (typeof index === 'string') return memberOf(value, index)
  const found = Array.isArray(value) ? value[Number(index)] : undefined
  if (found === undefined) throw new NoValueError(`there is no member ${index}`)
  return found
}

const decides = (sides: readonly (() => CelValue)[], decisive: boolean): boolean => {
  let failure: NoValueError | undefined
  for (const side of sides) {
    try {
      if (truth(side()) === decisive) return decisive
    } catch (error) {
      if (!(error instanceof NoValueError)) throw error
      failure = error
    }
  }
  if (failure !== undefined) throw failure
  return !decisive
}

const two = ({ sign, left, right }: Extract<Expression, { is: 'two' }>, of: Of): CelValue => {
  if (sign === '&&' || sign === '||') return decides([() => of(left), () => of(right)], sign === '||')
  const [a, b] = [of(left), of(right)]
  if (sign === '==') return same(a, b)
  if (sign === '!=') return !same(a, b)
  if (sign === 'in') return contains(b, a)
  if (typeof a === 'string' && typeof b === 'string' && sign === '+') return a + b
  if (typeof a === 'number' && typeof b === 'number') return numbers(sign, a, b)
  throw new NoValueError(`${sign} does not go with these values`)
}

const numbers = (sign: string, a: number, b: number): CelValue => {
  const results: Readonly<Record<string, CelValue>> = {
    ...{ '+': a + b, '-': a - b, '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b },
  }
  return memberOf(results, sign)
}

const contains = (holder: CelValue, value: CelValue): boolean => {
  if (Array.isArray(holder)) return holder.some(one => same(one, value))
  if (isMap(holder) && typeof value === 'string') return Object.hasOwn(holder, value)
  throw new NoValueError('in wants a list')
}

const patternOf = (text: string): RegExp => {
  try {
    return new RegExp(text)
  } catch {
    throw new CelError(`the pattern ${text} is not understood`)
  }
}

const methods: Readonly<Record<string, (text: string, given: string) => boolean>> = {
  startsWith: (text, given) => text.startsWith(given),
  endsWith: (text, given) => text.endsWith(given),
  contains: (text, given) => text.includes(given),
  matches: (text, given) => patternOf(given).test(text),
}

const call = ({ of: on, name, given }: Extract<Expression, { is: 'call' }>, of: Of): CelValue => {
  const [first] = given
  if (on === undefined && name === 'has' && first?.is === 'member') return has(first, of)
  if (on === undefined && name === 'string' && first !== undefined) return String(of(first))
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (on === undefined || method === undefined || first === undefined || given.length !== 1)
    throw new CelError(`the function ${name} is not understood`)
  const [text, argument] = [of(on), of(first)]
  if (typeof text !== 'string' || typeof argument !== 'string') throw new NoValueError(`${name} wants texts`)
  return method(text, argument)
}

const has = ({ of: on, name }: Extract<Expression, { is: 'member' }>, of: Of): boolean => {
  const holder = of(on)
  return isMap(holder) && Object.hasOwn(holder, name)
}
