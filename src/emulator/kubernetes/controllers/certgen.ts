import type { JsonObject } from '../../../core/json.ts'
import { makeCertificates } from '../certificate.ts'
import { listAt, namespaceOf, textAt } from '../object.ts'
import type { World } from '../world.ts'
import { ensure } from './write.ts'

/**
 * What ingress-nginx's admission hook does: its Job `kube-webhook-certgen create --secret-name=X` makes the Secret that
 * the controller's pod mounts. Any other Job does nothing.
 */
export const runCertgen = (world: World, job: JsonObject): void => {
  const container = listAt(job, 'spec', 'template', 'spec', 'containers')[0]
  const args = listAt(container, 'args').filter(arg => typeof arg === 'string')
  const name = args.find(arg => arg.startsWith('--secret-name='))?.slice('--secret-name='.length)
  if (
    !textAt(container, 'image').includes('kube-webhook-certgen') ||
    args[0] !== 'create' ||
    name === undefined
  )
    return
  const { ca, certificate, key } = makeCertificates(world.clock.now())
  const encoded = (text: string): string => Buffer.from(text).toString('base64')
  ensure(world, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: namespaceOf(job) },
    type: 'Opaque',
    data: { ca: encoded(ca), cert: encoded(certificate), key: encoded(key) },
  })
}
