import { CelError, type Token, tokensOf } from './tokens.ts'

/** An expression, parsed. */
export type Expression =
  | { readonly is: 'value'; readonly value: string | number | boolean }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'member'; readonly of: Expression; readonly name: string }
  | { readonly is: 'index'; readonly of: Expression; readonly at: Expression }
  | {
      readonly is: 'call'
      /** Undefined for a function such as `has`. */
      readonly of: Expression | undefined
      readonly name: string
      readonly given: readonly Expression[]
    }
  | { readonly is: 'not'; readonly of: Expression }
  | { readonly is: 'two'; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'choice'; readonly when: Expression; readonly yes: Expression; readonly no: Expression }

/** Signs between two expressions, the loosest first (cel-spec, langdef: operators). */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
]

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '' }
  }

  #took(...signs: readonly string[]): string | undefined {
    const { type, text } = this.#next
    const isSign = type === 'sign' || (type === 'name' && text === 'in')
    if (!isSign || !signs.includes(text)) return undefined
    this.#at += 1
    return text
  }

  #need(sign: string): void {
    if (this.#took(sign) === undefined) throw new CelError(`expected ${sign} before "${this.#next.text}"`)
  }

  whole(): Expression {
    const found = this.#expression()
    if (this.#next.type !== 'end') throw new CelError(`"${this.#next.text}" is not expected`)
    return found
  }

  #expression(): Expression {
    const when = this.#level(0)
    if (this.#took('?') === undefined) return when
    const yes = this.#level(0)
    this.#need(':')
    return { is: 'choice', when, yes, no: this.#expression() }
  }

  #level(depth: number): Expression {
    const signs = levels[depth]
    if (signs === undefined) return this.#unary()
    let left = this.#level(depth + 1)
    for (let sign = this.#took(...signs); sign !== undefined; sign = this.#took(...signs))
      left = { is: 'two', sign, left, right: this.#level(depth + 1) }
    return left
  }

  #unary(): Expression {
    if (this.#took('!') !== undefined) return { is: 'not', of: this.#unary() }
    let found = this.#primary()
    for (;;) {
      if (this.#took('.') !== undefined) found = this.#memberOf(found)
      else if (this.#took('[') !== undefined) {
        found = { is: 'index', of: found, at: this.#expression() }
        this.#need(']')
      } else return found
    }
  }

  #memberOf(of: Expression): Expression {
    const name = this.#name()
    return this.#took('(') === undefined
      ? { is: 'member', of, name }
      : { is: 'call', of, name, given: this.#until(')') }
  }

  #name(): string {
    const { type, text } = this.#next
    if (type !== 'name') throw new CelError(`expected a name before "${text}"`)
    this.#at += 1
    return text
  }

  #until(end: string): readonly Expression[] {
    const items: Expression[] = []
    while (this.#took(end) === undefined) {
      if (items.length > 0) this.#need(',')
      items.push(this.#expression())
    }
    return items
  }

  #primary(): Expression {
    const { type, text } = this.#next
    if (type === 'text' || type === 'number') {
      this.#at += 1
      return { is: 'value', value: type === 'text' ? text : Number(text) }
    }
    if (this.#took('(') !== undefined) {
      const inner = this.#expression()
      this.#need(')')
      return inner
    }
    if (this.#took('[') !== undefined) return { is: 'list', items: this.#until(']') }
    const name = this.#name()
    if (name === 'true' || name === 'false') return { is: 'value', value: name === 'true' }
    if (this.#took('(') !== undefined) return { is: 'call', of: undefined, name, given: this.#until(')') }
    return { is: 'name', name }
  }
}

/** Parses an expression of the Common Expression Language, as far as conditions on GitHub's claims use it. @throws CelError */
export const parseCel = (source: string): Expression => new Parser(tokensOf(source)).whole()
