import { createKubeconfigs } from './kubeconfig.ts'
import { type ClusterName, type Endpoint, KubernetesError, type KubernetesWriters } from './port.ts'
import { clusterKey, type ReadersOptions } from './readers.ts'
import { createTransport } from './transport.ts'
import { createWriting } from './writing.ts'

/** How clusters are found, who writes, and where kubeconfigs may be put. */
export interface WritersOptions extends ReadersOptions {
  /** A temporary folder outside the workspace. */
  readonly folder: string
}

/** Writers that clean up after themselves. */
export interface DisposableWriters extends KubernetesWriters {
  /** Deletes the kubeconfigs. Call it when the run ends, however it ends. */
  dispose(): Promise<void>
}

/** Writers for applying. A cluster is looked up anew for every writer: an apply may have made it just now. */
export const createWriters = ({ locate, token, pause, folder }: WritersOptions): DisposableWriters => {
  const kubeconfigs = createKubeconfigs(folder, token)
  const located = async (cluster: ClusterName): Promise<Endpoint> => {
    const endpoint = await locate(cluster)
    if (endpoint !== undefined) return endpoint
    throw new KubernetesError(`Cluster ${clusterKey(cluster)} does not exist.`, {
      status: 404,
      reason: 'NoCluster',
      advice: 'It was there when this was planned: see who deleted it, then plan again.',
    })
  }
  return {
    writer: async cluster =>
      createWriting(
        createTransport({
          endpoint: await located(cluster),
          token,
          ...(pause === undefined ? {} : { pause }),
        }),
      ),
    kubeconfig: async cluster => kubeconfigs.write(clusterKey(cluster), await located(cluster)),
    dispose: kubeconfigs.dispose,
  }
}
