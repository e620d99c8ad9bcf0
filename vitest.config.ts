import { defineConfig } from 'vitest/config';

/**
 * Three projects, named for what they need: `unit` and `contract` need nothing but Node, `integration` needs a Kafka
 * broker, which its global set-up finds or starts. Run one with `vitest run --project unit`.
 */
export default defineConfig({
  test: {
    // A run that finds no tests, or only skipped ones, is a failure.
    passWithNoTests: false,
    allowOnly: false,
    restoreMocks: true,
    // kafkajs schedules with negative delays; harmless, and once for each process.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    coverage: {
      enabled: false,
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'coverage',
    },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 10_000 },
      },
      {
        extends: true,
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/kafka-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Files share one broker and two cores: side by side they would only wait for each other.
          fileParallelism: false,
        },
      },
    ],
  },
});
