import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type ScheduledTask, simpleJson } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { Counters } from '../metrics/counters.ts';
import { jobKeyText } from '../storage/keys.ts';

/** Answers of coordinators are a few bytes; more than this is none. */
const MOST_ANSWER_BYTES = 64 * 1024;

export interface CoordinatorSettings {
  readonly clusterName: string;
  /** Limit of one call, in milliseconds. */
  readonly timeoutMs: number;
  readonly counters: Pick<Counters, 'add'>;
}

/** What a coordinator is asked about. */
export interface CoordinatorQuestion {
  readonly url: string;
  /** Member of the answer that has to be true. */
  readonly statusKey: string;
  readonly task: ScheduledTask;
  /** More members of the request's body. */
  readonly params: Readonly<Record<string, string>>;
}

/** Undefined when the coordinator says yes, else why the task may not be taken down now. Never throws. */
export type AskCoordinator = (question: CoordinatorQuestion) => Promise<string | undefined>;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Posts to the URL, straight to the host; rejects at the limit, however slowly the answer drips. */
function post(url: URL, body: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      { method: 'POST', agent: false, headers: { 'Content-Length': Buffer.byteLength(body) } },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > MOST_ANSWER_BYTES)
            request.destroy(new Error(`its answer is over ${MOST_ANSWER_BYTES} bytes`));
        });
        response.on('end', () => {
          clearTimeout(limit);
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
        response.on('error', fail);
      },
    );
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    function fail(error: Error) {
      clearTimeout(limit);
      reject(error);
    }
    request.on('error', fail);
    request.end(body);
  });
}

/** Whether the answer says yes. @throws Error that says what is wrong with it */
function approves(text: string, statusKey: string): boolean {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Error('its answer is no JSON');
  }
  const value = (answer as Readonly<Record<string, unknown>> | null)?.[statusKey];
  if (typeof value !== 'boolean') throw new Error(`its answer has no "${statusKey}" that is true or false`);
  return value;
}

/** Asks coordinators of SLA policies. Source of request, answer and counters: the original's SlaManager. */
export function coordinators({ clusterName, counters, timeoutMs }: CoordinatorSettings): AskCoordinator {
  return async ({ url, statusKey, task, params }) => {
    const { instanceId, task: config } = task.assignedTask;
    const taskKey = `${clusterName}/${jobKeyText(config.job)}/${instanceId}`;
    const count = (name: string) => {
      counters.add(name);
      counters.add(`${name}_${taskKey}`);
    };
    counters.add('sla_coordinator_attempts');
    try {
      const target = new URL(url);
      if (target.protocol !== 'http:' && target.protocol !== 'https:')
        throw new Error('it is no http or https URL');
      target.searchParams.append('task', taskKey);
      const body = JSON.stringify({
        taskConfig: simpleJson('ScheduledTask', task),
        task: taskKey,
        ...params,
      });
      const { status, text } = await post(target, body, timeoutMs);
      if (status !== 200) {
        count('sla_coordinator_user_errors');
        return `the SLA coordinator ${url} answered ${status}`;
      }
      counters.add('sla_coordinator_success');
      return approves(text, statusKey) ? undefined : `the SLA coordinator ${url} says no`;
    } catch (error) {
      count('sla_coordinator_errors');
      return `the SLA coordinator ${url} cannot be asked: ${messageOf(error)}`;
    }
  };
}
