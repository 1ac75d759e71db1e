export { type CelValue, evaluateCel, type Variables } from './evaluate.ts'
export { attributesOf, type Claims, type Federating } from './federation.ts'
export { parseCel } from './parse.ts'
export { CelError, NoValueError } from './tokens.ts'
