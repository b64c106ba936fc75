export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the environment; throws a sentence for a value that cannot be. */
export interface Environment {
  readonly port: number;
  readonly dataFile: string | undefined;
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string | undefined;
  /** Multiplies the pauses before another delivery. */
  readonly retryScale: number;
  readonly exitWithParent: boolean;
  /** A file, or the name of a scenario that comes along. */
  readonly scenario: string | undefined;
  /** The shop's name, as its customers read it. */
  readonly accountName: string | undefined;
}

export function readEnvironment(env: Variables): Environment {
  const port = Number(env.PORT || 12111);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT must be a number from 0 to 65535, not ${env.PORT}.`);
  }
  const retryScale = Number(env.RETRY_SCALE || 1);
  if (!(retryScale > 0)) throw new Error(`RETRY_SCALE must be a number above 0, not ${env.RETRY_SCALE}.`);
  // An address can also name a file or a socket; nothing is sent there.
  if (env.WEBHOOK_URL && !/^https?:$/.test(protocolOf(env.WEBHOOK_URL))) {
    throw new Error(`WEBHOOK_URL must begin with http:// or https://, not be ${env.WEBHOOK_URL}.`);
  }
  return {
    port,
    dataFile: env.DATA_FILE || undefined,
    webhookUrl: env.WEBHOOK_URL || undefined,
    webhookSecret: env.WEBHOOK_SECRET || undefined,
    retryScale,
    exitWithParent: env.EXIT_WITH_PARENT === "1",
    scenario: env.SCENARIO || undefined,
    accountName: env.ACCOUNT_NAME || undefined,
  };
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : "");
