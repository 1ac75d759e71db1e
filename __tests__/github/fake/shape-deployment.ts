import type { JsonObject } from './json.ts'
import { user } from './people.ts'
import { nodeId, repoApi } from './shape-repository.ts'
import type { Deployment, DeploymentStatus, State } from './state.ts'

/** GitHub's `deployment`. */
export const deploymentShape = (state: State, deployment: Deployment): JsonObject => {
  const api = repoApi(state.apiUrl, state.repository)
  const url = `${api}/deployments/${deployment.id}`
  return {
    url,
    id: deployment.id,
    node_id: nodeId('DE', deployment.id),
    task: deployment.task,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    created_at: deployment.at,
    updated_at: deployment.statuses.at(-1)?.at ?? deployment.at,
    statuses_url: `${url}/statuses`,
    repository_url: api,
    creator: user(state.apiUrl, deployment.creator),
    sha: deployment.sha,
    ref: deployment.ref,
    payload: deployment.payload,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: null,
  }
}

/** GitHub's `deployment-status`; its `target_url` is the log's address, and may be empty. */
export const deploymentStatusShape = (state: State, of: Deployment, status: DeploymentStatus): JsonObject => {
  const api = repoApi(state.apiUrl, state.repository)
  const deployment = `${api}/deployments/${of.id}`
  return {
    url: `${deployment}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DES', status.id),
    state: status.state,
    creator: user(state.apiUrl, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.at,
    updated_at: status.at,
    deployment_url: deployment,
    repository_url: api,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: null,
  }
}
