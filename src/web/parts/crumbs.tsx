import type { ScreenPlace } from '../../api/views/screens.ts';
import { session } from '../data/first-view.ts';
import { agentPath, jobPath, rolePath } from '../text/paths.ts';
import { Copy } from './copy.tsx';

/** The path from the cluster to the present screen: [name, address] each, the present screen last. */
function wayTo({ path, screen }: ScreenPlace): readonly (readonly [name: string, href: string])[] {
  const { env = '', host = '', id = '', instance = '', name = '', role = '' } = path;
  const names: Readonly<Record<string, string>> = {
    agents: 'agents',
    cron: 'cron',
    maintenance: 'maintenance',
    pending: 'pending',
    quota: 'quota',
    scheduler: 'scheduler',
    search: 'search',
    updates: 'updates',
  };
  if (names[screen]) return [[names[screen], '']];
  if (screen === 'agent')
    return [
      ['agents', '/agents/map'],
      [host, agentPath(host)],
    ];
  const way: (readonly [string, string])[] = [];
  if (role !== '') way.push([role, rolePath(role)]);
  if (env !== '') way.push([env, rolePath(role, env)]);
  if (name !== '') way.push([name, jobPath(`${role}/${env}/${name}`)]);
  if (instance !== '') way.push([instance, '']);
  if (screen === 'task') way.push([`task ${id}`, '']);
  if (screen === 'update') way.push([`update ${id}`, '']);
  return way;
}

/** Breadcrumbs: the path to the present screen. */
export function Crumbs({ at }: { readonly at: ScreenPlace }) {
  const way = wayTo(at);
  if (way.length === 0) return null;
  const { env, id, name, role } = at.path;
  const copied = id ?? (name === undefined ? undefined : `${session.cluster}/${role}/${env}/${name}`);
  return (
    <nav class="crumbs" aria-label="where you are">
      <a href="/scheduler">{session.cluster}</a>
      {way.map(([text, href], at) => (
        <span key={text}>
          <span class="faint"> / </span>
          {at === way.length - 1 ? <h1>{text}</h1> : <a href={href}>{text}</a>}
        </span>
      ))}
      {copied !== undefined && <Copy text={copied} what={id === undefined ? 'the job key' : 'the id'} />}
    </nav>
  );
}
