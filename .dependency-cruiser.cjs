/**
 * The architecture, as rules that a machine checks:
 *
 *     main → commands → daemon → bridge, cwa, kafka, registry, records, http, observability, config → events → lib
 *
 * `cwa` and `kafka` never meet, siblings do not know each other, and the simulator shares the wire's names with the
 * client but none of its readers and writers.
 */

/** Rule: files in `from` may import only what matches `to` among our own source files. */
function only(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { path: from }, to: { path: '^src/', pathNot: to } };
}

/** Rule: the package is imported only by files that match `from`. */
function packageOnlyIn(name, comment, packageName, from) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: '^src/', pathNot: from },
    to: { path: `(^|/)node_modules/${packageName}/` },
  };
}

const PROTOCOL_NAMES = '^src/cwa/protocol\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no order to read it in.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'Every import is there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-knows-no-tests',
      comment: 'What ships imports nothing of the tests, tools and benchmarks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|dev|bench)/' },
    },
    {
      name: 'product-uses-runtime-packages',
      comment: 'A development package is not there in production.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },

    only('lib-is-the-floor', 'lib imports nothing of ours.', '^src/lib/', '^src/lib/'),
    only('events', 'events rest on lib and on the names of the wire.', '^src/events/', [
      '^src/(events|lib)/',
      PROTOCOL_NAMES,
    ]),
    only('records', 'records turn events into records.', '^src/records/', [
      '^src/(records|events|lib)/',
      PROTOCOL_NAMES,
    ]),
    only('cwa', 'cwa knows neither Kafka nor records.', '^src/cwa/', '^src/(cwa|lib)/'),
    only('kafka', 'kafka knows neither CWA nor what is in a record.', '^src/kafka/', '^src/(kafka|lib)/'),
    only('registry', 'registry knows no records, only texts of schemas.', '^src/registry/', '^src/(registry|lib)/'),
    only('http', 'http serves what it is given.', '^src/http/', '^src/(http|lib)/'),
    only('observability', 'Instruments and logs know nobody.', '^src/observability/', '^src/(observability|lib)/'),
    only('config', 'config normalises URIs as records do, and nothing else.', '^src/config/', [
      '^src/(config|lib)/',
      '^src/records/uri\\.ts$',
    ]),
    only('bridge', 'The bridge joins the siblings and is told its configuration.', '^src/bridge/', [
      '^src/(bridge|cwa|kafka|records|observability|config|events|lib)/',
    ]),
    only('daemon', 'Only main and commands stand above the daemon.', '^src/daemon(/|\\.ts$)', [
      '^src/(daemon|bridge|cwa|kafka|registry|records|http|observability|config|events|lib)(/|\\.ts$)',
    ]),
    only('verify', 'verify judges records, wherever they come from.', '^src/verify/', '^src/(verify|records|lib)/'),
    only('commands', 'No command runs a simulator.', '^src/commands/', [
      '^src/(commands|daemon|bridge|cwa|kafka|registry|records|verify|http|observability|config|events|lib)(/|\\.ts$)',
    ]),
    {
      name: 'cwa-and-kafka-never-meet',
      comment: 'Not even through a third file: only the bridge and what stands above it sees both.',
      severity: 'error',
      from: { path: '^src/cwa/' },
      to: { path: '^src/kafka/', reachable: true },
    },
    {
      name: 'kafka-and-cwa-never-meet',
      comment: 'The same the other way round.',
      severity: 'error',
      from: { path: '^src/kafka/' },
      to: { path: '^src/cwa/', reachable: true },
    },
    only('simulator-is-independent', 'One misreading must not pass on both sides.', '^src/simulator/', [
      '^src/(simulator|lib)/',
      PROTOCOL_NAMES,
    ]),
    {
      name: 'simulator-writes-its-own-xml',
      comment: 'It shares no reader, no writer and no tree with the client.',
      severity: 'error',
      from: { path: '^src/simulator/' },
      to: { path: '^src/lib/xml\\.ts$' },
    },
    {
      name: 'checkers-are-independent',
      comment: 'A judge that imports from src would share its mistakes.',
      severity: 'error',
      from: { path: '^(dev/checker/|test/.*checker)' },
      to: { path: '^src/', reachable: true },
    },

    packageOnlyIn('kafkajs-behind-a-port', 'Another client can take its place.', 'kafkajs', '^src/kafka/kafkajs/'),
    packageOnlyIn('saxes-in-cwa', 'The one reader of server bytes.', 'saxes', '^src/cwa/'),
    packageOnlyIn('undici-at-the-edges', 'Who speaks HTTP.', 'undici', '^src/(cwa|registry)/'),
    packageOnlyIn('fast-xml-parser-in-cwa', 'It writes requests, and only those.', 'fast-xml-parser', '^src/cwa/'),
    packageOnlyIn('convict-in-config', 'The schema is read in one place.', '(@types/)?convict', '^src/config/'),
    packageOnlyIn(
      'prom-client-in-observability',
      'All instruments are in one place.',
      'prom-client',
      '^src/observability/',
    ),
    packageOnlyIn('pino-in-observability', 'Everyone else sees the Logger interface.', 'pino', '^src/observability/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
