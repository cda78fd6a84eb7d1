import { AuroraError } from '../base/errors.ts';
import type { Attribute, Resource } from '../mesos/index.ts';

type RangeList = { begin: number; end: number }[];

const readRanges = (text: string): RangeList | undefined => {
  const ranges = text.split(',').map((part) => {
    const match = /^(\d+)-(\d+)$/.exec(part);
    return match && { begin: Number(match[1]), end: Number(match[2]) };
  });
  return ranges.every((range) => range !== null) ? (ranges as RangeList) : undefined;
};

const bad = (text: string, what: string, example: string): never => {
  throw new AuroraError('BAD_PARAMETER', `"${text}" is not ${what}`, { next: `write ${example}` });
};

const RESOURCE = 'a resource of an agent';
const RESOURCE_EXAMPLE = 'for example cpus:4;mem:8192;cpus(web):2;ports:[31000-32000];widgets:{a,b}';

function readResource(text: string): Resource {
  const match = /^([^:()]+)(?:\(([^()]+)\))?:(.+)$/.exec(text);
  const [, name = '', role, value = ''] = match ?? bad(text, RESOURCE, RESOURCE_EXAMPLE);
  const reserved =
    role === undefined || role === '*' ? {} : { reservations: [{ type: 'STATIC' as const, role }] };
  const list = value.slice(1, -1);
  if (/^\[.*\]$/.test(value)) {
    const range = readRanges(list) ?? bad(text, RESOURCE, RESOURCE_EXAMPLE);
    return { name, type: 'RANGES', ranges: { range }, ...reserved };
  }
  if (/^\{.*\}$/.test(value)) return { name, type: 'SET', set: { item: list.split(',') }, ...reserved };
  const number = Number(value);
  if (!Number.isFinite(number)) bad(text, RESOURCE, RESOURCE_EXAMPLE);
  return { name, type: 'SCALAR', scalar: { value: number }, ...reserved };
}

const parts = (text: string): string[] =>
  text
    .replace(/\s/g, '')
    .split(';')
    .filter((part) => part !== '');

/**
 * Parses Mesos' --resources: `name:value` or `name(role):value`, separated by `;`.
 * @throws AuroraError BAD_PARAMETER
 */
export const parseResources = (text: string): Resource[] => parts(text).map(readResource);

function readAttribute(text: string): Attribute {
  const at = text.indexOf(':');
  const name = text.slice(0, at);
  const value = text.slice(at + 1);
  if (at < 1) bad(text, 'an attribute of an agent', 'for example rack:r1;zone:us-east-1a');
  const range = /^\[.*\]$/.test(value) ? readRanges(value.slice(1, -1)) : undefined;
  if (range) return { name, type: 'RANGES', ranges: { range } };
  const number = Number(value);
  if (value !== '' && Number.isFinite(number)) return { name, type: 'SCALAR', scalar: { value: number } };
  return { name, type: 'TEXT', text: { value } };
}

/**
 * Parses Mesos' --attributes: `name:value`, separated by `;`. Types are guessed and blanks removed. Source:
 * golden/mesos fact 50.
 * @throws AuroraError BAD_PARAMETER
 */
export const parseAttributes = (text: string): Attribute[] => parts(text).map(readAttribute);
