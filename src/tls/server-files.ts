import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Files } from './files.ts';

/** Paths of a server's TLS files, all in PEM. */
export interface TlsPaths {
  /** The server's certificate, followed by its intermediate certificates. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities that client certificates are checked against; undefined does not ask clients for certificates. */
  readonly clientCa: string | undefined;
}

/** One version of the TLS files. */
export interface TlsVersion {
  readonly context: SecureContextOptions;
  /** Validity of the certificate, epoch milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The text of a file. @throws AuroraError CONFIG */
export const textOf = async (files: Files, path: string): Promise<string> => {
  try {
    return await files.read(path);
  } catch (cause) {
    throw new AuroraError('CONFIG', `the file cannot be read: ${messageOf(cause)}`, { where: path, cause });
  }
};

/** @throws AuroraError CONFIG when the text holds no certificate. */
export const certificateOf = (pem: string, where: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new AuroraError('CONFIG', 'the file holds no certificate in PEM', { where, cause });
  }
};

/**
 * Keys protected by a password are rejected: nobody could enter it when the program restarts.
 * @throws AuroraError CONFIG
 */
export const keyOf = (pem: string, where: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new AuroraError('CONFIG', 'the file holds no key in PEM that can be used', { where, cause });
  }
};

/**
 * Reads certificate, key and authorities, and checks that a server can use them.
 * @throws AuroraError CONFIG naming the file; never shows any part of the key.
 */
export async function readTls(files: Files, { certificate, clientCa, key }: TlsPaths): Promise<TlsVersion> {
  const context = {
    cert: await textOf(files, certificate),
    key: await textOf(files, key),
    ca: clientCa === undefined ? undefined : await textOf(files, clientCa),
    minVersion: 'TLSv1.2' as const,
  };
  const own = certificateOf(context.cert, certificate);
  if (context.ca !== undefined) certificateOf(context.ca, clientCa as string);
  if (!own.checkPrivateKey(keyOf(context.key, key)))
    throw new AuroraError('CONFIG', `the key does not belong to the certificate ${certificate}`, {
      where: key,
    });
  try {
    createSecureContext(context);
  } catch (cause) {
    const text = `a server cannot be made of certificate and key: ${messageOf(cause)}`;
    throw new AuroraError('CONFIG', text, { where: certificate, cause });
  }
  const { validFrom, validTo } = own;
  return { context, fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) };
}
