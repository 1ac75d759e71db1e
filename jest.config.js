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
  // Jest's own default leaves a core idle: on a machine with two, that is half of it.
  maxWorkers: '100%',
  reporters: ['default', '<rootDir>/scripts/jest-reporter.js'],
}
