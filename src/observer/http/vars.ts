import { arch, hostname, platform, release } from 'node:os';
import type { Clock } from '../../base/clock.ts';

/** Variables of the observer's own process, under the original's names where it has them. */
export function processVars(clock: Clock): () => Readonly<Record<string, string | number>> {
  const startMs = clock.monotonicMs();
  return () => ({
    'sys.uptime': (clock.monotonicMs() - startMs) / 1000,
    'sys.argv': process.argv.slice(2).join(' '),
    'sys.version': process.version,
    'sys.platform': platform(),
    'sys.executable': process.execPath,
    'sys.uname': `${platform()} ${hostname()} ${release()} ${arch()}`,
    'sys.rss_bytes': process.memoryUsage.rss(),
  });
}
