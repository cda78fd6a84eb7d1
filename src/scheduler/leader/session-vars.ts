import type { SessionState, ZooKeeperSession } from '../../zookeeper/index.ts';
import type { Counters } from '../metrics/counters.ts';

/** The names of states in the original's ZooKeeper library. */
const SHOWN: Readonly<Partial<Record<SessionState, string>>> = {
  connected: 'CONNECTED',
  suspended: 'SUSPENDED',
  lost: 'LOST',
};
const AGAIN = 'RECONNECTED';

/** zk_connection_state_STATE is 1 for the current state; zk_connection_state_STATE_counter counts its occurrences. */
export function sessionVars(session: ZooKeeperSession, counters: Counters): void {
  let shown: string | undefined;
  let before = false;
  for (const name of [...Object.values(SHOWN), AGAIN]) {
    counters.gauge(`zk_connection_state_${name}`, () => (shown === name ? 1 : 0));
    counters.add(`zk_connection_state_${name}_counter`, 0);
  }
  session.onState((state) => {
    shown = state === 'connected' && before ? AGAIN : SHOWN[state];
    before ||= state === 'connected';
    if (shown !== undefined) counters.add(`zk_connection_state_${shown}_counter`);
  });
}
