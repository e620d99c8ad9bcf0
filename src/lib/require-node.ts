import process from 'node:process';

/**
 * Says which Node.js is needed, before a library fails in one that is older. Imported for this effect, and first: what
 * is imported behind it is run behind it.
 */
const MAJOR_MIN = 24;

if (Number(process.versions.node.split('.')[0]) < MAJOR_MIN) {
  process.stderr.write(
    `cwa-bridge needs Node.js ${String(MAJOR_MIN)} or newer; this is ${process.version}. Beside a checkout, npx cwa-bridge takes the one that npm ci brings along on Linux x64.\n`,
  );
  process.exit(1);
}
