import manifest from '../package.json' with { type: 'json' }

/** The version of Slipway, as plans and records name it. */
export const engine: string = manifest.version
