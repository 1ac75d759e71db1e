import type { JsonObject } from '../../../src/core/json.ts'
import { type Place, paths } from './looks.ts'
import { freePorts } from './processes.ts'

/** Where admission webhooks are made. */
export const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

/** An admission webhook that has to agree to every Deployment of a namespace, and does not answer; named like it. */
export const deadWebhook = async (namespace: string): Promise<JsonObject> => {
  const [port = 0] = await freePorts(1)
  return {
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'policy.example.com',
        clientConfig: { url: `https://127.0.0.1:${port}/` },
        rules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 2,
      },
    ],
  }
}

/** Puts a Deployment with another selector in the place of helm's, as somebody with kubectl might. */
export const replaceSelector = async (
  { plane: { admin } }: Place,
  namespace: string,
  name: string,
): Promise<void> => {
  const path = paths.deployment(namespace, name)
  const live = await admin.get(path)
  await admin.remove(path)
  const text = JSON.stringify({ ...live, status: {} }).replaceAll('"app":"web-api"', '"app":"web-other"')
  const { resourceVersion: _, uid: __, ...metadata } = JSON.parse(text).metadata
  await admin.create(path.slice(0, path.lastIndexOf('/')), { ...JSON.parse(text), metadata })
}
