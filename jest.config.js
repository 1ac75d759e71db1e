import { availableParallelism } from 'node:os'

/** Jest runs the TypeScript sources as native ES modules; rolldown strips the types. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-transform.js' },
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testPathIgnorePatterns: process.env.SLIPWAY_SLOW === '1' ? [] : ['<rootDir>/__tests__/e2e/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: '<rootDir>/scripts/jest-setup.js',
  // Nobody waits for it where all is well; a busy machine needs it.
  testTimeout: 180_000,
  // Jest's own default leaves a core idle: on a machine with two, that is half of it. And while a test waits for a helm, for
  // git or for an answer that never comes, another one can use its core.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  reporters: ['default', '<rootDir>/scripts/jest-reporter.js'],
}
