import { AuroraError, messageOf } from '../base/errors.ts';

/** The part of the optional package that we use. */
interface Kerberos {
  readonly GSS_MECH_OID_SPNEGO: unknown;
  initializeClient(service: string, options: object): Promise<{ step(challenge: string): Promise<string> }>;
}

/**
 * A constant rather than a literal in `import`, so that bundlers and checks do not look for a package that need not be
 * installed.
 */
const PACKAGE = 'kerberos';

/**
 * The value of the Authorization header for a host, made from the user's Kerberos ticket. The package `kerberos` is
 * compiled for each machine, so it is not a dependency of ours; users who need it install it. Throws CONFIG when it is
 * not installed, and AUTH without a ticket.
 */
export async function negotiation(hostname: string): Promise<string> {
  const { GSS_MECH_OID_SPNEGO: mechOID, initializeClient } = await load();
  try {
    const client = await initializeClient(`HTTP@${hostname}`, { mechOID });
    return `Negotiate ${await client.step('')}`;
  } catch (cause) {
    throw new AuroraError('AUTH', `Kerberos gives no ticket for HTTP@${hostname}: ${messageOf(cause)}`, {
      next: "see 'klist', and get a ticket with 'kinit'",
      cause,
    });
  }
}

async function load(): Promise<Kerberos> {
  try {
    const module = (await import(PACKAGE)) as { readonly default?: Kerberos } & Kerberos;
    return module.default ?? module;
  } catch (cause) {
    throw new AuroraError('CONFIG', 'KERBEROS needs the package kerberos, which is not installed', {
      next: "install it beside aurora with 'npm install -g kerberos'",
      cause,
    });
  }
}
