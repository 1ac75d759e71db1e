/** The Helm that Slipway brings along where the machine has none that is new enough. */
export const helmVersion = '4.2.4'

/** The oldest Helm that Slipway drives: 4.1 passes `--server-side` through `upgrade --install` (helm/helm 31635). */
export const oldestHelm = '4.1.0'

/** sha256 of `helm-v4.2.4-<platform>.tar.gz`, from the release notes of github.com/helm/helm v4.2.4. */
export const archiveSums: Readonly<Record<string, string>> = {
  'darwin-amd64': '6c163d687ca03c3b5c01928e53bbbcf9518278f47ce7a2f249a5a08e8bdaa2bc',
  'darwin-arm64': 'd747eb4e28bd2727173d15b759fa0a17822291ec09db7ced3d55af290a3661a2',
  'linux-amd64': 'c306b46f719b0a4da32d0f78ee21bf90ce8d602f15b22ab753f0674d1670a7f3',
  'linux-arm64': '564de2191b881e9f71b5606b25345821ea1682f06ab90499d3ab22b530176da1',
}
