import { read } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { Session } from './session.ts';

const readChunk = promisify(read);

const ENTER = /[\r\n]/;
const BACKSPACE = /^[\b\x7f]$/;
const END = '\x04';
const INTERRUPT = '\x03';

/**
 * Reads a secret: on a terminal what the user types, without showing it, otherwise the first line of stdin. It is never
 * an argument, because every user of the machine can see those. Rejects with the signal's reason when the user
 * interrupts.
 */
export async function readSecret(
  { complain, signal, stdio: [input] }: Pick<Session, 'complain' | 'signal' | 'stdio'>,
  prompt: string,
): Promise<string> {
  if (!isatty(input)) return firstLine(input);
  const terminal = new ReadStream(input);
  complain(prompt);
  terminal.setRawMode(true);
  try {
    let secret = '';
    terminal.setEncoding('utf8');
    for await (const text of terminal as AsyncIterable<string>)
      for (const character of text) {
        if (ENTER.test(character) || character === END) return secret;
        if (character === INTERRUPT) throw signal.reason ?? new DOMException('interrupted', 'AbortError');
        secret = BACKSPACE.test(character) ? [...secret].slice(0, -1).join('') : secret + character;
      }
    return secret;
  } finally {
    terminal.setRawMode(false);
    terminal.destroy();
    complain('\n');
  }
}

/** Reads the first line; leaves the descriptor open, because it is not ours. */
async function firstLine(input: number): Promise<string> {
  const chunk = Buffer.alloc(4096);
  let text = Buffer.alloc(0);
  while (!text.includes('\n')) {
    const { bytesRead } = await readChunk(input, chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    text = Buffer.concat([text, chunk.subarray(0, bytesRead)]);
  }
  return text.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}
