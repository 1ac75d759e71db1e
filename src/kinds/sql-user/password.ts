import type { JsonObject } from '../../core/json.ts'
import type { Secret } from '../../core/secret.ts'
import { type ApplyingPorts, text } from '../kind.ts'
import { objectOf } from '../shared/codecs.ts'

/**
 * The password that a spec names, fetched only now; undefined for a user without one. It is known to the redactor
 * before anybody else sees it.
 * @throws GcpError, SlipwayError if it is not there.
 */
export const passwordOf = async (spec: JsonObject, ports: ApplyingPorts): Promise<Secret | undefined> => {
  if (spec.password === undefined) return undefined
  const source = objectOf(spec.password)
  const secret =
    source.from === 'env'
      ? ports.value(text(source, 'name'))
      : await ports.gcp.payload(
          `projects/${text(spec, 'project')}/secrets/${text(source, 'secret')}`,
          text(spec, 'passwordVersion'),
        )
  ports.redactor.add(secret)
  return secret
}
