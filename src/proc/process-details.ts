import { readdirSync } from 'node:fs';
import { kernelFile } from './kernel-file.ts';
import { type ProcessEntry, parseStat } from './process-id.ts';

/** A process with its resource usage; costs no more to read than a `ProcessEntry`. */
export interface ProcessDetails extends ProcessEntry {
  readonly rssBytes: number;
  readonly virtualBytes: number;
  readonly threads: number;
  readonly nice: number;
  /** The letter of proc(5): R running, S sleeping, D waiting for a disk, T stopped and so on. */
  readonly state: string;
}

let pageBytes: number | undefined;

/** Bytes of a memory page. Node does not tell it, but the kernel prints it for every mapping. */
function pageSize(): number {
  if (pageBytes === undefined) {
    const kib = /^KernelPageSize:\s+(\d+) kB/m.exec(kernelFile('/proc/self/smaps'))?.[1];
    pageBytes = Number(kib ?? 4) * 1024;
  }
  return pageBytes;
}

/** Every process of the machine with its details; see `processTable` for the cost. */
export function detailedTable(): ProcessDetails[] {
  const page = pageSize();
  const found: ProcessDetails[] = [];
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    try {
      const { entry, fields } = parseStat(Number(name), kernelFile(`/proc/${name}/stat`));
      found.push({
        ...entry,
        state: fields[0] ?? '?',
        nice: Number(fields[16]),
        threads: Number(fields[17]),
        virtualBytes: Number(fields[20]),
        rssBytes: Number(fields[21]) * page,
      });
    } catch {
      // It ended.
    }
  }
  return found;
}
