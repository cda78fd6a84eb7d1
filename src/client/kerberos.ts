import { AuroraError, messageOf } from '../base/errors.ts';

/** What we use of the optional package. */
interface Kerberos {
  readonly GSS_MECH_OID_SPNEGO: unknown;
  initializeClient(service: string, options: object): Promise<{ step(challenge: string): Promise<string> }>;
}

/** Not written as a text in `import`, so that no bundler and no check asks for a package that need not be there. */
const PACKAGE = 'kerberos';

/**
 * Value of the Authorization header for a host, from the user's ticket. The package `kerberos` is compiled for the
 * machine and therefore none of ours: who needs it installs it. Throws CONFIG when it is not there, AUTH without a ticket.
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
