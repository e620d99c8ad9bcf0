import { initialProgress } from '../../bridge/progress/account-progress.ts';
import type { AccountConfiguration, BridgeConfiguration, SiteConfiguration } from '../../config/configuration.ts';
import { LatestFiles } from '../../config/latest-files.ts';
import { readSecretKeys } from '../../config/secret-key.ts';
import { passwordOf } from '../../daemon/cwa-client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { ACCOUNT_STEPS, checkAccount } from './check-account.ts';
import { checkFileRights } from './check-files.ts';
import { checkRegistry } from './check-registry.ts';
import { checkSite } from './check-site.ts';
import { verdictOnBudget, verdictOnHold, verdictOnUnknownBudget } from './budget.ts';
import { verdictsOnWatchLists } from './check-watch.ts';
import { examineKafka } from './examine-kafka.ts';
import type { DoctorLimits } from './limits.ts';
import type { CommittedProgress } from './progress.ts';
import { type Finding, Section } from './section.ts';
import { notTried, type Verdict } from './verdict.ts';

export interface DoctorOptions {
  /** The accounts to try, and the sites to look at. */
  readonly accounts: readonly AccountConfiguration[];
  readonly sites: readonly SiteConfiguration[];
  readonly isSignInAllowed: boolean;
  /** Signs in also where the budget says no, or is not known. */
  readonly isForced: boolean;
}

export interface DoctorWorld {
  readonly limits: DoctorLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Makes all checks, side by side where they are independent, and returns what they found in the order of the
 * configuration.
 */
export async function runDoctor(
  configuration: BridgeConfiguration,
  options: DoctorOptions,
  world: DoctorWorld,
): Promise<readonly Finding[]> {
  const examination = new Examination(configuration, options, world);
  await examination.run();
  return examination.findings;
}

class Examination {
  readonly #configuration: BridgeConfiguration;
  readonly #options: DoctorOptions;
  readonly #world: DoctorWorld;
  readonly #files = new LatestFiles(() => undefined);
  readonly #sections: Section[] = [];

  constructor(configuration: BridgeConfiguration, options: DoctorOptions, world: DoctorWorld) {
    this.#configuration = configuration;
    this.#options = options;
    this.#world = world;
  }

  get findings(): readonly Finding[] {
    return this.#sections.flatMap(({ findings }) => findings);
  }

  async run(): Promise<void> {
    const { accounts, sites } = this.#options;
    const { limits } = this.#world;
    const configured = this.#section('configuration');
    const bySite = sites.map((site) => ({ site, section: this.#section(`site ${site.name}`) }));
    const byAccount = accounts.map((account) => ({ account, section: this.#section(`account ${account.id}`) }));
    const shared = { configuration: this.#configuration, files: this.#files, ...this.#world };
    const registries = this.#configuration.kafka.schemaRegistry === null ? [] : [this.#section('schema registry')];
    const kafka = examineKafka(shared, (subject) => this.#section(subject));
    const reachable = new Map(bySite.map(({ site, section }) => [site.name, checkSite({ ...shared, site }, section)]));
    await Promise.all([
      this.#examineConfiguration(configured),
      ...reachable.values(),
      ...byAccount.map(({ account, section }) =>
        this.#examineAccount(account, section, reachable.get(account.site), kafka.progress),
      ),
      kafka.done,
      ...registries.map((section) => checkRegistry(this.#configuration, limits, section)),
    ]);
  }

  #section(subject: string): Section {
    const section = new Section(subject, this.#world.signal);
    this.#sections.push(section);
    return section;
  }

  async #examineConfiguration(section: Section): Promise<void> {
    for (const verdict of await checkFileRights(this.#configuration)) section.add('files', verdict);
    for (const verdict of verdictsOnWatchLists(this.#configuration)) section.add('watch', verdict);
  }

  async #examineAccount(
    account: AccountConfiguration,
    section: Section,
    isReachable: Promise<boolean> | undefined,
    progress: Promise<CommittedProgress | null>,
  ): Promise<void> {
    if (!this.#options.isSignInAllowed) {
      for (const step of ACCOUNT_STEPS)
        section.add(step, notTried('asked-not-to', 'not tried because of --no-sign-in'));
      return;
    }
    if ((await isReachable) !== true) {
      section.skip(ACCOUNT_STEPS, `site ${account.site}`);
      return;
    }
    const objection = await this.#objectionTo(account, await progress);
    if (objection === null) {
      const { clock, limits } = this.#world;
      const files = this.#files;
      await checkAccount({ account, clock, configuration: this.#configuration, files, limits }, section);
      return;
    }
    section.add('sign-in', objection);
    section.skip(['session', 'poll', 'sign-out'], 'sign-in');
  }

  /** Why the account must not be signed in now; null if it may. */
  async #objectionTo(account: AccountConfiguration, progress: CommittedProgress | null): Promise<Verdict | null> {
    if (this.#options.isForced) return null;
    if (progress === null) return verdictOnUnknownBudget('Kafka');
    const { sealing, signIn } = this.#configuration;
    const { logins, orders } = progress.accounts.get(account.id) ?? initialProgress(account.id, account.uri);
    const held = verdictOnHold(account.id, orders);
    if (held !== null) return held;
    return verdictOnBudget({
      accountId: account.id,
      logins,
      password: await passwordOf(account),
      sealingKeys: await readSecretKeys(sealing.keys),
      refusalsMax: signIn.refusalsMax,
      now: this.#world.clock.now(),
    });
  }
}
